"""Numbers that carry their error, operation by operation, against bounds worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.rounding.budget import _groups, _kinks, _sides_of, cost_budget, rounding_budget
from gradcheck.rounding.functions import FUNCTIONS, error_numbers
from gradcheck.rounding.program import _Stacks
from gradcheck.rounding.unfused_delta import (
    _bounds_alone,
    _cost_slope,
    _inverse,
    _softmax_chain_error,
    unfused_errors,
    with_larger,
)
from gradcheck.rounding.usual_forms import USUAL_DPHI, USUAL_PHI, UsualForm
from gradcheck.rounding.values import (
    DIRECTIONS,
    FUNCTION_ULPS,
    NO_ERRORS,
    NO_KINK,
    SAFETY,
    SPREAD,
    SUM_SPREAD,
    Approximate,
    Roundoff,
    arrived,
    batch_sum,
    bounded,
    either_way,
    exact,
    is_at_kink,
    one_example_of,
    through,
    total,
)
from reference_nets.spec import NetworkSpec

F = Roundoff.of(np.float64)
U, TINY = F.u, F.tiny


def number(value, error=0.0, low=0.0, high=0.0, samples=None):
    value = np.atleast_1d(np.asarray(value, dtype=float))
    full = lambda part: np.full_like(value, part)
    reach = (full(low), full(high)) if low or high else (NO_KINK, NO_KINK)
    return Approximate(value, full(error), *reach, F, samples)


def near(got, expected, rel=1e-9):
    return bool(np.allclose(got, expected, rtol=rel, atol=0))


def test_the_constants_of_the_analysis():
    assert (SAFETY, FUNCTION_ULPS, DIRECTIONS, SUM_SPREAD) == (4.0, 4.0, 16, 2.0) and pytest.approx(2.8284271) == SPREAD
    assert F.gamma(10) == 10 * U / (1 - 10 * U) and Roundoff.of(np.float32).gamma(2**20) == pytest.approx(0.0625 / 0.9375)


def test_signs_are_drawn_for_each_sample():
    drawn = Roundoff.of(np.float64).either_sign(np.array([1.0, 3.0]))
    assert drawn.shape == (2, 16) and set(np.abs(drawn).ravel()) == {1.0, 3.0} and len(set(drawn.ravel())) == 4
    again = Roundoff.of(np.float64).either_sign(np.array([1.0, 3.0]))
    assert (drawn == again).all()


def test_a_product_of_errors_without_samples():
    product = number(3.0, 0.5) * number(-5.0, 0.25)
    assert product.value == -15 and near(product.error, 3 * 0.25 + (5 + 0.25) * 0.5 + 15 * U + TINY) and product.smooth
    assert near((number(3.0, 0.5) * 2).error, 2 * 0.5 + 6 * U) and near((2 * number(3.0, 0.5)).error, 2 * 0.5 + 6 * U)
    kinked = number(3.0, 0.5, -1.0, 2.0) * number(-5.0, 0.25, -1.0, 0.0)
    # sizes 5 and 6; the reach of (3 + s)(-5 + t) + 15 for s in [-1, 2], t in [-1, 0]
    assert (float(kinked.low[0]), float(kinked.high[0])) == (-15, 5)
    assert near(kinked.error, 5 * 0.25 + 6.25 * 0.5 + 30 * U)
    assert (kinked.kink == 15).all() and (kinked.size == 30).all()


def test_what_each_operation_rounds_by_itself():
    assert near((number(3.0) * number(-5.0)).error, 15 * U) and near((number(3.0, 0, -1.0, 1.0) * 2).error, 8 * U)
    assert near((number(4.0) ** -1).error, U / 4) and near((number(4.0) ** -2).error, U / 16)
    assert near(total([number(3.0), number(-1.0), number(2.0)]).error, F.gamma(2) * 6)
    assert near(batch_sum(number([3.0, -1.0, 2.0])).error, F.gamma(2) * 6)
    assert near(batch_sum(number([3.0])).error, F.gamma(1) * 3)
    assert near(FUNCTIONS["log"](number(0.5)).error, 4 * U * np.log(2)) and near(_inverse(number(0.5)).error, 2 * U)
    assert near(FUNCTIONS["huber"](number(0.5)).error, 4 * U * 0.125) and near(FUNCTIONS["huber"](number(3.0)).error, 10 * U)
    assert near(FUNCTIONS["softmax"](0, number(0.0), number(0.0)).error, 4 * U * 3 * 0.5)
    softmax = _softmax_chain_error([number(0.25), number(0.75)], [number(0.75), number(0.25)], [number(-4.0), number(2.0)])
    assert near(softmax[0], 4 * U * 0.25 * (4 + 2.5 * 2)) and near(softmax[1], 4 * U * 0.75 * (2 + 2.5 * 2))
    smallest = number(0.0) * number(0.0)
    assert smallest.error == TINY == total([number(0.0), number(0.0)]).error == batch_sum(number([0.0])).error
    small = FUNCTIONS["tanh"](number(1e-3))
    assert near(small.error, 4 * U * np.tanh(1e-3) + 4 * U, rel=1e-6)  # the usual form cancels


def test_a_product_of_samples_adds_what_each_factor_gives():
    ones = np.ones((1, 16))
    a, b = number(3.0, 1e-10, samples=1e-10 * ones), number(-5.0, 2e-10, samples=2e-10 * ones)
    product = a * b
    middle = 3 * 2e-10 - 5 * 1e-10
    assert np.abs(product.samples - middle).max() <= 15 * U + 1.1e-19
    assert near(product.error, min(3 * 2e-10 + 5 * 1e-10, SPREAD * abs(middle)), rel=1e-4)
    assert (number(3.0, 1e-10) * b).samples is None and (a * number(-5.0)).samples is None


def test_powers_of_numbers_with_errors():
    z = number(4.0, 0.5)
    assert (z**1) is z
    square, inverse, minus2 = z**2, z**-1, z**-2
    assert near(square.error, (z * z).error) and square.value == 16 and (z**3).value == 64
    assert inverse.value == 0.25 and near(inverse.error, 3.5**-2 * 0.5 + 0.25 * U)
    assert minus2.value == 0.0625 and near(minus2.error, 2 * 3.5**-3 * 0.5 + U / 16)
    kinked = number(4.0, 0.5, -0.25, 1.0) ** -1
    steepest = 2.5**-2
    assert near(kinked.high, steepest) and near(kinked.low, -steepest)
    assert near(kinked.error, steepest * 0.5 + (0.25 + steepest) * U)
    with np.errstate(all="ignore"):
        assert (number(0.25, 0.5) ** -1).error > 1e300


def test_what_arrives_is_the_smaller_of_two_bounds():
    one, zero = np.ones(1), np.zeros((1, 16))
    kept = arrived(one, 2 * one, 3 * one, (NO_KINK, NO_KINK), F, None)
    assert kept.error == 5 and kept.samples is None
    sampled = arrived(one, 2e3 * one, 3 * one, (NO_KINK, NO_KINK), F, zero, one)
    assert np.abs(sampled.samples) == pytest.approx(4) and near(sampled.error, SPREAD * 4)
    absolute = arrived(one, 0.5 * one, 3 * one, (NO_KINK, NO_KINK), F, zero, one)
    assert absolute.error == 3.5
    typical = arrived(one, 2e3 * one, 3 * one, (NO_KINK, NO_KINK), F, zero, 0, 0.25 * one)
    assert np.abs(typical.samples) == pytest.approx(0.25) and near(typical.error, SPREAD * 0.25)
    own = arrived(one, 2e3 * one, 3 * one, (NO_KINK, NO_KINK), F, np.full((1, 16), 1e-9), 0, 1.0 * one)
    assert own.error >= 1.0
    lost = arrived(one, 7 * one, one, (NO_KINK, NO_KINK), F, np.full((1, 16), np.nan))
    assert lost.error == 1.0 or lost.error == 8.0


def test_a_function_hands_on_samples_by_its_slope_and_what_is_beyond():
    a = number(2.0, 1.0, samples=np.ones((1, 16)))
    found = through(a, np.array([4.0]), np.array([-3.0]), np.array([3.5]), np.zeros(1), (NO_KINK, NO_KINK))
    assert set(np.round(found.samples.ravel(), 9)) == {-3.5, -2.5}  # the slope, and half beyond
    assert found.error == 3.5
    less = through(a, np.array([4.0]), np.array([-3.0]), np.array([1.0]), np.zeros(1), (NO_KINK, NO_KINK))
    assert (less.samples == -3).all()
    assert through(number(2.0, 1.0), a.value, a.value, a.error, a.error, (NO_KINK, NO_KINK)).samples is None


def test_sums_round_once_for_each_addition():
    terms = [number(3.0, 0.5), number(-1.0, 0.25), number(2.0)]
    both = total(terms)
    assert both.value == 4 and near(both.error, 0.75 + F.gamma(2) * 6 + TINY) and both.smooth
    kinked = total([number(3.0, 0.5, -1.0, 2.0), number(1.0)])
    assert (float(kinked.low[0]), float(kinked.high[0])) == (-1, 2) and near(kinked.error, 0.5 + F.gamma(1) * 6)
    n = 101
    sampled = total([exact(1.0, F)] * n)
    assert near(np.abs(sampled.samples), U * SUM_SPREAD * 10 * n) and near(sampled.error, SPREAD * U * 20 * n)
    few = total([exact(1.0, F)] * 3)
    assert near(np.abs(few.samples), U * 2 * 3)  # two additions: not 2 sqrt(2)
    assert total([exact(1.0, F), number(1.0)]).samples is None
    assert total([exact(2.0, F)]).error == TINY


def test_sums_over_the_batch():
    a = number([3.0, -1.0, 2.0], 0.5)
    over = batch_sum(a)
    assert over.value == 4 and over.value.shape == (1,) and near(over.error, 1.5 + F.gamma(2) * 6)
    assert near(batch_sum(number([3.0], 0.5)).error, 0.5 + F.gamma(1) * 3)
    kinked = batch_sum(number([1.0, 2.0], 0.0, -0.5, 1.5))
    assert (float(kinked.low[0]), float(kinked.high[0])) == (-1, 3) and near(kinked.error, F.gamma(1) * (2.5 + 3.5))
    samples = np.arange(48.0).reshape(3, 16)
    summed = batch_sum(number([1.0, 2.0, 3.0], 1e3, samples=samples)).samples
    assert summed.shape == (1, 16) and np.abs(summed - samples.sum(axis=0)).max() < 1e-12


def test_one_example_of_the_batch_is_taken_with_all_it_carries():
    a = number([1.0, 2.0, 3.0], 0.5, -1.0, 1.0, np.arange(48.0).reshape(3, 16))
    one = one_example_of(1, a)
    assert one.value == 3 and one.error == 0.5 and one.low == -1 and one.high == 1
    assert one.samples.ravel().tolist() == list(np.arange(32.0, 48.0))
    assert one_example_of(0, a).samples.ravel().tolist() == list(np.arange(16.0))
    plain = one_example_of(0, exact([1.0, 2.0, 3.0], F))
    assert plain.value == 1 and plain.samples is NO_ERRORS and plain.smooth


def test_kinks_lie_within_the_error_with_its_safety():
    z = number([4.0, 4.1, -4.0, -4.1], 1.0)
    assert is_at_kink(z).tolist() == [True, False, True, False]
    assert is_at_kink(number([4.5, 4.6], 1.0, -0.25, 0.5)).tolist() == [True, False]
    assert bounded(np.array([np.nan, 1.0, np.inf])).tolist() == [np.inf, 1.0, np.inf]
    smooth, kinked = number(1.0), number(1.0, 0.0, -1.0, 0.0)
    assert either_way(smooth, np.ones(1)) == (NO_KINK, NO_KINK) and either_way(kinked, np.ones(1)) == (-1, 1)
    assert (kinked.kink == 1).all() and (kinked.size == 1).all() and number(-3.0, 0, -1.0, 0.5).size == 4


def test_a_function_rounds_by_four_units_and_its_error_goes_by_the_steepest_slope_nearby():
    z = number(0.5, 1e-6)
    got = FUNCTIONS["huber"](z)  # e^2 / 2, whose slope at 0.5 + 4e-6 is the steepest
    steepness = 0.5 + SAFETY * 1e-6
    curvature = min(1, 4 * (0.125 + steepness) * 1.25**2)
    assert near(got.error, steepness * 1e-6 + curvature * 1e-12 + 4 * U * 0.125)
    assert near(FUNCTIONS["huber"](number(3.0)).value, 2.5) and FUNCTIONS["huber"](number(0.5)).value == 0.125
    assert FUNCTIONS["dhuber"](number(0.5)).value == 0.5 and FUNCTIONS["dhuber"](number(-3.0)).value == -1
    kinked = FUNCTIONS["huber"](number(0.5, 1e-6, -1e-3, 1e-3))
    slope = 0.5 + SAFETY * 1e-6 + 1e-3
    curvature = min(1, 4 * (0.125 + slope) * 1.25**2)
    assert near(kinked.high, slope * 1e-3 + curvature * 1e-3 * (1e-3 + 2e-6)) and near(kinked.low, -kinked.high)
    flat = FUNCTIONS["huber"](number(0.01, 1e-3))  # a curvature below 1
    steep = 0.01 + 4e-3
    assert near(flat.error, steep * 1e-3 + 4 * (5e-5 + steep) * (1 + 1e-4) ** 2 * 1e-6 + 4 * U * 5e-5)


def test_the_derivative_of_relu_takes_either_side_within_its_error():
    z = number([3.9e-3, 4.1e-3, -3.9e-3, -4.1e-3], 1e-3)
    relu, leaky = FUNCTIONS["drelu"](z), FUNCTIONS["dleaky_relu"](z)
    assert relu.low.tolist() == [-1, 0, 0, 0] and relu.high.tolist() == [0, 0, 1, 0]
    assert leaky.low == pytest.approx([-0.99, 0, 0, 0]) and leaky.high == pytest.approx([0, 0, 0.99, 0])
    assert near(relu.error, 4 * U * np.array([1, 1, 1, 0])) and FUNCTIONS["drelu"](number(1.0)).smooth
    assert near(leaky.error, 4 * U * np.array([1, 1, 1, 0.01]))


def test_a_logarithm_is_off_by_its_argument_over_the_nearest():
    assert near(FUNCTIONS["log"](number(0.5, 0.1)).error, 0.1 / 0.4 + 4 * U * np.log(2))
    kinked = FUNCTIONS["log"](number(0.5, 0.1, -0.1, 0.05))
    assert near(kinked.high, 0.1 / 0.3) and near(kinked.error, 0.1 / 0.3 + 4 * U * np.log(2))
    sampled = FUNCTIONS["log"](number(0.5, 1e-9, samples=1e-9 * np.ones((1, 16))))
    assert near(np.abs(sampled.samples), 2e-9, rel=1e-5)


def test_a_softmax_moves_with_all_its_arguments():
    z = [number(0.0, 0.01), number(0.0, 0.02)]
    first = FUNCTIONS["softmax"](0, *z)
    assert first.value == 0.5
    spread = 0.5 * (0.01 + 0.5 * (0.01 + 0.02)) + 0.02**2
    rounding = 4 * U * (1 + 0 + 0 + 2) * 0.5
    assert near(first.error, spread + rounding)
    kinked = FUNCTIONS["softmax"](0, number(0.0, 0.01, -0.1, 0.1), z[1])
    wide = 0.5 * (0.11 + 0.5 * (0.11 + 0.02)) + 0.11**2
    assert near(kinked.high, wide - spread) and near(kinked.low, -kinked.high)
    large = FUNCTIONS["softmax"](1, number(3.0), number(2.0))
    a = 1 / (1 + np.e)
    assert near(large.value, a) and near(large.error, 4 * U * (1 + 3 + 2 + 2) * a)
    ones = 1e-9 * np.ones((1, 16))
    sampled = FUNCTIONS["softmax"](0, number(0.0, 1e-9, samples=ones), number(0.0, 1e-9, samples=-ones))
    assert near(sampled.samples, 0.5 * 1e-9, rel=1e-5)  # 0.5 (1 - 0)
    assert FUNCTIONS["softmax"](0, number(0.0, 1e-9, samples=ones), number(0.0)).samples is None


def test_usual_forms_cost_what_cancels_in_them_until_they_saturate():
    one = np.ones(1)
    assert near(UsualForm().bound(one, U), 0) and near(UsualForm(lambda z: 3 * z).bound(2 * one, U), 24 * U)
    lost = UsualForm(np.ones_like, lambda z: z)
    assert near(lost.bound(np.array([0.9e-3 * U, 1.1e-3 * U]), U), [0.9e-3 * U, 4 * U])
    at = lambda table, name, z: float(table[name].error(np.array([z]))[0])
    assert [at(USUAL_PHI, name, -2.0) for name in ("sigmoid", "tanh", "elu", "softplus", "gelu")] == [1, 1, 1, 1, 2]
    assert [at(table, "elu", z) for table in (USUAL_PHI, USUAL_DPHI) for z in (0.0, 2.0)] == [0, 0, 0, 0]
    assert [at(USUAL_DPHI, name, 2.0) for name in ("sigmoid", "tanh", "softplus")] == [1, 3, 1]
    assert near(at(USUAL_DPHI, "silu", 2.0), 3 / (1 + np.exp(-2))) and at(USUAL_DPHI, "elu", -2.0) == 1
    assert near(at(USUAL_DPHI, "gelu", 2.0), 1 + 2 * (1 + 3 * 0.044715 * 4))
    w = 2 * np.sqrt(2 / np.pi) * 2 * (1 + 0.044715 * 4)
    slope = np.exp(-w) / (1 + np.exp(-w)) ** 2
    assert near(USUAL_PHI["gelu"].lost(np.array([2.0])), 2 * slope, rel=1e-6)
    assert near(USUAL_DPHI["gelu"].lost(np.array([2.0])), slope * (1 + 2 * (1 + 3 * 0.044715 * 4)), rel=1e-6)
    for name in ("sigmoid", "softplus"):
        assert float(USUAL_PHI[name].lost(np.array([-40.0]))[0]) == pytest.approx(np.exp(-40.0))
        assert float(USUAL_DPHI[name].lost(np.array([-40.0]))[0]) == pytest.approx(np.exp(-40.0))


def test_another_form_counts_where_it_may_be_off_by_more():
    found = with_larger(number([1.0, 1.0, 1.0], 0.5), np.array([0.25, 2.0, np.nan]))
    assert found.error.tolist() == [0.5, 2.0, 0.5]
    sampled = with_larger(number([1.0, 1.0], 0.5, samples=np.zeros((2, 16))), np.array([0.25, 2.0]))
    assert sampled.error.tolist() == [0.5, 2.0] and np.abs(sampled.samples).max(axis=1).tolist() == [0.0, 2.0]


def test_values_are_stacked_and_taken_apart_again():
    stacks = _Stacks()
    values = [number([1.0, 2.0], 0.5), number([3.0], 0.25, -1.0, 1.0)]
    stack = stacks.stacked({"a": values}, "BP1")["a"]
    assert stack.value.tolist() == [[1, 2], [3, 3]] and stack.error.tolist() == [[0.5, 0.5], [0.25, 0.25]]
    one, other = stacks.parts(stack, 2)
    assert other.value.tolist() == [3, 3] and other.low.tolist() == [-1, -1] and one.high.tolist() == [0, 0]
    same = [values[0]] * 2
    assert stacks.stacked({"a": same}, "BP1")["a"] is values[0]
    smooth = stacks.stacked({"a": [number([1.0]), number([2.0])]}, "BP1")["a"]
    assert smooth.smooth and smooth.samples is None and stacks.parts(smooth, 2)[1].smooth
    exactly = stacks.stacked({"a": [exact(1.0, F), exact(2.0, F)]}, "BP1")["a"]
    assert exactly.samples is NO_ERRORS and stacks.parts(exactly, 2)[0].samples.shape == (1, 1)
    mixed = stacks.stacked({"a": [exact(1.0, F), number(2.0)]}, "BP1")["a"]
    assert mixed.samples is None


def test_one_over_a_number_and_the_slope_of_a_cost():
    found = _inverse(number(0.5, 0.1))
    assert found.value == 2 and near(found.error, 0.1 / 0.4 * 2 + 2 * U + TINY) and found.samples is None and found.smooth
    assert near(_inverse(number(0.5, 0.6)).error, 0.6 / U * 2)  # at least its own spacing
    tiny = U / 4
    assert near(_inverse(number(tiny, 1.0)).error, 1.0 / tiny / tiny, rel=1e-6)
    z, a, rest, y = number(1.0, 1e-3), number(0.25, 1e-9), number(0.75, 2e-9), number(1.0)
    slope = _cost_slope("cross_entropy", z, a, rest, y)
    assert slope.value == -4
    inverse = _inverse(a).error
    assert near(slope.error, inverse + 4 * U + 4 * U, rel=1e-4)
    both = _cost_slope("bce", z, a, rest, number(0.0))
    assert near(both.value, 4 / 3)
    cancelled = _inverse(number(0.75, 1e-9 + U * 0.75)).error
    assert near(both.error, cancelled, rel=1e-3)
    exactly = _cost_slope("bce", z, number(0.25, 0.0), rest, number(0.0)).error  # 1 - a, 1 / (1 - a) and the sum round
    assert near(exactly, _inverse(replace(rest, error=U * rest.value)).error + U * 4 / 3 + U * 4 / 3, rel=0.05)
    gone = _cost_slope("bce", z, number(1.0, 1e-9), number(U / 4, 1e-20), number(0.0))
    assert np.isnan(gone.error).all()
    assert np.isfinite(_cost_slope("bce", z, number(1.0, 1e-9), number(U / 4, 1e-20), number(1.0)).error).all()
    assert np.isfinite(_cost_slope("bce", z, number(1.0, 1e-9), number(U, 1e-20), number(0.0)).error).all()
    steady = _cost_slope("cross_entropy", number(-40.0, 1e-14), number(U / 4, 1.0), number(1.0), number(1.0))
    nearest = U / 4 * (1 - (1e-14 + 8 * U))
    assert near(steady.error, U / 4 * (1e-14 + 8 * U) / nearest * 4 / U, rel=1e-1)
    assert _cost_slope("cross_entropy", z, number(U, 1.0), rest, y).error > 1e14  # above u / 2 what came counts


def test_the_chain_through_a_softmax_counts_each_slope_once():
    a = [number(0.25, 1e-3), number(0.75, 2e-3)]
    g = [number(-4.0, 0.5), number(2.0, 0.25)]
    errors = _softmax_chain_error(a, [number(0.75), number(0.25)], g)
    moved = 4 * 1e-3 + 2 * 2e-3
    mean = -4 * 0.25 + 2 * 0.75
    rounding = 4 * U * 0.25 * (4 + 2.5 * 2)
    first = 0.5 * 0.25 * 0.75 + 0.25 * 0.75 * 0.25 + 1e-3 * abs(-4 - mean) + 0.25 * moved + rounding
    assert near(errors[0], first)
    second = 0.5 * 0.25 * 0.75 + 0.25 * 0.75 * 0.25 + 2e-3 * abs(2 - mean) + 0.75 * moved + 4 * U * 0.75 * (2 + 2.5 * 2)
    assert near(errors[1], second)


def test_only_what_the_program_fuses_is_asked_for_its_factors():
    for notation in ("2-2:softmax/cross_entropy", "2-2:sigmoid/quadratic", "2-2:identity/huber"):
        assert unfused_errors(NetworkSpec.parse(notation), {}) == {}
    kinked = number(1.0, 0.5, -1.0, 1.0, np.zeros((1, 16)))
    alone = _bounds_alone(kinked)
    assert alone.smooth and alone.samples is None and alone.error == 0.5


def test_kinks_of_one_example_above_each_other_are_one_group():
    assert _groups([(1, 0), (1, 0), (1, 3)]) == [[0], [1], [2]]
    assert _groups([(1, 0), (2, 0), (1, 3), (1, 0)]) == [[0, 1, 3], [2]]
    assert _sides_of([1], 3).tolist() == [[-1, -1, -1], [-1, 1, -1]]
    assert _sides_of([0, 2], 3).tolist() == [[-1, -1, -1], [-1, -1, 1], [1, -1, -1], [1, -1, 1]]


def test_kinks_of_different_groups_add_what_they_move_to_the_first():
    asked = []

    def on_sides(sides):
        asked.append(sides)
        return {"W1": 10.0 + sides @ np.array([1.0, 2.0, 4.0])}

    assert _kinks([], on_sides) is None and asked == []
    kinks = _kinks([(1, 0, 0), (2, 3, 0), (1, 1, 5)], on_sides)
    assert kinks.places == ("layer 1, unit 0, example 0", "layer 2, unit 3, example 0", "layer 1, unit 1, example 5")
    assert [part["W1"].tolist() for part in kinks.parts] == [[3, 7, 5, 9], [0, 8]] and kinks.followed
    for many, followed in ((6, True), (7, False)):
        deep = _kinks([(1 + k % 2, k, 0) for k in range(many)], lambda sides: {"W1": sides.sum(axis=1)})
        assert deep.followed is followed and len(deep.places) == many


def relu_network(z, w2=3.0):
    spec = NetworkSpec.parse("1-1:relu-1:identity/quadratic")
    one = np.ones((1, 1))
    params = {"W1": one, "b1": np.array([z - 1.0]), "W2": w2 * one, "b2": np.zeros(1)}
    return rounding_budget(spec, params, one, one)


def test_the_budget_of_a_network_at_a_kink_and_beside_it():
    at, beside = relu_network(0.0), relu_network(0.5)
    assert (at.lowest["b1"], at.highest["b1"]) == (-3, 0) and at.kinks.places == ("layer 1, unit 0, example 0",)
    assert sorted(at.kinks.parts[0]["b1"].ravel().tolist()) == [-3, 0] and beside.kinks is None
    assert beside.lowest["b1"] == beside.highest["b1"] == 1.5
    assert 0 < beside.rounding["b1"] < 1e-13 and at.unbounded == "numbers on the way to it overflow"


def test_the_budget_of_the_cost_is_a_few_roundings():
    spec = NetworkSpec.parse("1-1:identity/quadratic")
    one = np.ones((1, 1))
    budget = cost_budget(spec, {"W1": 3 * one, "b1": np.zeros(1)}, one, one)
    # z = 3 and 0: two operations, e = 2, e^2 / 2 = 2: some ten roundings of numbers up to 4, safety 4
    assert 4 * 4 * U <= budget <= 4 * 60 * U
    assert error_numbers(F).constant.__call__ is not None


def test_samples_go_through_powers_functions_and_softmax_with_their_sign():
    ones = 1e-9 * np.ones((1, 16))
    inverse = number(4.0, 1e-9, samples=ones) ** -1
    assert near(inverse.samples, -1e-9 / 16, rel=1e-4)
    assert near((number(4.0, 1e-9, samples=ones) ** -2).samples, -2e-9 / 64, rel=1e-4)
    assert near(FUNCTIONS["tanh"](number(0.5, 1e-9, samples=ones)).samples, (1 - np.tanh(0.5) ** 2) * 1e-9, rel=1e-4)
    z = [number(0.0, 1e-9, samples=ones), number(1.0, 1e-9, samples=3 * ones)]
    a = np.exp([0.0, 1.0]) / np.exp([0.0, 1.0]).sum()
    moved = a[0] * (1 - (a[0] * 1 + a[1] * 3)) * 1e-9
    assert near(FUNCTIONS["softmax"](0, *z).samples, moved, rel=1e-4)
    second = FUNCTIONS["softmax"](1, number([0.0], 0.01), number([0.0], 0.03))
    assert near(second.error, 0.5 * (0.03 + 0.5 * 0.04) + 0.03**2, rel=1e-9)


def test_sums_of_one_number_round_nothing():
    assert total([number(3.0)]).error == TINY and near(batch_sum(number([3.0, 1.0])).error, F.gamma(1) * 4)
    assert near(batch_sum(number([1.0, 1.0, 1.0, 1.0])).error, F.gamma(3) * 4)
