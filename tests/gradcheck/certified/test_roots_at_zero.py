"""Square roots and norms at an exact zero: where nothing depends on them they do no harm, elsewhere they are a kink."""

import math
from math import sqrt

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.judge.verdicts import Verdict

NOT_WRONG = (Verdict.KINK, Verdict.INCONCLUSIVE)
points = np.random.default_rng(0).standard_normal((4, 2))


def distances(x):
    d = x[:, None] - x[None]
    return np.sqrt(np.sum(d**2, axis=2))


def kernel(x):
    return np.sum(np.exp(-distances(x)))


def kernel_gradient(x, factor=2.0):
    d = x[:, None] - x[None]
    r = distances(x)
    return -factor * np.sum((np.exp(-r) / np.where(r == 0, 1, r))[..., None] * d, axis=1)


def matern(x):
    r = np.sqrt(3) * np.linalg.norm(x[:, None] - x[None], axis=-1)
    return np.sum((1 + r) * np.exp(-r))


def matern_gradient(x):
    d = x[:, None] - x[None]
    return -6 * np.sum(np.exp(-np.sqrt(3) * distances(x))[..., None] * d, axis=1)


def kernel_by_loops(x):
    return sum(math.exp(-sqrt(sum((a - b) ** 2 for a, b in zip(p, q, strict=True)))) for p in x for q in x)


def test_the_distance_of_a_point_from_itself_is_0_whatever_the_point():
    for f, grad in ((kernel, kernel_gradient), (matern, matern_gradient), (kernel_by_loops, kernel_gradient)):
        assert check_grad(f, grad, points).verdict is Verdict.MATCH
        assert check_grad(f, lambda x, g=grad: g(x) / 2, points).verdict is Verdict.MISMATCH
        assert check_grad(f, lambda x, g=grad: g(x), points.astype(np.float32)).verdict.ok
    row = lambda x: np.sum(np.exp(-distances(x)), axis=1)
    jacobian = lambda x: np.array([check_row(x, i) for i in range(4)])
    assert check_grad(row, jacobian, points, jacobian=True).verdict is Verdict.MATCH


def check_row(x, i):
    out = np.zeros_like(x)
    for j in range(len(x)):
        if j != i:
            d = x[i] - x[j]
            r = np.sqrt(d @ d)
            out[i] -= np.exp(-r) * d / r
            out[j] += np.exp(-r) * d / r
    return out


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: np.sqrt(np.sum(x * x)) ** 2,
        lambda x: np.sqrt(x @ x) * np.linalg.norm(x),
        lambda x: np.hypot(x[0], x[1]) ** 2,
        lambda x: math.hypot(x[0], x[1]) ** 2,
        lambda x: np.sum(np.sqrt(x**2) ** 2),
        lambda x: np.sum(x**2) + np.linalg.norm(x) ** 3,
        lambda x: 2 * (np.cosh(np.linalg.norm(x)) - 1),
    ],
)
def test_what_is_smooth_in_the_square_is_smooth(f):
    at_zero = np.zeros(2)
    assert check_grad(f, lambda x: 2 * x, at_zero).verdict is Verdict.MATCH
    assert check_grad(f, lambda x: 2 * x + 1, at_zero).verdict is Verdict.MISMATCH
    assert check_vjp(lambda x: f(x) * np.array([1.0, 3]), lambda x, v: 2 * x * v[0], at_zero, rng=0).verdict is Verdict.MATCH


def test_a_root_whose_square_has_a_slope_is_no_length():
    f = lambda x: np.sum(np.sqrt(x) ** 2)
    assert check_grad(f, lambda x: np.zeros(1), np.zeros(1)).verdict is not Verdict.MATCH
    assert check_grad(f, lambda x: np.ones(1), np.zeros(1)).verdict is not Verdict.MISMATCH


def test_a_hinge_that_is_not_active_has_no_slope():
    same = np.array([[1.0, 2, 3], [1, 2, 3], [0, 0, 1]])
    triplet = lambda p: np.maximum(0, np.linalg.norm(p[0] - p[1]) - np.linalg.norm(p[0] - p[2]) + 1.0)
    assert check_grad(triplet, lambda p: 0 * p, same).verdict is Verdict.MATCH
    assert check_grad(triplet, lambda p: 0 * p - 0.5, same).verdict is Verdict.MISMATCH


