"""Short formats: which numbers they hold, when they are evident, and what is left of a gradient, at each boundary."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.arrays.pytree import flattened
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.formula import FormulaAnswer
from gradcheck.functions.numbers import short_formats
from gradcheck.functions.numbers.lost_digits import NUMERIC, differenced, without_lost_digits
from gradcheck.functions.numbers.question import Question
from gradcheck.functions.numbers.short_formats import (
    InShort,
    WholeJacobian,
    _changing,
    _in_numbers,
    _moved,
    _redrawn,
    _scaled,
    _told,
    evident_format,
    judged_in_short,
)
from gradcheck.judge.float_formats import BY_NAME, IN_NUMBERS, SINGLE, FloatFormat, coarsest, is_extension, named, of_dtype
from gradcheck.judge.judge import judge_quantity
from gradcheck.judge.verdicts import Verdict
from tests.gradcheck.judge.test_judge_exactly import KEY, known

HALF, BF16, E5M2 = BY_NAME["float16"], BY_NAME["bfloat16"], BY_NAME["float8_e5m2"]


def test_a_format_holds_numbers_of_its_digits_above_its_smallest():
    four = FloatFormat("four", 4, 2.0**-9, "float32")
    assert four.u == 0.0625 and four.holds(np.array([1.125, -15.0, 0.0, 2.0**-9, 2.0**200]))
    assert not four.holds(np.array([1.0625])) and not four.holds(np.array([17.0])) and not four.holds(np.array([2.0**-10]))
    assert not any(four.holds(np.array([number])) for number in (1.5 * 2.0**-9, np.inf, np.nan))
    assert four.long(np.array([1.0, 1.25, 1.5, 1.75, 1.125, 3.0])).tolist() == [False, True, False, True, True, False]
    assert SINGLE.long(np.array([0.5 + 2.0**-10, 0.5 + 2.0**-11, 0.5 + 2.0**-12])).tolist() == [False, True, True]
    assert HALF.long(np.array([0.5 + 2.0**-9, 0.5 + 2.0**-10])).tolist() == [False, True]


def test_the_table_of_formats_is_that_of_ieee_754_and_of_its_libraries():
    table = {form.name: (form.digits, np.log2(form.tiny)) for form in BY_NAME.values()}
    assert table == {
        "float8_e5m2": (3, -16), "float8_e4m3": (4, -9), "bfloat16": (8, -133), "float16": (11, -24), "tf32": (11, -136),
        "float32": (24, -149),
    }  # fmt: skip
    assert [form.name for form in IN_NUMBERS] == ["float8_e5m2", "float8_e4m3", "bfloat16", "float16", "float32"]
    assert named("bf16") is BF16 and of_dtype("torch.float16") is HALF and of_dtype("float64") is None
    assert coarsest([SINGLE, None, BF16, HALF]) is BF16 and coarsest([None]) is None
    assert not any(is_extension(np.dtype(kind)) for kind in (np.float32, [("a", "f4")], "V4"))


def asked(grad, x, **more):
    return Question(lambda x: 0.0, grad, x, **more)


X = np.random.default_rng(4).uniform(1, 2, 24)


@pytest.mark.parametrize(("digits", "name"), [
    (3, "float8_e5m2"), (4, "float8_e4m3"), (8, "bfloat16"), (11, "float16"), (24, None),
])  # fmt: skip
def test_the_format_is_the_shortest_that_holds_every_number_at_every_point(digits, name):
    def grad(x):
        fractions, exponents = np.frexp(np.exp(2 * np.cos(3 * x)))
        return np.ldexp(np.round(fractions * 2**digits) / 2**digits, exponents)

    found = evident_format(asked(grad, X), [grad(X)])
    assert (None if found is None else found.name) == name
    seen = _in_numbers(asked(grad, X), [grad(X)])
    assert seen.name == (name or "float32")


def test_numbers_that_are_short_at_one_point_alone_show_nothing():
    here = [np.full(24, 0.75)]
    assert _in_numbers(asked(np.cos, X), here) is None  # long elsewhere
    assert _in_numbers(asked(lambda x: np.full(24, 0.75), X), here) is None  # never long
    few = lambda x: np.concatenate([np.float16(np.cos(x[:3])), np.ones(21)]).astype(float)
    assert _in_numbers(asked(lambda x: np.ones(24), X), [few(X)]) is None  # three long numbers, and none elsewhere
    assert _in_numbers(asked(np.cos, X), [np.cos(X)]) is None
    long, plain = 1 + 2.0 ** -np.array([9, 10]), 2.0 ** np.arange(8)  # of half; the first two and their doubles are long
    always = lambda *parts: _in_numbers(asked(lambda x: np.concatenate(parts), X), [np.concatenate(parts)])
    assert always(long, 2 * long, plain[:4]) is HALF  # four of eight
    assert always(long, 2 * long, plain[:5]) is None and always(long, 2 * long[:1]) is None
    quarters = np.array([1.25, 1.5, 1.75, 2.5, 3.5, 5.0])
    assert always(quarters) is None  # long for three digits, and for so few a constant shows nothing
    moving = lambda x: np.where(x > 1.5, quarters[0], quarters[1])
    assert _in_numbers(asked(lambda x: np.ldexp(moving(x), np.arange(24) % 5), X), [moving(X)]) is E5M2


def test_entries_that_never_change_are_no_rounded_numbers():
    samples = [np.array([1.5, 3.0, 0.0, 0.0, 5.0]), np.array([1.5, 1.5, 2.0, 0.0, 7.0])]
    assert _changing(samples).tolist() == [False, False, False, False, True]


def test_points_are_moved_by_a_part_of_each_entry():
    x = {"a": np.float32([1.0, 0.0, -100.0]), "b": 2.0}
    moved = _moved(x, np.random.default_rng(0), 0.125)
    off = np.abs(moved["a"].astype(float) - x["a"])
    assert moved["a"].dtype == np.float32 and (off <= [0.1251, 0.1251, 12.51]).all() and (off > 0).all()
    many = _moved(np.full(1000, 4.0), np.random.default_rng(0), 0.125)
    assert 0.49 < np.abs(many - 4).max() <= 0.5 and many.min() < 4 < many.max()
    assert flattened([np.float32([1.0]), np.array([[2.0, 3.0]])]).tolist() == [1, 2, 3]


def test_errors_that_are_drawn_anew_at_every_point_are_those_of_rounding():
    f = lambda x: np.sum(x * x)
    of = lambda to: Question(f, lambda x: np.asarray(to(2 * x), dtype=np.float64), X)
    assert _redrawn(of(lambda a: a.astype(np.float16)), HALF)
    assert not _redrawn(of(lambda a: a * 1.001), HALF) and not _redrawn(of(lambda a: a), HALF)
    assert not _redrawn(Question(f, lambda x: 1 / 0, X), HALF)


@pytest.mark.parametrize(("even", "odd", "expected"), [
    ([1.0, 1e-12], [-1.0, 1e-12], True),  # what is nothing beside the largest is not counted
    ([1.0, 1.0], [0.75, 0.75], True), ([1.0, 1.0], [0.76, 0.76], False),
    ([1.0] * 4, [0.5] * 3 + [1.0], True), ([1.0] * 4, [0.5] * 2 + [1.0] * 2, False), ([0.0], [0.0], False),
])  # fmt: skip
def test_rounding_changes_by_a_fourth_of_its_size_in_three_of_four_entries(even, odd, expected, monkeypatch):
    errors = [np.array(even if k % 2 else odd) for k in range(8)]
    monkeypatch.setattr(short_formats, "_claim", lambda question, x: [errors.pop()])
    part = SimpleNamespace(signed_error=lambda claimed: claimed)
    monkeypatch.setattr(short_formats, "certify", lambda *_, **__: SimpleNamespace(gradient=[part]))
    assert _redrawn(asked(np.cos, X), HALF) is expected and errors == []


@pytest.mark.parametrize(("detectable", "each", "expected"), [
    (0.05, [0.1, 0.3], 0.05), (None, [0.1, 0.3], 0.3), (None, [None, 0.2], 0.2), (None, [None, None], None),
])  # fmt: skip
def test_each_quantity_is_told_with_its_own_part_of_what_balls_say(detectable, each, expected, monkeypatch):
    names, claimed, parts = ["a", "b"], [np.zeros(2), np.zeros((3, 1))], []
    for name in ("running_error", "own_error", "judged_truth"):
        monkeypatch.setattr(short_formats, name, lambda *_: None)
    monkeypatch.setattr(short_formats, "judge", lambda *_: {"a": 1, "b": 2})
    formula = FormulaAnswer("unknown", None, detectable, np.arange(5))
    monkeypatch.setattr(short_formats, "_formula", lambda *_: formula)

    def note(check, wider, part, short, form, found, wrong):
        parts.append((check, wider, part.size, wrong.tolist(), found is formula))
        return SimpleNamespace(detectable=each[len(parts) - 1], verdict=Verdict.MATCH)

    monkeypatch.setattr(short_formats, "_told", note)
    found = judged_in_short(asked(np.cos, X), claimed, SimpleNamespace(names=names), None, {"a": "A", "b": "B"}, HALF)
    assert parts == [("A", 1, 2, [0, 1], True), ("B", 2, 3, [2, 3, 4], True)] and found.detectable == expected


def test_a_formula_that_cannot_be_followed_is_unknown(monkeypatch):
    def stopped(*_, **__):
        raise CannotFollow("memory", "too many steps")

    monkeypatch.setattr(short_formats, "compare_formula", stopped)
    truth, budget = SimpleNamespace(smooth=True, names=["x"]), SimpleNamespace(rounding={"x": np.zeros(2)})
    found = short_formats._formula(asked(np.cos, X), [], truth, SimpleNamespace(budget=budget), HALF)
    assert found.status == "unknown" and found.reason.code == "memory"
    kinked = short_formats._formula(asked(np.cos, X), [], SimpleNamespace(smooth=False), None, HALF)
    assert kinked.status == "unknown" and kinked.reason is None


def test_declared_formats_and_those_of_a_whole_come_first():
    declared = SimpleNamespace(form=HALF)
    assert evident_format(asked(np.cos, X, declared=declared), [np.cos(X)]) is HALF
    whole = WholeJacobian(asked(lambda x: np.float16(np.cos(x)).astype(float), X), [np.float16(np.cos(X)).astype(float)])
    assert whole.form is HALF and evident_format(asked(np.cos, X, whole=whole), [np.cos(X)]) is HALF
    half = X.astype(np.float16)
    assert evident_format(asked(lambda x: x * 0 + 1, half), [np.ones(24)]) is HALF
    assert evident_format(asked(np.cos, half), [np.cos(X)]) is None  # its numbers are not short


def test_short_formats_below_float32_are_told():
    single = lambda x: np.float32(np.cos(x)).astype(float)
    assert short_formats.short_formats(asked(single, X), [single(X)], lambda: True) == ()
    half = lambda x: np.float16(np.cos(x)).astype(float)
    assert short_formats.short_formats(asked(half, X), [half(X)], lambda: False) == (HALF,)
    declared = asked(half, X, declared=SimpleNamespace(form=SINGLE))
    assert short_formats.short_formats(declared, [half(X)], lambda: False) == ()
    assert short_formats.short_formats(asked(np.cos, X), [np.cos(X)], lambda: False) == ()


# What is left


def told(claimed, true, *, allowed=0.1, status="unknown", wrong=None, form=HALF, detectable=None):
    claimed, true = np.array(claimed, dtype=float), np.array(true, dtype=float)
    check = judge_quantity(KEY, known(true, 1e-16), claimed)
    short = known(true, allowed)
    wider = judge_quantity(KEY, short, claimed)
    return _told(check, wider, claimed, short, form, FormulaAnswer(status, None, detectable, None), wrong)


def test_a_match_stays_one_and_what_the_format_does_not_explain_is_wrong():
    assert told([1.0], [1.0]).verdict is Verdict.MATCH
    far = told([1.5], [1.0])
    assert far.verdict is Verdict.MISMATCH and "rounding explains at most 1.0e-01" in far.message
    different = told([1.05], [1.0], status="different", wrong=np.array([True]))
    assert different.verdict is Verdict.MISMATCH and "could explain that, but computed with 50 digits" in different.message
    assert told([1.05], [1.0], status="different", wrong=np.array([False])).verdict is Verdict.INACCURATE
    assert told([1.05], [1.0], status="different").verdict is Verdict.INACCURATE
    assert told([1.05], [1.0], wrong=np.array([True])).verdict is Verdict.INACCURATE


def test_what_balls_take_for_equal_is_inaccurate_and_hides_as_little_as_they_say():
    for status in ("equal", "equal within constants"):
        equal = told([1.001], [1.0], status=status, detectable=1e-9)
        assert (equal.verdict, equal.detectable, equal.id) == (Verdict.INACCURATE, 1e-9, "short-format")
        assert "3 digits are left, as many as float16 holds; compute in float64" in equal.message


def test_the_digits_that_are_left_are_those_of_the_largest_entry():
    assert "1 digit is left" in told([1.05], [1.0]).message and "2 digits are left" in told([10.05, 1.0], [10.0, 1.0]).message
    assert (
        "0.9 digits are left" in told([1.12, 0.0], [1.0, 0.0], allowed=0.2).message
        or "0.9 digit is left" in told([1.12, 0.0], [1.0, 0.0], allowed=0.2).message
    )
    seen = told([1.05], [1.0])
    assert seen.detectable == pytest.approx(0.1) and "an error of 0.1 of the largest entry" in seen.message
    capped = told([1.05, 1.0], [1.0, 1.0], allowed=[0.9, 0.1])
    assert capped.detectable == 0.5
    nothing = told([0.05], [0.0])
    assert nothing.verdict is Verdict.INCONCLUSIVE


def test_a_gradient_that_points_the_other_way_is_wrong_and_one_that_is_half_off_is_open():
    true = np.array([0.01, -0.01, 0.01, -0.01])
    assert told(-true, true).verdict is Verdict.MISMATCH and "points the other way" in told(-true, true).message
    assert told(-true[:3], true[:3]).verdict is Verdict.INCONCLUSIVE  # three numbers are too few to say so
    one = np.array([1.0, 0.0, 0.0, 0.0])
    assert told(one + np.array([0, 0.49, 0, 0]), one, allowed=0.6).verdict is Verdict.INACCURATE
    half = told(one + np.array([0, 0.51, 0, 0]), one, allowed=0.6)
    assert half.verdict is Verdict.INCONCLUSIVE and "too few to see whether the formula is right" in half.message


def test_one_factor_on_all_of_many_entries_is_no_rounding():
    true = np.linspace(1, 2, 16)
    u = HALF.u
    assert not _scaled(true * (1 + 3.9 * u), true, HALF) and _scaled(true * (1 + 4.1 * u), true, HALF)
    assert _scaled(true * (1 - 4.1 * u), true, HALF) and not _scaled(true[:15] * 1.01, true[:15], HALF)
    assert not _scaled(true, 0 * true, HALF)
    assert not _scaled(1.25 * np.ones(16), np.ones(16), FloatFormat("four", 4, 2.0**-9, "float32"))  # four units exactly
    assert told(true * (1 + 4.1 * u), true).verdict is Verdict.INCONCLUSIVE
    assert told(true * (1 + 3.9 * u), true).verdict is Verdict.INACCURATE


def test_any_mismatch_makes_the_whole_wrong():
    match, wrong = told([1.0], [1.0]), told([1.5], [1.0])
    formula = FormulaAnswer("unknown", None, None, None)
    assert InShort({"a": match, "b": wrong}, formula, None).wrong and not InShort({"a": match}, formula, None).wrong


# Lost digits


def test_a_gradient_by_differences_is_inaccurate_unless_it_is_off_by_a_thousandth():
    near = judge_quantity(KEY, known([-8.0], 1e-16), np.array([-8.0 - 2.0**-8]))
    assert NUMERIC == 1e-3 and differenced(near).verdict is Verdict.INACCURATE and differenced(near).id == "numeric-gradient"
    assert "3 digits are left; the gradient differences the function" in differenced(near).message
    far = judge_quantity(KEY, known([-8.0], 1e-16), np.array([-8.0 - 2.0**-6]))
    match = judge_quantity(KEY, known([1.0], 0.5), np.array([1.25]))
    assert differenced(far) is far and differenced(match) is match
    exact = replace(near, worst=replace(near.worst, error=8e-3, expected=-8.0))
    assert differenced(exact).verdict is Verdict.INACCURATE  # not more than that part


def test_of_a_formula_that_is_right_digits_alone_can_be_lost():
    single = SimpleNamespace(known=known([0.1], 1e-7), mentioned=None)
    truth, part = known([0.1], 1e-16), np.array([0.1 + 1e-9])
    check = judge_quantity(KEY, truth, part)
    assert without_lost_digits(check, part, truth, single).id == "unstable-formula"
    short = np.float32([0.1]).astype(float)
    assert without_lost_digits(judge_quantity(KEY, truth, short), short, truth, single).id == "float32-precision"
    mentioned = SimpleNamespace(known=known([0.1], 1e-7), mentioned=known([0.1], 1e-7))
    assert without_lost_digits(check, part, truth, mentioned).id == "float32-precision" or check.worst.error < 1e-9
    match = judge_quantity(KEY, truth, np.array([0.1]))
    assert without_lost_digits(match, np.array([0.1]), truth, single) is match
