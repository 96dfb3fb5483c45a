"""What both sides of an undecided comparison give, and what its answers ask of a direction."""

from queue import SimpleQueue

import numpy as np
import pytest

from gradcheck.certified.code.reasons import Undecided
from gradcheck.certified.numbers.choices import (
    APART,
    GREATER,
    LESS,
    Choices,
    Key,
    Mode,
    Open,
    Pick,
    Split,
    Tie,
    hull,
    size,
    widen,
)
from gradcheck.certified.numbers.directions import entries_of, gradient_of_difference, sides_of_extreme, sides_of_pair
from gradcheck.functions.enclosed_gradient import certified_gradient
from symbolic.balls import Ball

ONE, OTHER = Key((1, 0.0), 1), Key((2, 0.0), 2)


def seen(look, x):
    """What ``look`` finds in the arrays of a run."""
    found = SimpleQueue()  # which a run does not put back

    def f(x):
        found.put(look(x))
        return np.sum(x * x)

    certified_gradient(f, np.array(x))
    return found.get_nowait()


@pytest.mark.parametrize("scale", [1e-6, 0.25, 1.0, 30.0])
def test_the_gradient_of_a_difference_has_length_1_whatever_its_size(scale):
    for other in (1.0, -0.5, 0.0):
        look = lambda x, other=other: gradient_of_difference(scale * x[0], other * scale * x[2])
        assert seen(look, [1.0, 2.0, 3.0]) == pytest.approx([1.0, 0.0, -other])
    assert seen(lambda x: gradient_of_difference(scale * x[1], scale * x[1]), [1.0, 2.0]) is None
    assert seen(lambda x: sides_of_pair(scale * x[0], x[0] * scale, swapped=False), [1.0, 2.0]) == [[], []]


def test_what_is_less_falls_and_what_is_largest_rises_above_each_other():
    for swapped, expected in ((False, [[-1.0, 0.5], [1.0, -0.5]]), (True, [[1.0, -0.5], [-1.0, 0.5]])):
        sides = seen(lambda x, swapped=swapped: sides_of_pair(x[0], 0.5 * x[1], swapped=swapped), [1.0, 2.0])
        assert np.array(sides)[:, 0] == pytest.approx(np.array(expected))
    for sign in (1, -1):
        asked = seen(lambda x, sign=sign: sides_of_extreme([x[0], x[1], 2 * x[1]], sign), [1.0, 2.0])
        assert sign * np.array(asked) == pytest.approx(
            np.array([[[1, -1], [0.5, -1]], [[-1, 1], [0, -1]], [[-0.5, 1], [0, 1]]])
        )
    assert seen(lambda x: entries_of((x[1], x[2])), [1.0, 2.0, 3.0]) == (1, 2)


def test_of_one_comparison_both_sides_are_kept_apart_and_of_two_they_are_not():
    a, b, c = Split(ONE, Ball(1), Ball(2)), Split(ONE, Ball(10), Ball(-3)), Split(OTHER, Ball(5), Ball(7))
    for split, less, greater in ((a + b, 11, -1), (a * b, 10, -6), (a + Ball(4), 5, 6), (Ball(4) * a, 4, 8)):
        assert (split.key, split.less, split.greater) == (ONE, less, greater)
    for ball, low, high in ((a + c, 6, 9), (a * c, 5, 14), (a.hull(), 1, 2), (hull(b), -3, 10)):
        assert ball.contains(low) and ball.contains(high)
        assert float(ball.mid()) == pytest.approx((low + high) / 2, abs=0.6) and float(ball.rad()) < (high - low) / 2 + 0.6
    assert (a.mixed((1.0, 0.0)), a.mixed((0.0, 1.0)), a.mixed((0.25, 0.75))) == (1, 2, 1.75)
    assert [Pick("any", k).mixed((0.25, 0.75)) for k in (0, 1)] == [0.25, 0.75]
    assert (size(b), size(Ball(-4)), hull(Ball(3))) == (pytest.approx(10), pytest.approx(4), 3)
    wide = widen(b, 0.5)
    assert wide.less.contains(9.6) and wide.greater.contains(-3.4) and not wide.less.contains(9.4) and wide.key == ONE
    assert widen(Ball(1), 0.5).contains(1.4)


def test_truth_values_of_one_comparison_are_combined_and_of_two_are_not():
    less, other = Open(ONE, True), Open(OTHER, True)
    assert ~less == Open(ONE, False) and ~~less == less
    assert (less & less, less & ~less, less & True, less & False, True & less) == (less, False, less, False, less)
    assert (less | less, less | ~less, less | True, less | False, False | less) == (less, True, True, less, less)
    assert (less | ~less) is True and (less & ~less) is False
    for use in (lambda: less & other, lambda: less | other, lambda: bool(less)):
        with pytest.raises(Undecided):
            use()


def test_a_choice_is_made_once_and_remembers_what_else_was_possible():
    row = np.array([1.0, 0.0])
    choices = Choices(Mode.FORCED)
    assert choices.choose(ONE, "max", lambda: [[row], [-row]]) == LESS and choices.trail[ONE] == (LESS, (GREATER,))
    assert choices.choose(ONE, "max", lambda: [[-row], [row]]) == LESS  # asked once
    assert choices.choose(OTHER, "max", lambda: [[-row], [row]]) == GREATER  # the other contradicts the first
    assert choices.trail[OTHER] == (GREATER, ())
    assert choices.choose("free", "max", lambda: [[], []]) == LESS and choices.trail["free"] == (LESS, (GREATER,))
    assert Choices(Mode.FORCED, {ONE: GREATER}).choose(ONE, "max", lambda: [[], []]) == GREATER
    with pytest.raises(Undecided, match="cannot be told apart"):
        Choices().choose(ONE, "max", lambda: [[], []])
    forced, hull = Mode.FORCED, Mode.HULL
    assert [Choices(mode, each).apart for mode, each in ((forced, {APART: 1}), (forced, {}), (hull, {APART: 1}))] == [
        True, False, False,
    ]  # fmt: skip


def test_a_tie_names_three_entries_and_only_the_first_ties_are_traced():
    names = ("a", "b", "c", "d", "e")
    assert str(Tie("max", 2, True, (0, 2)).named(names)) == "max (comparison 2 of the run; depends on a, c)"
    assert "depends on a, b, c and 2 more)" in str(Tie("max", 2, True, (0, 1, 2, 3, 4)).named(names))
    assert "depends on a, b, c)" in str(Tie("max", 2, True, (0, 1, 2)).named(names))
    choices = Choices()
    for _ in range(5):
        choices.asked += 1
        choices.note("max", exact=True, entries=lambda: (0, 1))
    assert [tie.entries for tie in choices.ties] == [(0, 1)] * 3 + [()] * 2
    assert [tie.occurrence for tie in choices.ties] == [1, 2, 3, 4, 5]
    middle = Choices(Mode.MIDPOINT)
    middle.note("max", exact=False, entries=lambda: (0, 1))
    assert middle.ties[0].entries == ()
    assert Choices(small={1e-6: {True, False}, 1e-3: {True}, 1e-9: {True, False}}).tolerance == 1e-6
