"""The catalogue against code written by hand: a mistake made in it gives the numbers of the changed program."""

from functools import cache

import numpy as np
import pytest

from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, all_variants, plant
from symbolic.programs.compiled import compile_gradient

NETWORKS = [
    "2-3-3-2",
    "2-3:tanh-3:relu-2+l2=0.25",
    "3-3:tanh-3:leaky_relu-3:softmax/cross_entropy+l2=0.5",
    "2-3:relu-3:leaky_relu-2:softmax/bce",
    "3-2:elu-3:sigmoid/bce",
    "4-3:gelu-3:silu-3:softmax/mse",
    "1-2:elu-2:softplus-1:tanh/huber",
    "2-3:sigmoid-3:sigmoid-3:sigmoid/cross_entropy",
    "2-2:identity-2:tanh-2:identity/quadratic",
    "3-4:softplus-3:sigmoid/mse",
]


def as_pairs(spec, params):
    return [(params[f"W{layer}"].copy(), params[f"b{layer}"].copy()) for layer in spec.layers]


def by_key(pairs):
    return {f"{name}{layer}": array for layer, pair in enumerate(pairs, 1) for name, array in zip("Wb", pair, strict=True)}


@cache
def planted_numbers(spec):
    """A point, and what each changed program gives there; the same for both styles."""
    point = safe_point(spec, np.random.default_rng(1))
    return point, [(v, compile_gradient(plant(spec, v))(point.params, point.x, point.y)) for v in all_variants(spec)]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_mistake_made_by_hand_gives_the_numbers_of_the_changed_statement(style, network):
    spec = NetworkSpec.parse(network)
    point, numbers = planted_numbers(spec)
    for variant, planted in numbers:
        backward = style.backward_of(spec, variant.mistake, variant.layer, variant.form)
        written = by_key(backward(as_pairs(spec, point.params), point.x.copy(), point.y.copy()))
        size = max(np.abs(value).max() for value in planted.values())  # a layer's true numbers may be zero: softmax
        for key in spec.keys:
            assert np.abs(planted[key] - written[key]).max() <= 1e-13 * size, f"{variant.label}: {key}"


def test_these_networks_have_every_mistake_of_the_catalogue():
    there = {variant.mistake for network in NETWORKS for variant in all_variants(NetworkSpec.parse(network))}
    assert there == set(CATALOGUE)


def test_an_overwritten_activation_gives_the_numbers_of_its_look_alike(style):
    spec = NetworkSpec.parse("2-3:tanh-3:softplus-2")
    point = safe_point(spec, np.random.default_rng(1))
    for layer in (1, 2):
        results = [
            by_key(style.backward_of(spec, mistake, layer)(as_pairs(spec, point.params), point.x, point.y))
            for mistake in ("activation-overwritten-in-place", "activation-derivative-at-activation")
        ]
        assert all(np.array_equal(results[0][key], results[1][key]) for key in spec.keys)
