"""The judge against code written by hand: right code matches, every mistake that changes a number is found."""

import numpy as np
import pytest

from gradcheck.networks.check import check_network
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE, all_variants
from symbolic.mistakes.visibility import is_equivalent

NETWORKS = [
    "2-3:tanh-3:tanh-2+l2=0.25",
    "3-2-3:softmax/cross_entropy",
    "2-3:relu-3:leaky_relu-3:softmax/mse",
    "3-3:sigmoid-3:sigmoid/huber+l2=0.5",
]
PAIRS = [(name, cost) for cost in COSTS for name in ACTIVATIONS if pair_problem(name, 2, cost) is None]
SEED = 3
FULL = pytest.mark.extra("resource")  # run by make test-all
STYLES = ("vectorised", "loops")


def judged(backward, network, **options):
    return check_network(network, backward, rng=SEED, points=1, **options)


@pytest.mark.parametrize("cost", COSTS)
def test_right_code_matches_with_every_activation_and_cost(style, cost):
    outputs = [name for name, other in PAIRS if other == cost]
    for index, hidden in enumerate(ACTIVATIONS[:-1]):
        spec = NetworkSpec((3, 2, 4, 2), (hidden, hidden, outputs[index % len(outputs)]), cost, 0.25 * (index % 2))
        result = judged(style.backward_of(spec), spec)
        assert result.verdict == "match", str(result)


@pytest.mark.parametrize("output", ACTIVATIONS)
def test_right_code_matches_with_every_output(style, output):
    for cost in [cost for name, cost in PAIRS if name == output]:
        spec = NetworkSpec((2, 3, 2), ("tanh", output), cost)
        assert judged(style.backward_of(spec), spec).verdict == "match"


def one_of_each():
    """(network, variant): each form of each mistake in one network where it changes a number, hidden or output layer."""
    seen = set()
    for network in NETWORKS:
        spec = NetworkSpec.parse(network)
        point = safe_point(spec, np.random.default_rng(SEED))
        for variant in all_variants(spec):
            form = "phi'" if variant.form.startswith("phi'") else variant.form
            if (variant.mistake, form) in seen or is_equivalent(spec, variant, [(point.params, point.x, point.y)]):
                continue
            seen.add((variant.mistake, form))
            yield spec, variant


@pytest.mark.parametrize("turn", [0, pytest.param(1, marks=FULL)])
def test_every_planted_mistake_is_a_mismatch(style, turn, monkeypatch):
    """Every day each form of each mistake in one of the two styles."""
    monkeypatch.setattr("gradcheck.networks.check._diagnosed", lambda *_: ((), None))  # the verdict does not wait for it
    planted = list(one_of_each())
    assert {variant.mistake for _, variant in planted} == set(CATALOGUE)
    for spec, variant in planted[(turn + STYLES.index(style.__name__)) % 2 :: 2]:
        result = judged(style.backward_of(spec, variant.mistake, variant.layer, variant.form), spec)
        assert result.verdict == "mismatch" and not result.ok, f"{spec}, {variant.label}: {result}"
        assert any(quantity.verdict == "mismatch" for quantity in result.quantities)


# What no changed statement expresses: the network, the layer, and what the check says of it.
BEHAVES = {
    "activation-overwritten-in-place": ("2-3:tanh-2", 1, ["mismatch"]),
    "softmax-over-batch": ("2-3:tanh-3/cross_entropy", 0, ["mismatch"]),
    "bias-gradient-wrong-axis": ("2-3:tanh-2", 1, ["mismatch"]),
    "float32-precision": ("2-3:tanh-2", 0, ["inaccurate"]),
    "accumulates-across-calls": ("2-3:tanh-2", 0, ["mismatch"]),
    "mutates-inputs": ("2-3:tanh-2", 0, ["mismatch"]),
    "nondeterministic": ("2-3:tanh-2", 0, ["mismatch"]),
    "works-for-one-example-only": ("2-3:tanh-2", 0, ["mismatch"]),
}


@pytest.mark.parametrize("mistake", BEHAVES)
def test_wrong_behaviour_is_found(style, mistake):
    network, layer, expected = BEHAVES[mistake]
    spec = NetworkSpec.parse(network)
    result = judged(style.backward_of(spec, mistake, layer), spec)
    assert result.verdict in expected, str(result)
    if mistake in ("accumulates-across-calls", "mutates-inputs", "nondeterministic"):
        assert mistake in {check.id for check in result.checks}, str(result)
    if mistake == "float32-precision":
        assert {quantity.id for quantity in result.quantities} == {mistake}, str(result)


def test_wrong_behaviour_is_hidden_where_the_catalogue_says_so(style):
    spec = NetworkSpec.parse("2-3:tanh-2")
    assert judged(style.backward_of(spec, "works-for-one-example-only"), spec, m=1).verdict == "match"


def test_a_wrong_axis_shows_as_a_shape_or_where_counts_are_equal_as_a_value(style):
    spec = NetworkSpec.parse("2-3:tanh-2")
    backward = style.backward_of(spec, "bias-gradient-wrong-axis", 1)
    assert judged(backward, spec, m=3).verdict == "mismatch"


def test_what_is_left_of_the_behaviour_is_tested_elsewhere():
    elsewhere = {"wrong-forward", "numeric-gradient", "unstable-formula", "constant-added", "gradient-clipped"}
    assert set(BEHAVIOUR) - set(BEHAVES) == elsewhere
