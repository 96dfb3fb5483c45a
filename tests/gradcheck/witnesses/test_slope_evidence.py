"""When difference quotients along a line agree with a certified slope, exclude it, or say nothing: at the boundaries, too."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.witnesses.along_line import LARGEST_NOISE, SHARE, UNIT, NumberOnLine, ProbeLine, Slopes, direction
from gradcheck.witnesses.slope_evidence import (
    ALL_STEPS,
    PLATEAU,
    TRUST,
    USEFUL,
    Says,
    Silence,
    SlopeClaim,
    _agreement,
    _exclusion,
)

SMOOTH, KINKED = SimpleNamespace(smooth=True), SimpleNamespace(smooth=False)


def slopes(*values, noise=0.0, start=0):
    """One-sided slopes, the same on both sides unless given as pairs, from large steps to small ones."""
    pairs = [value if isinstance(value, tuple) else (value, value) for value in values]
    steps = ALL_STEPS[start:]
    return [Slopes(step, *pair, noise * steps[0] / step) for step, pair in zip(steps, pairs, strict=False)]


def at(value, rounding=0.0):
    return SlopeClaim(value, value, rounding)


# Excluding


def test_three_equal_slopes_exclude_another_one_and_two_do_not():
    assert _exclusion(slopes(*[1.0] * PLATEAU), at(2.0), 1.0).says is Says.EXCLUDES
    assert _exclusion(slopes(*[1.0] * (PLATEAU - 1)), at(2.0), 1.0).says is Says.NOTHING
    word = _exclusion(slopes(5.0, 3.0, 1.0, 1.0, 1.0), at(2.0), 1.0)  # the last three
    assert (word.says, word.slope, word.error) == (Says.EXCLUDES, 1.0, 0.0)


@pytest.mark.parametrize("claim", [at(1.0), SlopeClaim(0.0, 1.0, 0.0), SlopeClaim(-1.0, 3.0, 0.0), at(1.5, rounding=0.5)])
def test_what_lies_within_the_claim_or_its_rounding_excludes_nothing(claim):
    assert _exclusion(slopes(1.0, 1.0, 1.0, 1.0), claim, 1.0).says is Says.NOTHING


@pytest.mark.parametrize("claim", [at(1.0001), at(0.9999), SlopeClaim(1.0001, 7.0, 0.0), at(-1.0), at(0.0)])
def test_what_lies_outside_excludes_however_near(claim):
    assert _exclusion(slopes(1.0, 1.0, 1.0, 1.0), claim, 1.0).says is Says.EXCLUDES


def test_slopes_that_differ_by_more_than_an_eighth_of_the_gap_are_no_level():
    near, far = 1 + 1 / 8.5, 1 + 1 / 6.5
    assert _exclusion(slopes(near, 1.0, 1.0), at(2.0), 1.0).says is Says.EXCLUDES
    assert _exclusion(slopes(far, 1.0, 1.0), at(2.0), 1.0).says is Says.NOTHING
    assert _exclusion(slopes((far, 1.0), 1.0, 1.0), at(2.0), 1.0).says is Says.NOTHING  # ahead alone
    assert _exclusion(slopes((1.0, far), 1.0, 1.0), at(2.0), 1.0).says is Says.NOTHING  # behind alone


def test_a_finer_step_that_says_otherwise_keeps_a_level_from_excluding():
    for finer in (2.0, 0.0, 1.5):
        word = _exclusion(slopes(1.0, 1.0, 1.0, finer), at(2.0), 1.0)
        assert (word.says, word.why) == (Says.NOTHING, Silence.STEPS)
    loud = [*slopes(1.0, 1.0, 1.0), Slopes(2.0**-40, 7.0, -7.0, noise=1.0)]  # but not one that noise hides
    assert _exclusion(loud, at(2.0), 1.0).says is Says.EXCLUDES


def test_a_staircase_that_rounding_in_the_last_place_could_not_hide_keeps_a_level_from_excluding():
    stairs = [*slopes(1.0, 1.0, 1.0), Slopes(2.0**-45, 0.0, 0.0, noise=10.0)]  # what was measured hides it, the last place not
    assert _exclusion(stairs, at(0.0), 1.0).why is Silence.STEPS
    assert _exclusion(stairs, at(0.0), 1e9).says is Says.EXCLUDES  # of so large a value the last place is coarse


def test_a_later_level_excludes_after_an_earlier_one_that_did_not_hold():
    word = _exclusion(slopes(0.0, 0.0, 0.0, 5.0, 1.0, 1.0, 1.0, 1.0), at(2.0), 1.0)
    assert (word.says, word.slope) == (Says.EXCLUDES, 1.0)


def test_sides_that_differ_at_every_step_are_a_kink_and_others_noise():
    assert _exclusion(slopes(*[(1.0, 0.0)] * 6), at(2.0), 1.0).why is Silence.KINK
    assert _exclusion(slopes((3.0, 0.0), (1.0, 2.0), (0.2, 0.1), noise=1.0), at(2.0), 1.0).why is Silence.NOISE


# Agreeing


def test_the_most_accurate_step_decides():
    coarse_agrees = slopes(2.5, 2.0, 1.0, 1.0)  # the last two agree with each other best, and not with 2
    assert _agreement(coarse_agrees, at(2.0), 1.0, SMOOTH, USEFUL) is None
    assert _agreement(slopes(2.5, 1.0, 2.0, 2.0), at(2.0), 1.0, SMOOTH, USEFUL).says is Says.AGREES


@pytest.mark.parametrize(("gap", "agrees"), [(0.0, True), (7.9e-6, True), (8.1e-6, False)])
def test_what_is_certified_may_be_off_by_eight_times_the_error(gap, agrees):
    assert TRUST == 8.0
    found = _agreement(slopes(1.0 + 1e-6, 1.0), at(1.0 + gap), 1.0, SMOOTH, USEFUL)
    assert (found is not None) is agrees


def test_digits_are_those_in_common_and_fifteen_at_most():
    assert _agreement(slopes(1.0, 1.0), at(1.0), 1.0, SMOOTH, USEFUL).digits == 15
    assert _agreement(slopes(1.0, 1.0, noise=1e-9), at(1.0), 1.0, SMOOTH, USEFUL).digits in (8, 9)
    assert _agreement(slopes(1.0 + 1e-3, 1.0), at(1.0 + 1e-4), 1.0, SMOOTH, USEFUL).digits in (3, 4)
    assert _agreement(slopes((1.0, 0.0), (1.0, 0.0)), SlopeClaim(0.0, 1.0, 0.0), 1.0, KINKED, USEFUL).digits == 15


def test_an_error_as_large_as_the_derivative_is_no_agreement():
    assert _agreement(slopes(1.0 + 1e-2 / 8.1, 1.0), at(1.0), 1.0, SMOOTH, USEFUL) is not None
    assert _agreement(slopes(1.0 + 1e-2 / 7.9, 1.0), at(1.0), 1.0, SMOOTH, USEFUL) is None
    assert _agreement(slopes(1.0, 1.0, noise=1.0), at(1.0), 1.0, SMOOTH, USEFUL) is None


def test_a_slope_of_zero_is_measured_by_the_value():
    assert _agreement(slopes(0.0, 0.0, noise=1e-9), at(0.0), 1.0, SMOOTH, USEFUL).digits is None
    assert _agreement(slopes(0.0, 0.0, noise=1e-9), at(0.0), 1e-6, SMOOTH, USEFUL) is None
    assert _agreement(slopes(0.0, 0.0), at(0.0), 0.0, SMOOTH, USEFUL).says is Says.AGREES


def test_at_a_kink_each_side_must_lie_within_the_hull():
    hull = SlopeClaim(0.0, 1.0, 0.0)
    assert _agreement(slopes(*[(1.0, 0.0)] * 3), hull, 1.0, KINKED, USEFUL) is not None
    assert _agreement(slopes(*[(1.5, -0.5)] * 3), hull, 1.0, KINKED, USEFUL) is None  # their middle does
    assert _agreement(slopes(*[(0.5, -0.5)] * 3), hull, 1.0, KINKED, USEFUL) is None


# The line


def test_a_direction_is_exact_in_floats_and_of_each_entrys_own_size():
    x = {"a": np.array([3.0, -1e-12, 0.0]), "b": np.array([1e8]), "c": np.zeros(2), "d": 0.75}
    relative = direction(x, np.random.default_rng(0), 0.0)
    sizes = np.array([3.0, 1e-12, 3.0 * SHARE, 1e8, 1.0, 1.0, 0.75])
    assert ((np.abs(relative) >= sizes / 4) & (np.abs(relative) < sizes)).all()
    visible = direction(x, np.random.default_rng(0), SHARE)
    assert abs(visible[1]) >= 3.0 * SHARE / 4 and abs(relative[1]) < 1e-12
    flat = np.array([3.0, -1e-12, 0.0, 1e8, 0.0, 0.0, 0.75])
    for step in (2.0**-10, 2.0**-40):
        assert (((flat + step * relative) - flat) == step * relative).all()


def test_slopes_are_those_of_both_sides():
    line = ProbeLine(lambda x: abs(x[0]) + 2 * x[0], np.zeros(1), np.ones(1))
    found = NumberOnLine(line, float).slopes(0.25, noise=1e-9)
    assert (found.ahead, found.behind, found.middle, found.apart, found.noise) == (3.0, 1.0, 2.0, 2.0, 8e-9)


def test_noise_is_what_smooth_values_do_not_have_and_no_more_than_rounding_explains():
    smooth = NumberOnLine(ProbeLine(lambda x: 1 + np.sin(x[0]), np.ones(1), np.ones(1)), float).noise()
    assert UNIT <= smooth <= 8 * UNIT
    rough = NumberOnLine(ProbeLine(lambda x: (x[0] * 1e3 + 1e3) - 1e3 * x[0], np.ones(1), np.ones(1)), float).noise()
    assert 16 * 1e3 * UNIT <= 1e3 * LARGEST_NOISE * UNIT and rough >= 1e3 * UNIT
    jump = NumberOnLine(ProbeLine(lambda x: 1.0 + (x[0] > 1), np.ones(1), np.ones(1)), float).noise()
    assert jump == LARGEST_NOISE * UNIT


def test_each_point_is_evaluated_once_and_a_function_that_raises_gives_no_number():
    calls = []

    def f(x):
        calls.append(x[0])
        if x[0] > 1:
            raise ValueError("beyond the domain")
        return x[0]

    line = ProbeLine(f, np.ones(1), np.ones(1))
    number = NumberOnLine(line, float)
    assert number.value(-0.5) == number.value(-0.5) == 0.5 and len(calls) == 1
    assert np.isnan(number.value(0.5)) and number.value(-0.5, again=True) == 0.5 and len(calls) == 3
    for no_number in (lambda _: 1 / 0, lambda _: "no"):
        assert np.isnan(NumberOnLine(line, no_number).value(-0.5))


@pytest.mark.parametrize(("part", "outcome"), [(1 / 60, Says.EXCLUDES), (1 / 70, Says.NOTHING)])
def test_a_finer_step_counts_if_its_noise_is_a_64th_of_what_would_be_excluded(part, outcome):
    found = [*slopes(1.0, 1.0, 1.0), Slopes(2.0**-20, 1.3, 1.3, noise=part)]
    assert _exclusion(found, at(2.0), 1.0).says is outcome


def test_a_large_step_that_gives_what_is_certified_by_chance_is_no_staircase():
    assert _exclusion(slopes(2.0, 9.0, 5.0, 1.0, 1.0, 1.0), at(2.0), 1.0).says is Says.EXCLUDES


def test_steps_that_vanish_beside_a_large_number_exclude_nothing_that_larger_ones_gave():
    word = _exclusion(slopes(2.1, 2.0, 2.0, 1.5, 0.0, 0.0, 0.0), at(2.0), 1e6)
    assert (word.says, word.why) == (Says.NOTHING, Silence.STEPS)
