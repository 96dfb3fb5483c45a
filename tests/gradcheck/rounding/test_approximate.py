"""Numbers with a bound of their own error: each operation bounds what its operands' errors do, and little more."""

from itertools import product

import numpy as np
import pytest

from gradcheck.rounding.functions import FUNCTIONS
from gradcheck.rounding.program import _Stacks
from gradcheck.rounding.unfused_delta import _cost_slope
from gradcheck.rounding.values import NO_KINK, SPREAD, Approximate, Roundoff, arrived, batch_sum, exact, is_at_kink, total
from reference_nets.activations import ACTIVATIONS, softmax

FORMAT = Roundoff.of(np.float64)
POINTS = np.array([-3.0, -1.1, -0.4, 0.35, 0.9, 2.5])
SMOOTH = [name for name in ACTIVATIONS if name not in ("identity", "softmax", "relu", "leaky_relu")]


def number(value, error=0.0, low=0.0, high=0.0):
    value = np.atleast_1d(np.asarray(value, dtype=float))
    reach = (np.full_like(value, low), np.full_like(value, high)) if low or high else (NO_KINK, NO_KINK)
    return Approximate(value, np.full_like(value, error), *reach, FORMAT)


@pytest.mark.parametrize("error", [1e-3, 0.05])
@pytest.mark.parametrize(
    ("name", "f", "points"),
    [
        *((name, ACTIVATIONS[name].phi, POINTS) for name in [*SMOOTH, "relu", "leaky_relu"]),
        *((f"d{name}", ACTIVATIONS[name].dphi, POINTS) for name in SMOOTH),
        ("log", np.log, POINTS[3:]),
    ],
)
def test_a_function_bounds_what_the_error_of_its_argument_does_and_little_more(name, f, points, error):
    moved = np.abs([f(points + t) - f(points) for t in np.linspace(-error, error, 21)]).max(axis=0)
    bound = FUNCTIONS[name](number(points, error)).error
    assert (bound >= moved).all() and (bound <= 1.1 * moved + 90 * error**2 * (1 + points**2) ** 2).all()
    through_kink = FUNCTIONS[name](number(points, 0.0, -error, error))
    assert (through_kink.high >= moved).all() and (through_kink.low <= -moved).all()


@pytest.mark.parametrize("error", [0.01, 0.5, 1.0])
def test_softmax_bounds_what_the_errors_of_all_its_arguments_do(error):
    for z in ([0.0, 0.0], [0.3, -1.0], [1.0, 0.0, -0.5]):
        corners = [softmax(np.array(z) + error * np.array(signs)) for signs in product((-1, 1), repeat=len(z))]
        for k in range(len(z)):
            moved = max(abs(a[k] - softmax(np.array(z))[k]) for a in corners)
            bound = FUNCTIONS["softmax"](k, *(number(z_j, error) for z_j in z)).error
            most = 2.01 * softmax(np.array(z))[k] * error
            assert moved <= bound <= most + error**2
            reach = FUNCTIONS["softmax"](k, *(number(z_j, 0.0, -error, error) for z_j in z))
            assert moved <= reach.high == -reach.low <= most + error**2


def test_a_product_reaches_what_the_ends_of_its_factors_reach():
    a, b = number(2.0, 0.1, -1.0, 0.5), number(-3.0, 0.2, -0.25, 2.0)
    ends = [x * y + 6 for x, y in product((1.0, 2.5), (-3.25, -1.0))]
    assert ((a * b).low, (a * b).high) == (min(ends), max(ends))
    worst = max(abs((x + s) * (y + t) - x * y) for x, y, s, t in product((1.0, 2.5), (-3.25, -1.0), (-0.1, 0.1), (-0.2, 0.2)))
    assert worst <= (a * b).error <= 1.01 * worst
    assert a.kink == 1 and b.kink == 2 and a.size == 2.5 and b.size == 3.25
    for exponent in (-1, -2, 2, 3):
        z = number(2.0, 0.1)
        moved = max(abs((2 + t) ** exponent - 2.0**exponent) for t in (-0.1, 0.1))
        assert moved * (1 - 1e-12) <= (z**exponent).error <= 1.3 * moved
        reach = number(2.0, 0.0, -0.1, 0.1) ** exponent
        assert reach.high >= moved * (1 - 1e-12) and reach.low <= -abs(1.9**exponent - 2.0**exponent) * 0.89


