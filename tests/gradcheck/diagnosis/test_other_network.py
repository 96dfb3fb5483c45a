"""A gradient that is right for another network is told so, with the network's name."""

import numpy as np
import pytest

from gradcheck.diagnosis.other_network import candidates, of_another_network
from gradcheck.networks.check import check_network
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec


def of(other: str):
    """The right gradient of another network, in the functions contract."""
    spec = NetworkSpec.parse(other)

    def gradient(params, x, y):
        by_key = {f"{name}{l}": array for l, pair in enumerate(params, 1) for name, array in zip("Wb", pair, strict=True)}
        return backward(spec, by_key, x, y)

    return gradient


@pytest.mark.parametrize(
    ("asked", "had", "words"),
    [
        ("3-4:tanh-2", "3-4:sigmoid-2", "the code has sigmoid in layer 1, the network asked for has tanh there"),
        ("3-4:relu-2:identity/mse", "3-4:leaky_relu-2:identity/mse", "leaky_relu in layer 1"),
        ("3-4:tanh-5:tanh-2", "3-4:sigmoid-5:sigmoid-2", "sigmoid in layer 1 and sigmoid in layer 2"),
        ("2-4:tanh-3:identity/huber", "2-4:tanh-3:identity/mse", "the cost mse, the network asked for has huber"),
        ("3-4:tanh-3:softmax/cross_entropy", "3-4:tanh-3:sigmoid/bce", "sigmoid in layer 2 and the cost bce"),
    ],
)
def test_the_network_that_was_backpropagated_is_named(asked, had, words):
    result = check_network(asked, of(had), rng=3)
    assert [d.id for d in result.diagnoses] == ["wrong-forward"]
    assert words in result.diagnoses[0].message and str(NetworkSpec.parse(had)) in result.diagnoses[0].message


def test_a_mistake_in_the_recursion_is_not_taken_for_another_network():
    spec, rng = NetworkSpec.parse("3-4:tanh-5:sigmoid-2"), np.random.default_rng(1)
    claims = []
    for point in (safe_point(spec, rng) for _ in range(2)):
        grads = backward(spec, point.params, point.x, point.y)
        claims.append((point, grads | {"W1": 1.5 * grads["W1"]}))
    assert of_another_network(spec, claims) is None


def test_candidates_are_networks_of_the_same_sizes_other_than_the_one_asked_for():
    spec = NetworkSpec.parse("3-4:tanh-2")
    found = list(candidates(spec))
    assert len(found) > 40
    assert all(other.sizes == spec.sizes and other != spec for other in found)
