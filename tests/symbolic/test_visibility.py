"""Which mistakes a network cannot show, as measured on seeded bugs: small textbook networks hide some, 2-3-3-2 none."""

import numpy as np
import pytest

from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, all_variants, variants
from symbolic.mistakes.visibility import differing_entries, is_equivalent

# W for its transpose, phi' of the wrong layer, a_l for a_{l-1}: where they cannot be made, shapes crash instead.
CLASSIC = (
    "weight-transpose-missing",
    "activation-derivative-wrong-layer",
    "weight-gradient-wrong-activation",
    "output-derivative-lost-in-recursion",
)


def points(spec, m=4):
    rng = np.random.default_rng(11)
    return [(init_params(spec, rng), *random_batch(spec, rng, m)) for _ in range(2)]


def shown(notation, mistake):
    """The forms of a mistake that change the gradient of a network."""
    spec = NetworkSpec.parse(notation)
    return [v.form for v in variants(spec, CATALOGUE[mistake]) if not is_equivalent(spec, v, points(spec))]


@pytest.mark.parametrize("network", ["2-3-1", "4-5-3"])
def test_different_widths_cannot_show_three_classic_mistakes(network):
    assert [mistake for mistake in CLASSIC if not shown(network, mistake)] == list(CLASSIC[:3])


def test_2_2_1_has_no_place_for_a_transpose_or_a_wrong_layer():
    assert not shown("2-2-1", CLASSIC[0]) and not shown("2-2-1", CLASSIC[1])
    assert shown("2-2-1", "weight-gradient-wrong-activation") == ["a_l", "x"]  # two inputs, two hidden units


def test_2_3_3_2_shows_all_of_them():
    for mistake in CLASSIC:
        assert shown("2-3-3-2", mistake), mistake


def test_2_3_3_2_shows_every_variant_that_can_be_made_in_it():
    spec = NetworkSpec.parse("2-3-3-2+l2=0.5")
    hidden = [v.label for v in all_variants(spec) if is_equivalent(spec, v, points(spec))]
    assert hidden == []


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_relu_hides_a_derivative_taken_at_the_activation(name):
    assert shown(f"2-3:{name}-2:{name}/mse", "activation-derivative-at-activation") == []
    assert shown("2-3:tanh-2:identity/mse", "activation-derivative-at-activation") == [""]


def test_a_batch_of_one_hides_what_averages():
    spec = NetworkSpec.parse("2-3:tanh-2+l2=0.5")
    hidden = {v.mistake for v in all_variants(spec) if is_equivalent(spec, v, points(spec, m=1))}
    assert hidden == {
        "missing-batch-average",
        "batch-average-twice",
        "one-example-only",
        "bias-gradient-not-averaged",
        "bias-gradient-averaged-twice",
        "l2-divided-by-batch",
        "wrong-order",
    }


def test_zero_biases_hide_an_l2_term_on_them():
    spec = NetworkSpec.parse("2-3:tanh-2+l2=0.5")
    without = [({key: value * (key[0] == "W") for key, value in params.items()}, x, y) for params, x, y in points(spec)]
    for variant in variants(spec, CATALOGUE["l2-on-bias"]):
        assert is_equivalent(spec, variant, without) and not is_equivalent(spec, variant, points(spec))


def test_the_differing_entries_are_those_that_the_mistake_reaches():
    spec = NetworkSpec.parse("2-3:tanh-2")
    (variant,) = [v for v in variants(spec, CATALOGUE["bias-gradient-missing"]) if v.layer == 1]
    entries = differing_entries(spec, variant, points(spec)[0])
    assert entries["b1"].all() and not any(entries[key].any() for key in ("W1", "W2", "b2"))
