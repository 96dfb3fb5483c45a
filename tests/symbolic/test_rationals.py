from fractions import Fraction

import numpy as np
import pytest

from reference_nets.network import backward, cost
from reference_nets.points import Point, init_params
from reference_nets.spec import NetworkSpec
from symbolic.exact.duals import Dual, dual_numbers
from symbolic.exact.rationals import constant, fractions, rational_numbers
from symbolic.programs.build import program
from symbolic.programs.interpret import collect, point_inputs, run
from symbolic.programs.statements import entry, parameter_entries

F = Fraction


def exact_run(spec, params, x, y, numbers=None, inputs=None):
    inputs = inputs or point_inputs(spec, {k: fractions(v) for k, v in params.items()}, fractions(x), fractions(y), constant)
    return run(program(spec).statements, inputs, numbers or rational_numbers())


def test_the_hmkcode_example_to_the_last_digit():
    """Its 2-2-1 network of identities; numbers as published with all digits (hmkcode.com, backpropagation step by step)."""
    spec = NetworkSpec.parse("2-2:identity-1:identity/quadratic")
    params = {
        "W1": [[F("0.11"), F("0.21")], [F("0.12"), F("0.08")]],
        "b1": [F(0), F(0)],
        "W2": [[F("0.14"), F("0.15")]],
        "b2": [F(0)],
    }
    params = {key: np.array(value, dtype=object) for key, value in params.items()}
    env = exact_run(spec, params, np.array([[2, 3]]), np.array([[1]]))
    assert [env["a1_0"][0], env["a1_1"][0], env["a2_0"][0]] == [F("0.85"), F("0.48"), F("0.191")]
    assert env["C"][0] == F("0.3272405") and env["delta2_0"][0] == F("-0.809")
    grads = collect(spec, env)
    assert grads["W2"].tolist() == [[F("-0.68765"), F("-0.38832")]]
    assert grads["W1"].tolist() == [[F("-0.22652"), F("-0.33978")], [F("-0.2427"), F("-0.36405")]]


NETWORKS = ["2-3:relu-3:relu-2:identity/quadratic", "3-4:leaky_relu-2:relu/mse+l2=0.5", "2-3:relu-2:leaky_relu/huber"]


@pytest.mark.parametrize("network", NETWORKS)
def test_recursion_and_direct_derivative_are_equal_numbers(network):
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(3)
    for _ in range(5):
        params = {key: rng.integers(-4, 5, shape) / 4 for key, shape in spec.shapes.items()}
        x, y = rng.integers(-4, 5, (3, spec.sizes[0])) / 4, rng.integers(-4, 5, (3, spec.sizes[-1])) / 4
        grads = collect(spec, exact_run(spec, params, x, y))
        inputs = point_inputs(spec, {k: fractions(v) for k, v in params.items()}, fractions(x), fractions(y), constant)
        for key, index in parameter_entries(spec):
            duals = {name: Dual(value, constant(0)) for name, value in inputs.items()}
            duals[entry(key, *index)] = Dual(inputs[entry(key, *index)], constant(1))
            direct = run(program(spec).forward, duals, dual_numbers(rational_numbers()))["C"].tangent[0]
            assert direct == grads[key][index], (key, index)


@pytest.mark.parametrize("network", NETWORKS)
def test_floats_agree_with_the_fractions(network):
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(4)
    params, x = init_params(spec, rng), rng.standard_normal((4, spec.sizes[0]))
    point = Point(params, x, rng.standard_normal((4, spec.sizes[-1])))
    env = exact_run(spec, point.params, point.x, point.y)
    exact, ours = collect(spec, env), backward(spec, point.params, point.x, point.y)
    for key in spec.keys:
        assert np.abs(exact[key].astype(float) - ours[key]).max() <= 1e-14 * np.abs(ours[key]).max()
    assert float(env["C"][0]) == pytest.approx(cost(spec, point.params, point.x, point.y), rel=1e-14)


@pytest.mark.parametrize(("name", "left"), [("relu", 0), ("leaky_relu", F(1, 100))])
def test_at_the_kink_the_left_piece_counts(name, left):
    functions = rational_numbers().functions
    at = fractions([-1, 0, 1])
    assert functions[f"d{name}"](at).tolist() == [left, left, 1]
    assert functions[name](at).tolist() == [-left, 0, 1]


def test_huber_is_exact_at_its_ends():
    functions = rational_numbers().functions
    errors = fractions([-2, -1, F(1, 2), 1, 3])
    assert functions["huber"](errors).tolist() == [F(3, 2), F(1, 2), F(1, 8), F(1, 2), F(5, 2)]
    assert functions["dhuber"](errors).tolist() == [-1, -1, F(1, 2), 1, 1]
