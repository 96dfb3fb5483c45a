"""Every number and boundary of the judge, held by values worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.judge.judge import (
    VERTEX_ROUNDING,
    _detectable,
    _relative,
    is_hidden,
    judge,
    judge_quantity,
    may_hide,
    reachable_apart_alone,
    unless_hidden,
)
from gradcheck.judge.lost_digits import (
    FEWEST_DIGITS,
    SCATTER,
    SINGLE_DIGITS,
    STEADY,
    _are_long,
    beyond_the_kink,
    is_cast,
    lost_digits,
    scatters,
    short_format,
    significant_digits,
    stays,
    surely_scatters,
    unsteady,
)
from gradcheck.judge.subgradients import Kinks
from gradcheck.judge.truth import Budget, Truth
from gradcheck.judge.verdicts import Verdict
from symbolic.balls import Enclosure

KEY = "W1"


def known(true, rounding, lowest=None, highest=None, radius=0.0, kinks=None):
    """A truth of one quantity; without ends no kink."""
    true = np.array(true, dtype=float)
    full = lambda value: np.broadcast_to(np.array(value, dtype=float), true.shape).copy()
    low, high = (true if end is None else full(end) for end in (lowest, highest))
    enclosed = Enclosure(true, np.zeros_like(true), full(radius))
    return Truth({KEY: enclosed}, Budget({KEY: full(rounding)}, {KEY: low}, {KEY: high}, kinks))


def check_of(claimed, *args, **kwargs):
    return judge_quantity(KEY, known(*args, **kwargs), np.array(claimed, dtype=float))


def test_exactly_the_budget_is_still_rounding():
    assert check_of([1.5], [1.0], 0.5).verdict is Verdict.MATCH
    assert check_of([1.5], [1.0], 0.25, radius=0.25).verdict is Verdict.MATCH
    assert check_of([1.5], [1.0], 0.25, radius=0.125).verdict is Verdict.MISMATCH


def test_each_wrong_entry_is_counted_and_each_right_one_is_not():
    check = check_of([1.0, 2.5, 3.0, 4.5], [1.0, 2.0, 3.0, 4.0], 0.125)
    assert (check.wrong, check.verdict, check.shape) == (2, Verdict.MISMATCH, (4,))
    assert "2 of 4 entries are wrong" in check.message
    one = check_of([1.0, 2.5], [1.0, 2.0], 0.125)
    assert one.wrong == 1 and "entries are wrong" not in one.message
    right = check_of([1.0, 2.0], [1.0, 2.0], 0.125)
    assert right.wrong == 0 and right.evidence.allowed.tolist() == [0.125, 0.125]


def test_the_worst_entry_is_the_one_farthest_beyond_its_own_budget():
    check = check_of([1.5, 2.25], [1.0, 2.0], [1.0, 0.25])
    assert check.worst.index == (1,) and (check.max_error, check.budget) == (0.25, 0.25)
    assert check_of([np.nan, 2.5], [1.0, 2.0], 0.1).worst.index == (0,)
    exact = check_of([1.0, 2.0], [1.0, 2.0], 0.0)
    assert exact.worst.index == (0,) and exact.worst.error == 0  # 0 / 0 is no excess
    empty = check_of(np.zeros((2, 0)), np.zeros((2, 0)), 0.0)
    assert empty.worst.index == (0, 0) and empty.verdict is Verdict.MATCH
    assert (empty.worst.got, empty.worst.expected, empty.worst.error, empty.worst.budget) == (0, 0, 0, 0)
    assert (empty.blind, empty.detectable) == (0.0, 0.0)


def test_at_a_kink_the_distance_to_what_subgradients_reach_is_the_error():
    above = check_of([2.5], [0.0], 0.25, lowest=-1, highest=2)
    below = check_of([-1.75], [0.0], 0.25, lowest=-1, highest=2)
    assert (above.max_error, above.verdict) == (0.5, Verdict.MISMATCH)
    assert (below.max_error, below.verdict) == (0.75, Verdict.MISMATCH)
    assert check_of([1.0], [0.0], 0.25, lowest=-1, highest=2).max_error == 0
    assert check_of([2.25], [0.0], 0.25, lowest=-1, highest=2).verdict is Verdict.KINK
    assert check_of([0.5], [0.5], 0.25, lowest=1, highest=2).max_error == 0  # the truth itself is never off


def test_at_a_kink_the_radius_is_part_of_the_ends_and_counts_once():
    assert check_of([2.5], [0.5], 0.25, lowest=-1, highest=2, radius=1.5).verdict is Verdict.MISMATCH
    assert check_of([2.5], [0.5], 0.25, lowest=-1, highest=2, radius=np.inf).verdict is Verdict.INCONCLUSIVE
    two = check_of([2.25, 7.5], [0.5, 7.0], 0.25, lowest=[-1, 7], highest=[2, 7], radius=[1.5, 0.25])
    assert two.verdict is Verdict.KINK and two.wrong == 0  # the second entry has no kink, and its radius counts


def test_what_a_match_could_have_seen_is_what_is_off_and_what_may_be_off():
    match = check_of([1.25, 4.0], [1.0, 4.0], [0.5, 0.125])
    assert match.detectable == (0.25 + 0.5) / 4 and match.blind == 1.0
    kink = check_of([0.5], [0.0], 0.125, lowest=-1, highest=2)
    assert kink.verdict is Verdict.KINK and kink.evidence is None and kink.detectable == 0.0  # the true value is 0
    kink = check_of([0.5, 4.0], [0.0, 4.0], 0.125, lowest=[-1, 4], highest=[2, 4])
    assert kink.detectable == (0.125 + 3) / 4
    assert check_of([0.5], [0.0], 0.125).detectable is None


def test_half_of_the_entries_may_be_blind():
    assert check_of([1.0, 1.0, 1.0, 1.0], [1.0] * 4, [1e-6, 1.1e-6, 1e-9, 0]).blind == 0.25
    assert _relative(np.array([1.0, 2.0]), np.array([0.0, -4.0])).tolist() == [0.0, 0.5]


def test_a_value_that_may_be_zero_is_no_largest_entry():
    one = Enclosure(np.array([1.0, 0.25]), np.zeros(2), np.array([1.0, 0.125]))
    assert _detectable(np.array([0.5, 0.5]), one) == 2.0
    none = Enclosure(np.array([1.0]), np.zeros(1), np.array([1.0]))
    assert _detectable(np.array([0.5]), none) == 0.0


@pytest.mark.parametrize(("detectable", "error", "hidden"), [
    (0.01, 1e-3, False), (0.011, 1e-3, True), (0.011, 0.0, False), (None, 1e-3, False),
])  # fmt: skip
def test_a_match_that_could_not_see_one_percent_is_hidden(detectable, error, hidden):
    check = replace(check_of([1.0], [1.0], 0.5), detectable=detectable, max_error=error)
    assert is_hidden(check) is hidden
    told = unless_hidden(check, "why")
    assert (told is check) is not hidden
    assert not is_hidden(replace(check, verdict=Verdict.KINK))
    if hidden:
        assert told.verdict is Verdict.INCONCLUSIVE and told.detectable is None and told.id == "hidden-by-rounding"
        assert "0.01 times" in told.message and "an error of 1%" in told.message and "why" in told.message


@pytest.mark.parametrize(("verdict", "detectable", "room"), [
    (Verdict.MATCH, 1.1e-6, True), (Verdict.MATCH, 1e-6, False), (Verdict.MATCH, None, False), (Verdict.KINK, 1e-3, False),
])  # fmt: skip
def test_rounding_leaves_room_for_a_small_mistake_from_1e_6_on(verdict, detectable, room):
    assert may_hide(replace(check_of([1.0], [1.0], 0.5), verdict=verdict, detectable=detectable)) is room


# Two kinks, each of which moves one entry by 1 in both: (0, 0), (1, 1) and whatever lies between.
LINE = {KEY: np.array([[0.0, 0.0], [1.0, 1.0]])}


def on_a_line(claimed, rounding=0.01, *, whole=True, parts=(LINE,)):
    kinks = Kinks(("here",), parts, whole)
    truth = known([0.0, 0.0], rounding, lowest=0, highest=1, kinks=kinks)
    return judge(truth, {KEY: np.array(claimed, dtype=float)})[KEY], truth


def test_entries_that_one_choice_gives_together_are_a_kink():
    check, truth = on_a_line([0.25, 0.25])
    assert check.verdict is Verdict.KINK
    assert check.message == "right for one choice of subgradients in [0, 1] in all entries together; kink: here"
    assert reachable_apart_alone(truth, {KEY: np.array([0.25, 0.25])}) == []


def test_entries_that_no_one_choice_gives_are_a_mismatch_with_the_nearest_value():
    check, truth = on_a_line([0.25, 0.75])
    slack = VERTEX_ROUNDING * 0.01
    assert VERTEX_ROUNDING == 1.25 and check.verdict is Verdict.MISMATCH and check.wrong == 2
    assert check.worst.got == [0.25, 0.75][check.worst.index[0]]  # both are equally far
    assert check.worst.expected == pytest.approx(0.5) and check.max_error == pytest.approx(0.25)
    assert check.budget == check.worst.budget == pytest.approx(slack) and check.detectable is None
    assert "the nearest that one gives to all of them has 0.5 here" in check.message
    assert reachable_apart_alone(truth, {KEY: np.array([0.25, 0.75])}) == [KEY]
    assert reachable_apart_alone(truth, {KEY: np.array([2.0, 0.75])}) == []  # not reachable apart either


def test_the_entry_farthest_away_is_named():
    parts = ({KEY: np.array([[0.0, 0.0], [1.0, 2.0]])},)
    truth = known([0.0, 0.0], 0.01, lowest=[0, 0], highest=[1, 2], kinks=Kinks(("here",), parts))
    check = judge(truth, {KEY: np.array([1.0, 0.5])})[KEY]  # (0.4, 0.8) is the nearest
    assert check.worst.index == (0,) and check.worst.expected == pytest.approx(0.4) and check.worst.error == pytest.approx(0.6)


def test_where_parts_hold_too_much_what_lies_inside_is_open_and_what_lies_outside_is_wrong():
    inside, _ = on_a_line([0.25, 0.25], whole=False)
    outside, _ = on_a_line([0.25, 0.75], whole=False)
    unknown, _ = on_a_line([0.25, 0.75], parts=())
    assert inside.verdict is unknown.verdict is Verdict.INCONCLUSIVE and outside.verdict is Verdict.MISMATCH
    assert "more than 64 combinations; kink: here" in inside.message


def test_only_quantities_at_a_kink_are_judged_together():
    line = {"a": np.array([[0.0], [1.0]]), "b": np.array([[0.0], [1.0]])}
    enclosed = Enclosure(np.zeros(1), np.zeros(1), np.zeros(1))
    one, zero = np.ones(1), np.zeros(1)
    rounding = dict.fromkeys("abc", 0.01 * one)
    budget = Budget(rounding, dict.fromkeys("abc", zero), {"a": one, "b": one, "c": zero}, Kinks(("here",), (line,)))
    truth = Truth(dict.fromkeys("abc", enclosed), budget)
    checks = judge(truth, {"a": 0.5 * one, "b": 0.5 * one, "c": zero})
    assert [str(checks[key].verdict) for key in "abc"] == ["kink", "kink", "match"]
    checks = judge(truth, {"a": 0.5 * one, "b": 0.25 * one, "c": zero})
    assert [str(checks[key].verdict) for key in "abc"] == ["mismatch", "mismatch", "match"]
    checks = judge(truth, {"a": 0.5 * one, "b": 3 * one, "c": zero})  # b is wrong by itself: a alone is asked
    assert [str(checks[key].verdict) for key in "abc"] == ["kink", "mismatch", "match"]


def test_the_spread_that_scatters_and_the_change_that_stays_are_shares_of_the_size():
    assert (SCATTER, STEADY, SINGLE_DIGITS, FEWEST_DIGITS) == (0.02, 1e-4, 9, 2.0)
    wide = np.array([[1.0], [-1.0], [0.5]])
    assert scatters(wide) and not stays(wide)
    still = np.array([[1.0], [1.0], [1.0 + 2.0**-14]])
    moved = np.array([[1.0], [1.0], [1.0 + 2.0**-13]])
    assert stays(still) and not stays(moved)  # 6.1e-5 and 1.2e-4
    assert not stays(still[1:]) and stays(-still)
    assert not stays(np.array([[0.0], [0.0], [0.0]]))  # nothing is off: nothing stays wrong
    assert scatters(np.zeros((3, 1)))
    assert stays(np.hstack([wide, still])) and not scatters(np.hstack([wide, still]))


def test_zero_is_a_plausible_mean_up_to_k_standard_errors_and_more_of_many_entries():
    errors = np.array([[1.0], [-1.0], [1.0], [-1.0]])  # sd = sqrt(4 / 3), n = 4: k sd / 2
    limit = np.sqrt(4 / 3) / 2
    assert scatters(errors + 5.99 * limit) and not scatters(errors + 6.01 * limit)
    assert surely_scatters(errors - 2.99 * limit) and not surely_scatters(errors - 3.01 * limit)
    eight = np.repeat(errors, 8, axis=1)  # 8 ^ (1 / 3) = 2 times as far
    assert scatters(eight + 11.98 * limit) and not scatters(eight + 12.02 * limit)
    assert not scatters(errors[:2]) and scatters(errors[:3])
    one_off = np.hstack([errors, errors + 20 * limit])
    assert not scatters(one_off)


def test_points_are_asked_until_it_is_clear_and_what_never_is_counts_in_the_end():
    noise = [1.0, -1.0, 1.0, -1.0, 1.0]
    drift = [3.0, -1.0, 3.0, 1.0, 2.0, -0.5]  # plausible at six, not at three
    at = lambda values: ({"a": np.array([value])} for value in values)
    assert unsteady(["a"], at(noise)) == ["a"]
    assert unsteady(["a"], at([value + 1.9 for value in noise])) == ["a"]
    assert unsteady(["a"], at(drift)) == ["a"]
    assert unsteady(["a"], at([])) == []
    assert unsteady(["a"], at([5.0, 5.0])) == []


def test_a_kinked_entry_beyond_what_float32_and_subgradients_reach_is_no_lost_digit():
    truth = known([0.0, 5.0], 1e-16, lowest=[0, 5], highest=[1, 5])
    single = known([0.0, 5.0], 0.01, lowest=[0, 5], highest=[1, 5])
    assert not beyond_the_kink(KEY, truth, single, np.array([1.005, 5.0]))
    assert not beyond_the_kink(KEY, truth, single, np.array([1.0, 6.0]))  # the entry without a kink may be
    assert beyond_the_kink(KEY, truth, single, np.array([1.5, 6.0]))
    assert beyond_the_kink(KEY, truth, single, np.array([1.5, 5.0]))


@pytest.mark.parametrize(("error", "true", "digits"), [
    (0.0, 1.0, 16.0), (1e-3, 1.0, 3.0), (1e-3, -10.0, 4.0), (10.0, 1.0, 0.0), (1e-20, 1.0, 16.0), (1.0, 0.0, 0.0),
])  # fmt: skip
def test_digits_lie_between_none_and_sixteen(error, true, digits):
    assert significant_digits(error, true) == pytest.approx(digits)


def test_every_verdict_has_its_sentence():
    match = (
        "every entry is as near to the derivative as rounding allows; the least near is dW1[0], 0.0e+00 off, where rounding "
        "explains up to 5.0e-01"
    )
    assert check_of([1.0], [1.0], 0.5).message == match
    kink = "each entry, looked at by itself, is right for a choice of subgradient in [0, 1]"
    assert check_of([0.5, 4.0], [0.0, 4.0], 0.1, lowest=[-1, 4], highest=[2, 4]).message == kink
    none = "how far rounding may move dW1[0] at this point is not known: numbers on the way to it overflow"
    assert check_of([0.5], [0.0], np.inf).message == none


def test_a_true_entry_without_a_kink_has_evidence_and_its_distance_counts_beside_a_kinked_one():
    assert check_of([0.5, 4.0], [0.0, 4.0], 0.1, lowest=[-1, 4], highest=[2, 4]).evidence is None
    assert check_of([0.5, 4.5], [0.0, 4.0], 0.1, lowest=[-1, 4], highest=[2, 4]).max_error == 0.5
    assert check_of([1.5], [1.0], 0.1, lowest=1.5, highest=1.5).max_error == 0.5  # equal ends are no kink


def test_of_many_entries_only_those_beyond_their_room_are_wrong_together():
    parts = ({KEY: np.array([[0.0, 0.0, 5.0], [1.0, 1.0, 5.0]])},)
    truth = known([0.0, 0.0, 5.0], 0.01, lowest=[0, 0, 5], highest=[1, 1, 5], kinks=Kinks(("here",), parts))
    check = judge(truth, {KEY: np.array([0.25, 0.75, 5.0])})[KEY]
    assert check.verdict is Verdict.MISMATCH and check.wrong == 2
    near = judge(truth, {KEY: np.array([0.5, 0.5 + 3.5 * VERTEX_ROUNDING * 0.01, 5.0])})[KEY]  # 1.75 times the room each
    assert near.verdict is Verdict.MISMATCH and near.wrong == 2


def test_an_entry_without_error_is_not_the_worst():
    check = check_of([1.0, 2.25], [1.0, 2.0], [0.0, 0.5])  # 0 / 0 is taken for nothing
    assert check.worst.index == (1,) and check.max_error == 0.25


def test_every_entry_must_scatter_and_one_that_stays_is_enough():
    wide, narrow = np.array([[1.0], [-1.0], [0.5]]), np.array([[1.0], [1.01], [0.995]])
    assert not scatters(np.hstack([wide, narrow])) and not scatters(narrow)
    far = np.array([[100.0], [101.0], [99.0]])  # the size is the largest: 2 of 101 is not a fiftieth
    assert not scatters(far - 0.0) and not stays(far)
    assert not stays(np.array([[1e-9], [1.0], [1.0]]))
    from_small = np.array([[1.0], [1.0 + 0.99e-4], [1.0]])
    assert stays(from_small)
    assert surely_scatters(np.array([[1.0], [-1.0], [1.0], [-1.0], [0.5]]))
    assert not surely_scatters(np.array([[1.0], [-1.0], [1.0]]))


def test_single_precision_must_explain_every_entry():
    check = check_of([1.25, 1.25], [1.0, 1.0], 1e-16)
    some = replace(check, worst=replace(check.worst, error=1e-5, expected=1.0))
    assert lost_digits(some, known([1.0, 1.0], [1.0, 0.1]), np.array([1.25, 1.25])).id == "unstable-formula"
    nine = replace(check, worst=replace(check.worst, error=1e-9, expected=1.0))
    assert lost_digits(nine, known([1.0, 1.0], 1.0), np.array([1.25, 1.25])).id == "unstable-formula"
    two = replace(check, worst=replace(check.worst, error=1e-2, expected=1.0))
    assert lost_digits(two, None, np.array([1.25, 1.25])).verdict is Verdict.INACCURATE
    value = 0.5 + 2.0**-13
    truth, single = known([value + 0.01] * 2, 0.0), known([value + 0.01] * 2, [0.011, 0.001])
    assert short_format(KEY, truth, single, np.array([value] * 2)) is None


def test_numbers_are_long_where_at_least_half_of_them_have_more_digits():
    short, long = 0.75, 0.75 + 2.0**-9
    assert not _are_long(np.array([short]), 6) and _are_long(np.array([long]), 6)
    assert _are_long(np.array([short, long]), 6) and not _are_long(np.array([short, short, long]), 6)
    assert _are_long(np.zeros(0), 6)
    seven = 0.5 + 2.0**-7  # the seventh digit, and the last, is a one
    assert _are_long(np.array([seven]), 6) and not _are_long(np.array([seven]), 7)
    assert not _are_long(np.array([3.0, -3.0]), 6)


def test_numbers_of_a_shorter_format_are_cast_if_rounding_to_it_explains_them():
    third = float(np.float16(1 / 3))
    eps = 2.0**-10
    for true, explained in ((1 / 3, True), (third / (1 + 0.9 * eps), True), (third / (1 + 1.2 * eps), False)):
        assert is_cast(KEY, known([true], 0.0), np.array([third]), np.float16) is explained
    assert not is_cast(KEY, known([1 / 3], 0.0), np.array([1 / 3]), np.float16)
    assert not is_cast(KEY, known([1 / 3, 1.0], 0.0), np.array([third, 1.0 + 2.0**-12]), np.float16)
    assert not is_cast(KEY, known([1 / 3, 2.0], 0.0), np.array([third, 1.0]), np.float16)
    tiny = 2.0**-24  # the smallest number that float16 holds
    assert is_cast(KEY, known([0.0], 0.0), np.array([tiny]), np.float16)
    assert not is_cast(KEY, known([0.0], 0.0), np.array([2 * tiny]), np.float16)
    assert is_cast(KEY, known([0.0], tiny), np.array([2 * tiny]), np.float16)
    assert not is_cast(KEY, known([1e300], 0.0), np.array([1e300]), np.float16)


def test_the_format_is_told_by_numbers_that_are_long_enough_for_it():
    # A number of seven binary digits is long enough for float16, one of thirteen for float32.
    seven, thirteen, twelve = 0.5 + 2.0**-7, 0.5 + 2.0**-13, 0.5 + 2.0**-12
    near = known([seven * (1 + 2.0**-12)], 0.0)
    assert short_format(KEY, near, near, np.array([seven])) == "float16"
    six = 0.5 + 2.0**-6
    assert short_format(KEY, known([six * (1 + 2.0**-12)], 0.0), known([six], 0.0), np.array([six])) is None
    for value, found in ((thirteen, "float32"), (twelve, None)):
        truth, single = known([value + 0.01], 0.0), known([value + 0.01], 0.011)
        assert short_format(KEY, truth, single, np.array([value])) == found
        assert short_format(KEY, truth, truth, np.array([value])) is None  # not as far off as float32 allows
    values = np.array([thirteen, 1.0, 2.0])  # those that are right do not count
    truth, single = known([thirteen + 0.01, 1.0, 2.0], 0.0), known([thirteen + 0.01, 1.0, 2.0], 0.011)
    assert short_format(KEY, truth, single, values) == "float32"
    assert short_format(KEY, truth, single, values + np.array([0, 2.0**-40, 0])) is None


def test_lost_digits_have_a_verdict_and_an_id_each():
    check = check_of([1.25], [1.0], 1e-16)
    few = replace(check, worst=replace(check.worst, error=0.05, expected=1.0))
    some = replace(check, worst=replace(check.worst, error=1e-5, expected=1.0))
    wide, narrow = known([1.0], 1.0), known([1.0], 0.1)
    told = lost_digits(some, wide, np.array([1.25]))
    assert (told.verdict, told.id) == (Verdict.INACCURATE, "float32-precision")
    assert "5 digits are left, as many as float32 holds" in told.message
    assert lost_digits(some, narrow, np.array([1.25])).id == "unstable-formula"
    assert lost_digits(few, narrow, np.array([1.25])).verdict is Verdict.INCONCLUSIVE
    seen = lost_digits(few, None, np.array([1.25]), seen=True)
    assert (seen.verdict, seen.id) == (Verdict.INACCURATE, "unstable-formula")
    assert "1 digits are left in the worst entry" in seen.message
