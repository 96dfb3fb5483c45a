"""Comparisons that are really one: only answers that hold together next to the point make a branch of the function."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.certified.witness import certify
from gradcheck.judge.subgradients import hold_together
from gradcheck.judge.verdicts import Verdict

log_add_exp = lambda x: np.maximum(x[0], x[1]) + np.log1p(np.exp(-np.abs(x[0] - x[1])))


def verdict(f, claim, x):
    return check_grad(f, lambda x: np.array(claim, dtype=float), np.array(x, dtype=float)).verdict


def by_branch(x):
    top = x[0] if x[0] > x[1] else x[1]
    return top + np.log1p(np.exp(-abs(x[0] - x[1])))


def scaled(x):
    return 3 * (np.maximum(2 * x[0], 2 * x[1]) / 2 + np.log1p(np.exp(-np.abs(5 * x[1] - 5 * x[0]) / 5)))


@pytest.mark.parametrize(("f", "size"), [(log_add_exp, 1), (by_branch, 1), (scaled, 3)])
def test_a_smooth_function_of_two_comparisons_has_one_gradient(f, size):
    for x in ([0.7, 0.7], [-0.1, -0.1], [0.0, 0.0]):
        assert verdict(f, [size / 2, size / 2], x) is Verdict.MATCH
        for wrong in ([1, 0], [0, 1], [1.5, -0.5], [0.5, 0.4], [0, 0]):
            assert verdict(f, size * np.array(wrong), x) is Verdict.MISMATCH


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.maximum(x, 0) - np.maximum(-x, 0)),
        lambda x: np.sum(np.maximum(x, 0) + np.minimum(x, 0)),
        lambda x: np.sum(np.where(x > 0, x, 0) + np.where(-3 * x > 0, x, 0)),
        lambda x: sum(v if v > 0 else -abs(v) for v in x),
        lambda x: np.sum(np.clip(x, 0, 9) + np.clip(2 * x, -9, 0) / 2),
        lambda x: np.sum(np.sort(np.array([x[0], x[1], 0.0]))) + 0 * x[1],
    ],
)
def test_parts_that_add_up_to_the_identity_are_no_kink(f):
    x = np.array([0.0, 1.0])
    assert verdict(f, [1, 1], x) is Verdict.MATCH
    assert verdict(f, [0, 1], x) is verdict(f, [2, 1], x) is verdict(f, [0.5, 1], x) is Verdict.MISMATCH


def test_the_sum_of_sorted_ties_is_smooth_and_its_parts_are_not():
    x = np.array([2.0, 2.0, 2.0])
    assert verdict(lambda x: np.sum(np.sort(x)), [1, 1, 1], x) is Verdict.MATCH
    assert verdict(lambda x: np.sum(np.sort(x)), [1, 1, 0], x) is Verdict.MISMATCH
    middle = lambda x: np.median(x)
    assert verdict(middle, [0, 1, 0], x) is verdict(middle, [1 / 3] * 3, x) is Verdict.KINK
    assert verdict(middle, [1, 1, 0], x) is verdict(middle, [0, 0, 0], x) is Verdict.MISMATCH
    assert len(certify(middle, x).branches) == 6  # of 3 comparisons, whose 8 answers are not all an order


def test_at_a_kink_only_the_branches_that_occur_count():
    hat = lambda x: np.maximum(x[0], 0) + 2 * np.maximum(-x[0], 0)  # slopes 1 and -2, never 1 - 2 nor 0
    for slope, right in ((1, True), (-2, True), (-0.5, True), (1.01, False), (-2.01, False)):
        assert verdict(hat, [slope], [0.0]) is (Verdict.KINK if right else Verdict.MISMATCH)
    both = lambda x: np.abs(x[0]) - 3 * np.maximum(x[0], 0)
    assert verdict(both, [-1], [0.0]) is verdict(both, [-2], [0.0]) is Verdict.KINK
    assert verdict(both, [0], [0.0]) is Verdict.MISMATCH


def test_three_comparisons_of_two_inputs_leave_six_branches():
    f = lambda x: np.maximum(x[0], 0) + np.maximum(x[1], 0) + np.maximum(-x[0] - x[1], 0)
    assert len(certify(f, np.zeros(2)).branches) == 6
    assert verdict(f, [0, 0], [0, 0]) is Verdict.KINK
    assert verdict(f, [1, 1], [0, 0]) is verdict(f, [-1, -1], [0, 0]) is Verdict.KINK
    assert verdict(f, [1.1, 1.1], [0, 0]) is Verdict.MISMATCH


def test_other_ways_to_ask_see_the_same():
    f = lambda x: np.maximum(x, x[::-1]) + np.log1p(np.exp(-np.abs(x - x[::-1])))
    right = np.full((2, 2), 0.5)
    x = np.array([0.3, 0.3])
    assert check_vjp(f, lambda x, v: right.T @ v, x, rng=1).verdict is Verdict.MATCH
    assert check_vjp(f, lambda x, v: v, x, rng=1).verdict is Verdict.MISMATCH
    assert check_grad(f, lambda x: right, x, jacobian=True).verdict is Verdict.MATCH
    assert check_grad(f, lambda x: np.eye(2), x, jacobian=True).verdict is Verdict.MISMATCH


def test_answers_hold_together_unless_a_mixture_of_what_they_ask_is_zero():
    rng = np.random.default_rng(3)
    for _ in range(200):
        rows = rng.normal(size=(int(rng.integers(2, 7)), int(rng.integers(1, 6))))
        direction = rng.normal(size=rows.shape[1])
        rows *= np.sign(rows @ direction)[:, None] * 10.0 ** rng.uniform(-6, 6, size=len(rows))[:, None]
        rows *= 10.0 ** rng.uniform(-6, 6, size=rows.shape[1])
        assert hold_together(list(rows))
        mixed = -(rng.uniform(0.1, 1, size=len(rows)) @ rows)
        assert not hold_together([*rows, mixed])
