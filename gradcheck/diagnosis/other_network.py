"""Is a wrong gradient the right one of another network of the same sizes, with another activation or another cost?

A student who uses sigmoid where tanh was asked for backpropagates rightly through the wrong network: then that is what to
say, and no step of the recursion is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.judge.mistake import Diagnosis
from gradcheck.rounding.budget import rounding_budget
from gradcheck.rounding.values import SAFETY
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import ACTIVATIONS as ACTIVATION_ROWS
from reference_nets.activations import Array
from reference_nets.network import backward, weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec

Claims = Sequence[tuple[Point, Mapping[str, Array]]]
NEAR_NETWORK = 1e-6  # relative: what is farther off is not looked at more closely


def of_another_network(spec: NetworkSpec, claims: Claims) -> Diagnosis | None:
    """The network that gives the claimed numbers at every point, within rounding; None where none of the candidates does."""
    with np.errstate(all="ignore"):
        found = next((other for other in candidates(spec) if all(_gives(other, *claim) for claim in claims)), None)
    if found is None:
        return _over_batch(spec, claims) or _with_other_biases(spec, claims)
    layer = next((l for l in reversed(spec.layers) if found.activations[l - 1] != spec.activations[l - 1]), spec.L)
    theirs, ours = _difference(spec, found)
    message = Sentence("diagnosis.other-network", other=str(found), theirs=theirs, ours=ours)
    return Diagnosis("wrong-forward", layer, f"W{layer}", message, str(found), str(spec), 16.0)


def _over_batch(spec: NetworkSpec, claims: Claims) -> Diagnosis | None:
    """A softmax whose exponentials are divided by their sum over the examples, or over all entries: not over their own row."""
    if (spec.activations[-1], spec.cost) != ("softmax", "cross_entropy"):
        return None
    for axis in (0, None):
        if all(_is_over(spec, axis, *claim) for claim in claims):
            told = Sentence("diagnosis.behaviour-softmax-over-batch")
            return Diagnosis("softmax-over-batch", spec.L, f"W{spec.L}", told, "", "", 16.0)
    return None


def _is_over(spec: NetworkSpec, axis: int | None, point: Point, claimed: Mapping[str, Array]) -> bool:
    z, a = weighted_inputs(spec, point.params, point.x)
    exponentials = np.exp(z[spec.L] - z[spec.L].max())
    delta = (exponentials / exponentials.sum(axis=axis, keepdims=True) - point.y) / len(point.x)
    for l in reversed(spec.layers):
        own = {f"W{l}": delta.T @ a[l - 1] + spec.l2 * point.params[f"W{l}"], f"b{l}": delta.sum(axis=0)}
        for key in spec.of_layer(l):
            if np.abs(own[key] - claimed[key]).max() > NEAR_NETWORK * max(float(np.abs(own[key]).max()), 1e-300):
                return False
        if l > 1:
            delta = delta @ point.params[f"W{l}"] * ACTIVATION_ROWS[spec.activations[l - 2]].dphi(z[l - 1])
    return True


def _with_other_biases(spec: NetworkSpec, claims: Claims) -> Diagnosis | None:
    """The biases of one layer, or of all, left out of z or subtracted; db is then still the sum of delta."""
    for sign, key in ((0.0, "without-bias"), (-1.0, "bias-subtracted")) if spec.has_biases else ():
        for layers in dict.fromkeys((tuple(spec.layers), *((l,) for l in spec.layers))):
            changed = {f"b{l}": sign for l in layers}
            moved = [(_scaled(point, changed), claimed) for point, claimed in claims]
            with np.errstate(all="ignore"):
                if not all(_gives(spec, *claim) for claim in moved):
                    continue
            if all((point.params[name] == 0).all() for point, _ in claims for name in changed):
                continue
            told = Sentence(f"diagnosis.{key}", layers=tuple(map(str, layers)), count=len(layers))
            return Diagnosis("wrong-forward", layers[0], f"W{layers[0]}", told, "", "z = W a + b", 16.0)
    return None


def _scaled(point: Point, factors: Mapping[str, float]) -> Point:
    """The point with some parameters multiplied by a number."""
    params = {key: value * factors[key] if key in factors else value for key, value in point.params.items()}
    return replace(point, params=params)


def candidates(spec: NetworkSpec) -> Iterator[NetworkSpec]:
    """Networks of the same sizes with one thing changed: all hidden activations, one activation, the cost, or two of these."""
    for activations in dict.fromkeys(_activations(spec)):
        for cost in (spec.cost, *(name for name in COSTS if name != spec.cost)):
            if (activations, cost) == (spec.activations, spec.cost):
                continue
            try:
                yield replace(spec, activations=activations, cost=cost)
            except ValueError:  # a pair that is not allowed
                continue


def _activations(spec: NetworkSpec) -> Iterator[tuple[str, ...]]:
    yield spec.activations
    for name in ACTIVATIONS:
        if spec.L > 2 and name != "softmax":
            yield (*(name,) * (spec.L - 1), spec.activations[-1])
        for l in range(spec.L):
            if name != spec.activations[l] and (name != "softmax" or l == spec.L - 1):
                yield (*spec.activations[:l], name, *spec.activations[l + 1 :])


def _gives(spec: NetworkSpec, point: Point, claimed: Mapping[str, Array]) -> bool:
    """Whether the gradient of this network is the claimed one, within what rounding explains in either."""
    grads = backward(spec, point.params, point.x, point.y)
    size = max(float(np.abs(part).max()) for part in grads.values())
    if not all((np.abs(grads[key] - claimed[key]) <= NEAR_NETWORK * size).all() for key in spec.keys):
        return False
    rounding = rounding_budget(spec, point.params, point.x, point.y).rounding
    return all((np.abs(grads[key] - claimed[key]) <= SAFETY * rounding[key]).all() for key in spec.keys)


def _difference(spec: NetworkSpec, other: NetworkSpec) -> tuple[tuple[Sentence, ...], tuple[str, ...]]:
    """What the other network has, and what was asked for."""
    pairs: list[tuple[Sentence, str]] = [
        (Sentence("diagnosis.activation-in", name=theirs, layer=l), Sentence("diagnosis.activation-there", name=ours))
        for l, (theirs, ours) in enumerate(zip(other.activations, spec.activations, strict=True), 1)
        if theirs != ours
    ]
    if other.cost != spec.cost:
        pairs.append((Sentence("diagnosis.the-cost", name=other.cost), spec.cost))
    theirs, ours = zip(*pairs, strict=True)
    return theirs, ours
