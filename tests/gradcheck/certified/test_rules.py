"""The table of elementary functions: values beside NumPy, mpmath and the standard library, slopes beside differences."""

import math
from statistics import NormalDist

import mpmath
import numpy as np
import pytest

from gradcheck.certified.numbers.elementary import _TABLE, RULES, integer_power
from symbolic.balls import Ball

# What NumPy does not have.
VALUES = {
    "expit": lambda x: 1 / (1 + math.exp(-x)),
    "log_expit": lambda x: -math.log1p(math.exp(-x)),
    "logit": lambda x: math.log(x / (1 - x)),
    "erf": math.erf,
    "erfc": math.erfc,
    "ndtr": NormalDist().cdf,
    "log_ndtr": lambda x: math.log(NormalDist().cdf(x)),
    "i0": lambda x: mpmath.besseli(0, x),
    "i1": lambda x: mpmath.besseli(1, x),
    "gamma": math.gamma,
    "gammaln": math.lgamma,
    "psi": mpmath.digamma,
    "xlogy": lambda x, y: x * math.log(y),
    "xlog1py": lambda x, y: x * math.log1p(y),
    "entr": lambda x: -x * math.log(x),
    "rel_entr": lambda x, y: x * math.log(x / y),
    "kl_div": lambda x, y: x * math.log(x / y) - x + y,
}
POINTS = {"arccosh": [(1.25,), (3.5,)]}
STEP = 2.0**-20
INF = Ball("inf")


def points(name):
    if len(RULES[name].slopes) == 1:
        return POINTS.get(name, [(0.125,), (0.75,)])
    return [(0.625, 1.5), (1.75, 0.5)]


@pytest.mark.parametrize("name", RULES)
def test_a_value_is_that_of_other_libraries_and_a_slope_that_of_its_differences(name):
    rule = RULES[name]
    for point in points(name):
        balls = [Ball(p) for p in point]
        y = rule.value(*balls)
        assert float(y.mid()) == pytest.approx(float(VALUES.get(name, getattr(np, name, None))(*point)), rel=1e-14)
        for k, slope in enumerate(rule.slopes):
            up, down = (rule.value(*[b + sign * STEP * (j == k) for j, b in enumerate(balls)]) for sign in (1, -1))
            difference = float(((up - down) / (2 * STEP)).mid())
            assert (1.0 if slope is None else float(slope(*balls, y).mid())) == pytest.approx(difference, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("x", [-2.0, -8.0])
def test_a_cube_root_and_an_inverse_sine_have_negative_arguments_too(x):
    assert float(RULES["cbrt"].value(Ball(x)).mid()) == pytest.approx(np.cbrt(x), rel=1e-15)
    assert float(RULES["arcsin"].value(Ball(1 / x)).mid()) == pytest.approx(np.arcsin(1 / x), rel=1e-15)


@pytest.mark.parametrize(("name", "a", "b", "expected"), [
    ("add", INF, Ball(1) / 3, INF), ("add", Ball(1) / 3, -INF, -INF),
    ("subtract", INF, Ball(1) / 3, INF), ("subtract", Ball(1) / 3, INF, -INF),
    ("multiply", INF, Ball(1) / 3, INF), ("multiply", INF, -Ball(1) / 3, -INF), ("multiply", -Ball(1) / 3, -INF, INF),
    ("multiply", Ball(1) / 3, INF, INF), ("multiply", -INF, Ball(1) / 3, -INF),
    ("divide", INF, Ball(1) / 3, INF), ("divide", INF, -Ball(1) / 3, -INF), ("divide", -INF, -Ball(1) / 3, INF),
    ("logaddexp", -INF, Ball(2), Ball(2)), ("logaddexp", Ball(2), -INF, Ball(2)), ("logaddexp", INF, Ball(2), INF),
    ("logaddexp", Ball(2), INF, INF),
])  # fmt: skip
def test_what_is_infinite_stays_what_it_is(name, a, b, expected):
    y = RULES[name].value(a, b)
    assert y == expected and y.is_exact()


def test_infinity_less_itself_and_infinity_times_what_may_be_zero_are_not_known():
    around_zero = Ball(0, 0.5)
    assert not RULES["add"].value(INF, -INF).is_finite()
    for a, b in ((INF, around_zero), (around_zero, INF), (-INF, around_zero)):
        assert RULES["multiply"].value(a, b) not in (INF, -INF)
    unknown = 1 / around_zero
    for a, b in ((Ball(1) / 3, unknown), (unknown, Ball(1) / 3)):
        assert RULES["multiply"].value(a, b) not in (INF, -INF)


def test_what_is_masked_in_a_sum_of_exponentials_has_no_slope_and_the_other_all():
    first, second = RULES["logaddexp"].slopes
    for a, b, expected in ((-INF, Ball(2), (0, 1)), (Ball(2), -INF, (1, 0))):
        assert (first(a, b, Ball(2)), second(a, b, Ball(2))) == expected


def test_nothing_times_a_logarithm_is_nothing_wherever_it_is():
    zero, minus = Ball(0), Ball(-1)
    for name, y in (("xlogy", zero), ("xlog1py", minus), ("rel_entr", zero)):
        assert RULES[name].value(zero, y) == 0
        assert RULES[name].slopes[1](zero, y, zero) == 0
    assert RULES["entr"].value(zero) == 0
    assert RULES["kl_div"].value(zero, Ball(3)) == 3 and RULES["kl_div"].slopes[1](zero, zero, zero) == 1


@pytest.mark.parametrize("n", range(-4, 8))
def test_an_integer_power_is_a_product(n):
    assert integer_power(Ball(3), n).overlaps(Ball(3) ** n)
    assert (integer_power(Ball(0, 0.5), n).is_finite()) == (n >= 0)


def test_sinc_has_a_small_slope_around_zero_and_its_own_beside():
    (slope,) = RULES["sinc"].slopes
    for radius in (1e-3, 0.1):
        around = slope(Ball(0, radius), Ball(1))
        assert around.contains(0) and around.contains(-3.28 * radius) and float(around.rad()) < 3.4 * radius


def test_what_ieee_rounds_once_is_allowed_one_rounding_and_a_library_four():
    once = dict.fromkeys(("add", "subtract", "multiply", "divide", "square", "reciprocal", "sqrt"), 1)
    others = once | {"negative": 0, "radians": 2, "degrees": 2}
    assert {rule.name: rule.ulps for rule in _TABLE} == {rule.name: others.get(rule.name, 4) for rule in _TABLE}


@pytest.mark.parametrize("name", RULES)
def test_the_ball_of_an_interval_holds_what_its_ends_give_and_little_more(name):
    rule = RULES[name]
    for point in points(name):
        for k in range(len(point)):
            wide = [Ball(p, STEP if j == k else 0) for j, p in enumerate(point)]
            ends = [[Ball(p + sign * STEP * (j == k)) for j, p in enumerate(point)] for sign in (1, -1)]
            for part in (rule.value, *(slope for slope in rule.slopes if slope)):
                found, *at = (part(*b) if part is rule.value else part(*b, rule.value(*b)) for b in (wide, *ends))
                assert all(found.contains(one.mid()) for one in at)
                moved = abs(float((at[0] - at[1]).mid())) / 2
                assert float(found.rad()) <= 8 * moved + 64 * STEP * float(abs(found).mid()) + STEP**1.5
