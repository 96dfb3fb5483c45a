"""Ways that are taken only where a first one fails, and what ends there: each by itself."""

import copy
import math
import pickle

import numpy as np
import pytest

from gradcheck import certified_gradient
from gradcheck.certified.code.reasons import CannotFollow, Undecided
from gradcheck.certified.formula import (
    Status,
    compare_but_for_small,
    compare_formula,
    compare_in_short,
    compare_in_single,
    open_by_small,
)
from gradcheck.certified.linear_algebra.eigen_enclosures import enclose
from gradcheck.certified.linear_algebra.eigenvalues import decompose
from gradcheck.certified.numbers import constants
from gradcheck.certified.numbers.arrays import Mask, objects, truth, wrap
from gradcheck.certified.numbers.choices import Choices, Key, Mode, Open
from gradcheck.certified.numbers.dispatch import as_floats, on_constants, rewrapped, stripped
from gradcheck.certified.numbers.nodes import CONSTANT, DERIVED
from gradcheck.certified.numbers.run_state import activated, active
from gradcheck.certified.numbers.scalars import Scalar, lift
from gradcheck.certified.numbers.tape import Tape
from gradcheck.certified.replacements.number_functions import NUMBER_FUNCTIONS
from gradcheck.certified.replacements.table import _refusing
from gradcheck.certified.rounding import met_ties, run_key, running_error
from gradcheck.certified.runs.differentiate import run
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.certified.runs.groups import in_groups
from gradcheck.certified.witness import certify, combinations
from gradcheck.judge.float_formats import BY_NAME
from gradcheck.judge.subgradients import Linked
from symbolic.balls import Ball, BallMatrix, precision

X = np.array([0.5, 2.0])
LESS = Open(Key(("a", "b"), 3), True)
SINGLE = BY_NAME["float32"]


@pytest.fixture(autouse=True)
def _many_bits():
    with precision(192):
        yield


def scalar(value, node=CONSTANT):
    return Scalar(value if isinstance(value, Ball) else Ball(value), node)


# Formulas


def test_arrays_of_a_short_format_are_as_wide_as_rounding_left_them():
    short = np.float32([0.1, 0.7])
    f = lambda x: np.sum(np.array([0.1, 0.7]) * x**2) / 2
    truth = certify(f, X)
    rounded = compare_in_short(f, lambda x: short * x, X, truth, np.full(2, 1e-15), SINGLE)
    assert rounded.status is Status.ROUNDED_ARRAYS and not rounded.wrong.any() and (rounded.slack > 1e-9).all()
    assert 1e-9 < rounded.detectable < 1e-6
    wrong = compare_in_short(f, lambda x: short * x * [1.0, 1.01], X, truth, np.full(2, 1e-15), SINGLE)
    assert wrong.status is Status.DIFFERENT and wrong.wrong.tolist() == [False, True]
    numbers = np.float32([0.1, 0.3]).astype(float)
    held = compare_in_short(f, lambda x: numbers * 1.0, X, truth, np.full(2, 1e-15), SINGLE)
    assert held.status is Status.UNKNOWN and held.reason.code == "rounds"
    with_cotangent = compare_in_short(
        lambda x: np.array([0.1, 0.7]) * x, lambda x, v: short * v, X, certify(f, X), np.full(2, 1e-15), SINGLE, np.ones(2)
    )
    assert with_cotangent.status is Status.ROUNDED_ARRAYS


def test_what_stays_wide_or_compares_is_unknown():
    f = lambda x: np.sum(x**2)
    truth = certify(f, X)
    wide = compare_formula(f, lambda x: 2 * x + 0 * np.sin(1e300 * x / 3) * 1e200, X, truth, np.full(2, 1e-200), False)
    assert wide.status in (Status.UNKNOWN, Status.EQUAL)
    sine = compare_formula(f, lambda x: 2 * x + np.sin(10.0**600 * (x / 3)) * 0.5, X, truth, np.full(2, 1e-15), False)
    assert sine.status is Status.UNKNOWN and sine.reason.code in ("wide", "exception")
    jumps = compare_formula(f, lambda x: np.floor((0 * x + 0.3) * 10) * x * 3, X, truth, np.full(2, 1e-15), False)
    assert jumps.status is Status.UNKNOWN and jumps.reason.code == "jump"  # with constants as they may have been meant
    compares = compare_formula(f, lambda x: np.where(x / 3 * 3 > x, 2 * x, x * 2), X, truth, np.full(2, 1e-15), False)
    assert compares.status is Status.UNKNOWN and compares.reason.code == "undecided"


