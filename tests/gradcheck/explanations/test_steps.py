"""Each step of the recursion by itself: which one is wrong, and what is right given that."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.steps import StepState, steps
from gradcheck.rounding.program import approximate_values, gradient_of
from gradcheck.rounding.values import Roundoff
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, plant, variants

SPEC = NetworkSpec.parse("3-4:tanh-5:sigmoid-2+l2=0.1")
POINT = safe_point(SPEC, np.random.default_rng(5), m=2)


def planted(mistake, layer=None):
    """Return a gradient function with one mistake in it; in every layer that has it, or in one."""
    found = [v for v in variants(SPEC, CATALOGUE[mistake]) if layer is None or v.layer == layer]
    program = plant(SPEC, *found[:1] if layer else found)

    def claim(point: Point):
        values = approximate_values(program, point.params, point.x, point.y, Roundoff.of(np.float64))
        return {key: value.value for key, value in gradient_of(SPEC, values, Roundoff.of(np.float64)).items()}

    return claim


def given(found):
    return {key for key, step in found.gradient.items() if step is StepState.GIVEN}


def test_of_a_right_gradient_every_step_is_right():
    found = steps(SPEC, lambda p: backward(SPEC, p.params, p.x, p.y), POINT)
    assert {*found.gradient.values()} == {StepState.RIGHT} and given(found) == set()
    assert {l: delta.step for l, delta in found.deltas.items()} == dict.fromkeys(SPEC.layers, StepState.RIGHT)


@pytest.mark.parametrize(
    ("mistake", "layer", "wrong"),
    [
        ("missing-hidden-activation-derivative", 1, {"delta1"}),
        ("missing-hidden-activation-derivative", 2, {"delta2"}),
        ("missing-output-activation-derivative", 3, {"delta3"}),
        ("output-delta-sign", 3, {"delta3"}),
        ("bias-gradient-missing", 2, {"b2"}),
        ("weight-gradient-uses-z", 2, {"W2"}),
        ("l2-missing", None, {"W1", "W2", "W3"}),
        ("bias-gradient-not-averaged", 1, {"b1"}),
        ("missing-batch-average", None, {"delta3"}),
    ],
)
def test_the_step_that_is_wrong_is_told_from_what_follows(mistake, layer, wrong):
    found = steps(SPEC, planted(mistake, layer), POINT)
    named = {key for key, step in found.gradient.items() if step is StepState.WRONG}
    named |= {f"delta{l}" for l, delta in found.deltas.items() if delta.step is StepState.WRONG}
    assert named == wrong


def test_what_follows_a_wrong_delta_is_right_given_that():
    found = steps(SPEC, planted("missing-hidden-activation-derivative", 2), POINT)
    assert given(found) == {"W2", "b2", "W1", "b1"}
    assert (found.deltas[3].step, found.deltas[1].step) == (StepState.RIGHT, StepState.GIVEN)
    right = backward(SPEC, POINT.params, POINT.x[:1], POINT.y[:1])["b2"]
    assert any(np.array_equal(found.deltas[2].right, backward(SPEC, POINT.params, *xy)["b2"]) for xy in examples()), right


def examples():
    return [(POINT.x[i : i + 1], POINT.y[i : i + 1]) for i in range(2)]


@pytest.mark.parametrize("value", [0.0, 1e308, np.nan])
def test_nothing_follows_from_nothing(value):
    with np.errstate(all="ignore"):
        found = steps(SPEC, lambda p: {key: 0 * w + value for key, w in p.params.items()}, POINT)
    assert {*found.gradient.values()} == {StepState.WRONG}
