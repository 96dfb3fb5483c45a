"""A wide network's derivation: statements made on demand, numbers in matrices, and the same as of the whole program."""

from __future__ import annotations

import numpy as np
import pytest

from reference_nets.spec import NetworkSpec
from symbolic.balls import precision
from symbolic.derivation.expand import all_sizes, expanded_size
from symbolic.derivation.line_check import LineCheck, random_params
from symbolic.exact.ball_reading import ball
from symbolic.exact.field import constant, field_numbers, field_point
from symbolic.exact.layer_readings import field_matrices
from symbolic.exact.layer_values import LayerValues, values_on_balls
from symbolic.programs.build import program
from symbolic.programs.interpret import point_inputs, run
from symbolic.programs.on_demand import StatementsOnDemand, program_on_demand
from symbolic.programs.statements import Program
from symbolic.report import closed_forms, derivation
from symbolic.report.derivation import Derivation, derive

NETWORKS = [
    "3-4-2",
    "2-3:relu-4:tanh-3:softmax/cross_entropy+l2=0.1",
    "4-3:gelu-3:softmax/bce",
    "3-2:identity-3:softmax/quadratic",
    "5-1/bce+l2=0.01",
    "2-2:elu-2:sigmoid/cross_entropy",
    "3-3:identity-1:identity/huber",
]


def lazily(notation: str) -> Program:
    """Any network's program on demand, a narrow one's too."""
    spec = NetworkSpec.parse(notation)
    return Program(spec, StatementsOnDemand(spec))


@pytest.mark.parametrize("notation", NETWORKS)
def test_each_statement_made_on_demand_is_that_of_the_whole_program(notation: str) -> None:
    made, whole = lazily(notation), program(NetworkSpec.parse(notation))
    assert len(made.statements) == len(whole.statements)
    for statement in whole.statements:
        assert made.by_name[statement.name] == statement
    assert made.output_error == whole.output_error
    no_statements = ("W1_0_0", "b1_0", "x_0", "y_0", "m", "z9_0", "z1_99", "dW1_0", "zz", "R9", "dx_0")
    assert not [name for name in no_statements if name in made.by_name]


@pytest.mark.parametrize("notation", NETWORKS)
def test_each_number_read_in_matrices_is_that_of_the_statements(notation: str) -> None:
    spec = NetworkSpec.parse(notation)
    point = field_point(spec, np.random.default_rng(3), 3)
    inputs = point_inputs(spec, point.params, point.x, point.y, constant)
    env = run(program(spec).statements, inputs, field_numbers(point.key))
    read = LayerValues(spec, point.params, point.x, point.y, field_matrices(point.key))
    for name, value in env.items():
        assert np.shape(read[name]) == np.shape(value), name
        assert (read[name] == value).all(), name
    with pytest.raises(KeyError):
        read["W9_0_0"]


@pytest.mark.parametrize("notation", NETWORKS)
def test_a_parameter_moved_gives_the_cost_of_the_moved_network(notation: str) -> None:
    spec = NetworkSpec.parse(notation)
    rng = np.random.default_rng(5)
    params, x, y = random_params(spec, rng), rng.random((2, spec.sizes[0])), np.eye(spec.sizes[-1])[[0, 0]]
    with precision(128):
        read = values_on_balls(lazily(notation), params, x, y)
        assert isinstance(read, LayerValues)
        for key, shape in spec.shapes.items():
            index = tuple(size - 1 for size in shape)
            moved = {**params, key: params[key].copy()}
            moved[key][index] += 0.25
            direct = values_on_balls(program(spec), moved, x, y)["C"][0]
            after = read.cost_after(key, index, ball(0.25))
            assert after.overlaps(direct), key
            assert float(after.rad()) < 1e-25, key


@pytest.mark.parametrize("notation", NETWORKS)
def test_sizes_are_counted_as_if_everything_were_written_out(notation: str) -> None:
    spec = NetworkSpec.parse(notation)
    sizes: dict[str, int] = {}
    for statement in program(spec).statements:
        stack, size = [statement.rhs], 0
        while stack:
            node = stack.pop()
            size += sizes.get(node.name, 1) if node.is_Symbol else 0 if node.args else 1
            stack += node.args
        sizes[statement.name] = size
    gradient = [sizes["_".join(["d" + key, *map(str, i)])] for key, shape in spec.shapes.items() for i in np.ndindex(*shape)]
    assert all_sizes(lazily(notation)) == (max(gradient), sum(gradient))
    assert expanded_size(lazily(notation), "dW1_0_0") == sizes["dW1_0_0"]


def test_a_wide_report_is_that_of_the_whole_program() -> None:
    wide = derive("40-15:relu-4:softmax/cross_entropy")
    assert wide.program.is_on_demand
    assert str(wide.report(language="zh")) == str(Derivation(program(wide.spec)).report(language="zh"))


def test_of_a_very_wide_network_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (derivation, closed_forms):
        monkeypatch.setattr(module, "LISTED", 700)
    wide = derive("60-10-10+l2=0.1")
    assert wide.proof().holds
    assert "λ W¹₁₀,₆₀" in wide.step("dW1", 9, 59).text
    data = wide.to_dict()
    assert data["steps_left_out"] == len(wide.program.statements) - len(data["steps"])
    assert 20 < len(data["steps"]) < 150
    assert "here and in the JSON report" in str(wide.report())


def test_no_random_point_of_a_line_check_saturates() -> None:
    """ln(1 - a) and 1/(1 - a) keep their digits in 128 bits, however many inputs there are."""
    check = LineCheck(program_on_demand(NetworkSpec.parse("5000-1/bce")))
    assert all(1e-6 < float(a.mid()) < 1 - 1e-6 for a in check.on_balls.env["a1_0"])
