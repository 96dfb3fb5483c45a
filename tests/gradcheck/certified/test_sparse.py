"""Products with SciPy's sparse matrices on balls."""

import numpy as np
import pytest

from gradcheck import certified_gradient, check_grad, check_vjp
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from tests.gradcheck.certified.oracle import agrees_with_floats, certifies

pytestmark = pytest.mark.extra("scipy")

RNG = np.random.default_rng(61)
DENSE = np.where(RNG.random((6, 4)) < 0.4, RNG.normal(size=(6, 4)), 0.0)
X = RNG.normal(size=4)
M = RNG.normal(size=(4, 3))
Y = RNG.normal(size=6)


class Model:
    """Holds its matrix as an attribute, as people's code does."""

    def __init__(self, matrix):
        self.matrix, self.more = matrix, {"again": [matrix]}

    def loss(self, w):
        return np.sum((self.matrix @ w - Y) ** 2) / 2 + np.sum(self.more["again"][0].dot(w) ** 3)

    def grad(self, w):
        return self.matrix.T @ (self.matrix @ w - Y) + 3 * self.matrix.T @ (self.matrix @ w) ** 2


@pytest.mark.parametrize(
    "kind", ["csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "csc_array", "lil_matrix", "dia_matrix"]
)
def test_products(kind):
    from scipy import sparse

    A = getattr(sparse, kind)(DENSE)
    certifies(lambda x: np.sum((A @ x) ** 3) + np.sum(A.dot(x) ** 2) + np.sum((A.T @ (A @ x)) ** 2), X)
    certifies(lambda m: np.sum((A @ m) ** 3) + np.sum((m.T @ A.T) ** 2) + np.sum((A.T @ A) @ m), M)
    certifies(
        lambda x: np.sum((Y @ A) * x**2) + np.sum(x @ A.T) + np.sum(A.toarray() @ x) ** 2 + A.sum() * x[0] + A.shape[0], X
    )


def test_the_old_kind_multiplies_by_a_star():
    from scipy import sparse

    A = sparse.csr_matrix(DENSE)
    certifies(lambda x: np.sum((A * x) ** 2) + np.sum((2 * A) @ x) + np.sum((A[1:3] @ x) ** 3), X)


CASES = {
    "products": lambda a, x: a @ x + a.dot(x),
    "a vector": lambda a, x: a @ x[:, 0] + a.dot(x[:, 1]),
    "from the left": lambda a, x: x.T @ a.T + (Y[None] @ a @ x)[0, 0] + x[:, 0] @ a.T @ Y,
    "parts": lambda a, x: a[1:3] @ x + (a.T @ (a @ x))[:2] + a.T.T[2:4] @ x + len(a.shape) * x[:2] + a.nnz * x[2:],
    "dense": lambda a, x: a.toarray() @ x + np.asarray(a.todense()) @ x + a.sum() * x[0] + a.max() * x[1],
    "sums of matrices": lambda a, x: (a + a) @ x + (a - 2 * a) @ x + (a / 4) @ x + (-a) @ x + abs(a) @ x,
    "products of matrices": lambda a, x: ((a.T @ a) @ x) * 2 + a.T.dot(a) @ x + (a.T @ a.toarray()) @ x,
    "numbers times a matrix": lambda a, x: (3 * a) @ x + (a * 0.5) @ x,
    "an empty row": lambda a, x: (a[:1] * 0) @ x + a[4:5] @ x,
}
REFUSED = {
    "times a number": lambda a, x: a * x[0, 0],
    "a number times": lambda a, x: x[0, 0] * a,
    "plus": lambda a, x: a + x[0, 0],
    "by": lambda a, x: a / x[0, 0],
    "multiply": lambda a, x: a.multiply(x[:, 0]),
}


@pytest.mark.parametrize("kind", ["csr_matrix", "csr_array", "csc_array", "coo_matrix"])
@pytest.mark.parametrize("name", CASES)
def test_values_and_slopes_are_those_of_floats(name, kind):
    from scipy import sparse

    if kind == "coo_matrix" and name in ("parts", "an empty row"):  # which has no entries to take
        return
    matrix = getattr(sparse, kind)(DENSE)
    agrees_with_floats(lambda x: CASES[name](matrix, x), M)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_entry_by_entry_is_refused(name):
    from scipy import sparse

    matrix = sparse.csr_array(DENSE)
    with pytest.raises(CannotFollow) as caught:
        certified_gradient(lambda x: REFUSED[name](matrix, x).sum(), M)
    assert caught.value.reason.code == "no-rule"


def test_stored_numbers_are_data():
    from scipy import sparse

    matrix = sparse.csr_array(np.array([[0.1, 0.0], [0.0, 0.25]]))
    for widen, expected in ((0, [0.0, 0.0]), (1, [0.0, 0.0]), (2, [np.spacing(0.25), 0.0])):
        (cells,), _ = run_values(lambda x: matrix @ x, np.ones(2), RunSettings(192, widen=widen))
        assert [float(cell.ball.rad()) for cell in cells] == pytest.approx(expected, rel=1e-6, abs=1e-50)


def test_held_by_an_object():
    from scipy import sparse

    model = Model(sparse.csr_matrix(DENSE))
    report = check_grad(model.loss, model.grad, X)
    assert report.verdict == "match" and "certified formula" in str(report)
    assert check_grad(model.loss, lambda w: model.grad(w) * (1 + 1e-9), X).verdict == "mismatch"
    assert sparse.issparse(model.matrix) and sparse.issparse(model.more["again"][0])


def test_least_squares_right_and_wrong():
    from scipy import sparse

    A = sparse.csr_matrix(DENSE)
    f = lambda w: A @ w
    assert check_vjp(f, lambda w, g: A.T @ g, X).verdict == "match"
    assert check_vjp(f, lambda w, g: 2 * (A.T @ g), X).verdict == "mismatch"
    assert check_grad(f, lambda w: A.toarray(), X, jacobian=True).verdict == "match"
    assert check_grad(f, lambda w: np.abs(A.toarray()), X, jacobian=True).verdict == "mismatch"


def test_a_large_sparse_matrix_is_quick():
    from scipy import sparse

    A = sparse.random(400, 300, density=0.01, random_state=0, format="csr")
    b, w = RNG.normal(size=400), RNG.normal(size=300)
    report = check_grad(lambda w: np.sum((A @ w - b) ** 2) / 2, lambda w: A.T @ (A @ w - b), w)
    assert report.verdict == "match" and "certified formula" in str(report)


def test_what_has_no_rule_is_named_and_judged_by_differences():
    from scipy import sparse

    A = sparse.csr_array(DENSE)
    report = check_grad(lambda x: A.multiply(x).sum(), lambda x: x, X)
    assert report.verdict == "mismatch" and "sparse matrix" in str(report)
