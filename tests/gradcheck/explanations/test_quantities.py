"""How an array is recognized as a quantity of the recursion: shapes, factors, rounds of a loop, all by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import CodeError, Made, Origin, SourcePlace, Trace
from gradcheck.explanations.traced.ended import not_finite_in, shapes_in
from gradcheck.explanations.traced.own import even
from gradcheck.explanations.traced.quantities import Quantity, Role, ratio, right_quantities, shape_of, views
from gradcheck.explanations.traced.roles import at, roles, seen_of
from gradcheck.explanations.traced.where import _networks, first_difference, first_not_finite, of_result, of_shape
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward, output_delta, weighted_inputs
from reference_nets.spec import NetworkSpec

SPEC = NetworkSpec.parse("3-4:tanh-2+l2=0.5")
POINT = safe_point(SPEC, np.random.default_rng(2), m=5)
A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])


def read(array, rows, columns, *, ones=False):
    return [(view.array.tolist(), view.turned, view.ones) for view in views(np.array(array), rows, columns, ones=ones)]


def test_an_array_is_read_as_it_stands_or_turned():
    assert read(A, 2, 3) == [(A.tolist(), False, False)] and read(A.T, 2, 3) == [(A.tolist(), True, False)]
    assert read(A, 3, 3) == read(A, 2, 2) == read(A.reshape(1, 6), 2, 2) == []
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert read(square, 2, 2) == [(square.tolist(), False, False), (square.T.tolist(), True, False)]
    flat = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert [turned for _, turned, _ in read(flat, 2, 3)] == [False, True]
    assert read(flat, 2, 3)[0][0] == [[1, 2, 3], [4, 5, 6]] and read(flat, 2, 3)[1][0] == [[1, 3, 5], [2, 4, 6]]
    assert read([1.0, 2.0, 3.0], 1, 3) == [([[1, 2, 3]], True, False)] and read([1.0, 2.0, 3.0], 3, 1) == [
        ([[1], [2], [3]], False, False)
    ]
    assert read([[1.0], [2.0], [3.0]], 1, 3) == [([[1, 2, 3]], True, False)]
    assert read([[[1.0, 2.0, 3.0]]], 1, 3)[0][0] == [[1, 2, 3]] and read(A.reshape(1, 2, 3), 2, 3)[0][0] == A.tolist()
    assert read(5.0, 1, 1)[0] == ([[5.0]], False, False)


def test_a_column_of_ones_is_left_out():
    whole = np.hstack([np.ones((2, 1)), A])
    assert read(whole, 2, 3) == []
    assert read(whole, 2, 3, ones=True) == [(whole[:, 1:].tolist(), False, True), (whole[:, :-1].tolist(), False, True)]
    assert read(whole.T, 2, 3, ones=True) == [(whole[:, 1:].tolist(), True, True), (whole[:, :-1].tolist(), True, True)]
    assert read(whole.ravel(), 2, 3, ones=True) == [] and read(whole.reshape(4, 2), 2, 3, ones=True)[0][1]


def test_a_ratio_is_one_factor_of_all_entries():
    assert ratio(2 * A, A) == pytest.approx(2) and ratio(-A / 7, A) == pytest.approx(-1 / 7) and ratio(A, A) == 1
    assert ratio(A.T, A) is None and ratio(0 * A, A) is None and ratio(A, 0 * A) is None and ratio(A * np.nan, A) is None
    almost = A.copy()
    almost[0, 0] += 6e-5
    assert ratio(almost, A) is not None
    almost[0, 0] += 2e-5
    assert ratio(almost, A) is None
    one = np.array([0.0, 3.0])
    assert ratio(2 * one, one) is None and ratio(2 * one, one, (1.0, 2.0)) == 2 and ratio(2.1 * one, one, (1.0, 2.0)) is None
    assert ratio(2.00001 * one, one, (2.0,)) is not None and ratio(2.00003 * one, one, (2.0,)) is None
    assert ratio(np.array([1.0, 0.0]), one, (1.0,)) is None


def test_two_arrays_are_the_same_in_single_precision_too():
    assert same(A, A) and same(A, A + 6.9e-5) and not same(A, A + 7.1e-5) and not same(A, A - 7.1e-5)
    assert (
        not same(A, A.T)
        and not same(A * np.nan, A)
        and same(np.zeros(2), np.zeros(2))
        and not same(np.full(2, 1e-9), np.zeros(2))
    )
    assert same(np.zeros(0), np.zeros(0)) and not same(np.array([np.inf]), np.array([np.inf]))
    assert (
        even(2.0, 2.0 + 1.9e-6)
        and not even(2.0, 2.0 + 2.1e-6)
        and even(-1.0, -1.0)
        and not even(np.inf, np.inf)
        and not even(1.0, -1.0)
    )


@pytest.mark.parametrize("network", ["3-4:tanh-2+l2=0.5", "3-4:relu-5:sigmoid-3/cross_entropy", "2-3:identity/mse"])
def test_the_right_quantities_are_those_of_the_reference(network):
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(1), m=6)
    found, (z, a) = right_quantities(spec, point), weighted_inputs(spec, point.params, point.x)
    grads, L = backward(spec, point.params, point.x, point.y), spec.L
    at = lambda role, layer: found[Quantity(role, layer)]
    assert np.array_equal(at(Role.ERROR, L), a[L] - point.y) and np.array_equal(at(Role.ACTIVATION, 0), point.x)
    assert np.array_equal(at(Role.TARGET, L), point.y) and np.array_equal(
        at(Role.DELTA, L), output_delta(spec, z[L], a[L], point.y)
    )
    for l in spec.layers:
        assert np.array_equal(at(Role.WEIGHTED_INPUT, l), z[l]) and np.array_equal(at(Role.ACTIVATION, l), a[l])
        assert np.allclose(at(Role.WEIGHT_GRADIENT, l), grads[f"W{l}"]) and np.allclose(
            at(Role.BIAS_GRADIENT, l), grads[f"b{l}"]
        )
        assert np.array_equal(at(Role.WEIGHT, l), point.params[f"W{l}"]) and np.array_equal(
            at(Role.BIAS, l), point.params[f"b{l}"]
        )
        if l < L:
            assert np.allclose(at(Role.BACK, l), at(Role.DELTA, l + 1) @ point.params[f"W{l + 1}"])
            assert np.allclose(at(Role.BACK, l) * at(Role.SLOPE, l), at(Role.DELTA, l))
    assert (Quantity(Role.SLOPE, L) in found) == (spec.activations[-1] != "softmax") and Quantity(Role.BACK, L) not in found
    assert {q.layer for q in found if q.role is Role.BACK} == set(range(1, L))


def test_quantities_have_names_and_shapes():
    told = [
        str(Quantity(role, layer))
        for role, layer in ((Role.ACTIVATION, 0), (Role.ACTIVATION, 2), (Role.TARGET, 2), (Role.DELTA, 1))
    ]
    assert (
        told == ["x", "a2", "y", "delta1"]
        and str(Quantity(Role.ERROR, 2)) == "error"
        and str(Quantity(Role.COST_SLOPE, 2)) == "dC/da"
    )
    shape = lambda role, layer: shape_of(Quantity(role, layer), SPEC, 5)
    assert shape(Role.WEIGHT, 1) == (4, 3) and shape(Role.WEIGHT_GRADIENT, 2) == (2, 4) and shape(Role.BIAS, 1) == (1, 4)
    assert shape(Role.BIAS_GRADIENT, 2) == (1, 2) and shape(Role.ACTIVATION, 0) == (5, 3) and shape(Role.DELTA, 2) == (5, 2)


# What was made


def made(*arrays, line=1, name="v", kind=Origin.MADE, function="f"):
    return [
        Made(SourcePlace("f.py", 0, line), name, np.asarray(array, dtype=float), function, kind, n)
        for n, array in enumerate(arrays)
    ]


def seen(rows, m):
    return [(one.array.tolist(), one.first, one.rounds) for one in seen_of(rows, m)]


def test_what_a_loop_makes_is_put_together():
    x, y, z = [1.0, 2.0], [3.0, 4.0], [5.0, 6.0]
    assert seen(made(x), 3) == [(x, 0, 1)]
    each = [(x, 0, 1), ([x, y, z], 0, 3), ([9.0, 12.0], 0, 3), (y, 1, 1), (z, 2, 1)]
    assert sorted(map(str, seen(made(x, y, z), 3))) == sorted(map(str, each))
    two = seen(made(x, y, z), 2)  # no number of examples: one after the other
    assert ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0, 3) in two and len(two) == 4
    four = seen(made(x, y, z, x), 2)  # of each example two rounds, or of each round two examples
    for rows in ([x, z], [y, x], [x, y], [z, x]):
        assert (rows, 0, 4) in four
    assert len(four) == 4 + 4
    numbers = seen(made(1.0, 2.0, 3.0), 5)
    assert ([1.0, 2.0, 3.0], 0, 3) in numbers and len(numbers) == 4
    apart = seen(made(x, [1.0]), 1) + seen([*made(x), *made(y, line=2)], 2) + seen([*made(x), *made(y, name="w")], 2)
    assert {rounds for *_, rounds in apart} == {1}


def test_of_many_rounds_the_first_six_and_the_last_are_looked_at_by_themselves():
    many = made(*([float(n), 0.0] for n in range(20)))
    alone = [first for _, first, rounds in seen(many, 7) if rounds == 1]
    assert alone == [0, 1, 2, 3, 4, 5, 19]
    assert [one.call for one in seen_of(many, 7) if one.rounds == 1] == alone
    order = [one.first for one in seen_of(many, 7)]
    assert order == sorted(order)


RIGHT = right_quantities(SPEC, POINT)


def fits(array, **how):
    return {
        (str(fit.quantity), round(fit.scale, 6), fit.turned, fit.ones) for fit in roles(SPEC, POINT, made(array, **how)).fits
    }


def test_what_is_a_right_quantity_is_told_with_its_factor_and_how_it_lies():
    delta, z = RIGHT[Quantity(Role.DELTA, 1)], RIGHT[Quantity(Role.WEIGHTED_INPUT, 1)]
    assert fits(delta) == {("delta1", 1.0, False, False)} and fits(5 * delta.T) == {("delta1", 5.0, True, False)}
    assert fits(z) == {("z1", 1.0, False, False)} and fits(2 * z) == set()  # a z has no factor
    W = POINT.params["W1"]
    assert fits(W.T) == {("W1", 1.0, True, False)} and fits(np.hstack([W, np.ones((4, 1))])) == {("W1", 1.0, False, True)}
    both = np.hstack([POINT.params["b1"][:, None], W])
    assert fits(both) == {("W1", 1.0, False, True), ("b1", 1.0, False, True)}
    assert fits(both.T) == {("W1", 1.0, True, True), ("b1", 1.0, True, True)}
    db = RIGHT[Quantity(Role.BIAS_GRADIENT, 1)]
    assert fits(-db) == {("db1", -1.0, True, False)} and fits(db[:, None]) == {("db1", 1.0, True, False)}
    assert fits(delta + 1) == set()


def test_the_line_that_makes_it_comes_before_one_that_is_handed_it():
    z = RIGHT[Quantity(Role.WEIGHTED_INPUT, 1)]
    q = Quantity(Role.WEIGHTED_INPUT, 1)
    both = roles(SPEC, POINT, [*made(z, line=1, kind=Origin.ARGUMENT, function="g"), *made(z, line=2, name="u")])
    assert both.right(q).seen.place.line == 2 and [fit.name for fit in both.by_quantity[q]] == ["v", "u"]
    handed = roles(SPEC, POINT, made(z, kind=Origin.ARGUMENT))
    assert handed.right(q).name == "v" and handed.right(Quantity(Role.DELTA, 1)) is None
    assert [fit.name for fit in both.names(q, "f")] == ["u"] and [fit.name for fit in both.names(q, "g")] == ["v"]
    twice = roles(SPEC, POINT, [*made(z), *made(z, line=2, name="u")])
    assert [fit.name for fit in twice.names(q, "f")] == ["u", "v"]
    assert set(handed.scales) == {s * k for s in (1, -1) for k in (1, 5, 0.2, 2, 0.5, 10, 0.4)}
    rows = made(z, z + 1)
    assert (
        at(rows, SourcePlace("f.py", 0, 1), "v") == tuple(rows)
        and at(rows, SourcePlace("f.py", 0, 2), "v") == at(rows, SourcePlace("f.py", 0, 1), "u") == ()
    )


# Where it is traced, and what is told of failures


def test_a_network_is_traced_on_itself_where_all_widths_differ_and_on_one_like_it_else():
    of = lambda text: [one.sizes for one in _networks(NetworkSpec.parse(text))]
    assert of("3-4-2") == [(3, 4, 2)] and of("3-3-2") == [(3, 4, 2), (3, 3, 2)] and of("2-2-2") == [(3, 4, 2), (2, 2, 2)]
    assert of("64-3-2") == [(64, 3, 2)] and of("65-3-2") == [(3, 4, 2), (65, 3, 2)] and of("1-1") == [(2, 1), (1, 1)]
    assert of("1-1-3") == [(2, 4, 3), (1, 1, 3)] and of("40-30-30") == [(3, 4, 30), (40, 30, 30)]


def line(trace_lines, *arrays, kinds=(), names=()):
    rows = zip(trace_lines, arrays, kinds or [Origin.MADE] * len(arrays), names or ["v"] * len(arrays), strict=True)
    return tuple(
        Made(SourcePlace("f.py", 0, n), name, np.asarray(array, dtype=float), "f", kind, 1) for n, array, kind, name in rows
    )


def test_the_first_difference_is_what_was_not_made_before():
    one = line([1, 2, 2], [1.0], [2.0], [3.0])
    assert first_difference(one, one) is None
    assert first_difference(one, line([1, 2, 2], [1.0], [2.0], [4.0])).line == 2
    assert first_difference(one, line([1, 3], [1.0], [2.0])).line == 3
    assert first_difference(one, line([1, 2, 2, 2], [1.0], [2.0], [3.0], [3.0])).line == 2
    assert first_difference(one, line([1, 2], [1.0], [2.0])) is None
    assert first_difference(one, line([1], [[1.0]])).line == 1  # another shape
    assert first_difference(one, line([5], [1.0], kinds=[Origin.ARGUMENT])) is None


def test_what_a_line_that_raised_had_at_hand():
    place = SourcePlace("f.py", 0, 3)
    assert str(shapes_in(CodeError("no", place))) == str(not_finite_in(Trace(line([1], [1.0]), {})))
    told = str(shapes_in(CodeError("no", place, {f"a{n}": (n, 2) for n in range(6)})))
    assert "a0" in told and "(3, 2)" in told and "a3" in told and "a4" not in told


def test_the_causes_of_what_is_not_finite_are_in_the_same_place_of_the_same_call():
    nan = [1.0, np.inf]
    told = lambda *arrays, names: str(not_finite_in(Trace(line(range(len(arrays)), *arrays, names=names), {})))
    assert told([5.0, 701.0], nan, names=["z", "a"]) == "the first inf, in a; z is 701 there"
    assert told([5.0, 699.0], nan, names=["z", "a"]) == "the first inf, in a" == told([701.0, 5.0], nan, names=["z", "a"])
    assert "z is 0 there" in told([5.0, 0.0], nan, names=["z", "a"]) and "z is -800 there" in told(
        [5.0, -800.0], nan, names=["z", "a"]
    )
    three = told([1.0, 0.0], [1.0, 0.0], [1.0, 0.0], nan, names=["p", "q", "r", "a"])
    assert "r is 0" in three and "q is 0" in three and "p is 0" not in three
    assert "z is" not in told([1.0, 0.0], [1.0, 5.0], nan, names=["z", "z", "a"])  # the latest counts
    elsewhere = (*line([1], [1.0, 0.0], names=["z"]), Made(SourcePlace("f.py", 0, 2), "a", np.array(nan), "g", Origin.MADE, 2))
    assert str(not_finite_in(Trace(elsewhere, {}))) == "the first inf, in a"
    back = (Made(SourcePlace("f.py", 0, 2), "1 / 0", np.array(nan), "g", Origin.RETURNED, 2),)
    assert str(not_finite_in(Trace(back, {}))) != "the first inf, in 1 / 0" and first_not_finite(Trace(back, {})).line == 2


def test_the_line_of_a_result_is_where_it_was_made_first():
    trace = Trace(line([1, 2, 3], [5.0], [1.0, 2.0], [[1.0, 2.0]], kinds=[Origin.ARGUMENT, Origin.MADE, Origin.MADE]), {})
    assert of_result(trace, np.array([[1.0], [2.0]])).line == 2 and of_result(trace, np.array([5.0])) is None
    raised = Trace(trace.made, {}, raised=CodeError("no", SourcePlace("f.py", 0, 9)))
    assert of_result(raised, np.array([1.0, 2.0])).line == 9


def test_a_gradient_of_a_wrong_shape_has_the_line_of_its_sum_or_of_what_came_back():
    delta = RIGHT[Quantity(Role.DELTA, 1)]
    trace = lambda *rows: Trace(tuple(rows), {})
    wrong = Made(SourcePlace("f.py", 0, 4), "db", 2 * delta.sum(axis=1), "f", Origin.MADE, 1)
    other = Made(SourcePlace("f.py", 0, 5), "q", np.arange(5.0), "f", Origin.RETURNED, 1)
    told = {"name": "db1", "got": "(5,)"}
    assert of_shape(SPEC, POINT, trace(wrong, other), told).line == 4
    assert of_shape(SPEC, POINT, trace(wrong, other), told | {"name": "dW1"}).line == 5
    assert of_shape(SPEC, POINT, trace(other), told).line == 5
    again = Made(SourcePlace("f.py", 0, 3), "p", np.arange(5.0), "f", Origin.MADE, 1)
    assert of_shape(SPEC, POINT, trace(again, other), told).line == 3
    assert of_shape(SPEC, POINT, trace(other), {"name": "loss", "got": "(5,)"}) is None
    assert of_shape(SPEC, POINT, trace(other), {"name": "db1", "got": "(6,)"}) is None
