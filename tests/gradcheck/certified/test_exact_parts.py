"""Small parts of what is made of others on balls, each by itself: plans, reflectors, kernels, padding, answers to options."""

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.composed import convolutions, linalg
from gradcheck.certified.linear_algebra.einsum import _plan
from gradcheck.certified.linear_algebra.factorisations import _reflector
from gradcheck.certified.linear_algebra.matrix_functions import _rounded
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.complex_arrays import Complex
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.runs import all_rules
from symbolic.balls import Ball, BallMatrix

A, K = np.array([[1.0, 2.0, -3.0], [0.5, 4.0, 1.5]]), np.array([[1.0, -2.0], [0.25, 3.0]])


assert all_rules  # importing it gives balls every function of NumPy


def balls(values):
    return wrap(objects(np.asarray(values, dtype=float)))


def mids(value):
    return np.vectorize(lambda cell: float(cell.ball.mid()), otypes=[float])(objects(value))


@pytest.mark.parametrize(("subscripts", "plan"), [
    ("ij,jk->ik", ("ij", "jk", "ik")), ("ij,jk->kj", ("ij", "jk", "kj")), ("i,j->ij", ("i", "j", "ij")),
    ("ij,jk->", ("ij", "jk", "")), ("ii,ij->j", None), ("ij,jj->i", None), ("ij,jk->ii", None), ("ij,jk->iz", None),
    ("ij,jk", None), ("...j,jk->...k", None),
])  # fmt: skip
def test_a_product_of_matrices_is_planned_where_it_is_one(subscripts, plan):
    assert _plan(subscripts) == plan


def test_a_reflector_is_needed_where_something_below_the_first_may_not_be_zero():
    column = lambda *numbers: [Scalar(Ball(number)) for number in numbers]
    assert _reflector(column(3, 0, 0)) is None and _reflector(column(0)) is None
    for numbers in ((3, 4), (-3, 4), (0, 2, 1), (1, 0, 5)):
        v, x = mids(_reflector(column(*numbers))), np.array(numbers, dtype=float)
        assert v @ v == pytest.approx(1)
        left = x - 2 * v * (v @ x)
        assert left == pytest.approx([-np.copysign(np.linalg.norm(x), x[0]), *[0] * (len(x) - 1)], abs=1e-12)


def convolved(a, k, fill=0.0):
    rows, columns = a.shape[0] + k.shape[0] - 1, a.shape[1] + k.shape[1] - 1
    padded = np.pad(a, ((k.shape[0] - 1,) * 2, (k.shape[1] - 1,) * 2), constant_values=fill)
    flipped = k[::-1, ::-1]
    window = lambda i, j: padded[i : i + k.shape[0], j : j + k.shape[1]]
    return np.array([[np.sum(window(i, j) * flipped) for j in range(columns)] for i in range(rows)])


@pytest.mark.parametrize("fill", [None, 2.5])
def test_a_convolution_is_filled_with_zeros_or_what_is_asked_for(fill):
    rule = convolutions._convolution_2d(flip=False)
    got = rule(balls(A), balls(K)) if fill is None else rule(balls(A), balls(K), fillvalue=fill)
    assert mids(got) == pytest.approx(convolved(A, K, fill or 0.0))
    with pytest.raises(CannotFollow):
        convolutions._check(None, {"axes": None, "radius": 2})
    with pytest.raises(CannotFollow):
        convolutions._check(A, {"axes": None})
    assert convolutions._check(None, {"axes": None}) is None and convolutions._check(None, {}) is None


@pytest.mark.parametrize(("sigma", "truncate", "radius", "reach"), [(1.0, 4.0, None, 4), (1.5, 2.2, None, 3), (2.0, 4.0, 1, 1)])
def test_a_gaussian_kernel_has_sum_one_and_reaches_so_far(sigma, truncate, radius, reach):
    kernel = mids(convolutions._gaussian(sigma, truncate, radius))
    at = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    assert kernel == pytest.approx(at / at.sum(), rel=1e-14)


@pytest.mark.parametrize("trans", [0, 1, 2, "N", "T", "C"])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("unit", [False, True])
def test_triangular_systems_look_at_one_triangle_alone(trans, lower, unit):
    M, b = np.array([[4.0, 7.0, -1.0], [0.5, 2.0, 3.0], [-2.0, 9.0, 5.0]]), np.array([1.0, -2.0, 3.0])
    triangle = np.tril(M) if lower else np.triu(M)
    triangle = triangle - np.diag(np.diag(triangle)) + np.eye(3) if unit else triangle
    got = linalg._solve_triangular(balls(M), balls(b), trans=trans, lower=lower, unit_diagonal=unit)
    assert mids(got) == pytest.approx(np.linalg.solve(triangle.T if trans in (1, 2, "T", "C") else triangle, b))


def test_an_exponential_is_blurred_where_rounding_counts_alone():
    value, matrix = (
        BallMatrix(2, 2, [Ball(3), Ball(0), Ball(0), Ball(4)]),
        BallMatrix(2, 2, [Ball(0), Ball(6), Ball(8), Ball(0)]),
    )
    assert _rounded(value, matrix) is value
    active.unit = 2.0**-10
    try:
        assert [float(cell.rad()) for cell in _rounded(value, matrix).entries()] == pytest.approx([2 * 2.0**-10 * 11 * 5] * 4)
    finally:
        active.unit = 0.0


def test_a_complex_array_as_floats_is_its_real_part():
    z = Complex(balls([1.0, 2.0]), balls([3.0, -4.0]))
    same = z.astype(np.complex128)
    assert isinstance(same, Complex) and same is not z and mids(same.imag).tolist() == [3, -4]
    assert mids(z.astype(np.float64)).tolist() == [1, 2] and mids(z.conj().imag).tolist() == [-3, 4]
