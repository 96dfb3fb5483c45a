"""Hulls of vertices and balls, and which conditions hold together, at points whose distance is known by hand."""

import numpy as np
import pytest

from gradcheck.judge.subgradients import (
    FLAT,
    PARALLEL,
    _affine_minimum,
    _apart,
    _Ball,
    _beyond_rounding,
    _contrary,
    _shrunk,
    _Vertices,
    dependent,
    hold_together,
    outside_of_hull,
    parallel,
)

rows = lambda *lists: np.array(lists, dtype=float)


def outside(vertices, claimed, slack=0.01, balls=()):
    named = lambda part: {"x": np.array(part, dtype=float)}
    claimed = np.array(claimed, dtype=float)
    found = outside_of_hull(
        [named(vertices)], named(claimed), named(np.broadcast_to(slack, claimed.shape)), list(map(named, balls))
    )
    return found["x"] if found else None


def test_a_ball_reaches_its_radius_in_every_direction_and_no_farther():
    origin, circle = [[0.0, 0.0]], [[3.0, 0.0], [0.0, 3.0]]
    for angle in np.linspace(0, 6, 13):
        at = lambda size, angle=angle: [size * np.cos(angle), size * np.sin(angle)]
        assert outside(origin, at(2.999), balls=[circle]) is None
        far = outside(origin, at(4.0), balls=[circle])
        assert np.linalg.norm(far) * 0.01 == pytest.approx(1.0, rel=1e-3)
        assert (np.sign(np.round(far, 6)) == -np.sign(np.round(at(1.0), 6))).all()
    assert (
        outside([[5.0, 1.0]], [5.0, 3.9], balls=[circle]) is None
        and outside([[5.0, 1.0]], [5.0, 4.5], balls=[circle]) is not None
    )
    flat = [[3.0, 3.0]]  # a segment from (-3, -3) to (3, 3)
    assert outside(origin, [2.9, 2.9], balls=[flat]) is None and outside(origin, [2.0, 1.0], balls=[flat]) is not None
    assert outside(origin, [3.2, 3.2], balls=[flat]) is not None
    assert outside([[0.0, 0.0], [1.0, 0.0]], [3.9, 0.0], balls=[circle]) is None  # a kink beside a norm
    assert outside([[0.0, 0.0], [1.0, 0.0]], [4.2, 0.0], balls=[circle]) is not None


def test_a_ball_as_a_set():
    ball = _Ball(rows([3.0, 0.0], [0.0, 4.0]))
    assert ball.spread().tolist() == [6, 8] and ball.middle().tolist() == [0, 0]
    assert ball.of(np.array([1]), np.array([2.0])).rows.tolist() == [[0], [2]]
    assert ball.lowest(np.array([1.0, 0.0])).tolist() == [-3, 0] and ball.lowest(np.array([0.0, -2.0])).tolist() == [0, 4]
    assert ball.lowest(np.array([0.0, 0.0])).tolist() == [0, 0]
    assert _Ball(rows([3.0, 4.0])).spread().tolist() == [6, 8]
    large = _Ball(1000 * np.eye(2))  # one slack is a thousandth of its radius
    assert large.beyond(np.array([1000.9, 0.0])) is None and large.beyond(np.array([1500.0, 0.0])) == pytest.approx([-500, 0])
    assert ball.beyond(np.array([2.0, 0.5])) is None and ball.beyond(np.array([5.0, 0.0])) == pytest.approx([-2, 0])
    near = ball.beyond(np.array([3.5, 0.0]))
    assert near is None or near == pytest.approx([-0.5, 0.0])
    segment = _Ball(rows([1.0, 1.0]))
    assert segment.beyond(np.array([3.0, -3.0])) == pytest.approx([-3, 3])
    assert segment.beyond(np.array([0.5, 0.5])) is None


def test_vertices_as_a_set():
    corners = _Vertices(rows([0.0, 4.0], [2.0, 0.0]))
    assert corners.spread().tolist() == [2, 4] and corners.middle().tolist() == [1, 2]
    assert corners.lowest(np.array([1.0, 0.0])).tolist() == [0, 4] and corners.lowest(np.array([-1.0, 0.0])).tolist() == [2, 0]
    assert corners.of(np.array([1]), np.array([2.0])).rows.tolist() == [[0], [2]]
    doubled = _Vertices(rows([0.0, 4.0], [0.0, 4.0], [2.0, 0.0]))
    assert len(doubled.of(np.array([0, 1]), np.ones(2)).rows) == 2


