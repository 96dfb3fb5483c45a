"""Comparisons that balls cannot decide: kinks where the derivative depends on the answer, none where it does not."""

import math

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.witness import certify
from gradcheck.functions.enclosed_gradient import certified_gradient

KINK = np.array([0.0, 1.0, -1.0])


def ends(f, x):
    """The ends of what a choice of subgradient gives."""
    _, grad = certified_gradient(f, x)
    return grad.mid - grad.rad, grad.mid + grad.rad


def sigmoid_by_where(x):
    e = np.exp(np.where(x > 0, -x, x))
    return np.sum(np.where(x > 0, 1, e) / (1 + e))


def sigmoid_by_branch(x):
    total = 0.0
    for v in x:
        if v >= 0:
            total += 1 / (1 + math.exp(-v))
        else:
            total += math.exp(v) / (1 + math.exp(v))
    return total


def cross_entropy(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(z)), np.arange(len(z)) % z.shape[1]]))


def shifted_by_argmax(z):
    z = z - z[np.argmax(z)]
    return np.log(np.sum(np.exp(z))) - z[0]


def by_python_branch(x):
    total = 0.0
    for v in x:
        if v > 0:
            total += v
    return total


def by_mask_assignment(x):
    y = x.copy()
    y[y < 0] = 0
    return y.sum()


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: np.sum(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))), np.zeros(300), np.full(300, 0.5)),
        (sigmoid_by_where, np.zeros(200), np.full(200, 0.25)),
        (sigmoid_by_branch, np.zeros(3), np.full(3, 0.25)),
        (cross_entropy, np.zeros((8, 10)), None),
        (shifted_by_argmax, np.zeros(4), np.array([-0.75, 0.25, 0.25, 0.25])),
        (lambda x: np.sum(np.abs(x) * x), np.zeros(2), np.zeros(2)),
        (lambda x: np.sum(np.sign(x) * x**2), np.zeros(2), np.zeros(2)),
        (lambda x: np.sum(np.clip(x, 0, 1) * 0 + x), np.array([0.0, 1.0]), np.ones(2)),
        (lambda x: 0.0 if x[0] == 0 else x[0] ** 2 * 3, np.zeros(1), np.zeros(1)),
    ],
)
def test_a_tie_in_a_smooth_function_is_no_kink(f, x, expected):
    _, grad = certified_gradient(f, x)
    assert grad.smooth and grad.certified.ties
    assert (grad.rad < 1e-30).all()
    if expected is not None:
        np.testing.assert_allclose(grad.mid, expected, atol=1e-16)


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        (lambda x: np.sum(np.maximum(x, 0)), 0, 1),
        (lambda x: np.sum(x * (x > 0)), 0, 1),
        (lambda x: np.sum(np.where(x > 0, x, 0)), 0, 1),
        (lambda x: np.sum(np.where(x > 0, x, 0.25 * x)), 0.25, 1),
        (lambda x: np.sum(np.where(~(x <= 0), x, 0.25 * x)), 0.25, 1),
        (by_python_branch, 0, 1),
        (by_mask_assignment, 0, 1),
        (lambda x: np.sum(np.abs(x)) + x[2], -1, 1),
        (lambda x: np.sum(np.clip(x, 0, 5)), 0, 1),
        (lambda x: np.max(x[[0, 0]] * [1.0, -1.0]), -1, 1),
    ],
)
def test_a_kink_encloses_every_choice_and_little_more(f, low, high):
    found = ends(f, KINK)
    assert low - 1e-7 <= found[0][0] <= low
    assert high <= found[1][0] <= high + 1e-7
    assert (found[1][1:] - found[0][1:] < 1e-30).all()


def test_a_kink_names_the_operation_and_the_comparison():
    found = certify(lambda x: np.sum(np.maximum(x, 0)), KINK)
    assert not found.smooth
    assert str(found.ties[0]) == "maximum (comparison 1 of the run; depends on x[0])"
    tied = certify(lambda p: np.max(p["W"] @ p["b"]), {"W": np.ones((2, 2)), "b": np.array([0.0, 3.0])})
    assert str(tied.ties[0]) == "max (comparison 1 of the run; depends on W[0, 1], W[1, 1])"
    wide = certify(lambda x: max(np.sum(x), 0.0), np.zeros(5))
    assert str(wide.ties[0]).endswith("(comparison 1 of the run; depends on x[0], x[1], x[2] and 2 more)")
    by_branch = certify(lambda x: x[1] if x[1] > x[0] else x[0], np.ones(3))
    assert by_branch.ties[0].names == ("x[0]", "x[1]")
    assert "depends on x[0])" in str(check_grad(lambda x: np.sum(np.abs(x)), lambda x: 0 * x + 0.5, np.array([0.0, 2.0])))


def test_many_kinks_stay_in_one_run():
    found = certify(lambda x: np.sum(np.maximum(x, 0)), np.zeros(500))
    assert len(found.ties) == 500 and not found.branches


def test_max_pooling_ties_give_each_a_weight_between_0_and_1():
    low, high = ends(np.max, np.array([2.0, 2.0, 1.0]))
    assert np.allclose(low, [0, 0, 0]) and np.allclose(high, [1, 1, 0])


def test_a_jump_is_told():
    found = certify(lambda x: 1.0 if x[0] > 0 else 2.0, np.zeros(1))
    assert found.jumps and not found.smooth


def test_what_holds_at_one_point_alone_is_not_believed():
    with pytest.raises(CannotFollow, match="equality"):
        certified_gradient(lambda x: 1.0 if x[0] == 0 else math.sin(x[0]) / x[0], np.zeros(1))
    # Along x[0] = 0 the slope by x[1] is 3, beside it 5: not differentiable, though the values agree.
    with pytest.raises(CannotFollow, match="equality"):
        certified_gradient(lambda x: 3 * x[1] if x[0] == 0 else 5 * x[1], np.zeros(2))


def test_a_norm_at_zero_reaches_the_unit_ball_and_a_root_whose_square_has_a_slope_is_not_finite():
    _, grad = certified_gradient(np.linalg.norm, np.zeros(2))
    assert not grad.smooth and np.array_equal(grad.mid, [0, 0]) and np.allclose(grad.rad, 1) and (grad.rad >= 1).all()
    _, grad = certified_gradient(lambda x: np.sum(np.sqrt(x)), np.zeros(2))
    assert not grad.smooth and np.isinf(grad.rad).all()


def test_a_discarded_branch_that_is_not_finite_does_no_harm():
    _, grad = certified_gradient(lambda x: np.sum(np.where(x > 0, np.sqrt(x), x**2)), np.array([-4.0, 4.0]))
    assert grad.smooth and np.array_equal(grad.mid, [-8.0, 0.25])


def test_values_that_differ_late_are_told_apart():
    x = np.array([1.0, 1e-60])
    _, grad = certified_gradient(lambda x: np.maximum(x[0] + x[1], x[0]), x)
    assert grad.smooth and np.array_equal(grad.mid, [1.0, 1.0])