def test_without_small_constants_nothing_is_open():
    f, grad = lambda x: np.sum(np.log(x)), lambda x: 1 / x
    truth, allowed = certify(f, X), np.full(2, 1e-16)
    assert compare_but_for_small(f, grad, X, truth, allowed) is None and open_by_small(f, X, truth) is None
    guarded = lambda x: np.sum(np.log(x + 1e-12))
    assert compare_but_for_small(guarded, lambda x: {}[0], X, truth, allowed) is None
    assert open_by_small(lambda x: {}[1e-12], X, truth) is None
    far = lambda x: np.sum(np.log(x * 1e-5 + 1e-7))
    assert open_by_small(far, X, certify(far, X)) is None  # what it leaves is no small part
    assert compare_in_single(f, lambda x: {}[0], X, truth, allowed) is None


# Numbers


class Half(float):
    pass


def test_numbers_of_other_kinds():
    assert constants.constant_ball(Half(0.5)) == 0.5 and constants.constant_ball(np.bool_(True)) == 1
    assert constants.meant_within(0.1 + 0.2) > 0 and constants.meant_within(float(2**60) * 1.5) == 0 == constants.meant_within(
        1e22
    )
    with activated(short=SINGLE):
        assert float(constants.constant_ball(np.float32(0.1)).rad()) == pytest.approx(
            float(np.float32(0.1)) * SINGLE.u, rel=1e-6
        )
        assert constants.constant_ball(0.1) == Ball(0.1)
    assert (math.floor(scalar(2.5)), math.ceil(scalar(2.5)), math.trunc(scalar(-2.5))) == (2, 3, -2)
    assert copy.deepcopy(scalar(3)).ball == 3 and copy.copy(scalar(3)).ball == 3
    array = wrap(objects([1.0, 2.0]))
    copied = copy.deepcopy(array)
    copied[0] = 5.0
    assert array[0].ball == 1 and copied[0].ball == 5
    with pytest.raises(CannotFollow, match="copy"):
        pickle.dumps(array)
    assert (scalar(1) == "a") is False and (scalar(1) != None) is True  # noqa: E711
    for operate in (lambda: scalar(1) + "a", lambda: scalar(1) < "a", lambda: lift("a")):
        with pytest.raises(TypeError):
            operate()


def test_constants_are_handed_to_what_has_no_rule_as_floats():
    array, number = wrap(objects([1.0, 2.0])), scalar(3)
    floats = as_floats([array, (number, 2), {"a": array}])
    assert (
        type(floats[0]) is np.ndarray
        and floats[0].tolist() == [1, 2]
        and floats[1] == (3, 2)
        and floats[2]["a"].tolist() == [1, 2]
    )
    assert type(as_floats(number)) is np.float64 and as_floats("text") == "text"
    assert on_constants(lambda a, b=1: a.sum() + b, [array], {"b": number}) == 6
    with pytest.raises(CannotFollow, match="no-rule"):
        on_constants(np.histogram, [wrap(objects([scalar(1, DERIVED)]))], {})
    for value in (LESS, truth(np.array([LESS, True], dtype=object))):
        with pytest.raises(Undecided):
            as_floats([value])
    with pytest.raises(Undecided):
        stripped(truth(np.array([LESS], dtype=object)))
    plain = stripped([array, number, {"a": (array,)}, "text"])
    assert type(plain[0]) is np.ndarray and plain[1].shape == () and type(plain[2]["a"][0]) is np.ndarray and plain[3] == "text"
    again = rewrapped([plain[0], (plain[1],), np.array([1, 2.5], dtype=object), np.ones(2)])
    assert [type(again[0]).__name__, type(again[2]).__name__, type(again[3])] == ["Array", "Array", np.ndarray]
    assert [float(cell.ball) for cell in again[2]] == [1, 2.5] and isinstance(truth(np.array([LESS], dtype=object)), Mask)
    f = lambda x: x * np.histogram(np.array([1.0, 2.0, 2.5]), bins=2)[0] + np.hypot.reduce(np.array([3.0, 4.0]))
    assert certified_gradient(lambda x: np.sum(f(x)), X)[1].mid.tolist() == [1, 2]


def test_where_and_nonzero_of_our_numbers():
    f = lambda x: np.sum(x[np.where(x > 1)] ** 2) + np.sum(x[np.where(x)[0]]) + np.sum(x[np.nonzero(x - 5)])
    assert certified_gradient(f, X)[1].mid.tolist() == [2, 6]