def test_the_distance_of_a_point_from_a_segment_is_in_units_of_its_slack():
    away = outside([[0.0, 0.0], [1.0, 1.0]], [0.25, 0.75])
    assert away == pytest.approx([25, -25], rel=1e-6)
    assert outside([[0.0, 0.0], [1.0, 1.0]], [0.5, 0.5]) is None
    assert outside([[0.0, 0.0], [1.0, 1.0]], [0.49, 0.51]) is None  # within the slack of both
    assert outside([[0.0, 0.0], [1.0, 1.0]], [0.485, 0.515]) is not None
    assert outside([[0.0, 0.0], [1.0, 1.0]], [0.25, 0.75], slack=np.inf) is None
    assert outside([[0.0, 0.0], [0.001, 0.001]], [0.25, 0.75]) is None  # nothing is chosen there


@pytest.mark.parametrize(("points", "nearest"), [
    ([[1.0, 1.0], [1.0, -1.0]], [0.5, 0.5]), ([[3.0, 0.0], [1.0, 0.0]], None), ([[2.0, 1.0], [2.0, -3.0]], [0.75, 0.25]),
])  # fmt: skip
def test_the_weights_of_the_nearest_point(points, nearest):
    weights = _affine_minimum(rows(*points))
    assert weights.sum() == pytest.approx(1)
    kept, shrunk = _shrunk(rows(*points), np.full(2, 0.5))
    assert shrunk.sum() == pytest.approx(1) and (shrunk > 0).all()
    if nearest is None:
        assert kept.tolist() == [[1, 0]] and shrunk == pytest.approx([1])
    else:
        assert weights == pytest.approx(nearest) and shrunk == pytest.approx(nearest)


def test_parts_that_share_entries_belong_together():
    touches = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]], dtype=bool)
    found = [(columns.tolist(), sorted(members)) for columns, members in _apart(touches)]
    assert found == [([0, 1, 3], [0, 2]), ([2], [1])]


def test_nothing_is_beyond_where_some_mixture_is_near_zero():
    assert _beyond_rounding([_Vertices(rows([1.5, 0.5, 0.5, 0.5]))]) is None  # x.x is |x|_1 exactly
    assert _beyond_rounding([_Vertices(rows([2.0, 0.0], [-2.0, 0.5]))]) is None
    far = _beyond_rounding([_Vertices(rows([2.0, 2.0], [2.0, -2.0]))])
    assert far == pytest.approx([2, 0])
    assert (
        _beyond_rounding([_Vertices(rows([1.0, 0.0]))]) is None and _beyond_rounding([_Vertices(rows([1.01, 0.0]))]) is not None
    )
    two = _beyond_rounding([_Vertices(rows([5.0, 0.0])), _Vertices(rows([-1.0, 0.0], [1.0, 0.0]))])
    assert two == pytest.approx([4, 0])
    assert _beyond_rounding([_Vertices(rows([5.0, 0.0])), _Ball(rows([4.5, 0.0]))]) is None
    assert _beyond_rounding([_Vertices(rows([5.0, 0.0])), _Ball(rows([3.0, 0.0]))]) == pytest.approx([2, 0])


def test_rows_are_contrary_parallel_or_dependent():
    a, b = np.array([1.0, 0.5]), np.array([0.5, 1.0])
    assert (
        _contrary(a, -a) and not _contrary(a, a) and _contrary(a, -a + 0.9 * PARALLEL) and not _contrary(a, -a + 1.1 * PARALLEL)
    )
    assert parallel([a, b, -a, a]) == [(0, 2), (0, 3), (2, 3)] and PARALLEL == 2.0**-30 and FLAT == 2.0**-40
    assert dependent([a, b]) == [] == dependent([]) and [sorted(found) for found in dependent([a, b, a + b])] == [[0, 1, 2]]
    assert [sorted(found) for found in dependent([a, b, 2 * a])] == [[0, 2]]
    tiny = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1e-3]])
    assert dependent(list(tiny)) == []
    assert hold_together([a]) and hold_together([a, b]) and not hold_together([a, -a]) and not hold_together([a, b, -a - b])


def test_what_is_left_of_the_way_out_of_a_flat_ball_counts_in_every_entry():
    flat = _Ball(np.array([[1.0, 0.0]]))
    beyond = lambda *target: flat.beyond(np.array(target))
    assert beyond(0.5, 0.0) is None and beyond(0.5, 0.9) is None and beyond(0.0, -1.0) is None
    assert np.allclose(beyond(0.0, 5.0), [0.0, -5.0]) and beyond(0.5, 1.1) is not None
    assert np.allclose(beyond(9.0, 0.0), [-8.0, 0.0])
