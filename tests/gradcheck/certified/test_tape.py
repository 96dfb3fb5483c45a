"""An output of a matrix operation is an inner node of a block: its derivative goes back through the whole block."""

import numpy as np
import pytest

from gradcheck import certified_gradient, check_grad
from gradcheck.certified.numbers.directions import _difference, entries_of, gradient_of_difference
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numbers.tape import Tape
from gradcheck.judge.verdicts import Verdict
from symbolic.balls import Ball

RNG = np.random.default_rng(11)
M, S = RNG.standard_normal((3, 3)), np.array([[4.0, 1.0, 0.5], [1.0, 5.0, -1.0], [0.5, -1.0, 6.0]])
ARRAYS = {
    "A @ x": lambda x: M @ x[:3],
    "X @ X": lambda x: x.reshape(3, 3) @ x.reshape(3, 3),
    "solve": lambda x: np.linalg.solve(S, x[:3]),
    "inv": lambda x: np.linalg.inv(S + x.reshape(3, 3)),
    "cholesky": lambda x: np.linalg.cholesky(S + np.diag(x[:3])),
    "qr": lambda x: np.linalg.qr(S + x.reshape(3, 3))[1],
    "a slice of a product": lambda x: (M @ x[:3])[::-1],
    "products side by side": lambda x: np.concatenate([M @ x[:3], S @ x[3:6]]),
    "a choice between products": lambda x: np.where(M[0] > 0, M @ x[:3], S @ x[3:6]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_every_output_of_a_block_taken_as_it_is_has_its_derivative(name: str) -> None:
    f, x = ARRAYS[name], RNG.standard_normal(9)
    size, h = f(x).size, 1e-6
    steps = h * np.eye(9)
    jacobian = np.array([(f(x + step) - f(x - step)).ravel() / (2 * h) for step in steps]).T
    for k in range(size):
        _, gradient = certified_gradient(lambda x, k=k: f(x).ravel()[k], x)
        assert np.abs(gradient.mid - jacobian[k]).max() < 1e-8


def test_the_largest_entry_of_a_product_is_no_constant() -> None:
    x = np.array([0.0, 1.0])
    A = np.array([[1.0, 1.0], [0.0, 3.0], [5.0, -2.0]])
    assert check_grad(lambda x: np.max(A @ x), lambda x: A[np.argmax(A @ x)], x).verdict is Verdict.MATCH
    assert check_grad(lambda x: np.max(A @ x), lambda x: 0 * x, x).verdict is Verdict.MISMATCH


def test_rows_of_zeros_are_no_jacobian_of_a_product() -> None:
    x, last = np.array([0.5, -0.25, 2.0]), np.array([[0.0], [0.0], [1.0]])
    assert check_grad(lambda x: M @ x, lambda x: M, x, jacobian=True).verdict is Verdict.MATCH
    assert check_grad(lambda x: M @ x, lambda x: M * last, x, jacobian=True).verdict is Verdict.MISMATCH


def test_the_difference_of_a_number_from_itself_has_no_derivative():
    tape = active.tape = Tape()
    try:
        a, b = (Scalar(Ball(2), node) for node in range(tape.begin(2), tape.first + 2))
        assert [ball.is_zero() for ball in _difference(a, a) if ball is not None] == [True]
        assert [float(ball) for ball in _difference(a, b)] == [1, -1]
        assert gradient_of_difference(a, a) is None
        assert (
            gradient_of_difference(a, b) == pytest.approx([1, -1])
            and entries_of([a, a]) == ()
            and entries_of([a, a, b]) == (0, 1)
        )
    finally:
        active.tape = None
