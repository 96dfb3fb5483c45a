"""Numbers that are written out, asked whether they are near, or iterated until they are: as students' code does it."""

import logging
import math
import statistics

import numpy as np
import pytest

from gradcheck import certified_gradient, check_grad, check_vjp
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.judge.verdicts import Verdict
from symbolic.balls import Ball
from tests.gradcheck.certified.oracle import certifies

X = np.array([0.3, 1.7, -0.4, 2.2])
TEXTS = []


def squares(write):
    def f(x):
        total = np.sum(x**2)
        TEXTS.append(write(total, x))
        return total

    return f


WRITERS = {
    "one": lambda s, x: "%.3f" % s,  # noqa: UP031
    "several": lambda s, x: "%s: %8.2e, %d" % ("cost", x[0], 3),  # noqa: UP031
    "no axis": lambda s, x: "%g" % np.reshape(s, ()),  # noqa: UP031
    "in place": lambda s, x: [text := "%f ", text := text % s],
    "bytes": lambda s, x: b"%f" % s,
    "a log": lambda s, x: logging.getLogger("nowhere").error("%f", s),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_number_may_be_written_out(name):
    f = squares(WRITERS[name])
    assert check_grad(f, lambda x: 2 * x, X).verdict is Verdict.MATCH
    off = 2 * X * np.array([1, 1 + 1e-9, 1, 1])
    assert check_grad(f, lambda x: off + 0 * x, X).verdict is Verdict.MISMATCH
    assert certified_gradient(f, X)[1].rad.max() < 1e-30


def test_a_remainder_is_no_text():
    value, grad = certified_gradient(lambda x: 5 % x[0] + np.float64(5) % x[1] + 5.0 % x[3] + np.float32(3) % x[1], X)
    assert grad.mid.tolist() == [-16.0, -3.0, 0.0, -2.0]
    assert float(value.mid) == pytest.approx(5 % 0.3 + 5 % 1.7 + 5 % 2.2 + 3 % 1.7)


def near(x, **how):
    total = np.sum(x)
    return total if math.isclose(total, 1.0, **how) else total**2


@pytest.mark.parametrize(
    ("x", "how", "slope"),
    [
        ([0.25, 0.5, 0.25], {}, 1.0),
        ([0.25, 0.5, 0.25 + 2.0**-40], {}, 1.0),
        ([0.25, 0.5, 0.25 + 2.0**-20], {}, 2.0 + 2.0**-19),
        ([0.5, 0.5, 0.5], {"rel_tol": 0.4}, 1.0),  # relative to the larger one
        ([0.5, 0.5, 0.5], {"rel_tol": 0.3}, 3.0),
        ([0.5, 0.5, 0.5], {"abs_tol": 0.6}, 1.0),
        ([0.5, 0.5, -0.5], {"abs_tol": 0.4}, 1.0 * 2 * 0.5),
    ],
)
def test_nearness_is_followed(x, how, slope):
    x = np.array(x)
    grad = certified_gradient(lambda x: near(x, **how), x)[1]
    assert np.abs(grad.mid - slope).max() < 1e-15
    assert check_grad(lambda x: near(x, **how), lambda x: np.full(3, slope), x).verdict is Verdict.MATCH
    assert check_grad(lambda x: near(x, **how), lambda x: np.full(3, slope + 1), x).verdict is Verdict.MISMATCH
    assert check_vjp(lambda x: x * near(x, **how), lambda x, v: v, x).verdict is Verdict.MISMATCH


def test_means_of_numbers():
    certifies(lambda x: statistics.fmean(x) ** 2 + statistics.mean(x * x) + statistics.fmean(x, [1, 2, 3, 4]) * x[0], X)


def root(a, near_enough):
    x = a
    for _ in range(60):
        better = (x + a / x) / 2
        if abs(better - x) < near_enough:
            break
        x = better
    return better


@pytest.mark.parametrize("near_enough", [1e-8, 1e-12, 1e-14])
@pytest.mark.parametrize("a", [2.7, 0.3, 90.0])
def test_the_limit_of_an_iteration_is_right_where_rounding_hides_the_rest(a, near_enough):
    def f(x):
        return root(x[0], near_enough)

    result = check_grad(f, lambda x: 0.5 / np.sqrt(x), np.array([a]))
    left = abs(certified_gradient(f, np.array([a]))[1].mid[0] - 0.5 / np.sqrt(a)) * 2 * np.sqrt(a)
    if left < 1e-16:
        assert result.verdict is Verdict.MATCH
        assert 1e-17 < result.quantities[0].detectable < 1e-13
    else:
        assert result.verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE)
    for wrong in (1 + 1e-3, 1 + 1e-7, -1):
        assert check_grad(f, lambda x: wrong * 0.5 / np.sqrt(x), np.array([a])).verdict in (  # noqa: B023
            Verdict.MISMATCH,
            *([Verdict.INCONCLUSIVE] if abs(wrong - 1) < 1e3 * near_enough else []),
        )


def test_what_is_written_is_the_number():
    assert "%.3f" % Scalar(Ball(1) / 3) == "0.333"  # noqa: UP031
