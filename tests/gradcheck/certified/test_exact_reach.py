"""What code keeps and reaches, views of arrays on balls, and when more bits are asked for: each boundary by itself."""

import numpy as np
import pytest

from gradcheck import certified_gradient
from gradcheck.certified.code.reach import _slots, reach
from gradcheck.certified.numbers.arrays import objects
from gradcheck.certified.numbers.elementary import RULES
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.replacements import kept as kept_module
from gradcheck.certified.replacements.kept import (
    _contents,
    _differ,
    _exchanged,
    _is_of_floats,
    _owner,
    arrays_as_balls,
    unchanged,
)
from gradcheck.certified.rounding import answered, entry_by_entry, running_error
from gradcheck.certified.witness import certify
from gradcheck.judge.subgradients import Linked
from symbolic.balls import Ball


def test_views_of_one_array_share_their_numbers_on_balls():
    whole = np.arange(12.0).reshape(3, 4)
    arrays = [whole, whole[1:], whole[:, ::2], whole.T, whole[::-1], whole[2:2], np.array([7.0, 8.0])]
    found = arrays_as_balls(arrays)
    assert len(found) == len(arrays)
    for array in arrays:
        kept, seen = found[id(array)]
        assert kept is array and seen.shape == array.shape
        assert [float(cell.ball) for cell in objects(seen).ravel()] == array.ravel().tolist()
        assert all(cell.node == CONSTANT for cell in objects(seen).ravel())
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    (_, seen), = arrays_as_balls([fortran]).values()
    assert [float(cell.ball) for cell in objects(seen).ravel()] == fortran.ravel().tolist()
    fixed = np.arange(3.0)
    fixed.flags.writeable = False
    (_, seen), = arrays_as_balls([fixed]).values()
    assert not seen.flags.writeable and found[id(whole)][1].flags.writeable


def test_only_whole_arrays_of_native_floats_become_balls(monkeypatch):
    floats, short = np.zeros(3), np.zeros(3, np.float32)
    assert _is_of_floats(floats, floats.dtype) and _is_of_floats(short, short.dtype) and not _is_of_floats(floats, short.dtype)
    for other in (np.zeros(3, int), np.zeros(3, ">f8"), np.zeros(3, complex)):
        assert not _is_of_floats(other, other.dtype) and arrays_as_balls([other]) == {}
    monkeypatch.setattr(kept_module, "MOST_CELLS", 5)
    small, large, medium = np.zeros(2), np.zeros(4), np.zeros(3)
    assert arrays_as_balls([large, medium, small]).keys() == {id(small), id(medium)}  # the smallest first, 5 in all
    view = np.zeros((4, 4))[1:, 1:]
    assert _owner(view).shape == (4, 4) and _owner(floats) is floats


def test_copies_are_kept_of_what_can_be_written_as_far_as_there_is_room(monkeypatch):
    one, two, fixed = np.zeros(1), np.zeros(2), np.zeros(1)
    fixed.flags.writeable = False
    monkeypatch.setattr(kept_module, "MOST_BYTES", 24)
    assert [array.size for array, _ in _contents([two, one])] == [1, 2]
    monkeypatch.setattr(kept_module, "MOST_BYTES", 23)
    assert [array.size for array, _ in _contents([two, one])] == [1] and _contents([fixed]) == ()


def test_contents_differ_by_their_keys_their_order_and_the_identity_of_values():
    a, b = [1], [1]
    assert not _differ({"x": a}, {"x": a}) and _differ({"x": a}, {"x": b}) and _differ({"y": a}, {"x": a})


def test_values_in_tuples_are_exchanged_and_others_left():
    from collections import namedtuple

    old, new, other = object(), object(), object()
    table = {id(old): (old, new)}
    assert _exchanged(old, table) is new and _exchanged(other, table) is other
    pair = (other, old)
    assert _exchanged(pair, table) == (other, new) and _exchanged((other, (old,)), table) == (other, (new,))
    same = (other, other)
    assert _exchanged(same, table) is same and _exchanged((), table) == ()
    Point = namedtuple("Point", "x y")
    moved = _exchanged(Point(old, other), table)
    assert type(moved) is Point and moved == (new, other)

    class Own(tuple):
        pass

    own = Own((old,))
    assert _exchanged(own, table) is own  # how it is made anew is not known
    assert _exchanged(other, {id(other): (old, new)}) is other  # another object that had this id