def test_a_norm_at_zero_spoils_no_other_leaf():
    f = lambda p: np.linalg.norm(p["a"]) + np.sum(p["b"] ** 2) + np.sum(p["c"][0] * p["b"])
    x = {"a": np.zeros(2), "b": np.ones(3), "c": [np.full(3, 2.0)]}
    right = lambda p: {"a": 0 * p["a"], "b": 2 * p["b"] + p["c"][0], "c": [p["b"]]}
    result = check_grad(f, right, x)
    assert result.verdict in NOT_WRONG
    assert [q.verdict for q in result.quantities][1:] == [Verdict.MATCH, Verdict.MATCH]
    assert [q.quantity for q in result.quantities] == ["a", "b", "c[0]"]
    wrong = check_grad(f, lambda p: right(p) | {"b": p["b"]}, x)
    assert wrong.verdict is Verdict.MISMATCH and [q.verdict for q in wrong.quantities][1] is Verdict.MISMATCH
    assert check_grad(f, lambda p: right(p) | {"a": p["a"] + 3}, x).verdict is Verdict.MISMATCH
    cube_root = lambda p: np.sum(np.cbrt(p["a"])) + np.sum(p["b"] ** 2)  # no slope at all: balls end there, not beside it
    x = {"a": np.zeros(2), "b": np.ones(3)}
    wrong = check_grad(cube_root, lambda p: {"a": p["a"] + 3, "b": p["b"]}, x)
    assert wrong.verdict is Verdict.MISMATCH and wrong.quantities[1].verdict is Verdict.MISMATCH
    fine = check_grad(cube_root, lambda p: {"a": p["a"] + 3, "b": 2 * p["b"]}, x)
    assert fine.quantities[1].verdict is Verdict.MATCH and fine.quantities[0].verdict is not Verdict.MATCH


W = np.array([[1.0, 2, 0], [0, -1, 1]])


@pytest.mark.parametrize(
    ("f", "size", "inside", "outside"),
    [
        (np.linalg.norm, 2, [[0, 0], [1, 0], [0.6, 0.8], [-0.5, 0.5]], [[0.8, 0.8], [1.001, 0], [2, 0]]),
        (lambda x: -3 * np.sqrt(x @ x), 2, [[3, 0], [-1, 1]], [[3, 3], [0, -3.1]]),
        (lambda x: np.linalg.norm(x) - 2 * x[0], 2, [[-2, 0], [-1, 0], [-2.6, 0.8]], [[0, 0], [-1, 1]]),
        (lambda x: np.exp(-np.linalg.norm(x)), 3, [[0, 0, 0], [0.5, 0.5, 0.5]], [[1, 1, 0]]),
        (lambda x: np.linalg.norm(W @ x), 3, [[0, 0, 0], W.T @ [0.6, 0.8], W.T @ [0, 1]], [W.T @ [1, 1], [0.1, 0, 0]]),
        (lambda x: np.linalg.norm(x[:2]) + np.linalg.norm(x[2:]), 4, [[0.6, 0.8, -1, 0]], [[1, 1, 0, 0], [0, 0, 0.8, -0.8]]),
        (lambda x: np.linalg.norm(x) + np.linalg.norm(x[:1]), 2, [[2, 0], [1.5, 0.5], [0, 1]], [[1.9, 0.8], [0, 1.1]]),
        (lambda x: np.maximum(0, np.linalg.norm(x)), 2, [[0, 0], [1, 0], [0.6, 0.8]], [[0.8, 0.8]]),
        (lambda x: math.hypot(*x) * 2, 2, [[0, 2], [0, 0]], [[2, 2]]),
        (lambda x: sum(np.sqrt(np.sum(row**2)) for row in x.reshape(2, 2)), 4, [[1, 0, 0, 1], [0, 0, 0, 0]], [[1, 1, 0, 0]]),
    ],
)
def test_a_norm_at_zero_has_a_ball_of_subgradients(f, size, inside, outside):
    at = lambda claim: check_grad(f, lambda x: np.array(claim, dtype=float), np.zeros(size)).verdict
    for claim in inside:
        assert at(claim) is Verdict.KINK, claim
    for claim in outside:
        assert at(claim) is Verdict.MISMATCH, claim


def test_groups_beside_each_other_and_smooth_terms():
    rng = np.random.default_rng(4)
    w, data = np.concatenate([np.zeros(5), rng.normal(size=4), np.zeros(3)]), rng.normal(size=(6, 12))
    lasso = lambda w: np.sum((data @ w) ** 2) + sum(np.linalg.norm(g) for g in (w[:5], w[5:9], w[9:]))
    smooth = lambda w: 2 * data.T @ (data @ w) + np.concatenate([0 * w[:5], w[5:9] / np.linalg.norm(w[5:9]), 0 * w[9:]])
    claim = lambda g: check_grad(lasso, lambda w: smooth(w) + g, w).verdict
    unit = np.concatenate([rng.normal(size=5), np.zeros(7)])
    assert claim(0.0) is claim(unit / np.linalg.norm(unit)) is Verdict.KINK
    assert claim(1.01 * unit / np.linalg.norm(unit)) is Verdict.MISMATCH
    assert check_grad(lasso, lambda w: smooth(w) / 2, w).verdict is Verdict.MISMATCH
