"""Kinks where only differences decide: the slopes to both sides, and steps shorter than the way to a kink beside the point."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.judge.verdicts import Verdict
from gradcheck.witnesses.one_sided import sides

A = np.array([[1.0, 2], [0, 3], [4, 0]])
hinge = lambda w: np.sum(np.maximum(A @ w, 0))
OK_AT_KINK = (Verdict.KINK, Verdict.INCONCLUSIVE)


def verdict(f, claim, x, **options):
    grad = claim if callable(claim) else lambda x: np.array(claim, dtype=float)
    return check_grad(f, grad, np.array(x, dtype=float), method="numeric", **options).verdict


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0, 0.3])
def test_a_convention_at_a_kink_is_a_kink(share):
    assert verdict(hinge, A.T @ np.full(3, share), [0, 0]) is Verdict.KINK
    assert verdict(lambda x: np.sum(np.abs(x)), [2 * share - 1, 1, -1], [0, 2, -1]) is Verdict.KINK


@pytest.mark.parametrize("away", [1e-9, -1e-9, 1e-12, 1e-6, 1e-4])
def test_beside_a_kink_the_function_is_smooth(away):
    x = np.array([0.5, -1.0]) + np.array([away, 3 * away])
    f = lambda x: 2 * np.abs(x[0] - 0.5) + np.abs(x[1] + 1) + np.sum(x)
    side = np.sign(away)
    assert verdict(f, [2 * side + 1, side + 1], x) in (Verdict.MATCH, Verdict.INCONCLUSIVE)
    assert verdict(f, [1, 1], x) in (Verdict.MISMATCH, Verdict.INCONCLUSIVE)
    assert verdict(f, [2 * side + 1, side + 1], [0.5 + 1e-7 * side, -1 + 1e-7 * side]) is Verdict.MATCH
    assert verdict(f, [1, 1], [0.5 + 1e-7 * side, -1 + 1e-7 * side]) is Verdict.MISMATCH


def test_at_1e_9_from_the_origin_the_steps_are_shorter():
    x = np.full(2, 1e-9)
    assert verdict(hinge, A.T @ np.ones(3), x) is Verdict.MATCH
    assert verdict(hinge, A.T @ np.full(3, 0.5), x) is verdict(hinge, [0, 0], x) is Verdict.MISMATCH


def test_a_wrong_entry_beside_a_kink_is_a_mismatch():
    f = lambda w: np.sum(np.abs(w[:3])) + np.sum(w**2)
    x, right = np.array([0.0, 0, 0, 1, 2]), np.array([0.0, 0, 0, 2, 4])
    assert verdict(f, right, x) is Verdict.KINK
    assert verdict(f, right * 1.1, x) is Verdict.MISMATCH
    assert verdict(f, right + np.array([3.5, 0, 0, 0, 0]), x) is Verdict.MISMATCH
    assert verdict(f, right + np.array([1.5, 0, 0, 0, 0]), x) in (Verdict.MISMATCH, Verdict.INCONCLUSIVE)
    joint = lambda w: np.linalg.norm(w[:3]) + np.sum(w**2)
    assert verdict(joint, right, x) is Verdict.KINK
    assert verdict(joint, right * 1.1, x) is Verdict.MISMATCH
    assert verdict(joint, right + np.array([0.9, 0.9, 0.9, 0, 0]), x) in (Verdict.MISMATCH, Verdict.INCONCLUSIVE)


def test_a_kink_that_shows_only_between_the_axes():
    f = lambda x: max(0.0, min(x[0], x[1]))
    assert verdict(f, [1, 0], [0, 0]) is Verdict.KINK
    assert verdict(f, [0, 0], [0, 0]) is Verdict.KINK
    assert verdict(f, [5, 0], [0, 0]) is Verdict.MISMATCH


def test_a_kink_that_no_line_through_the_point_shows():
    """Along every line through three equal numbers their median is straight."""
    for claim in ([1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]):
        assert verdict(np.median, claim, [1, 1, 1]) is Verdict.KINK
    assert verdict(np.median, [5, 0, 0], [1, 1, 1]) is Verdict.MISMATCH
    assert verdict(np.median, [0, 0.5, 0.5, 0], [1, 2, 2, 5]) is Verdict.MATCH
    assert verdict(np.median, [0, 1, 0, 0], [1, 2, 2, 5]) is Verdict.MISMATCH


def test_the_whole_gradient_for_every_tied_input_is_no_kink():
    assert verdict(np.max, np.full(3, 1 / 3), np.ones(3)) is Verdict.KINK
    assert verdict(np.max, np.ones(3), np.ones(3)) in (Verdict.MISMATCH, Verdict.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("f", "grad", "x"),
    [
        (lambda x: np.sum(np.sin(3 * x) * np.exp(x)), lambda x: (3 * np.cos(3 * x) + np.sin(3 * x)) * np.exp(x), [0.3, -2]),
        (lambda x: np.sum(np.tanh(1e4 * x)), lambda x: 1e4 / np.cosh(1e4 * x) ** 2, [0, 1e-4]),
        (lambda x: np.sum(np.logaddexp(0, 1e5 * x) / 1e5), lambda x: 1 / (1 + np.exp(-1e5 * x)), [0, 1e-6]),
        (lambda x: np.sum(x * np.abs(x)), lambda x: 2 * np.abs(x), [0, 0.5]),
        (lambda x: np.sum(np.where(np.abs(x) <= 1, x * x / 2, np.abs(x) - 0.5)), lambda x: np.clip(x, -1, 1), [1, -1, 0.3]),
        (lambda x: np.sum(np.where(x > 0, x, np.expm1(np.minimum(x, 0)))), lambda x: np.exp(np.minimum(x, 0)), [0, 1, -1]),
        (lambda x: np.sum(np.sin(x.astype(np.float32))), lambda x: np.cos(x), [1, 0.5]),
    ],
)
def test_what_bends_sharply_and_smoothly_is_no_kink(f, grad, x):
    assert verdict(f, grad, x) is Verdict.MATCH
    assert verdict(f, lambda x: 1.01 * grad(x), x) in (Verdict.MISMATCH, Verdict.INCONCLUSIVE)


def test_other_ways_to_ask_see_the_same():
    f = lambda w: np.frompyfunc(lambda v: float(v) if v > 0 else 0.0, 1, 1)(A @ w).astype(float)  # balls cannot follow
    for share in (0.0, 0.5, 1.0):
        assert check_vjp(f, lambda w, v, s=share: A.T @ (s * v), np.zeros(2), rng=0).verdict in OK_AT_KINK
        jacobian = check_grad(f, lambda w, s=share: s * A, np.zeros(2), jacobian=True).verdict
        assert jacobian in OK_AT_KINK
    assert check_vjp(f, lambda w, v: A.T @ (3 * v), np.zeros(2), rng=0).verdict in (Verdict.MISMATCH, Verdict.INCONCLUSIVE)


def test_the_gap_between_slopes_tells_a_kink_from_a_bend_and_from_a_step():
    assert sides(abs, 1.0, 0.0).kinked
    assert not sides(lambda t: t * t, 1.0, 0.0).kinked and not sides(lambda t: 3 * t, 1.0, 0.0).kinked
    assert not sides(np.sign, 1.0, 0.0).kinked
    beside = sides(lambda t: abs(t - 1e-6), 1.0, 0.0)
    assert not beside.kinked and 0 < beside.free < 1e-6
