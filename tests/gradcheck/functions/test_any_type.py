"""Whatever stands for numbers is read, or refused in a sentence: no traceback from inside of the toolkit."""

import numpy as np
import pytest

from gradcheck import check_grad, check_hvp, check_jvp, check_vjp
from gradcheck.judge.verdicts import Verdict

A = np.array
pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
X = A([1.0, 2.0, -0.5])
SQUARE = A([[0.5, 2.0], [-1.0, 3.0]])
MATCH, MISMATCH = Verdict.MATCH, Verdict.MISMATCH


def squares(x):
    return np.sum(np.asarray(x) ** 2)


class Frame:
    """As a data frame: an array through ``__array__`` alone."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


class Sparse:
    """As a matrix of scipy.sparse."""

    def __init__(self, values):
        self.values = np.array(values)

    def toarray(self):
        return self.values


def made(x):
    return np.asmatrix(SQUARE) if isinstance(x, str) else x


READ = {
    "matrix": np.asmatrix,
    "masked array without masked entries": np.ma.masked_array,
    "objects": lambda g: g.astype(object),
    "long double": lambda g: g.astype(np.longdouble),
    "frame": Frame,
    "sparse": Sparse,
    "lists": lambda g: g.tolist(),
    "tuples": lambda g: tuple(map(tuple, g)),
    "Fortran order": np.asfortranarray,
}


@pytest.mark.parametrize("form", READ.values(), ids=READ)
@pytest.mark.parametrize(("factor", "verdict"), [(2, MATCH), (3, MISMATCH)])
def test_a_gradient_of_any_type_is_judged_as_the_numbers_that_it_holds(form, factor, verdict):
    result = check_grad(squares, lambda x: form(factor * x), SQUARE)
    assert result.verdict is verdict and result.quantities


@pytest.mark.parametrize("form", [np.asmatrix, lambda J: J.astype(object), lambda J: J.tolist()])
@pytest.mark.parametrize(("factor", "verdict"), [(2, MATCH), (3, MISMATCH)])
def test_a_jacobian_of_any_type_too(form, factor, verdict):
    assert check_grad(lambda x: x**2, lambda x: form(np.diag(factor * x)), X, jacobian=True).verdict is verdict


def test_truth_values_are_read_with_a_remark():
    relu, x = (lambda x: np.sum(np.maximum(x, 0))), A([1.0, -1.0])
    right = check_grad(relu, lambda x: x > 0, x)
    assert right.verdict is MATCH and "truth values" in right.remarks[-1]
    assert check_grad(relu, lambda x: x < 0, x).verdict is MISMATCH
    assert check_grad(lambda x: np.maximum(x, 0), lambda x: np.diag(x > 0), x, jacobian=True).verdict is MATCH


UNREADABLE = {
    "masked entry": (lambda x: np.ma.masked_array(2 * x, mask=[0, 1, 0]), r"dx is masked at \[1\]"),
    "None in objects": (lambda x: A([2.0, None, -1.0], dtype=object), r"None at \[1\]"),
    "text": (lambda x: "later", "dx is of dtype <U5, expected real floats"),
    "structured": (lambda x: np.zeros(3, dtype=[("a", float)]), "structured array with the fields a"),
    "complex": (lambda x: 2 * x + 0j, "dx holds complex128"),
    "extra axis": (lambda x: 2 * x[None], r"shape \(1, 3\), expected \(3,\): an axis of length 1"),
    "pair": (lambda x: (squares(x), 2 * x), r"if it returns \(cost, gradient\), take the second"),
    "generator": (lambda x: (2 * v for v in x), "a generator"),
}


@pytest.mark.parametrize(("grad", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_gradient_that_is_no_array_of_real_numbers_is_a_mismatch_of_the_interface(grad, message):
    result = check_grad(squares, grad, X)
    assert result.verdict is MISMATCH and not result.quantities
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(str(result))


def test_a_missing_leaf_is_named():
    p = {"W": X, "b": X}
    result = check_grad(lambda p: squares(p["W"]) + np.sum(p["b"]), lambda p: {"W": 2 * p["W"], "b": None}, p)
    assert result.verdict is MISMATCH and "db is None" in str(result)


POINTS = {
    "integers": (A([1, 2, 3]), "x, int64: handed to the code as float64"),
    "an integer": (3, "x, an integer"),
    "list": ([1.0, 2.0], "x, a list of numbers"),
    "rows": ([[1.0, 2.0], [3.0, 4.0]], "x, a list of numbers"),
    "frame": (Frame(X), "x, a Frame"),
    "matrix": ("matrix", "x, a matrix"),
}


@pytest.mark.parametrize(("x", "remark"), POINTS.values(), ids=POINTS)
def test_a_point_of_any_type_is_handed_on_as_floats(x, remark):
    x = made(x)
    result = check_grad(squares, lambda x: 2 * np.asarray(x), x)
    assert result.verdict is MATCH and result.remarks[-1].startswith(remark)
    assert check_grad(squares, lambda x: 3 * np.asarray(x), x).verdict is MISMATCH


def test_integers_do_not_cut_off_what_is_written_into_an_array_like_x():
    grad = lambda x: np.full_like(x, 0.5 / np.sqrt(x))
    assert check_grad(lambda x: np.sum(np.sqrt(x)), grad, A([1, 2, 3])).verdict is MATCH
    assert check_jvp(lambda x: x**2, lambda x, t: 2 * x * t, A([1, 2])).verdict is MATCH


REFUSED = {
    "labels in x": (lambda p: np.sum(p["x"][p["y"]]), {"x": X, "y": A([0, 1])}, r"y, int64.*belongs into the function"),
    "a matrix product": (lambda x: np.sum(np.asarray(x * x)), "matrix", "another value where x, a matrix"),
    "masked": (squares, np.ma.masked_array(X, [0, 1, 0]), r"x is masked at \[1\]"),
    "None": (lambda p: squares(p["W"]), {"W": X, "b": None}, "b is None"),
    "text": (lambda p: squares(p["W"]), {"W": X, "name": "relu"}, "name is of dtype"),
    "long double": (squares, X.astype(np.longdouble), r"expected real numbers.*try x.astype\(float\)"),
    "complex": (squares, A([1j]), "x holds complex128"),
    "truth values": (squares, A([True, False]), "x holds bool"),
    "nothing": (squares, {}, "x holds no array"),
    "a complex cost": (lambda x: x[0] ** 2 - 0.5j * x[1] ** 3, X, r"f\(x\) holds complex128"),
    "a complex array": (np.fft.fft, X, r"f\(x\) holds complex128"),
    "no cost": (lambda x: None, X, "f returned None"),
    "a text": (lambda x: "a", X, r"f\(x\) is of dtype"),
    "a truth value": (lambda x: x[0] > 0, X, r"f\(x\) is a truth value"),
    "an array": (lambda x: x**2, X, r"shape \(3,\).*sum\(v \* f\(x\)\).*jacobian=True"),
    "cost and cache": (lambda x: (np.sum(x**2), (x, x)), X, r"lambda x: f\(x\)\[0\].*f_and_grad=True"),
    "cost and notes": (lambda x: (np.sum(x**2), {"kind": "l2"}), X, r"then check lambda x: f\(x\)\[0\]"),
}


@pytest.mark.parametrize(("function", "x", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused_in_a_sentence(function, x, message):
    with pytest.raises(ValueError, match=message):
        check_grad(function, lambda x: 2 * x, made(x))


def test_what_cannot_be_called_so_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="judged by check_vjp"):
        check_grad(squares, lambda x, d: 2 * x * d, X)
    for check in (check_vjp, check_hvp):
        with pytest.raises(ValueError, match="give grad a second argument"):
            check(lambda x: x**2, lambda x: 2 * x, X)
    with pytest.raises(ValueError, match="f_and_grad=True f returns"):
        check_grad(squares, None, X, f_and_grad=True)
    with pytest.raises(ValueError, match="grad is a ndarray"):
        check_grad(squares, 2 * X, X)
    with pytest.raises(ValueError, match="f is a float"):
        check_grad(3.0, lambda x: 2 * x, X)
    with pytest.raises(ValueError, match="check_jvp needs a function that returns one array"):
        check_jvp(lambda x: (x, x), lambda x, t: t, X)


def test_memory_order_and_read_only_points_are_no_matter():
    cube, slope = (lambda W: np.sum(W @ W)), (lambda W: np.ones(W.shape) @ W.T + W.T @ np.ones(W.shape))
    frozen = SQUARE.copy()
    frozen.setflags(write=False)
    for x in (np.asfortranarray(SQUARE), frozen, np.arange(16.0).reshape(4, 4)[::2, ::-2]):
        assert check_grad(cube, slope, x).verdict is MATCH
    assert check_grad(lambda x: np.sum(x), lambda x: np.ones_like(x), np.zeros(0)).verdict is MATCH
