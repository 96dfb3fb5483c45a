"""Strategies: away from kinks by construction, targets that the cost can take, simple and small when shrunk."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from gradcheck.strategies import (
    LARGEST_PARAMETER,
    SIMPLE,
    _has_classes,
    _seeded,
    batches,
    networks,
    params,
    points,
    seeded_points,
)
from gradcheck.witnesses.kink_free import GAP, _range, kink_free
from reference_nets.activations import ACTIVATIONS
from reference_nets.network import weighted_inputs
from reference_nets.points import check_numbers, check_shapes
from reference_nets.spec import ACTIVATIONS as NAMES
from reference_nets.spec import COSTS, NetworkSpec

QUIET = settings(database=None, deadline=None)
KINKS = {
    "hidden": ("relu", "leaky_relu", "silu", "gelu", "identity", "tanh"),
    "outputs": ("relu", "identity", "softmax"),
}
KINKED, KINKED_WITHOUT_BIASES = networks(**KINKS, biases=(True,)), networks(**KINKS, biases=(False,))


def kinked_inputs(spec, params, x):
    """All weighted inputs of the kinked layers, layer by layer."""
    z, _ = weighted_inputs(spec, params, x)
    return [z[layer] for layer in kinked_layers(spec)]


def kinked_layers(spec):
    return [layer for layer in spec.layers if ACTIVATIONS[spec.activations[layer - 1]].kinked]


def is_simple(values):
    return all(Fraction(v).denominator <= 256 for v in np.ravel(values))


@settings(QUIET, max_examples=100)
@given(st.data(), KINKED)
def test_no_weighted_input_of_a_point_is_near_a_kink_and_the_first_unit_is_live(data, spec):
    point = data.draw(points(spec))
    for z in kinked_inputs(spec, point.params, point.x):
        assert np.abs(z).min() > GAP * (1 - 1e-9)
        assert (z[:, 0] > 0).all()


@settings(QUIET, max_examples=100)
@given(st.data(), KINKED_WITHOUT_BIASES)
def test_without_biases_no_weighted_input_of_anything_but_zeros_is_zero(data, spec):
    point = data.draw(points(spec))
    _, a = weighted_inputs(spec, point.params, point.x)
    for layer, z in zip(kinked_layers(spec), kinked_inputs(spec, point.params, point.x), strict=True):
        assert (z != 0)[a[layer - 1].any(axis=1)].all()


@settings(QUIET, max_examples=100)
@given(st.data(), KINKED)
def test_parameters_drawn_by_themselves_are_away_from_kinks_for_every_batch(data, spec):
    drawn = data.draw(params(spec))
    x, _ = data.draw(batches(spec))
    corners = np.array(np.meshgrid(*[[-LARGEST_PARAMETER, LARGEST_PARAMETER]] * spec.sizes[0])).reshape(spec.sizes[0], -1).T
    for inputs in (x, corners):
        for z in kinked_inputs(spec, drawn, inputs):
            assert np.abs(z).min() > GAP * (1 - 1e-9)
            assert (z[:, 0] > 0).all()


WIDE = NetworkSpec.parse("2-70:relu-2:softmax/cross_entropy")  # has arrays of which only a seed is drawn


@settings(QUIET, max_examples=100)
@given(st.data(), networks() | st.just(WIDE))
def test_points_have_the_shapes_and_targets_of_their_network_and_simple_bounded_numbers(data, spec):
    point = data.draw(points(spec))
    check_shapes(spec, point.params, point.x, point.y)
    check_numbers(spec, point.params, point.x, point.y)
    assert (point.x != 0).all()
    assert np.abs(point.x).max() <= LARGEST_PARAMETER
    assert all((point.params[f"W{layer}"] != 0).all() for layer in spec.layers)
    assert all(np.abs(point.params[f"W{layer}"]).max() <= LARGEST_PARAMETER for layer in spec.layers)
    assert all(is_simple(value) for value in (*point.params.values(), point.x, point.y))
    if spec.cost == "cross_entropy":
        assert (np.sort(point.y)[:, :-1] == 0).all()
        assert (point.y.sum(axis=1) == 1).all()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "softmax"])
def test_the_range_of_an_activation_holds_all_its_values(name):
    rng = np.random.default_rng(0)
    low, width = rng.uniform(-4, 2, size=(2, 50)) * [[1], [0.5]]
    high = low + np.abs(width)
    values = ACTIVATIONS[name].phi(low + np.linspace(0, 1, 101)[:, np.newaxis] * (high - low))
    bottom, top = _range(name, low, high)
    assert (bottom <= values.min(axis=0)).all()
    assert (values.max(axis=0) <= top).all()


def test_a_bias_moves_by_the_fewest_steps_and_only_in_kinked_layers():
    spec = NetworkSpec.parse("1-2:relu-2:tanh-1")
    ones = {key: np.ones(shape) if key[0] == "W" else np.zeros(shape) for key, shape in spec.shapes.items()}
    moved = kink_free(spec, ones, np.array([[1.0], [-1.0], [1 / 32]]))
    assert moved["b1"].tolist() == [1.125, -0.125]  # unit 0 is made live at x = -1; unit 1 has no weighted input near zero
    assert moved["b2"].tolist() == [0, 0]
    assert ones["b1"].tolist() == [0, 0]


def test_units_are_live_for_some_examples_and_dead_for_others():
    spec = NetworkSpec.parse("2-3:relu-1")

    def varies(point):
        (z,) = kinked_inputs(spec, point.params, point.x)
        return bool(((z > 0).any(axis=0) & (z < 0).any(axis=0)).any())

    assert find(points(spec), varies, settings=settings(QUIET, phases=[Phase.generate])) is not None


def test_the_smallest_network_and_the_plainest_point_are_what_examples_shrink_to():
    assert str(find(networks(), lambda _: True, settings=QUIET)) == "1-1:identity/quadratic"
    point = find(points(NetworkSpec.parse("2-2:tanh-1")), lambda p: (p.params["W2"] != 1).any(), settings=QUIET)
    assert point.x.tolist() == [[1, 1]]
    assert point.y.tolist() == [[0]]
    assert point.params["W1"].tolist() == [[1, 1], [1, 1]]
    assert sorted(point.params["W2"].ravel()) == [-1, 1]
    assert SIMPLE[:4] == (1, -1, 0.5, -0.5)


@pytest.mark.parametrize("cost", COSTS)
def test_every_cost_is_drawn(cost):
    assert find(networks(), lambda spec: spec.cost == cost, settings=settings(QUIET, max_examples=500)).cost == cost


def test_an_impossible_pair_is_named():
    with pytest.raises(ValueError, match="none of the costs cross_entropy goes with an output activation tanh"):
        find(networks(costs=("cross_entropy",), outputs=("tanh",)), lambda _: True, settings=QUIET)


@pytest.mark.parametrize(
    "network", ["3-4:tanh-2", "2-5:relu-3/cross_entropy", "3-3:leaky_relu-3:softmax/bce", "2-4-1/bce+l2=0.5"]
)
def test_points_by_a_seed_alone_are_points_of_the_same_kind(network):
    """Plain numbers, away from kinks, targets of the cost; the same bits, the same point; batches of every size."""
    spec = NetworkSpec.parse(network)
    drawn = [_seeded(spec, seed, 1, 4) for seed in range(40)]
    assert {len(point.x) for point in drawn} == {1, 2, 3, 4}
    assert len({point.x.tobytes() + point.params["W1"].tobytes() for point in drawn}) == 40
    for point in drawn:
        assert np.isin(point.x, SIMPLE).all()
        assert all((np.abs(z) > 0).all() for z in kinked_inputs(spec, point.params, point.x))
        assert not _has_classes(spec) or ((point.y == 1).sum(axis=1) == 1).all()
        assert _has_classes(spec) or spec.cost != "bce" or ((point.y >= 0) & (point.y <= 1)).all()
    again = find(seeded_points(spec, min_size=2), lambda point: len(point.x) == 3, settings=QUIET)
    assert again.x.shape == (3, spec.sizes[0])
