"""Rounding budgets of arbitrary code bound what floats do, and are not generous; correct code with constants passes."""

import math

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.certified.rounding import judged_truth, running_error
from gradcheck.certified.witness import certify
from gradcheck.verdicts import Verdict
from reference_nets.network import backward, cost
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec

NETWORKS = ("3-4:tanh-2", "2-3:relu-3:sigmoid-2/cross_entropy", "2-4:gelu-3:softplus-1/bce", "4-3:elu-2:identity/huber+l2=0.1")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("notation", NETWORKS)
def test_the_budget_bounds_backpropagation_and_little_more(notation, dtype):
    spec, rng = NetworkSpec.parse(notation), np.random.default_rng(11)
    u, relative = float(np.finfo(dtype).eps) / 2, []
    for _ in range(5):
        params, (x, y) = init_params(spec, rng, dtype=dtype), random_batch(spec, rng, 6, dtype=dtype)
        f = lambda p, x=x, y=y: cost(spec, p, x, y)
        truth = certify(f, params)
        known = judged_truth(truth, running_error(f, params, truth, dtype), None)
        grads = backward(spec, params, x, y)
        for key in spec.keys:
            assert (known.gradient[key].distance(grads[key]) <= known.budget.rounding[key]).all()
            size = np.maximum(np.abs(grads[key]), 1e-3 * np.abs(grads[key]).max())
            relative += list((known.budget.rounding[key] / size).ravel())
    assert np.median(relative) < 20_000 * u


def correct_code(rng):
    """A random correct pair of cost and gradient with float constants in it, as people write them."""
    n, lam, k = int(rng.integers(1, 6)), float(rng.choice([0.01, 0.1, 0.3, 1e-3, 1e-4])), int(rng.integers(1, 9))
    X, y = rng.normal(size=(n, 3)), rng.random(n)
    soft, inv, scaled = 0.9 * np.eye(3)[k % 3] + 0.1 / 3, 1 / n, X.T / n
    mean, spread = X.mean(0), X.std(0) + 0.1
    normal, c, beta, single = (X - mean) / spread, math.sqrt(2 / math.pi), 0.9, np.float32(0.1)

    def softmax(w):
        e = np.exp(w - w.max())
        return e / e.sum()

    def gelu(w):
        return np.sum(0.5 * w * (1 + np.tanh(0.7978845608 * (w + 0.044715 * w**3))))

    def dgelu(w):
        t = np.tanh(c * (w + 0.044715 * w**3))
        return 0.5 * (1 + t) + 0.5 * w * (1 - t**2) * c * (1 + 3 * 0.044715 * w**2)

    def swish(w):
        return np.sum(w / (1 + np.exp(-1.702 * w)))

    def dswish(w):
        s = 1 / (1 + np.exp(-1.702 * w))
        return s + 1.702 * w * s * (1 - s)

    cases = [
        (
            lambda w: lam / (2 * n) * np.sum(w**2) + np.sum((X @ w - y) ** 2) / (2 * n),
            lambda w: lam / n * w + X.T @ (X @ w - y) / n,
        ),
        (lambda w: np.mean((X @ w - y) ** 2), lambda w: 2 * inv * (X.T @ (X @ w - y))),
        (gelu, dgelu),
        (lambda w: 0.5 * np.log(2 * np.pi) * w.sum() + np.sum(w**2) / (2 * 0.7**2), lambda w: 0.9189385332046727 + w / 0.49),
        (lambda w: np.sum(w**3) * (1 - 0.99) / 7, lambda w: 3 * w**2 * 0.01 / 7),
        (lambda w: np.sum(w**2) * single, lambda w: 2 * single * w),
        (lambda w: -np.sum(soft * np.log(softmax(w))), lambda w: softmax(w) - soft),
        (
            lambda w: np.sum(np.log1p(np.exp(-((X - X.mean(0)) / (X.std(0) + 0.1)) @ w))),
            lambda w: -(normal.T @ (1 / (1 + np.exp(normal @ w)))),
        ),
        (lambda w: np.sum(np.where(w > 0, w, 0.01 * w) ** 2), lambda w: 2 * np.where(w > 0, w, 0.0001 * w)),
        (lambda w: np.sum(w**2) / (1 - beta**k), lambda w: 2 * w / (1 - 0.9**k)),
        (lambda w: np.sum((X @ w - y) ** 2) / n, lambda w: 2 * scaled @ (X @ w - y)),
        (swish, dswish),
    ]
    return cases[int(rng.integers(len(cases)))], rng.normal(size=3)


@pytest.mark.parametrize("block", range(4))
def test_correct_code_with_float_constants_never_mismatches(block):
    rng = np.random.default_rng([31, block])
    for _ in range(75):
        (f, grad), w = correct_code(rng)
        result = check_grad(f, grad, w)
        assert result.verdict is Verdict.MATCH, str(result)
        assert result.witness.startswith("certified") and result.detectable < 1e-4


def test_a_planted_1e_13_is_caught_where_there_are_no_constants():
    rng = np.random.default_rng(2)
    for _ in range(30):
        X, w = rng.normal(size=(5, 3)), rng.normal(size=3)
        f = lambda w, X=X: np.sum(np.tanh(X @ w) ** 2)
        right = lambda w, X=X: 2 * X.T @ (np.tanh(X @ w) * (1 - np.tanh(X @ w) ** 2))

        def planted(w, right=right):
            g = right(w)
            g[1] *= 1 + 1e-13
            return g

        assert check_grad(f, right, w).verdict is Verdict.MATCH
        assert check_grad(f, planted, w).verdict is Verdict.MISMATCH
