"""Numbers, arrays and truth values of balls: types, what is open, what is wide, and what is refused, each by itself."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow, Undecided
from gradcheck.certified.numbers import constants
from gradcheck.certified.numbers.arrays import Array, Flat, Mask, objects, plain, store, truth, truths, wrap
from gradcheck.certified.numbers.choices import Choices, Key, Open
from gradcheck.certified.numbers.comparisons import compare, order
from gradcheck.certified.numbers.dispatch import LOGICAL
from gradcheck.certified.numbers.elementary import RULES
from gradcheck.certified.numbers.nodes import CONSTANT, DERIVED
from gradcheck.certified.numbers.piecewise import absolute, ceil, floor, is_missing, power, trunc
from gradcheck.certified.numbers.run_state import activated, active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numbers.tape import Tape
from gradcheck.certified.numpy_functions.extremes import extreme
from gradcheck.certified.replacements.namespaces import closure
from gradcheck.certified.runs import all_rules
from gradcheck.certified.runs.evaluate import inputs
from gradcheck.judge.float_formats import BY_NAME
from symbolic.balls import Ball, precision

KEY, OTHER = Key(("a", "b"), 3), Key(("a", "c"), -1)
LESS, MORE = Open(KEY, True), Open(KEY, False)

assert all_rules  # importing it gives balls every function of NumPy


@pytest.fixture(autouse=True)
def _many_bits():
    with precision(192):
        yield


def scalar(value, node=CONSTANT):
    return Scalar(value if isinstance(value, Ball) else Ball(value), node)


def rad(cell):
    return float(cell.ball.rad())


def ends(ball):
    return float(ball.lower()), float(ball.upper())


# Numbers and arrays


def test_two_numbers_without_a_tape_are_the_same_only_if_they_are_one():
    with activated(tape=None, choices=Choices()):
        one, other = scalar(Ball(0, 1), DERIVED), scalar(Ball(0, 1), DERIVED)
        assert order(one, one, "<") == 0 and isinstance(order(one, other, "<"), Open)
        asked = active.choices.asked
        assert compare(one, one, "==") is True and active.choices.asked == asked + 1
        with pytest.raises(Undecided):
            compare(one, other, "==")
        exact = scalar(2, DERIVED), scalar(2, DERIVED)
        assert compare(*exact, "==") is True and order(*exact, "<") == 0


def test_what_derives_from_the_inputs_stays_so():
    with activated(tape=None, choices=Choices()):
        cases = [
            power(scalar(2), scalar(3, DERIVED)),
            power(scalar(2, DERIVED), scalar(3)),
            power(scalar(4), scalar(0.5, DERIVED)),
        ]
        assert [cell.node for cell in cases] == [DERIVED] * 3
        assert power(scalar(2), scalar(3)).node == CONSTANT and power(scalar(4), scalar(0.5)).node == CONSTANT
        for step in (floor, ceil, trunc):
            assert step(scalar(2)).ball == 2
            with pytest.raises(CannotFollow, match="jump"):
                step(scalar(2, DERIVED))
        for candidates in ([scalar(2, DERIVED), scalar(Ball(2, 1))], [scalar(Ball(2, 1)), scalar(2, DERIVED)]):
            assert extreme(candidates, 1).node == DERIVED == extreme(candidates, -1).node
        assert extreme([scalar(Ball(2, 1)), scalar(2)], 1).node == CONSTANT
        assert is_missing(scalar(math.nan)) and not is_missing(scalar(math.nan, DERIVED)) and not is_missing(scalar("inf"))


def test_small_constants_that_numbers_are_compared_with_are_kept():
    with activated(tape=None, choices=Choices()):
        one = scalar(1, DERIVED)
        assert [bool(one > 5e-5), bool(one < 1.5e-5), bool(one > 0.0), bool(one > -1.0)] == [True, False, True, True]
        assert active.choices.small == {}
        assert bool(one > 9e-6) and not bool(one < 9e-6) and bool(one > -9e-6) and bool(one != 1e-7)
        assert {round(value, 12): answers for value, answers in active.choices.small.items()} == {
            9e-6: {True, False},
            1e-7: {True},
        }
        assert active.choices.tolerance == pytest.approx(9e-6)


def test_a_size_around_zero_holds_both_signs():
    with activated(tape=None, choices=Choices()):
        assert ends(absolute(scalar(Ball(0.5, 1), DERIVED)).ball) == pytest.approx((-1.5, 1.5))
        assert absolute(scalar(-3)).ball == 3 == absolute(scalar(3)).ball


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("inf", 2, "inf"),
        ("inf", -2, "-inf"),
        ("-inf", 2, "-inf"),
        ("-inf", -2, "inf"),
        (2, "-inf", "-inf"),
        (-2, "inf", "-inf"),
    ],
)
def test_infinities_times_numbers_that_are_not_exact(a, b, expected):
    a, b = (Ball(v) if isinstance(v, str) else Ball(v) * (Ball(1) / 3) for v in (a, b))
    assert RULES["multiply"].value(a, b) == Ball(expected)


@pytest.mark.parametrize(("a", "b", "expected"), [("inf", 2, "inf"), ("inf", -2, "-inf"), ("-inf", -2, "inf"), (2, "inf", 0)])
def test_infinities_by_numbers_that_are_not_exact(a, b, expected):
    a, b = (Ball(v) if isinstance(v, str) else Ball(v) * (Ball(1) / 3) for v in (a, b))
    assert RULES["divide"].value(a, b) == Ball(expected)
    assert not RULES["divide"].value(Ball(0), Ball(0)).is_finite()


def test_zero_times_infinity_is_nothing_known():
    for a, b in (("inf", Ball(0)), ("-inf", Ball(0, 0.5))):
        for y in (RULES["multiply"].value(Ball(a), b), RULES["multiply"].value(b, Ball(a)), RULES["divide"].value(Ball(a), b)):
            assert not y.is_finite() and not (y == Ball("inf") or y == Ball("-inf"))


def test_sums_of_exponentials_of_numbers_far_apart():
    value, (slope_a, slope_b) = RULES["logaddexp"].value, RULES["logaddexp"].slopes
    a, b = Ball(1000), Ball(-1000)
    assert value(a, b).contains(a) and value(b, a).contains(a) and float(value(a, b).rad()) < 1e-50
    assert ends(slope_a(a, b, None)) == pytest.approx((1, 1)) and ends(slope_b(a, b, None)) == pytest.approx((0, 0), abs=1e-50)
    assert value(Ball("-inf"), Ball(3)) == 3 == value(Ball(3), Ball("-inf")) and value(Ball("inf"), Ball(3)) == Ball("inf")
    assert slope_a(Ball("-inf"), Ball(3), None) == 0 and slope_b(Ball("-inf"), Ball(3), None) == 1


def test_constants_are_as_wide_as_their_type():
    with activated(widen=1):
        for value in (0.1, np.float64(0.1)):
            assert float(constants.constant_ball(value).rad()) == pytest.approx(8 * np.spacing(0.1))
        assert constants.constant_ball(np.float16(0.1)) == float(np.float16(0.1))  # of so few bits that it is meant as it is
    assert constants.meant_within(1.0000001 - 1) == pytest.approx(2 * abs(1e-7 - (1.0000001 - 1)), rel=1e-9)
    assert constants.meant_within(1e-9 + 1e-17) == 8 * np.spacing(1e-9)  # that far is no chance of the last digit


def test_numbers_of_a_short_format_are_as_wide_as_it_leaves_them():
    form = BY_NAME["float32"]
    with activated(short=form):
        assert (
            float(constants.short_ball(-3.0).rad()) == pytest.approx(3 * form.u + form.tiny) and constants.short_ball(0.0) == 0
        )
        assert rad(objects(np.float32([3.0]))[0]) == pytest.approx(3 * form.u + form.tiny)
        assert rad(objects(np.array([0.1]))[0]) == 0 and rad(objects(np.array([0.5]))[0]) > 0  # what it can hold
    assert constants.short_ball(3.0) == 3
    arrays = np.array([0.1, 100.0]), np.float32([0.1, 100.0])
    with activated(widen=2):
        wide, short = ([rad(cell) for cell in objects(array)] for array in arrays)
        assert wide == pytest.approx([np.spacing(100.0), 0.0]) and short[0] == pytest.approx(np.spacing(100.0), rel=1e-6)
    with activated(widen=constants.SINGLE):
        wide, short = ([rad(cell) for cell in objects(array)] for array in arrays)
        assert wide[0] == pytest.approx(np.spacing(100.0)) and short[0] == pytest.approx(8 * float(np.spacing(np.float32(0.1))))
    with activated(widen=2, exact_arrays=frozenset({id(arrays[0])})):
        assert rad(objects(arrays[0])[0]) == 0 == rad(objects(arrays[0][:1])[0]) and rad(objects(arrays[0] + 0)[0]) > 0


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_arrays_of_other_kinds_are_numbers_or_refused():
    for value, numbers in (
        (np.matrix([[1.0, 2.0]]), [1, 2]),
        (np.ma.array([1.0, 2.0]), [1, 2]),
        (np.array([True, False]), [1, 0]),
        (np.array([3, 4], dtype=np.uint8), [3, 4]),
        ([1, 2.5], [1, 2.5]),
        ((True, 2), [1, 2]),
        (np.float16([0.5]), [0.5]),
        (np.array([1, scalar(2)], dtype=object), [1, 2]),
        (np.array(3.0), [3]),
        (True, [1]),
        (LESS, [0.5]),
    ):
        found = objects(value)
        assert type(found) is np.ndarray and [float(cell.ball.mid()) for cell in found.ravel()] == numbers
    assert objects(np.matrix([[1.0, 2.0]])).ravel().shape == (2,)
    for value, code in (
        (np.ma.array([1.0, 2.0], mask=[False, True]), "dtype"),
        (np.array([1j]), "complex"),
        (np.array(["a"]), "dtype"),
        (np.zeros(1, np.longdouble), "dtype"),
    ):
        if value.dtype != np.float64 or np.ma.isMaskedArray(value):  # a long double may be one
            with pytest.raises(CannotFollow) as caught:
                objects(value)
            assert caught.value.reason.code == code


@pytest.mark.parametrize(
    "store",
    [
        lambda a: np.put(a, [0, 1], [2.5, 1]),
        lambda a: np.putmask(a, [True, False, True], 2.5),
        lambda a: np.copyto(a, 2),
        lambda a: a.fill(3),
        lambda a: np.place(a, [True, False, True], [2.5, 1]),
        lambda a: np.put_along_axis(a, np.array([1]), 2.5, axis=0),
        lambda a: np.put(a, ind=[0], v=1),
        lambda a: np.put_along_axis(a, np.array([1]), values=2.5, axis=0),
        lambda a: np.putmask(a, mask=[True, False, True], values=[1, 2, 3]),
        lambda a: np.copyto(a, src=np.ones(3)),
        lambda a: a.__setitem__(slice(1), [0.5]),
        lambda a: a.flat.__setitem__(0, 2),
        lambda a: np.add.at(a, 0, 1),
    ],
)
def test_what_is_stored_are_numbers_of_ours(store):
    a = wrap(objects(np.arange(3.0)))
    store(a)
    assert [type(cell) for cell in a.view(np.ndarray)] == [Scalar] * 3 and [float(cell.ball) for cell in a] != [0, 1, 2]
    with pytest.raises(CannotFollow, match="float-array"):
        np.put(np.arange(3.0), [0], a[0]) if store(a) is None else None


def test_one_number_under_two_names_is_one_candidate():
    tape = Tape()
    first = tape.begin(2)
    with activated(tape=tape, choices=Choices()):
        one, again, other = scalar(Ball(2, 1), first), scalar(Ball(2, 1), first), scalar(Ball(2, 1), first + 1)
        assert extreme([one, again], 1) is again and active.choices.ties == []
        found = extreme([one, other], 1)
        assert found.node > first + 1 and len(active.choices.ties) == 1 and extreme([one, other], 1) is found


def test_a_copy_is_one_and_what_is_no_copy_is_none():
    a = wrap(objects(np.array([1.0, 2.0])))
    assert a.astype(float) is not a and a.astype(np.float64, copy=False) is a and a.astype(np.float32, copy=False) is not a
    assert a.astype(bool).tolist() == [True, True] and a.astype(np.int8).dtype == np.int8 and a.astype(int).tolist() == [1, 2]
    with pytest.raises(CannotFollow, match="dtype"):
        a.astype(complex)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(a)
    assert bool(a[:1]) and len(Flat(a)) == 2 and [float(v.ball) for v in a.flat] == [1, 2]
    with pytest.raises(ValueError, match="sequence"):
        a[0] = [1.0, 2.0]
    a[0] = wrap(objects([[7.0]]))
    a[1:] = 5
    assert [float(v.ball) for v in a] == [7, 5]
    with pytest.raises(CannotFollow, match="float-array"):
        store(np.zeros(2), a)
    with pytest.raises(CannotFollow, match="float-array"):
        store(np.zeros(2, bool), truth(np.array([LESS, True], dtype=object)))
    taken = np.zeros(2, bool)
    assert store(taken, np.array([True, False])) is taken and taken.tolist() == [True, False]


def test_masks_that_are_open_choose_entries_both_ways():
    with activated(tape=None, choices=Choices()):
        a = wrap(objects(np.array([[1.0, 2.0], [3.0, 4.0]])))
        mask = truth(np.array([LESS, False], dtype=object))
        assert isinstance(mask, Mask) and mask.dtype == np.bool_ and truth(np.array([True], dtype=object)).dtype == bool
        a[mask] = 9.0
        assert [ends(cell.ball) for cell in objects(a).ravel()] == [
            pytest.approx((1, 9)),
            pytest.approx((2, 9)),
            (3, 3),
            (4, 4),
        ]
        for index, value in ((mask, [1.0, 2.0]), ((mask, 0), 1.0), (truth(np.array([LESS] * 3, dtype=object)), 1.0)):
            with pytest.raises(Undecided):
                a[index] = value
        with pytest.raises(Undecided):
            a[mask]
        with pytest.raises(Undecided):
            a[0, LESS]
        for ask in (bool, np.any, np.all, np.nonzero, lambda m: m.any(), lambda m: m.all()):
            with pytest.raises(Undecided):
                ask(mask)
        assert ends(mask.sum().ball) == pytest.approx((0, 1), abs=1e-8) == ends(np.count_nonzero(mask).ball)
        assert ends(mask.mean().ball) == pytest.approx((0, 0.5), abs=1e-8)
        assert mask.astype(bool) is mask and isinstance(mask.astype(float), Array) and truths(mask).tolist() == [LESS, False]
        assert truths(scalar(2)).item() is True and truths(wrap(objects([0.0, 3.0]))).tolist() == [False, True]
        assert truths(np.array([0, 2])).tolist() == [False, True] and truths(LESS)[()] == LESS and plain(scalar(1)).shape == ()


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("logical_and", (LESS, True), LESS),
        ("logical_and", (False, LESS), False),
        ("logical_and", (LESS, MORE), False),
        ("logical_or", (LESS, False), LESS),
        ("logical_or", (True, LESS), True),
        ("logical_or", (LESS, MORE), True),
        ("logical_xor", (LESS, True), MORE),
        ("logical_xor", (False, LESS), LESS),
        ("logical_xor", (True, LESS), MORE),
        ("logical_xor", (True, False), True),
        ("logical_xor", (True, True), False),
        ("logical_not", (LESS,), MORE),
        ("logical_not", (True,), False),
        ("bitwise_and", (LESS, LESS), LESS),
        ("bitwise_or", (LESS, LESS), LESS),
        ("invert", (False,), True),
        ("bitwise_xor", (LESS, False), LESS),
        ("logical_and", (True, True), True),
        ("logical_or", (False, False), False),
    ],
)
def test_logic_of_open_truths(name, arguments, expected):
    cells = [np.array([value, value], dtype=object) for value in arguments]
    found = LOGICAL[name](*cells).tolist()
    assert found == [expected] * 2 and type(found[0]) is type(expected)


def test_two_open_truths_are_not_compared():
    for pair in ((LESS, MORE), (LESS, Open(OTHER, True))):
        with pytest.raises(Undecided):
            LOGICAL["logical_xor"](*(np.array([value], dtype=object) for value in pair))
    mask = truth(np.array([LESS, True], dtype=object))
    with pytest.raises(Undecided):
        mask == mask  # noqa: B015
    with pytest.raises(Undecided):
        mask < mask  # noqa: B015
    other = truth(np.array([True, LESS], dtype=object))
    assert (mask == other).tolist() == [LESS, LESS] and (mask != other).tolist() == [MORE, MORE]
    assert np.logical_xor(mask, np.array([True, True])).tolist() == [MORE, False]


def test_steps_are_added_by_place_across_the_leaves():
    x = {"a": np.array([1.0, 2.0]), "b": np.array(3.0), "c": np.array([4.0, 5.0])}
    found = inputs(x, 7, {1: Ball(0.5), 2: Ball(0.25), 4: Ball(2)})
    flat = [*found["a"], found["b"], *found["c"]]
    assert [float(cell.ball) for cell in flat] == [1, 2.5, 3.25, 4, 7] and [cell.node for cell in flat] == [7, 8, 9, 10, 11]
    assert [cell.node for cell in inputs(x, 0)["c"]] == [DERIVED] * 2


def test_variables_that_a_function_closes_over():
    inner = (lambda value: lambda: value)(3)
    assert closure(inner) == {"value": 3} and closure(len) == {} and closure(closure) == {} and closure(SimpleNamespace()) == {}
