"""A gradient that is right but for the 1e-12 of ``log(p + 1e-12)`` is called so, with the line; a wrong one stays wrong."""

import functools

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp, check_vjp
from gradcheck.certified.replacements.small_constants import is_small, small_constants
from gradcheck.judge.verdicts import Verdict

rng = np.random.default_rng(1)
Z, Y = rng.standard_normal((5, 3)), np.eye(3)[[0, 2, 1, 1, 0]]
X, w, labels = rng.standard_normal((5, 4)), rng.standard_normal(4), np.array([0.0, 1, 1, 0, 1])
EPS = 1e-12


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cost(z):
    return -np.sum(Y * np.log(softmax(z) + 1e-12)) / 5


def named_cost(z):
    return -np.sum(Y * np.log(softmax(z) + EPS)) / 5


def cost_with_default(z, eps=1e-11):
    return -np.sum(Y * np.log(softmax(z) + eps)) / 5


def textbook(z):
    return (softmax(z) - Y) / 5


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def two_logs(w):
    p = sigmoid(X @ w)
    return -np.mean(labels * np.log(p + 1e-9) + (1 - labels) * np.log(1 - p + 1e-9))


def clipped(w):
    p = np.clip(sigmoid(X @ w), 1e-15, 1 - 1e-15)
    return -np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p))


def bounded(w):
    p = sigmoid(X @ w)
    return -np.mean(labels * np.log(np.maximum(p, 1e-12)) + (1 - labels) * np.log(np.maximum(1 - p, 1e-12)))


def logistic_slope(w):
    return X.T @ (sigmoid(X @ w) - labels) / 5


class Net:
    small = 1e-9

    def __init__(self):
        self.eps = 1e-10

    def cost(self, z):
        return -np.sum(Y * np.log(softmax(z) + self.eps)) / 5

    def other_cost(self, z):
        return -np.sum(Y * np.log(softmax(z) + self.small)) / 5


def through_bytes(z):
    return np.frombuffer(textbook(z).tobytes()).reshape(Z.shape)


RIGHT = {
    "literal": (cost, textbook, Z),
    "global name": (named_cost, textbook, Z),
    "default": (cost_with_default, textbook, Z),
    "keyword": (functools.partial(cost_with_default), textbook, Z),
    "attribute": (Net().cost, textbook, Z),
    "attribute of the class": (Net().other_cost, textbook, Z),
    "saturated": (cost, textbook, 8 * Z),
    "two logarithms": (two_logs, logistic_slope, w),
    "in a denominator": (lambda x: np.sum(x / (np.abs(x) + 1e-8)), lambda x: 0 * x, w),
    "in a root": (lambda x: np.sum(np.sqrt(x**2 + 1e-12)), np.sign, w),
    "in the gradient alone": (lambda x: np.sum(np.log(x**2)), lambda x: 2 * x / (x**2 + 1e-10), w),
    "where balls cannot follow": (cost, through_bytes, Z),
}


@pytest.mark.parametrize(("f", "grad", "x"), RIGHT.values(), ids=RIGHT)
def test_what_a_small_constant_explains_is_no_mistake(f, grad, x):
    result = check_grad(f, grad, x)
    if f is RIGHT["in a denominator"][0]:
        assert result.verdict is not Verdict.MATCH  # the whole derivative comes from the constant
        return
    assert result.verdict is Verdict.INACCURATE and result.quantities[0].id == "small-constant", str(result)
    assert "right but for the 1e-" in str(result) and f"of {__file__.rpartition('/')[2]}" in str(result)


def test_the_line_is_that_of_the_constant():
    (place,) = small_constants((cost,)).values()
    assert (place.value, place.line) == (1e-12, cost.__code__.co_firstlineno + 1)
    (place,) = small_constants((named_cost,)).values()
    assert (place.value, place.line) == (1e-12, named_cost.__code__.co_firstlineno + 1)
    assert [is_small(v) for v in (1e-12, -1e-7, 1 - 1e-15, 1e-5, 0.0, 1.0, 0, "1e-9")] == [True] * 3 + [False] * 5


@pytest.mark.parametrize("f", [clipped, bounded])
def test_bounds_that_are_not_reached_change_nothing(f):
    assert check_grad(f, logistic_slope, w).verdict is Verdict.MATCH
    assert check_grad(f, lambda w: 2 * logistic_slope(w), w).verdict is Verdict.MISMATCH


def test_what_rounding_hides_is_a_match_with_a_remark():
    f = lambda z: -np.sum(Y * np.log(softmax(z) + np.finfo(float).eps)) / 5
    result = check_grad(f, textbook, Z)
    assert result.verdict is Verdict.MATCH and "right but for the 2.22045e-16" in result.remarks[-1]


WRONG = {
    "not divided by m": (cost, lambda z: 5 * textbook(z), Z),
    "by a little": (cost, lambda z: (1 + 1e-9) * textbook(z), Z),
    "the sign": (two_logs, lambda w: -logistic_slope(w), w),
    "a small term": (two_logs, lambda w: logistic_slope(w) + 1e-7 * w, w),
    "a small penalty forgotten": (lambda w: np.sum(w**2) + 1e-8 * np.sum(w**3), lambda w: 2 * w, w),
    "where balls cannot follow": (cost, lambda z: (1 + 1e-9) * through_bytes(z), Z),
}


@pytest.mark.parametrize(("f", "grad", "x"), WRONG.values(), ids=WRONG)
def test_a_wrong_formula_stays_wrong(f, grad, x):
    assert check_grad(f, grad, x).verdict is Verdict.MISMATCH


def test_products_and_jacobians_too():
    log = lambda z: np.log(softmax(z) + 1e-10)
    assert check_vjp(log, lambda z, v: v - softmax(z) * v.sum(axis=1, keepdims=True), Z).verdict is Verdict.INACCURATE
    assert check_vjp(log, lambda z, v: v - 2 * softmax(z) * v.sum(axis=1, keepdims=True), Z).verdict is Verdict.MISMATCH
    jvp = lambda z, t: t - np.sum(softmax(z) * t, axis=1, keepdims=True)
    assert check_jvp(log, jvp, Z).verdict is Verdict.INACCURATE
    one = lambda z: log(z[None])[0]
    assert check_grad(one, lambda z: np.eye(3) - softmax(z[None]), Z[0], jacobian=True).verdict is Verdict.INACCURATE


PLANTED = {
    "added to the gradient": lambda w: logistic_slope(w) + 1e-9,
    "subtracted in one entry": lambda w: logistic_slope(w) - 1e-8 * np.eye(4)[2],
    "a factor beside 1": lambda w: logistic_slope(w) * (np.ones(4) + 1e-7 * np.eye(4)[1]),
    "in a factor": lambda w: X.T @ ((sigmoid(X @ w) - labels) * (sigmoid(X @ w) + 1e-8)) / 5,
}


@pytest.mark.parametrize("grad", PLANTED.values(), ids=PLANTED)
def test_a_small_constant_that_keeps_nothing_finite_is_a_mistake(grad):
    cost_without = lambda w: np.mean(np.logaddexp(0, X @ w) - labels * (X @ w))
    assert check_grad(cost_without, grad, w).verdict is Verdict.MISMATCH