def test_sums_add_errors_and_reaches_and_round_each_addition_once():
    a, b = number([1.0, 2.0, -4.0], 0.25, -1.0, 0.5), number([3.0, -1.0, 0.5], 0.125)
    both = total([a, b])
    assert both.value.tolist() == [4.0, 1.0, -3.5] and both.error == pytest.approx([0.375] * 3)
    assert both.low.tolist() == [-1.0] * 3 and both.high.tolist() == [0.5] * 3
    over = batch_sum(a)
    assert over.value.tolist() == [-1.0] and over.error == pytest.approx([0.75])
    assert (over.low.tolist(), over.high.tolist()) == ([-3.0], [1.5])
    for terms in (2, 4):
        sizes = total([number(1.0)] * terms), batch_sum(number(np.ones(terms)))
        assert [float(one.error[0]) / FORMAT.u for one in sizes] == pytest.approx([terms * (terms - 1)] * 2)


def test_samples_hold_what_is_of_second_order_and_what_the_operation_rounds():
    nothing = np.zeros((1, 16))
    one = np.ones(1)
    made = arrived(one, 10 * one, one, (NO_KINK, NO_KINK), FORMAT, nothing, 2 * one)
    assert made.error == pytest.approx(SPREAD * 3) and np.abs(made.samples) == pytest.approx(3)
    typical = arrived(one, 10 * one, one, (NO_KINK, NO_KINK), FORMAT, nothing, 0, 0.5 * one)
    assert typical.error == pytest.approx(SPREAD * 0.5)
    assert arrived(one, 0.5 * one, one, (NO_KINK, NO_KINK), FORMAT, nothing).error == 1.5  # bounds say less
    assert arrived(one, 2 * one, one, (NO_KINK, NO_KINK), FORMAT, None).error == 3


def test_errors_with_both_signs_meet_in_a_long_sum():
    rng = np.random.default_rng(3)
    terms = [exact(value, FORMAT) * exact(other, FORMAT) for value, other in rng.uniform(1, 2, (400, 2))]
    sampled, absolute = total(terms), total([term.unsampled for term in terms])
    assert float(absolute.error[0] / sampled.error[0]) > 3
    assert float(sampled.error[0]) > np.sqrt(sum(float(term.error[0]) ** 2 for term in terms))


def test_a_kink_is_where_the_error_with_its_safety_reaches_zero():
    assert is_at_kink(number([3.9, 4.1, -3.9, -4.1], 1.0)).tolist() == [True, False, True, False]
    assert is_at_kink(number([4.4, 4.6], 1.0, -0.5, 0.5)).tolist() == [True, False]
    relu, leaky = (FUNCTIONS[name](number([-1e-3, 1e-3, 1.0], 1e-3)) for name in ("drelu", "dleaky_relu"))
    assert relu.value.tolist() == [0, 1, 1] and relu.low.tolist() == [0, -1, 0] and relu.high.tolist() == [1, 0, 0]
    assert leaky.low == pytest.approx([0, -0.99, 0]) and leaky.high == pytest.approx([0.99, 0, 0])


def test_sums_over_examples_are_read_without_samples_and_all_else_with_them():
    rounded = [exact(value, FORMAT) * exact(0.1, FORMAT) for value in (0.3, 0.7)]
    for rule, sampled in (("BP1", True), ("FP1", True), ("BP3", False), ("BP4", False), ("l2", False)):
        stack = _Stacks().stacked({"a": rounded}, rule)["a"]
        assert (stack.samples is not None) == sampled and stack.value.ravel() == pytest.approx([0.03, 0.07])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_over_an_output_is_lost_where_it_overflows_and_only_there(dtype):
    format, largest = Roundoff.of(dtype), float(np.finfo(dtype).max)
    for output, lost in ((0.9 / largest, True), (1.1 / largest, False), (1e-3, False)):
        a, one = exact(output, format), exact(1.0, format)
        with np.errstate(over="ignore"):
            assert bool(np.isnan(_cost_slope("cross_entropy", one, a, one, one).error[0])) == lost
