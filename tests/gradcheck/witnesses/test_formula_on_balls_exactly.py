"""What balls say of a gradient code of a network, and what that does to a verdict: each outcome and each boundary."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.certified.formula import Status
from gradcheck.judge.judge import judge_quantity
from gradcheck.judge.lost_digits import FEWEST_DIGITS, SHORT
from gradcheck.judge.subgradients import Kinks
from gradcheck.judge.truth import Budget, Truth
from gradcheck.judge.verdicts import Verdict
from gradcheck.witnesses.formula_on_balls import (
    HIDES,
    MOST_LOST,
    SHORT_CONSTANTS,
    WIDEST,
    Meant,
    NetworkFormula,
    _claimed,
    _consistent,
    _is_far,
    _relative,
    _room,
    by_formula,
    compared,
    is_explained,
)
from symbolic.balls import FIRST_PRECISION, TIGHT, Enclosure
from tests.gradcheck.judge.test_judge_exactly import KEY, known

TRUE = [1.0, 4.0]


def balls(values, radius=0.0):
    values = np.array(values, dtype=float)
    return {KEY: Enclosure(values, np.zeros_like(values), np.broadcast_to(np.array(radius, float), values.shape).copy())}


def truth_of(rounding=1e-12, radius=0.0, kinks=None):
    return known(TRUE, rounding, radius=radius, kinks=kinks)


def formula(claimed, floats=TRUE, meant=(), radius=0.0, **truth):
    given = balls(claimed, radius)
    return compared(lambda bits: given, truth_of(**truth), {KEY: np.array(floats, dtype=float)}, meant)


def test_room_is_the_budget_unless_that_is_a_part_of_the_gradient():
    assert (HIDES, WIDEST, MOST_LOST, SHORT_CONSTANTS) == (1e-9, 1e-4, 2.0**29, 2.0**-20)
    assert _room(truth_of([1e-12, 1e-3]), KEY) == pytest.approx([1e-12, 4e-9])
    assert _room(truth_of(0.0), KEY) == pytest.approx([16 * TIGHT] * 2, rel=1e-9, abs=0)
    nothing = known([0.0], 0.25)
    assert _room(nothing, KEY) == [0.25]
    assert _relative(truth_of(), {KEY: np.array([1.0, 2.0])})[KEY] == 0.5
    assert _relative(nothing, {KEY: np.array([1e-308])})[KEY] == pytest.approx(1e-308 / np.finfo(float).tiny)


def test_bits_are_doubled_until_balls_are_narrow_or_there_are_enough():
    asked = []

    def exactly(bits):
        asked.append(bits)
        return balls(TRUE, 1e-12 / 1024 * (1.0 if bits >= 2 * FIRST_PRECISION else 1.01))

    assert _claimed(exactly, truth_of())[0] == 2 * FIRST_PRECISION and asked == [FIRST_PRECISION, 2 * FIRST_PRECISION]
    asked.clear()
    wide = lambda bits: asked.append(bits) or balls(TRUE, 1.0)
    assert _claimed(wide, truth_of())[0] == 4 * FIRST_PRECISION and asked == [FIRST_PRECISION * k for k in (1, 2, 4)]


def test_formulas_are_equal_different_or_unknown():
    equal = formula(TRUE, radius=2e-13)
    assert equal.status == "equal" and equal.radius[KEY] == pytest.approx(5e-14) and equal.is_known
    assert formula(TRUE, radius=0.9e-12).status == "equal" and formula(TRUE, radius=1.1e-12).status == "unknown"
    assert formula(TRUE, radius=0.6e-12, rounding=1e-12).status == "equal"
    assert formula(TRUE, radius=2.0**-40, rounding=2.0**-40).status == "equal"  # as wide as the budget
    different = formula([1.0, 5.0], [1.0, 5.0])
    assert different.status == "different" and different.apart[KEY] == 0.25 and different.errors[KEY].tolist() == [0, 1]
    assert different.consistent == {KEY: True} and different.consistent_short == {KEY: True}
    elsewhere = formula([1.0, 5.0], [1.0, 4.0])
    assert elsewhere.consistent == {KEY: False} and elsewhere.consistent_short == {KEY: False}
    lost = formula([1.0, 5.0], [1.0, 5.0 + 1e-12 * 2.0**28])
    assert lost.consistent == {KEY: False} and lost.consistent_short == {KEY: True}
    kinked = formula([1.0, 5.0], kinks=Kinks(("here",)))
    assert kinked.status == "unknown" and "kink" in kinked.why


def test_constants_may_explain_a_difference():
    meant = lambda values, radius, **more: Meant(lambda bits: balls(values, radius), **more)
    off = [1.0, 4.0 + 1e-9]
    within = formula(off, meant=[meant(off, 2e-9)])
    assert within.status == "equal within constants" and within.slack[KEY].tolist() == [2e-9, 2e-9]
    assert within.radius[KEY] == pytest.approx(5e-10)
    no_slack = formula(off, meant=[meant(off, 2e-9, slack=False)])
    assert no_slack.status == "equal within constants" and no_slack.slack[KEY].tolist() == [0, 0]
    assert formula(off, meant=[meant(off, 0.5e-9)]).status == "different"
    assert formula(off, meant=[meant(off, 0.5e-9), meant(off, 2e-9)]).status == "equal within constants"
    assert formula(off, meant=[Meant(lambda bits: None), meant(off, 2e-9)]).status == "equal within constants"
    assert formula(off, meant=[meant(off, 3.9e-4)]).status == "equal within constants"
    wide = formula(off, meant=[meant(off, 4.1e-4)])
    assert wide.status == "unknown" and "leave too much open" in wide.why
    small = formula(off, meant=[meant(off, 2e-9, part_of_formula=False)])
    assert small.status == "different" and small.but_for_small == {KEY}
    far = [1.0, 4.1]
    assert formula(far, far, meant=[meant(far, 0.2)]).status == "different"  # floats and balls differ: nothing excuses it


def test_far_is_what_both_floats_and_balls_say():
    truth = truth_of()
    floats = lambda off: {KEY: np.array([1.0, 4.0 + off])}
    assert _is_far(truth, KEY, floats(2e-12), {KEY: 1.1e-4}) and not _is_far(truth, KEY, floats(0.5e-12), {KEY: 1.0})
    assert not _is_far(truth, KEY, floats(1.0), {KEY: 1e-4})
    claimed = balls(TRUE, 1e-12)[KEY]
    assert _consistent(truth, KEY, claimed, floats(1.9e-12)) and not _consistent(truth, KEY, claimed, floats(2.1e-12))
    assert _consistent(truth, KEY, claimed, floats(10.9e-12), 10.0)
    assert not _consistent(truth, KEY, claimed, floats(1.2e-11), 10.0)


def test_the_words_of_a_report():
    assert NetworkFormula(Status.UNKNOWN, "why").words == "could not be computed with 50 digits: why"
    assert NetworkFormula(Status.DIFFERENT, apart={"a": 0.1, "b": 0.25}).words.endswith("by a relative 2e-01")
    assert NetworkFormula(Status.EQUAL, radius={"a": 1e-30, "b": 1e-40}).words.endswith("it is the derivative, to 30 digits")
    within = NetworkFormula(Status.WITHIN_CONSTANTS, radius={"a": 1e-12})
    assert "as far as its float constants allow, to 12 digits" in within.words
    assert NetworkFormula(Status.EQUAL, radius={"a": 0.0}).words.endswith("to 32 digits")
    assert NetworkFormula(Status.EQUAL).words.endswith("to 0 digits")
    assert not NetworkFormula(Status.UNKNOWN).is_known


def check_of(claimed, rounding=1e-12, **more):
    return replace(judge_quantity(KEY, truth_of(rounding), np.array(claimed, dtype=float)), **more)


def verdict_by(check, found, explained=lambda key, slack: False, nearly=1e-8):
    (told,) = by_formula([check], found, explained, nearly)
    return told


EQUAL = NetworkFormula(Status.EQUAL, radius={KEY: 1e-30}, slack={KEY: np.zeros(2)})
WITHIN = NetworkFormula(Status.WITHIN_CONSTANTS, radius={KEY: 1e-30}, slack={KEY: np.zeros(2)})


def test_a_match_of_the_right_formula_hides_as_little_as_balls_do():
    check = check_of(TRUE)
    told, within = verdict_by(check, EQUAL), verdict_by(check, WITHIN)
    assert (told.verdict, told.detectable, told.witness) == (Verdict.MATCH, 1e-30, "certified formula")
    assert within.detectable == 2.0**-52 and "as far as its float constants allow; every entry" in within.message
    assert told.message.startswith("the formula is right; every entry")
    assert verdict_by(check, NetworkFormula(Status.UNKNOWN)) is check
    kink = replace(check, verdict=Verdict.KINK)
    assert verdict_by(kink, EQUAL) is kink


def test_a_mismatch_of_the_right_formula_is_lost_digits_if_any_are_left():
    lost = verdict_by(check_of([1.0, 4.0 + 1e-6]), EQUAL)
    assert (lost.verdict, lost.id, lost.witness) == (Verdict.INACCURATE, "unstable-formula", "certified formula")
    assert "7 digits are left" in lost.message
    few = verdict_by(check_of([1.0, 4.1], 1e-3), EQUAL)
    assert FEWEST_DIGITS == 2.0 and few.verdict is Verdict.MISMATCH and "which is right" in few.message
    some = verdict_by(check_of([1.0, 4.03], 1e-3), EQUAL)
    assert some.verdict is Verdict.INACCURATE
    steady = verdict_by(check_of([1.0, 4.0 + 1e-3]), EQUAL)  # 1e9 times the budget: single precision loses less
    assert steady.verdict is Verdict.MISMATCH
    for times, verdict in ((0.99, Verdict.INACCURATE), (1.01, Verdict.MISMATCH)):
        assert verdict_by(check_of([1.0, 4.0 + times * 1e-12 * 2.0**29]), EQUAL).verdict is verdict
    explained = verdict_by(check_of([1.0, 4.0 + 1e-6]), WITHIN, lambda key, slack: True)
    assert (explained.verdict, explained.wrong, explained.witness) == (Verdict.MATCH, 0, "certified formula")
    assert verdict_by(check_of([1.0, 4.0 + 1e-6]), EQUAL, lambda key, slack: True).verdict is Verdict.INACCURATE
    open_ = check_of(TRUE, verdict=Verdict.INCONCLUSIVE)
    assert verdict_by(open_, EQUAL) is open_
    short = verdict_by(check_of(TRUE, verdict=Verdict.INCONCLUSIVE, id=SHORT), EQUAL)
    assert short.verdict is Verdict.INACCURATE and short.witness == "certified formula" and short.id == SHORT


def other(apart, consistent=True, short=True, small=frozenset()):
    found = NetworkFormula(Status.DIFFERENT, apart={KEY: apart}, consistent={KEY: consistent}, but_for_small=small)
    return replace(found, consistent_short={KEY: short})


def test_another_formula_is_a_mismatch_where_it_matters():
    check = check_of(TRUE)
    wrong = verdict_by(check, other(1.1e-8))
    assert (wrong.verdict, wrong.detectable, wrong.id) == (Verdict.MISMATCH, None, None)
    assert wrong.witness == "certified formula"
    near = verdict_by(check, other(1e-8))
    assert near.verdict is Verdict.MATCH and "a small number added?" in near.message
    assert verdict_by(check, other(0.0)) is check and verdict_by(check, other(0.5, consistent=False)) is check
    assert verdict_by(check, other(0.5, small=frozenset({KEY}))).verdict is Verdict.MATCH
    already = check_of([1.0, 5.0])
    assert verdict_by(already, other(0.5)) is already
    short = replace(check, id=SHORT, verdict=Verdict.INACCURATE)
    assert verdict_by(short, other(0.5, consistent=False)).verdict is Verdict.MISMATCH
    assert verdict_by(short, other(0.5, consistent=False, short=False)) is short
    assert verdict_by(short, other(0.9 * 2.0**-20, consistent=False)).verdict is Verdict.INACCURATE
    assert verdict_by(short, other(1.1 * 2.0**-20, consistent=False)).verdict is Verdict.MISMATCH
    assert verdict_by(short, other(1e-3), nearly=1e-2).verdict is Verdict.INACCURATE


def test_what_constants_leave_open_must_explain_every_point():
    at = lambda true: Truth(balls(true), Budget({KEY: np.full(2, 1e-12)}, {KEY: np.array(true)}, {KEY: np.array(true)}))
    slack = np.array([0.0, 4e-9])  # 1e-9 of the largest
    claims = lambda *offs: [{KEY: np.array([1.0, size + off])} for size, off in zip((4.0, 8.0), offs, strict=True)]
    truths = [at([1.0, 4.0]), at([1.0, 8.0])]
    assert is_explained(KEY, slack, truths, claims(3.9e-9, 7.9e-9))
    assert not is_explained(KEY, slack, truths, claims(3.9e-9, 8.1e-9))
    assert not is_explained(KEY, slack, truths, claims(4.1e-9, 0.0))