def test_what_functions_reach_is_put_back():
    box, array = {"k": 1}, np.arange(3.0)

    def f():
        box["k"] += 1
        array[0] = 9.0
        return box, array

    with unchanged(f):
        f()
        assert box["k"] == 2
    assert box == {"k": 1} and array.tolist() == [0, 1, 2]
    assert any(found is array for found in reach([f]).arrays)


def test_slots_are_named_but_for_those_of_python_itself():
    class One:
        __slots__ = "a"

    class Two:
        __slots__ = ("__weakref__", "a", "b")

    assert _slots(One) == ["a"] and _slots(Two) == ["a", "b"] and _slots(object) == []


def test_more_bits_are_asked_for_until_it_is_tight():
    cancels = lambda x: (1 + x[0] * 2.0**-300) - 1
    truth = certify(cancels, np.array([1.5]))
    assert truth.smooth and float(truth.gradient[0].mid[0]) == 2.0**-300
    tied = lambda x: np.maximum((x[0] + 2.0**-400) - x[0], 0.0) * 2.0**400
    value, gradient = certified_gradient(tied, np.array([0.75]))
    assert value.mid == 1 and gradient.mid == 0
    third = lambda x: np.abs(x[0] / 3 - x[0] * (1 / np.float64(3.0)))
    assert certify(third, np.array([1.0])).smooth


def test_infinite_numbers_times_others():
    multiply, inf = RULES["multiply"].value, Ball("inf")
    for a, b, expected in ((inf, Ball(2), inf), (inf, Ball(-2), -inf), (-inf, Ball(-2), inf), (Ball(-2), inf, -inf)):
        assert multiply(a, b) == expected


def abs_and_more(x):
    return np.abs(x[0]) + np.maximum(x[1], 0.0) * 2 + x[2] ** 2


def test_answers_are_given_for_all_kinks_or_for_each_entry():
    x = np.array([0.0, 0.0, 3.0])
    truth = certify(abs_and_more, x)
    both = answered(abs_and_more, x, truth, np.float64, None, Linked.TOGETHER)
    assert both.whole and len(both.parts) == 3 and [len(part) for part in both.parts] == [1, 2, 2]
    low = sum(part.min(axis=0) for part in both.parts)
    high = sum(part.max(axis=0) for part in both.parts)
    assert low == pytest.approx([-1, 0, 6]) and high == pytest.approx([1, 2, 6]) and (both.near == 0).all()
    along = answered(abs_and_more, x, truth, np.float64, None, Linked.TOGETHER, tangent=np.array([1.0, 10.0, 100.0]))
    assert sum(part.min() for part in along.parts) == pytest.approx(599)
    assert sum(part.max() for part in along.parts) == pytest.approx(621)
    bounds = running_error(abs_and_more, x, truth, np.float64)
    assert bounds.places == tuple(map(str, truth.ties))
    single = entry_by_entry(abs_and_more, x, truth, bounds, np.float64, None)
    assert single.parts == () and not single.whole and (single.near < 1e-12).all()
    square = lambda x: x[0] ** 2
    smooth = answered(square, x, certify(square, x), np.float64, None, Linked.TOGETHER)
    assert smooth.whole and [part.tolist() for part in smooth.parts] == [[[0, 0, 0]]]


def test_a_kink_nearer_than_rounding_is_one_and_a_smooth_tie_is_none():
    near = lambda x: np.abs((x[0] + 1e-17) * 1.0) + x[1]
    x = np.array([0.1, 1.0])
    shifted = lambda x: np.abs(x[0] * 3.0 - 0.30000000000000004) + x[1]
    truth = certify(shifted, x)
    bounds = running_error(shifted, x, truth, np.float64)
    reach_of = [part[:, 0].max() - part[:, 0].min() for part in bounds.parts]
    assert sum(reach_of) == pytest.approx(6) and not certify(near, np.array([0.0, 1.0])).ties
    smooth = lambda x: np.maximum(x[0], 0.0) - np.maximum(-x[0], 0.0)
    at = np.array([0.0])
    found = running_error(smooth, at, certify(smooth, at), np.float64)
    assert all((part == 1).all() for part in found.parts) and (found.near == 0).all()