def test_functions_of_numbers_without_a_run_are_the_originals():
    for name, arguments in (
        ("log", (8.0, 2)),
        ("log", (2.0,)),
        ("isclose", (1.0, 1.1)),
        ("hypot", (3.0, 4.0)),
        ("fsum", ([1.0, 2.0],)),
        ("exp", (1.0,)),
        ("floor", (2.5,)),
        ("isnan", (1.0,)),
        ("dist", ([1.0], [2.0])),
        ("prod", ([2, 3],)),
        ("atan2", (1.0, 2.0)),
    ):
        assert NUMBER_FUNCTIONS["math", name](getattr(math, name))(*arguments) == getattr(math, name)(*arguments)
    near = NUMBER_FUNCTIONS["math", "isclose"](math.isclose)
    assert near(1.0, 1.1, rel_tol=0.2) and near(1.0, 1.1, abs_tol=0.2) and not near(1.0, 1.1)
    refusing = _refusing("module", "name", math.hypot)
    assert refusing(3.0, 4.0) == 5
    with activated(tape=None, choices=Choices()):
        assert refusing(3.0, 4.0) == 5
        with pytest.raises(CannotFollow, match="no-rule"):
            refusing(3.0, scalar(4))
    ours = lambda x: math.exp(np.asarray(x[0])) + math.log(x[1], 2) + math.log(8, x[1]) + math.log(2.0) + math.hypot(3, 4)
    value, gradient = certified_gradient(ours, X)
    assert value.mid == pytest.approx(math.exp(0.5) + 1 + 3 + math.log(2) + 5, rel=1e-15)
    assert gradient.mid == pytest.approx([math.exp(0.5), (1 / 2 - 3 / 2) / math.log(2)], rel=1e-14)


# Runs


def test_results_of_other_kinds():
    for value in (np.array([[3.0]]), np.float64(3.0), np.array(3), 3):
        assert run(lambda x, value=value: value, X, RunSettings(192)).value == 3
    with pytest.raises(CannotFollow) as caught:
        run_values(lambda x: "text", X, RunSettings(192))
    assert caught.value.reason.code == "dtype"
    with pytest.raises(CannotFollow) as caught:
        run(lambda x: x[0] > 0.5, X, RunSettings(192))
    assert caught.value.reason.code in ("not-a-number", "undecided")


def test_runs_without_a_tape_are_told_apart():
    assert run_key() is None
    with activated(tape=None, unit=0.25, tiny=0.5, widen=1, choices=Choices(Mode.MIDPOINT)):
        assert run_key() == (192, 0.25, 0.5, 1, "midpoint") and not met_ties()
        active.choices.note("<", exact=True)
        assert met_ties()
    with activated(tape=Tape()):
        assert run_key() is None


def test_combinations_end_in_time():
    with pytest.raises(Undecided, match=r"0(\.0)? s|seconds"):
        combinations(lambda x: np.abs(x[0]), np.zeros(1), RunSettings(192, max_seconds=0.0), None, apart=False)


def test_what_cannot_be_bounded_says_so():
    assert enclose(BallMatrix(2, 2, [Ball(float("nan"))] * 4), 0.0) is None
    values, vectors = decompose(objects(np.zeros((0, 0))), np.zeros((0, 0)), "eigh")
    assert values.shape == (0,) and vectors.shape == (0, 0)
    f = lambda x: x[0] if x[0] > 0.5 else {}[0]
    x = np.array([0.6, 1.0])
    truth = certify(lambda x: x[0] * 1.0, x)
    failed = running_error(lambda x: {}[0], x, truth, np.float64)
    assert (
        not np.isfinite(failed.rounding).any()
        and (failed.near == 0).all()
        and failed.parts == ()
        and "KeyError" in failed.unbounded
    )
    assert np.isfinite(running_error(f, x, truth, np.float64).rounding).all()


def test_a_run_that_fails_at_a_tie_may_run_through_on_either_side():
    f = lambda x: {True: x[0], False: 2 * x[0]}[bool(x[0] > 0)] + np.log(np.where(x[0] > 0, x[0] - 0.0, 1 - x[0]) + 1)
    outcomes = combinations(f, np.zeros(1), RunSettings(192), None, apart=False)
    assert sorted(float(one.gradient[0].mid()) for one in outcomes) == [1.5, 2.0]


def test_many_kinks_that_cannot_be_told_apart_are_given_up():
    many = lambda x: np.abs(np.sum(np.abs(x)) - 2 * np.max(np.abs(x)))
    found = in_groups(many, np.zeros(8), RunSettings(192), None)
    assert found is None or not found.whole
    assert in_groups(lambda x: np.sum(np.abs(x)) * np.inf, np.zeros(2), RunSettings(192), None) is None
    assert in_groups(lambda x: np.sum(np.abs(x)), np.zeros(2), RunSettings(192, max_seconds=-1.0), None) is None
    alike = in_groups(lambda x: np.sum(np.abs(x) + np.maximum(x, 0)), np.zeros(3), RunSettings(192, linked=Linked.ALIKE), None)
    assert alike.whole and len(alike.parts) == 4


def test_the_hull_is_what_there_is_where_nothing_else_is():
    f = lambda x: sum(np.max(x[5 * k : 5 * k + 5]) for k in range(3))
    truth = certify(f, np.zeros(15))
    assert not truth.smooth and truth.gradient[0].mid == pytest.approx(0.5) and truth.gradient[0].rad == pytest.approx(0.5)
    with activated(choices=Choices()):
        assert truth.branches == ()
