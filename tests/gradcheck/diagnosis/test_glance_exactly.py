"""Each hypothesis about a wrong gradient at its boundaries: how far off is still that, and which numbers are told."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from gradcheck.diagnosis.glance import FixedHypothesis, Glance, Part, Sight, formula, within
from gradcheck.diagnosis.glance_factor import OpenFactor, factor_of, known_sizes, told_factor
from gradcheck.diagnosis.glance_hypotheses import (
    _axis,
    _listed,
    _order,
    _signed,
    about_x,
    candidates,
    clipped,
    constant_added,
    entrywise,
    normalised,
    one_factor,
    one_place,
    other_side,
    rearranged,
    summed,
    transposed,
    zeros,
)
from gradcheck.functions.glancing import (
    _first,
    _glance,
    _grouped,
    _is_known,
    _joined,
    _Proposal,
    _proposals,
    _swapped,
    arrays_of,
)
from gradcheck.judge.judge import judge_quantity
from tests.gradcheck.judge.test_judge_exactly import known

TRUE = np.array([2.0, -3.0, 5.0])


def part(claimed, true=TRUE, allowed=0.0, x=None, outputs=0, name="x"):
    claimed, true = np.array(claimed, dtype=float), np.array(true, dtype=float)
    x = np.array([1.0, 4.0, -2.0]) if x is None else np.array(x, dtype=float)
    return Part(name, claimed, true, np.broadcast_to(np.array(allowed, dtype=float), true.shape), x, outputs)


def told(hypothesis, seen, matrices=()):
    """What a hypothesis says of a part of which it holds."""
    return [one.told for one in hypothesis(seen, dict(matrices)) if one.holds(seen)]


def test_a_prediction_is_what_came_within_its_room_and_in_its_shape():
    assert within(part([2.5, -3.0, 5.0], allowed=0.25), TRUE, 0.25) and not within(part([2.5, -3.0, 5.0], allowed=0.25), TRUE)
    assert not within(part([2.0, -3.0, 5.5], allowed=0.25), TRUE) and not within(part(TRUE), TRUE[:1])
    twice = formula(Sight.SQUARE, lambda p: 2 * p.true, "is twice")
    assert twice.holds(part(2 * TRUE * (1 + 2.0**-51))) and not twice.holds(part(2 * TRUE * (1 + 2.0**-49)))


def test_a_glance_as_data():
    seen = Glance(Sight.FACTOR, ("a", "b"), "why", 2.0, False)
    assert seen.to_dict() == {"id": "one-factor", "leaves": ["a", "b"], "message": "why", "factor": 2.0, "confirmed": False}


def test_only_nothing_at_all_is_zeros():
    assert told(zeros, part([0, 0, 0])) == ["is 0 everywhere: is it assigned at all?"]
    assert told(zeros, part([0, 0, 1])) == []


def factor(claimed, true=TRUE, allowed=0.0):
    claimed, true = np.array(claimed, dtype=float), np.array(true, dtype=float)
    return factor_of(claimed, true, np.broadcast_to(np.array(allowed, dtype=float), true.shape))


def test_a_factor_is_that_of_the_entry_which_determines_it_best():
    assert factor([4.0, -6.0, 10.0]) == OpenFactor(2.0, 0.0, Fraction(2))
    assert factor(TRUE) is None and factor([0.0, 0.0, 0.0]) is None and factor([np.inf] * 3) is None
    assert factor([2.0, 9.0], [1.0, 3.0], [1e-9, 1e-12]).value == 3.0  # 3e12 to 1e9
    assert factor([2.0], [1.0], [0.125]) is None and factor([3.0], [1.0], [0.124]) is not None  # 8 times the room
    assert factor([], []) is None and factor([1.0], [0.0]) is None
    assert factor([1.0, 6.0], [0.0, 2.0], [0.5, 0.0]).value == 3.0


def test_a_fraction_is_told_where_no_chance_leads_to_it():
    assert factor([1 / 3], [1.0], [1e-9]).fraction == Fraction(1, 3)
    assert factor([1 / 3 + 3e-9], [1.0], [1e-9]).fraction is None
    # 2 in 7 with room 1.29 (1 + 2/7) r: 49 times the room is below 0.01 or not
    for room, fraction in ((1.5e-4, Fraction(2, 7)), (1.7e-4, None)):
        assert factor([2 / 7], [1.0], [room]).fraction == fraction
    open = factor([np.pi], [1.0], [1e-9])
    assert open.value == np.pi and open.open == pytest.approx((1 + np.pi) * 1e-9, rel=1e-5)
    negative = factor([-2 * np.pi], [2.0], [1e-9])
    assert negative.open == pytest.approx((1 + np.pi) * 1e-9 / 2, rel=1e-5)
    assert factor([np.pi], [1.0]).open == pytest.approx(2.0**-50 * np.pi)
    assert factor([1.001], [1.0]).fraction == Fraction(1001, 1000)
    assert factor([1 + 1 / 1001], [1.0]).fraction is None


def test_a_length_is_told_by_what_has_it():
    X, y, T = np.zeros((7, 3)), np.zeros(5), np.zeros((2, 4, 6))
    assert known_sizes({"X": X, "y": y, "T": T}, np.zeros(11)) == {
        7: "the number of rows of X",
        5: "the number of entries of y",
        11: "the number of entries of x",
        3: "the length of axis 1 of X",
        4: "the length of axis 1 of T",
        6: "the length of axis 2 of T",
        21: "the number of entries of X",
        48: "the number of entries of T",
    }
    assert known_sizes({}, np.zeros((3, 2))) == {3: "the number of rows of x", 6: "the number of entries of x"}
    assert known_sizes({"Q": np.zeros((3, 1, 2))}, np.zeros(3)) == {
        3: "the number of entries of x", 6: "the number of entries of Q"
    }  # fmt: skip


SIZES = {8: "the number of rows of X"}


@pytest.mark.parametrize(("fraction", "expected"), [
    (Fraction(-1), "has the opposite sign in every entry: y - a for a - y, or a derivative to climb along?"),
    (Fraction(2), "is 2 times the derivative in every entry: does the cost have a factor 1/2?"),
    (Fraction(-2), "is -2 times the derivative in every entry: does the cost have a factor 1/2?"),
    (Fraction(1, 2), "is 1/2 times the derivative in every entry: is the 2 of a square missing?"),
    (Fraction(8), "is 8 times the derivative in every entry: 8 is the number of rows of X; is the division by it forgotten?"),
    (Fraction(1, 8), "is 1/8 times the derivative in every entry: 8 is the number of rows of X; is it divided by it once too "
                     "often?"),
    (Fraction(3, 8), "is 3/8 times the derivative in every entry"),
    (Fraction(8, 3), "is 8/3 times the derivative in every entry"),
    (Fraction(9), "is 9 times the derivative in every entry"),
    (None, "is 3.14159 times the derivative in every entry"),
])  # fmt: skip
def test_a_factor_in_words(fraction, expected):
    value = np.pi if fraction is None else float(fraction)
    assert told_factor(OpenFactor(value, 0.0, fraction), SIZES) == expected


def test_a_factor_holds_as_far_as_its_own_room_goes():
    (three,) = one_factor(part([6.0, -9.0, 15.0], allowed=1e-9), {})
    assert (three.id, three.factor) == (Sight.FACTOR, 3.0)
    near = lambda off: part([6.0, -9.0 + off, 15.0], allowed=1e-9)
    assert three.holds(near(2.9e-9)) and not three.holds(near(3.1e-9))  # what it came with and twice as much for the factor
    (half,) = one_factor(part([1.0, -1.5, 2.5], allowed=1e-9), {})
    assert half.holds(part([1.0, -1.5 + 0.9e-9, 2.5], allowed=1e-9))
    assert not half.holds(part([1.0, -1.5 + 1.1e-9, 2.5], allowed=1e-9))
    (sign,) = one_factor(part(-TRUE), {})
    assert (sign.id, sign.factor) == (Sight.SIGN, -1.0)
    exact = part([6.0, -9.0 * (1 + 2.0**-51), 15.0])
    assert three.holds(exact) and not three.holds(part([6.0, -9.0 * (1 + 2.0**-48), 15.0]))
    (pi,) = one_factor(part(np.pi * TRUE, allowed=1e-9), {})
    room = 1e-9 * (np.pi - 1) + 1e-9 * (1 + np.pi) / 5 * 3
    assert pi.holds(part(np.pi * TRUE + [0, 1e-9 + 0.98 * room, 0], allowed=1e-9))
    assert not pi.holds(part(np.pi * TRUE + [0, 1e-9 + 1.02 * room, 0], allowed=1e-9))


SQUARE = np.array([[1.0, 2.0], [5.0, 7.0]])


def test_the_last_two_axes_may_be_exchanged():
    assert told(transposed, part(SQUARE.T, SQUARE, x=SQUARE)) == ["is the transpose of the derivative"]
    assert told(transposed, part(SQUARE.T, SQUARE, x=[1, 2], outputs=1)) == ["is the transpose of the derivative"]
    assert told(transposed, part(SQUARE.T, SQUARE, x=[1, 2])) == []
    assert told(transposed, part(TRUE)) == [] == told(transposed, part(np.ones((2, 3)), np.ones((2, 3)), x=np.ones((2, 3))))
    block = np.arange(12.0).reshape(3, 2, 2)
    assert told(transposed, part(np.swapaxes(block, 1, 2), block, x=block)) == ["is the transpose of the derivative"]
    allowed = np.array([[0.0, 0.5], [0.0, 0.0]])  # moves with the entry, and counts where it stands, too
    for place, off, holds in (((1, 0), 0.5, True), ((1, 0), 0.51, False), ((0, 1), 0.5, True), ((0, 0), 0.1, False)):
        claimed = SQUARE.T.copy()
        claimed[place] += off
        (seen,) = transposed(Part("x", claimed, SQUARE, allowed, SQUARE), {})
        assert seen.holds(Part("x", claimed, SQUARE, allowed, SQUARE)) is holds


LONG = 10.0 ** np.arange(20)


@pytest.mark.parametrize(("by", "seen"), [(1, 1), (2, 2), (8, 8), (9, None), (10, None), (11, None), (12, -8), (19, -1)])
def test_entries_may_have_moved_on_by_up_to_eight(by, seen):
    words = told(rearranged, part(np.roll(LONG, by), LONG))
    assert words == ([] if seen is None else [f"is the derivative moved on by {seen}"]) + words[int(seen is not None):]
    assert any("another order" in word for word in words)


def test_the_two_ways_around_meet_in_the_middle():
    four = np.array([1.0, 10.0, 100.0, 1000.0])
    assert told(rearranged, part(np.roll(four, 2), four))[0] == "is the derivative moved on by 2"
    assert told(rearranged, part(np.roll(four, 3), four))[0] == "is the derivative moved on by -1"
    assert told(rearranged, part([10.0, 1.0], [1.0, 10.0])) == ["is the derivative in reverse order"]
    assert told(rearranged, part(four[::-1], four))[0] == "is the derivative in reverse order"
    assert told(rearranged, part([[3.0]], [[3.0]])) == []


def test_axes_are_named_as_rows_and_columns_or_by_number():
    matrix, block, wide = np.zeros((2, 3)), np.zeros((2, 3, 4)), np.zeros((5, 2, 3))
    assert [_axis(part(matrix, matrix), axis) for axis in (0, 1)] == [" of the rows", " of the columns"]
    assert [_axis(part(block, block), axis) for axis in (0, 2)] == [" along axis 0", " along axis 2"]
    assert [_axis(part(wide, wide, outputs=1), axis) for axis in (1, 2)] == [" of the rows", " of the columns"]
    assert _axis(part(matrix, matrix, outputs=1), 1) == "" == _axis(part(TRUE), 0)
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert told(rearranged, part(rows[::-1], rows)) == ["is the derivative in reverse order of the rows"]
    assert told(rearranged, part(rows[:, ::-1], rows)) == ["is the derivative in reverse order of the columns"]
    assert told(rearranged, part(rows[::-1], rows, outputs=1)) == []  # the outputs' own axis is not moved


def test_an_order_is_told_where_there_is_exactly_one():
    assert _order(part([5.0, 2.0, -3.0]), 0).tolist() == [2, 0, 1]
    assert _order(part(TRUE), 0) is None and _order(part([2.0, 2.0, 5.0], [2.0, 2.0, 5.0]), 0) is None
    assert _order(part([1.0, 2.0], [2.0, 1.0]), 0) is None  # two are in reverse
    assert _order(part([5.0, 2.0, 0.0]), 0) is None and _order(part([5.0, 5.0, 2.0]), 0) is None
    for n, found in ((64, True), (65, False)):
        assert (_order(part(np.roll(np.arange(n), 20), np.arange(n)), 0) is not None) is found
    rows = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert _order(part(rows[:, [1, 0, 2]], rows), 1).tolist() == [1, 0, 2]
    assert _order(part([5.75, 2.0, -3.0], allowed=0.375), 0).tolist() == [2, 0, 1]  # the room of both
    assert _order(part([5.8, 2.0, -3.0], allowed=0.375), 0) is None
    assert told(rearranged, part([-3.0, 2.0, 5.0])) == ["is the derivative in another order of the entries: [1, 0, 2]"]
    assert _listed(np.arange(8)) == "[0, 1, 2, 3, 4, 5, 6, 7]" and _listed(np.arange(9)) == "[0, 1, 2, 3, 4, 5, 6, 7, ...]"


def test_a_constant_is_that_of_the_entry_with_the_least_room():
    seen = part([2.5, -2.5, 5.5])
    (one,) = constant_added(seen, {})
    assert one.holds(seen) and one.factor == 0.5 and one.told == "is the derivative + 0.5 in every entry"
    (two,) = constant_added(part([2.0 + 0.25, -3.0 + 0.5], [2.0, -3.0], [0.25, 0.125]), {})
    assert two.factor == 0.5 and two.holds(part([2.0 + 0.125, -2.5], [2.0, -3.0], [0.25, 0.125]))
    assert not two.holds(part([2.0 + 0.12, -2.5], [2.0, -3.0], [0.25, 0.125]))
    assert list(constant_added(part([3.0], [2.0]), {})) == [] and len(list(constant_added(part([3, 3], [2, 2]), {}))) == 1
    assert (_signed(0.25), _signed(-0.25), _signed(0.0)) == ("+ 0.25", "- 0.25", "+ 0")


def test_a_multiple_of_x_or_a_step_from_it():
    x = np.array([1.0, 4.0, -2.0])
    assert "is the derivative + 0.5 x: is the derivative of a penalty forgotten, doubled or scaled?" in told(
        about_x, part(TRUE + 0.5 * x)
    )
    assert "is x - 0.1 times the derivative: is the updated x returned?" in told(about_x, part(x - 0.1 * TRUE))
    assert told(about_x, part(TRUE + np.array([0.5, 2.0, 1.0]))) == []
    assert told(about_x, part(TRUE, x=[0, 0, 0])) == [] and told(about_x, part(TRUE + 1, x=[1.0])) == []
    pi = part(TRUE + np.pi * x, allowed=1e-9)
    assert told(about_x, pi) and pi.x is not x
    room = (1 + np.pi) * 1e-9 / 4  # of the factor, from the entry where x is 4
    first = next(iter(about_x(pi, {})))
    assert first.holds(part(TRUE + np.pi * x - [0, 0, 1e-9 + 1.9 * room], allowed=1e-9))
    assert not first.holds(part(TRUE + np.pi * x - [0, 0, 1e-9 + 2.1 * room], allowed=1e-9))
    step = part(x + np.pi * TRUE, allowed=1e-9)
    second = list(about_x(step, {}))[-1]
    assert (second.id, second.factor) == (Sight.UPDATED, pytest.approx(np.pi))
    room = (1 + np.pi) * 1e-9 / 5
    assert second.holds(part(step.claimed + np.array([0, 1e-9 + 2.9 * room, 0]), allowed=1e-9))
    assert not second.holds(part(step.claimed + np.array([0, 1e-9 + 3.1 * room, 0]), allowed=1e-9))
    large = 2.0**20 * np.array([1.0, 4.0, -2.0])
    rounded = part(large + 0.5 * TRUE + [0, 2.0**-31, 0], x=large)  # 2^-51 of x is 2^-29
    (half,) = (one for one in about_x(part(large + 0.5 * TRUE, x=large), {}) if one.id is Sight.UPDATED)
    assert half.factor == 0.5 and half.holds(rounded)
    assert not half.holds(part(large + 0.5 * TRUE + [0, 2.0**-28, 0], x=large))


def test_numbers_may_be_cut_off_at_either_end_or_both():
    assert told(clipped, part([2.0, -3.0, 2.5])) == ["is the derivative clipped to at most 2.5"]
    assert told(clipped, part([2.0, -1.0, 5.0])) == ["is the derivative clipped to at least -1"]
    assert told(clipped, part([2.0, -3.0, 4.0]))[0] == "is the derivative clipped to at most 4"
    assert told(clipped, part([2.0, -1.0, 4.0])) == ["is the derivative clipped to [-1, 4]"]
    assert told(clipped, part([2.0, -3.0, 3.0])) == [
        "is the derivative clipped to at most 3", "is the derivative clipped to [-3, 3]",
    ]  # fmt: skip
    assert told(clipped, part([1.0, -1.0, 1.0], [1.0, -3.0, 1.0])) == [
        "is the derivative clipped to at least -1", "is the derivative clipped to [-1, 1]",
    ]  # fmt: skip
    assert told(clipped, part(TRUE)) == [] and list(clipped(part([3.0, 3.0, 3.0]), {})) == []
    assert list(clipped(part(TRUE), {})) == []
    assert told(clipped, part([2.0, 0.0, 5.0])) == ["is the derivative clipped to at least 0"]
    assert len(list(clipped(part([2.0, 0.0, 5.0]), {}))) == 1  # no interval from 0 to 0
    assert [one.factor for one in clipped(part([2.0, -1.0, 4.0]), {})] == [4.0]
    assert [one.factor for one in clipped(part([2.0, -1.0, 5.0]), {})] == [-1.0, 1.0]
    assert list(clipped(part([2.0, -3.0, 4.5], allowed=0.5), {})) == []  # that is rounding
    assert list(clipped(part([2.0, -2.5, 5.0], allowed=0.5), {})) == []


def test_a_function_of_each_entry():
    signs = part([1.0, -1.0, 1.0])
    assert told(entrywise, signs) == ["holds the signs of the derivative alone"]
    assert told(entrywise, part([0.5, -0.5, 0.5])) == ["holds the signs of the derivative alone times 0.5"]
    assert told(entrywise, part([0.5, 0.0, 0.5], [2.0, 0.1, 5.0], [0, 0.1, 0])) == [
        "holds the signs of the derivative alone times 0.5"
    ]
    assert told(entrywise, part([0.0, 0.0, 0.0])) == []
    assert told(entrywise, part([2.0, 3.0, 5.0])) == ["is the absolute value of the derivative"]
    assert told(entrywise, part([4.0, 9.0, 25.0])) == ["is the square of the derivative, entry by entry"]
    square = next(one for one in entrywise(part(TRUE), {}) if one.id is Sight.SQUARE)
    assert square.holds(part([4.0, 9.0 * (1 + 2.0**-51), 25.0])) and not square.holds(part([4.0, 9.0 * (1 + 2.0**-49), 25.0]))
    assert square.holds(part([4.0, 9.0 + 6.9e-3, 25.0], allowed=1e-3))  # 2 * 3 + 1 times the room
    assert not square.holds(part([4.0, 9.0 + 7.1e-3, 25.0], allowed=1e-3))


def test_a_norm_that_is_the_same_everywhere():
    true = np.array([3.0, -4.0])
    seen = part([0.6, -0.8], true, x=[1, 2])
    (one,) = normalised(seen, {})
    assert one.holds(seen) and one.factor == 1.0 and "always the norm 1:" in one.told
    assert one.holds(part([-0.8, 0.6], [-40.0, 30.0])) and not one.holds(part([3.0, -4.0], true))
    assert not one.holds(part([0.6, -0.8], [0.0, 0.0]))
    assert list(normalised(part([2.0], [1.0]), {})) == [] and list(normalised(part([0.0, 0.0], true), {})) == []
    assert list(normalised(part([1.0, 1.0], [0.0, 0.0]), {})) == []
    # scale 1/5: 1.2 (r + |true| sqrt(2) r / 5), and the budget of the part itself
    r = 1e-6
    room = 1.2 * (r + 4 * np.sqrt(2) * r / 5) + r
    assert one.holds(part([0.6, -0.8 - 0.99 * room], true, r)) and not one.holds(part([0.6, -0.8 - 1.01 * room], true, r))
    assert one.holds(part([0.6, -0.8 * (1 + 2.0**-50)], true)) and not one.holds(part([0.6, -0.8 * (1 + 2.0**-47)], true))


def test_sums_and_means_spread_out_again():
    block = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])
    spread = lambda take, axis: np.broadcast_to(take(block, axis=axis, keepdims=True), block.shape)
    for word, take in (("sum", np.sum), ("mean", np.mean)):
        for axis, over in (
            (0, "axis 0, the same everywhere along it"),
            (1, "axis 1, the same everywhere along it"),
            (None, "all entries, the same everywhere"),
        ):
            expected = f"is the {word} of the derivative over {over}"
            assert told(summed, part(spread(take, axis), block)) == [expected]
    assert told(summed, part([4.0] * 3)) == ["is the sum of the derivative over all entries, the same everywhere"]
    assert list(summed(part([4.0], [2.0]), {})) == [] and len(list(summed(part([[4.0], [5.0]], [[1.0], [2.0]]), {}))) == 4
    assert len(list(summed(part(block, block, outputs=1), {}))) == 2  # neither over outputs nor over all
    assert len(list(summed(part(np.ones((2, 2, 2)), np.ones((2, 2, 2)), outputs=1), {}))) == 4
    total = next(iter(summed(part([4.0] * 3, allowed=0.125), {})))
    assert total.holds(part([4.0, 4.0, 4.5], allowed=0.125)) and not total.holds(part([4.0, 4.0, 4.51], allowed=0.125))
    assert len(told(summed, part([[1.5, 1.5], [1.5, 1.5]], [[1.0, 2.0], [1.5, 1.5]]))) == 2  # along rows, and of all


MATRIX = np.array([[1.0, 2.0], [0.5, 3.0]])


def test_a_matrix_in_the_place_of_its_transpose():
    v, known_arrays = np.array([1.0, 10.0]), {"A": MATRIX}
    wrong, right = ["is the derivative with A in the place of A.T"], ["is the derivative with A.T in the place of A"]
    assert told(other_side, part(MATRIX @ v, MATRIX.T @ v), known_arrays) == 2 * wrong  # for one axis both sides are one
    assert told(other_side, part(MATRIX.T @ v, MATRIX @ v), known_arrays) == 2 * right
    M = np.array([[1.0, 2.0, 5.0], [0.0, 1.0, 7.0]])
    assert told(other_side, part(MATRIX @ M, MATRIX.T @ M), known_arrays) == wrong
    assert "is the derivative with A.T in the place of A" in told(other_side, part(M.T @ MATRIX, M.T @ MATRIX.T), known_arrays)
    assert "is the derivative with A in the place of A.T" in told(other_side, part(M.T @ MATRIX.T, M.T @ MATRIX), known_arrays)
    assert list(other_side(part(v, v, outputs=1), known_arrays)) == [] and list(other_side(part(TRUE), known_arrays)) == []
    assert list(other_side(part([1.0], [1.0]), {"A": np.ones((1, 1))})) == []
    for size, asked in ((256, True), (257, False)):
        assert bool(list(other_side(part(np.ones(size), np.ones(size)), {"A": np.eye(size)}))) is asked
    for condition, asked in ((0.9e8, True), (1.1e8, False)):
        assert bool(list(other_side(part(v, v), {"A": np.diag([1.0, 1 / condition])}))) is asked
    first = next(iter(other_side(part(MATRIX @ v, MATRIX.T @ v), known_arrays)))
    loss = np.abs(MATRIX) @ np.abs(np.linalg.inv(MATRIX.T))
    for share, holds in ((0.99, True), (1.01, False)):
        off = np.array([1e-6 + share * (loss @ np.full(2, 1e-6))[0], 0.0])
        assert first.holds(part(MATRIX @ v + off, MATRIX.T @ v, 1e-6)) is holds
    for size, holds in ((2.0**-50, True), (2.0**-40, False)):  # its own rounding is 2^-48
        assert first.holds(part((MATRIX @ v) * (1 + size), MATRIX.T @ v)) is holds


THREE = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def changed(place, value, true=THREE):
    claimed = true.copy()
    claimed[place] = value
    return claimed


def test_one_row_or_one_column_may_be_wrong_or_right_alone():
    assert told(one_place, part(changed(1, 9.0), THREE)) == ["is wrong in row 1 alone"]
    assert told(one_place, part(changed(2, 0.0), THREE)) == ["is 0 in row 2, and right elsewhere: is a part never written?"]
    assert told(one_place, part(changed([0, 2], 9.0), THREE)) == ["is right in row 1 alone"]
    assert told(one_place, part(changed([0, 2], 0.0), THREE)) == [
        "is right in row 1 alone, and 0 elsewhere: is a part never written?"
    ]
    assert told(one_place, part(changed((slice(None), 1), 9.0, THREE.T.copy()), THREE.T)) == ["is wrong in column 1 alone"]
    assert told(one_place, part(changed((slice(None), 1), 9.0), THREE)) == []  # of two columns either is that
    assert told(one_place, part([2.0, 9.0, 5.0])) == []  # the judge names one wrong entry
    assert told(one_place, part([2.0, 0.0, 5.0])) == ["is 0 in entry 1, and right elsewhere: is a part never written?"]
    assert told(one_place, part([9.0, -3.0, 9.0])) == ["is right in entry 1 alone"]
    assert told(one_place, part([[9.0]], [[1.0]])) == [] and told(one_place, part([9.0, 9.0], [1.0, 2.0])) == []
    block = np.arange(1.0, 28).reshape(3, 3, 3)
    assert told(one_place, part(changed((slice(None), 1), 99.0, block), block)) == ["is wrong in axis 1, place 1 alone"]
    assert told(one_place, part(changed(1, 99.0, block), block, outputs=1)) == []
    assert told(one_place, part(changed((slice(None), 2), 99.0, block), block, outputs=1)) == ["is wrong in row 2 alone"]


def test_what_is_wrong_in_one_place_is_asked_again_elsewhere():
    (wrong,) = one_place(part(changed(1, 9.0), THREE), {})
    assert wrong.holds(part(changed(1, 8.0), THREE)) and not wrong.holds(part(changed(0, 8.0), THREE))
    assert not wrong.holds(part(THREE, THREE)) and not wrong.holds(part(changed(slice(2), 8.0), THREE))
    (zero,) = one_place(part(changed(1, 0.0), THREE), {})
    assert zero.holds(part(changed(1, 0.0), THREE)) and not zero.holds(part(changed(1, 7.0), THREE))
    (right,) = one_place(part(changed([0, 2], 9.0), THREE), {})
    assert right.holds(part(changed([0, 2], 8.0), THREE)) and not right.holds(part(changed([0, 1], 8.0), THREE))
    (alone,) = one_place(part(changed([0, 2], 0.0), THREE), {})
    assert alone.holds(part(changed([0, 2], 0.0), THREE)) and not alone.holds(part(changed([0, 2], [[0.0], [1.0]]), THREE))
    assert (wrong.id, zero.id, right.id, alone.id) == (
        Sight.PART_WRONG, Sight.PART_ZERO, Sight.PART_WRONG, Sight.PART_ZERO,
    )  # fmt: skip


def test_the_simpler_hypothesis_comes_first():
    order = [one.id for one in candidates(part([0.0, 0.0, 0.0]), {})]
    assert order[0] is Sight.ZEROS
    assert next(one.id for one in candidates(part(-TRUE), {})) is Sight.SIGN
    assert candidates(part([1.0, 77.0, -5.0]), {}) == []


def test_parts_are_looked_at_where_their_truth_is_sharp_enough():
    check = lambda allowed, true=2.0: judge_quantity("W1", known([true, 0.5], [allowed, 0.0]), np.array([9.0, 9.0]))
    assert _is_known(check(2e-3)) and not _is_known(check(2.1e-3))
    for kind, number in (("allowed", np.inf), ("expected", np.inf), ("expected", np.nan)):
        assert not _is_known(replace(check(0.0), evidence=replace(check(0.0).evidence, **{kind: np.array([number, 0.5])})))
    assert not _is_known(replace(check(0.0), evidence=None))
    empty = judge_quantity("W1", known([], 0.0), np.zeros(0))
    assert _is_known(empty)


def test_two_parts_may_hold_each_other_and_all_parts_one_norm():
    a, b = part([2.0, 5.0], [1.0, 7.0], name="a", x=[1, 1]), part([1.0, 7.0], [2.0, 5.0], name="b", x=[1, 1])
    parts = {"a": a, "b": b}
    (one,) = _swapped("a", parts, ["a", "b"])
    assert one.of == "b" and one.candidate.told == "is the derivative by b: are the parts in another order?"
    assert _swapped("a", parts, ["a"]) == [] and _swapped("a", {"a": a, "b": part([1.0], [2.0])}, ["a", "b"]) == []
    near = {"a": part([2.25, 5.0], [1.0, 7.0], name="a"), "b": part([1.0, 7.0], [2.0, 5.0], 0.25, name="b")}
    assert _swapped("a", near, ["a", "b"]) and not _swapped("a", near | {"b": part([1.0, 7.0], [2.0, 5.0], 0.2)}, ["a", "b"])
    assert next(p.candidate.id for p in _proposals(parts, ["a", "b"], {})["a"]) is Sight.SWAPPED
    unit = {"a": part([0.6], [3.0], name="a", x=[1]), "b": part([0.8], [4.0], name="b", x=[1])}
    joint = [p for p in _proposals(unit, ["a", "b"], {})["a"] if p.joint]
    assert [p.candidate.id for p in joint] == [Sight.NORMALISED] and joint[0].joint == ("a", "b") and joint[0].holds(unit)
    assert not [p for p in _proposals(unit, ["a"], {}).get("a", []) if p.joint]
    more = {**unit, "c": part([9.0], [9.0], name="c", x=[1])}
    assert not [p for p in _proposals(more, ["a", "b"], {}).get("a", []) if p.joint]
    whole = _joined(list(unit.values()))
    assert whole.claimed.tolist() == [0.6, 0.8] and whole.true.tolist() == [3, 4] and whole.x.tolist() == [1, 1]
    assert _proposals({"a": part([1.0, 77.0, -5.0])}, ["a"], {}) == {}


def proposal(name="x", id=Sight.FACTOR, factor=2.0, holds=True):
    return _Proposal(name, FixedHypothesis(id, lambda _: holds, "is so", factor), name)


def test_a_cause_needs_a_second_point_or_more_than_one_entry():
    one, two = {"x": part([3.0], [2.0])}, {"x": part([3.0, 3.0], [2.0, 2.0])}
    assert _first([proposal()], two, None) is not None and _first([proposal()], one, None) is None
    wrong, right = {"x": part([3.0], [2.0])}, {"x": part([2.5], [2.0], 0.5)}
    assert _first([proposal()], one, wrong) is not None
    assert _first([proposal(holds=False)], one, wrong) is None
    assert _first([proposal()], one, right) is None  # right there: nothing is confirmed
    assert _first([proposal(holds=False), proposal(factor=3.0)], one, wrong).candidate.factor == 3.0


def test_parts_of_which_the_same_holds_are_told_once():
    a, b, c = proposal("a"), proposal("b"), proposal("c", factor=3.0)
    first, second = _grouped([a, b, c], confirmed=True)
    assert (first.leaves, first.message, first.factor) == (("a", "b"), "da is so; likewise db", 2.0)
    assert (second.leaves, second.message, second.confirmed) == (("c",), "dc is so", True)
    assert len(_grouped([proposal("a", Sight.CLIPPED), proposal("b", Sight.CLIPPED)], confirmed=True)) == 2
    assert _glance([a], False).message == "da is so (at this point)" and not _glance([a], False).confirmed
    assert _glance([a, proposal("b"), proposal("c")], True).message == "da is so; likewise db, dc"


def test_arrays_are_found_in_what_code_names():
    import functools

    matrix, labels, count = np.ones((2, 2)), np.array(["a"]), np.array(3.0)

    def inner(x):
        return matrix @ x

    def outer(x, scale=None):
        return inner(x), labels, count

    found = arrays_of([functools.partial(outer, scale=np.array([1, 2]))])
    assert sorted(found) == ["matrix", "scale"] and found["scale"].dtype == np.float64

    class Model:
        def __init__(self):
            self.weights, self.name = np.ones(3), "m"

        def loss(self, x):
            return x

    assert sorted(arrays_of([Model().loss])) == ["weights"]
    assert arrays_of([len, 3]) == {} and sorted(arrays_of([functools.partial(map, inner)])) == ["matrix"]

    def nested(depth):
        function = inner
        for _ in range(depth):
            function = (lambda inside: lambda x: inside(x))(function)
        return function

    assert "matrix" in arrays_of([nested(3)]) and "matrix" not in arrays_of([nested(4)])


def test_nothing_is_told_of_a_whole_by_one_of_its_entries():
    assert list(zeros(part([0, 0, 1]), {})) == []
    (none,) = zeros(part([0, 0, 0]), {})
    assert not none.holds(part([0, 0, 1])) and not none.holds(part([1, 0, 0]))
    # one factor: the entry that is determined best has a budget of exactly 0
    assert factor([3.0, 8.0], [1.0, 2.0], [0.0, 1e-300]).value in (3.0, 4.0)
    near_third = factor([1 / 3 + 2.0**-53], [1.0])
    assert near_third.fraction == Fraction(1, 3)
    large = factor([1e6 / 3 * (1 + 2.0**-51)], [1.0])
    assert large.fraction == Fraction(1000000, 3) and factor([1e-2 / 3 * (1 + 2.0**-51)], [1.0]).fraction == Fraction(1, 300)
    assert factor([1e-2 / 3 * (1 + 2.0**-47)], [1.0]).fraction is None


def test_a_permutation_fits_in_every_entry_of_a_slice():
    rows = np.array([[1.0, 2.0], [1.0, 3.0], [5.0, 2.0]])
    assert _order(part(rows[[2, 0, 1]], rows), 0).tolist() == [2, 0, 1]
    assert _order(part([[1.0, 9.0], [1.0, 3.0], [5.0, 2.0]], rows), 0) is None
    assert _order(part([2.0, 2.0, -3.0], [2.0, -3.0, 7.0]), 0) is None


@pytest.mark.parametrize(("n", "rolled"), [(3, 2), (9, 8), (10, 9), (17, 16), (20, 16), (1, 0), (2, 0)])
def test_how_many_moves_are_tried(n, rolled):
    found = [one for one in rearranged(part(np.arange(n), np.arange(n), x=np.zeros(n)), {}) if one.id is Sight.ROLLED]
    assert len(found) == rolled


def test_a_jacobian_of_a_vector_has_a_transpose_and_one_of_a_matrix_its_own():
    wide = np.arange(8.0).reshape(2, 2, 2)
    assert told(transposed, part(wide.swapaxes(-1, -2), wide, x=[1, 2], outputs=2)) == []
    assert told(transposed, part(wide.swapaxes(-1, -2), wide, x=np.ones((2, 2)), outputs=1)) == [
        "is the transpose of the derivative"
    ]
    assert list(transposed(part(np.ones((2, 3, 2)), np.ones((2, 3, 2)), x=np.ones((3, 2))), {})) == []


def test_x_counts_where_any_entry_of_it_is_not_zero_and_its_rounding_where_it_is_large():
    some = np.array([0.0, 4.0, 0.0])
    assert "is the derivative + 0.5 x: is the derivative of a penalty forgotten, doubled or scaled?" in told(
        about_x, part(TRUE + 0.5 * some, x=some)
    )
    large = 2.0**20 * np.array([1.0, 4.0, -2.0])
    third = [one for one in about_x(part(large + TRUE / 3, x=large), {}) if one.id is Sight.UPDATED]
    assert [one.factor for one in third] == [pytest.approx(1 / 3, rel=1e-8)]
    assert third[0].holds(part(large + TRUE / 3, x=large))


def test_rows_are_wrong_where_any_entry_of_them_is():
    assert told(one_place, part(changed((1, 0), 9.0), THREE)) == []  # one entry
    some = changed((1, 0), 9.0)
    some[1, 1] = 0.0
    assert told(one_place, part(some, THREE)) == ["is wrong in row 1 alone"]
    four = np.arange(1.0, 13).reshape(4, 3)
    partly = four.copy()
    partly[2, :2] = [0.0, 50.0]
    assert told(one_place, part(partly, four)) == ["is wrong in row 2 alone", "is right in column 2 alone"]
    row, _ = one_place(part(partly, four), {})
    assert row.holds(part(changed((2, 1), 77.0, four), four))
    assert told(one_place, part([[1.0, 9.0, 3.0], [4.0, 9.0, 6.0]], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])) == [
        "is wrong in column 1 alone"
    ]


def test_the_second_point_lies_an_eighth_away_at_most_and_is_of_the_same_kind():
    from gradcheck.functions.glancing import AWAY, CLEAR_CAUSE, MOST_ENTRIES_GLANCED, _second_point, look
    from gradcheck.functions.numbers.question import Question

    asked = []

    class Answered:
        def __init__(self, there):
            asked.append(there.x)
            self.quantities = []

    def second(x):
        question = Question(lambda x: 0.0, lambda x: x, x)
        _second_point(question, lambda there, claimed: Answered(there))
        return asked[-1]

    x = np.array([8.0, -8.0, 0.0, 0.5] * 8)
    near = second(x)
    size = np.where(x == 0, 1.0, np.abs(x))
    moved = np.abs(near - x) / size
    assert (AWAY, CLEAR_CAUSE, MOST_ENTRIES_GLANCED) == (0.125, 1e-3, 50_000)
    assert (moved >= 0.25 * AWAY).all() and (moved <= AWAY).all() and set(np.sign(near - x)) == {-1.0, 1.0}
    assert isinstance(second(2.0), float) and second(np.float32([1.0, 2.0])).dtype == np.float32
    assert look(Question(lambda x: 0.0, lambda x: x, x), [np.zeros(50_001)], [], None) == ()
