"""Gradients that are exactly zero, by differences: a match where a slope beside the function's size would have been seen."""

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.judge.verdicts import Verdict

SOFTMAX = lambda x: np.exp(x) / np.exp(x).sum()


def unfollowed(f):
    """The function, through texts, which balls cannot follow."""
    return lambda x: float(f(np.array([float(str(float(v))) for v in x])))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 3.0, [1.0, 2.0]),
        (lambda x: 1e8, [1.0, 0.3, 7.0]),
        (lambda x: SOFTMAX(x).sum(), [1.0, 0.3]),
        (lambda x: np.sum(np.sin(x) ** 2 + np.cos(x) ** 2), [1.0, 0.3, 7.0]),
        (lambda x: np.sum(np.maximum(x, 0)), [-1.0, -2.0]),
        (lambda x: np.sum((x - 1) ** 2), [1.0, 1.0]),
        (lambda x: np.sum((x - np.array([1.3, 0.7])) ** 4), [1.3, 0.7]),
        (lambda x: x[0] ** 2 - x[1] ** 2, [0.0, 0.0]),
    ],
)
def test_a_gradient_of_zeros_matches(f, x):
    assert check_grad(unfollowed(f), np.zeros_like, np.array(x)).verdict is Verdict.MATCH
    assert check_grad(unfollowed(f), lambda x: np.full_like(x, 1e-4), np.array(x)).verdict is not Verdict.MATCH


@pytest.mark.parametrize("slope", [1e-3, 1e-6])
def test_zeros_are_wrong_where_there_is_a_slope(slope):
    f = unfollowed(lambda x: 1 + slope * np.sum(x))
    assert check_grad(f, np.zeros_like, np.array([1.0, 0.3])).verdict is Verdict.MISMATCH


def test_a_part_that_counts_for_nothing_is_measured_by_the_others():
    p = {"a": np.array([1.0, 2.0]), "b": np.array([0.5, 3.0])}
    sines = lambda p: float(str(np.sin(p["a"]).sum() + SOFTMAX(p["b"]).sum()))
    assert check_grad(sines, lambda p: {"a": np.cos(p["a"]), "b": 0 * p["b"]}, p).verdict is Verdict.MATCH
    tilted = lambda p: float(str(np.sin(p["a"]).sum() + 1e-3 * p["b"].sum()))
    assert check_grad(tilted, lambda p: {"a": np.cos(p["a"]), "b": 0 * p["b"]}, p).verdict is Verdict.MISMATCH
