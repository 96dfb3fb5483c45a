"""A convention for every comparison by itself is never called wrong; what linked comparisons exclude is."""

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp, check_vjp
from gradcheck.functions.numbers.by_convention import BY_CONVENTION
from gradcheck.judge.verdicts import Verdict

FULL = pytest.mark.extra("resource")  # run by make test-all
ALLOWED = {Verdict.KINK, Verdict.INCONCLUSIVE}
WEIGHTS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, -1.0]])  # the last asks what the others do
log_add_exp = lambda x: np.maximum(x[0], x[1]) + np.log1p(np.exp(-np.abs(x[0] - x[1])))


def by_if(rows, weights):
    def f(x):
        total = 0.0
        for row, weight in zip(rows, weights, strict=True):
            z = row @ x
            total = total + weight * (z if z > 0 else 0.0)
        return total

    return f


def test_dependent_units_at_zero_are_inconclusive_with_the_reason():
    f = lambda x: np.maximum(WEIGHTS @ x, 0) @ np.array([-1.0, -1.0, 1.0, 1.0])  # nowhere flat beside 0
    for at_zero in (0.0, 1.0):
        found = check_grad(f, lambda x, at=at_zero: WEIGHTS.T @ (np.array([-1.0, -1.0, 1.0, 1.0]) * at), np.zeros(3))
        assert found.verdict in ALLOWED, str(found)
    f = lambda x: np.maximum(WEIGHTS @ x, 0) @ np.array([1.0, 1.0, 1.0, -3.0])
    claim = WEIGHTS.T @ (np.array([1.0, 1.0, 1.0, -3.0]) * np.array([0.0, 0.0, 1.0, 1.0]))  # z4 = z1 + z2 - z3 > 0 there
    found = check_grad(f, lambda x: claim, np.zeros(3))
    assert found.verdict is Verdict.INCONCLUSIVE and found.quantities[0].id == BY_CONVENTION
    assert "no point nearby has all of these sides at once" in str(found)
    assert check_grad(by_if(WEIGHTS, [1.0, 1.0, 1.0, -3.0]), lambda x: claim, np.zeros(3)).verdict is Verdict.INCONCLUSIVE
    assert check_grad(f, lambda x: claim + 4, np.zeros(3)).verdict is Verdict.MISMATCH


@pytest.mark.parametrize(("rows", "size", "at_zero"), [
    *((rows, size, at_zero) for rows, size in ((2, 1), (3, 2), (5, 3)) for at_zero in (0.0, 0.5, 1.0)),
    (7, 2, 0.0),
    (10, 3, 0.5),
    *(pytest.param(*one, marks=FULL) for one in ((7, 2, 0.5), (7, 2, 1.0), (10, 3, 0.0), (10, 3, 1.0))),
])  # fmt: skip
def test_the_usual_conventions_are_never_wrong(rows, size, at_zero):
    rng = np.random.default_rng([rows, size])
    w, x, b = rng.normal(size=(rows, size)), np.zeros(size), rng.normal(size=(2, rows))
    slope = lambda x: np.where(w @ x > 0, 1.0, np.where(w @ x < 0, 0.0, at_zero))
    layer = lambda x: np.maximum(w @ x, 0)
    assert check_vjp(layer, lambda x, v: w.T @ (v * slope(x)), x, rng=1).verdict in ALLOWED
    assert check_grad(lambda x: b[0] @ layer(x), lambda x: w.T @ (b[0] * slope(x)), x).verdict in ALLOWED
    assert check_jvp(lambda x: b @ layer(x), lambda x, t: b @ (slope(x) * (w @ t)), x, rng=1).verdict in ALLOWED
    assert check_vjp(layer, lambda x, v: 40 + w.T @ (v * slope(x)), x, rng=1).verdict is Verdict.MISMATCH
    assert check_grad(layer, lambda x: slope(x)[:, None] * w, x, jacobian=True).verdict is Verdict.KINK


def test_pooling_after_more_units_than_inputs_takes_the_first_of_ties():
    w, x = np.random.default_rng(4).normal(size=(8, 3)), np.zeros(3)
    f = lambda x: np.maximum(w @ x, 0).reshape(2, 4).max(axis=1)

    def vjp(x, v):
        z = w @ x
        first, pulled = np.maximum(z, 0).reshape(2, 4).argmax(axis=1), np.zeros((2, 4))
        pulled[[0, 1], first] = v
        return w.T @ (pulled.ravel() * (z >= 0))

    assert check_vjp(f, vjp, x, rng=2).verdict in ALLOWED
    assert check_vjp(f, lambda x, v: 30 * vjp(x, v), x, rng=2).verdict is Verdict.MISMATCH


def test_linked_comparisons_stay_linked_beside_other_kinks():
    x = np.array([0.7, 0.7, 0.0])
    f = lambda x: log_add_exp(x) + np.abs(x[2])
    assert check_grad(f, lambda x: np.array([0.5, 0.5, 0.3]), x).verdict is Verdict.KINK
    for wrong in ([1, 0, 0], [0, 1, 0], [0.5, 0.4, 0], [0, 0, 0]):
        assert check_grad(f, lambda x, w=wrong: np.array(w, dtype=float), x).verdict is Verdict.MISMATCH
    y = np.array([1.0, 1.0, 1.0, 0.0])
    g = lambda x: np.sum(np.sort(x[:3])) + np.abs(x[3])  # three dependent comparisons that cancel
    assert check_grad(g, lambda x: np.array([1, 1, 1, 0.2]), y).verdict is Verdict.KINK
    assert check_grad(g, lambda x: np.array([1, 1, 0, 0.2]), y).verdict is Verdict.MISMATCH
    split = lambda x: np.sum(np.maximum(WEIGHTS @ x, 0) - np.maximum(-(WEIGHTS @ x), 0)) + np.abs(x[0])
    assert check_grad(split, lambda x: WEIGHTS.sum(axis=0), np.zeros(3)).verdict is Verdict.KINK
    assert check_grad(split, lambda x: np.zeros(3), np.zeros(3)).verdict is Verdict.MISMATCH
