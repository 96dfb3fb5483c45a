"""Statements read in blocks give what they give one by one; the units of a layer go together, whatever the mistake."""

import numpy as np
import pytest

from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.program import approximate_values, gradient_statements
from gradcheck.rounding.values import Roundoff, exact
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.blocks import blocks
from symbolic.programs.build import program
from symbolic.programs.interpret import point_inputs, run

FORMAT = Roundoff.of(np.float64)
NETWORKS = ["2-2:tanh-2:relu-1+l2=0.5", "1-2:leaky_relu-3:softmax/cross_entropy", "3-2/mse"]


def one_by_one(chosen, point):
    inputs = point_inputs(chosen.spec, point.params, point.x, point.y, lambda number: number)
    return run(gradient_statements(chosen), {k: exact(v, FORMAT) for k, v in inputs.items()}, error_numbers(FORMAT))


def same(left, right):
    """Equal numbers; errors are those of samples, whose signs are drawn in another order, and so about equal."""
    parts = [(getattr(left, part), getattr(right, part), 1e-14) for part in ("value", "low", "high")]
    alike = [np.allclose(*np.broadcast_arrays(one, other), rtol=r, atol=0, equal_nan=True) for one, other, r in parts]
    return all(alike) and about_equal(left.error, right.error)


def about_equal(one, other):
    return bool((np.fmin(one, other) >= np.fmax(one, other) / 6).all())  # sums over the examples keep samples in one of the two


@pytest.mark.parametrize("notation", NETWORKS)
def test_blocks_give_what_statements_give_one_by_one_with_any_mistake(notation):
    spec = NetworkSpec.parse(notation)
    point = safe_point(spec, np.random.default_rng(1))
    for chosen in [program(spec), *(plant(spec, variant) for variant in all_variants(spec))]:
        expected, got = one_by_one(chosen, point), approximate_values(chosen, point.params, point.x, point.y, FORMAT)
        assert expected.keys() == got.keys()
        assert [name for name in expected if not same(expected[name], got[name])] == []


def test_at_a_kink_the_reach_of_each_unit_is_its_own():
    spec = NetworkSpec.parse("2-3:relu-2:identity/mse")
    point = safe_point(spec, np.random.default_rng(1))
    point.params["b1"][1] = -float(point.x[0] @ point.params["W1"][1])
    expected, got = one_by_one(program(spec), point), approximate_values(program(spec), point.params, point.x, point.y, FORMAT)
    assert got["dW1_1_0"].high.any() or got["dW1_1_0"].low.any()
    assert [name for name in expected if not same(expected[name], got[name])] == []


def test_many_points_at_once_go_through_blocks_as_well():
    spec = NetworkSpec.parse("2-3:relu-2")
    point = safe_point(spec, np.random.default_rng(1))
    x, y = point.x[:, np.newaxis, :], point.y[:, np.newaxis, :]
    together = approximate_values(program(spec), point.params, x, y, FORMAT)
    for i in range(len(x)):
        alone = approximate_values(program(spec), point.params, x[i], y[i], FORMAT)
        assert about_equal(together["dW1_0_1"].error[i], alone["dW1_0_1"].error)


@pytest.mark.parametrize("notation", ["4-8:tanh-8:tanh-3", "4-8:tanh-8:tanh-3+l2=0.5"])
def test_the_units_of_a_layer_are_one_block(notation):
    chosen = gradient_statements(program(NetworkSpec.parse(notation)))
    found = blocks(chosen)
    assert sorted(name for block in found for name in block.names) == sorted(s.name for s in chosen)
    assert len(chosen) >= 196
    assert len(found) <= 20


def test_no_block_needs_what_comes_after_it():
    chosen = gradient_statements(program(NetworkSpec.parse("2-3:tanh-3:relu-2:softmax/bce+l2=0.5")))
    parents = {s.name: s.parents for s in chosen}
    seen = {name for needed in parents.values() for name in needed} - set(parents)
    for block in blocks(chosen):
        assert all(parents[name] <= seen for name in block.names)
        seen |= set(block.names)
