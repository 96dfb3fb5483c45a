"""A wide network's reading in matrices says what its statements say, entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import ACTIVATIONS, NetworkSpec
from symbolic.balls import Ball, disjoint, enclosure, precision
from symbolic.exact.ball_reading import ball_gradient
from symbolic.exact.field import constant, field_numbers, field_point, random_residues
from symbolic.exact.identity import claimed_identity, directional_derivative, layers_identity
from symbolic.exact.layer_readings import ball_layers_gradient, ball_product, residue_derivative, residue_gradient
from symbolic.programs.array_functions import ARRAY_FUNCTIONS
from symbolic.programs.build import program
from symbolic.programs.compiled import compile_gradient
from symbolic.programs.interpret import collect, point_inputs, run
from symbolic.programs.layers import is_wide, matrix_closed_form

HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]
NETWORKS = [
    "4-2/bce",
    "1-1:tanh-1:sigmoid/cross_entropy",
    "5-6:relu-6:gelu-3:softmax/bce",
    "4-3:relu-3:softmax/cross_entropy+l2=0.1",
    "4-6:silu-5:identity-3:sigmoid/cross_entropy",
    "3-5:elu-2/huber+l2=0.25",
    "3-4:leaky_relu-3:softmax/mse",
    *(f"3-4:{name}-2:{name}/quadratic" for name in HIDDEN),
]


@pytest.mark.parametrize("network", NETWORKS)
def test_balls_in_matrices_are_those_of_the_statements(network: str) -> None:
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(1))
    entrywise = ball_gradient(program(spec, dx=True), point.params, point.x, point.y, 192, 0.5)
    with precision(192):
        layers = ball_layers_gradient(spec, point.params, point.x, point.y, dx=True)
    assert entrywise.keys() == layers.keys()
    for key, value in entrywise.items():
        one, other = enclosure(value), enclosure(layers[key])
        assert one.mid.shape == other.mid.shape
        assert not disjoint(one, other).any()
        assert (other.rad <= 2.0**-100 * max(np.abs(one.mid).max(), 1.0)).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_product_of_balls_encloses_the_exact_one(seed: int) -> None:
    """Whole matrices, of sizes at which python-flint takes another algorithm, too, against sums of exact integers."""
    rng = np.random.default_rng(seed)
    m, k, n = rng.integers(1, 60, size=3)
    exact = [rng.integers(-(2**62), 2**62, size=shape).astype(object) for shape in ((m, k), (k, n))]
    exact[0] *= 2 ** int(rng.integers(0, 200))  # scales that a float does not hold exactly
    true = exact[0] @ exact[1]
    with precision(int(rng.choice([64, 192]))):
        radius = Ball(0, 2.0**-30)
        wide = [np.frompyfunc(lambda value: Ball(value) + radius, 1, 1)(part) for part in exact]
        found = ball_product(*wide)
    assert all(ball.contains(Ball(int(value))) for ball, value in zip(found.flat, true.flat, strict=True))
    # the ends of the factors' balls are enclosed as well
    moved = (exact[0] * 2**30 + rng.choice([-1, 1], size=(m, k)).astype(object)) @ (
        exact[1] * 2**30 + rng.choice([-1, 1], size=(k, n)).astype(object)
    )
    with precision(600):
        assert all((ball * 2**60).contains(Ball(int(value))) for ball, value in zip(found.flat, moved.flat, strict=True))


@pytest.mark.parametrize("network", NETWORKS)
def test_residues_in_matrices_are_those_of_the_statements(network: str) -> None:
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(2)
    point = field_point(spec, rng, 3)
    env = run(
        program(spec).statements, point_inputs(spec, point.params, point.x, point.y, constant), field_numbers(point.key)
    )
    layers = residue_gradient(spec, point)
    for key, value in collect(spec, env).items():
        assert (value == layers[key]).all()
    direction = {key: random_residues(rng, *shape) for key, shape in spec.shapes.items()}
    for part in (direction, {spec.keys[0]: direction[spec.keys[0]]}):
        assert directional_derivative(program(spec), point, part) == residue_derivative(spec, point, part)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_identity_in_matrices_holds_and_finds_a_wrong_entry(network: str) -> None:
    assert layers_identity(NetworkSpec.parse(network), np.random.default_rng(0)).holds


def test_a_wrong_entry_of_a_wide_network_is_found_over_the_field() -> None:
    spec, rng = NetworkSpec.parse("30-20:relu-4"), np.random.default_rng(3)
    assert is_wide(spec)
    point = field_point(spec, rng, 3)
    grads = residue_gradient(spec, point)
    assert claimed_identity(spec, point, grads, rng).holds
    grads["W1"][7, 11] = grads["W1"][7, 11] + 1
    found = claimed_identity(spec, point, grads, rng)
    assert (found.holds, found.quantity, found.index) == (False, "dW1", (7, 11))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_floats_in_matrices_are_those_of_the_compiled_statements(network: str, dtype: type) -> None:
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(4), dtype=dtype)
    compiled = compile_gradient(program(spec))(point.params, point.x, point.y)
    matrices = matrix_closed_form({"exp": np.exp, "log": np.log, **ARRAY_FUNCTIONS}, spec)(point.params, point.x, point.y)
    for key, value in compiled.items():
        assert matrices[key].dtype == dtype
        assert np.allclose(value, matrices[key], rtol=1e5 * np.finfo(dtype).eps, atol=100 * np.finfo(dtype).eps)


def test_a_wide_network_takes_many_networks_at_once() -> None:
    spec = NetworkSpec.parse("30-20:tanh-4")
    points = [safe_point(spec, np.random.default_rng(seed), m=3) for seed in range(2)]
    stacked = {key: np.stack([point.params[key] for point in points]) for key in spec.keys}
    x, y = (np.stack([getattr(point, name) for point in points]) for name in "xy")
    found = matrix_closed_form(ARRAY_FUNCTIONS, spec)(stacked, x, y)
    for i, point in enumerate(points):
        for key, value in backward(spec, point.params, point.x, point.y).items():
            assert np.allclose(found[key][i], value, rtol=1e-12)
