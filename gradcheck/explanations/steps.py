"""Each step of the recursion by itself: given the code's own delta above it, is this step right? Then one slip costs once.

For a single example the bias gradient, without its term of L2, is the delta itself, and ``dW_l = delta_l a_{l-1}^T + lambda
W_l`` (BP3): the code's own delta can be read from its answer twice (without biases once), and ``delta_l = (delta_{l+1}
W_{l+1}) phi'(z_l)`` (BP2) looked at alone. What a step does only to a batch shows beside the mean of its examples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

import numpy as np

from gradcheck.arrays.nearness import DOUBLE, same
from gradcheck.rounding.budget import rounding_budget
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.network import backward, weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

_same = partial(same, within=DOUBLE)


class StepState(Enum):
    """What a quantity is: right; right given what it got, which is wrong; or wrong by itself."""

    RIGHT = "right"
    GIVEN = "given"
    WRONG = "wrong"


@dataclass(frozen=True)
class Delta:
    """The code's own delta of one example, as its answer shows it, beside the right one."""

    layer: int
    step: StepState
    own: Array
    right: Array
    budget: Array

    @property
    def worst(self) -> int:
        """The unit that is furthest off, measured by what rounding explains."""
        return int(np.argmax(np.abs(self.own - self.right) / self.budget))


@dataclass(frozen=True)
class Steps:
    """What each parameter's gradient is by itself, by key; and the deltas, where the answers show them."""

    gradient: Mapping[str, StepState]
    deltas: Mapping[int, Delta]


def steps(spec: NetworkSpec, claim: Callable[[Point], Mapping[str, Array]], point: Point) -> Steps:
    """Each step at the examples of a point; what differs from one example to the other is wrong by itself."""
    ones = [Point(point.params, point.x[i : i + 1], point.y[i : i + 1]) for i in range(len(point.x))]
    answers = [claim(one) for one in ones]
    each = [_Single(spec, one, grads) for one, grads in zip(ones, answers, strict=True)]
    gradient = {key: _joined([single.gradient[key] for single in each]) for key in spec.keys}
    deltas = {
        l: max((single.deltas[l] for single in each), key=lambda delta: _SEVERITY[delta.step])
        for l in spec.layers
        if all(l in single.deltas for single in each)
    }
    return _with_batch(spec, point, Steps(gradient, deltas), claim(point), answers)


_SEVERITY = {StepState.RIGHT: 0, StepState.GIVEN: 1, StepState.WRONG: 2}


def _joined(found: list[StepState]) -> StepState:
    return max(found, key=_SEVERITY.__getitem__)


class _Single:
    """The steps of one example, from the output layer down."""

    def __init__(self, spec: NetworkSpec, one: Point, grads: Mapping[str, Array]) -> None:
        self.spec, self.one, self.grads = spec, one, grads
        with_b = replace(spec, has_biases=True, l2_on_biases=False)  # where there are none: of zeros, whose gradient is delta
        params = {key: one.params[key] if key in one.params else np.zeros(shape) for key, shape in with_b.shapes.items()}
        self.right = backward(with_b, params, one.x, one.y)
        self.budget = rounding_budget(with_b, params, one.x, one.y).rounding
        self.z, self.a = weighted_inputs(spec, one.params, one.x)
        self.gradient: dict[str, StepState] = {}
        self.deltas: dict[int, Delta] = {}
        above: Array | None = None  # the code's own delta of the layer above, where it is known
        for l in reversed(spec.layers):
            above = self._layer(l, above)

    def _layer(self, l: int, above: Array | None) -> Array:
        """Judge a layer; its own delta, for the one below."""
        right, given = self.right[f"b{l}"], self._given(l, above)
        by_bias, by_weight = self._from_bias(l), self._from_weights(l)
        known = [delta for delta in (by_bias, by_weight) if delta is not None]
        meant = [delta for delta in known if any(_same(delta, told) for told in (right, given) if told is not None)]
        own = (meant or known or [np.full_like(right, np.nan)])[0]
        follows = StepState.RIGHT if _same(own, right) else StepState.GIVEN
        agreed = by_weight is not None and (by_bias is None or _same(by_bias, by_weight))
        for key, delta in zip(self.spec.of_layer(l), (by_weight, by_bias), strict=False):
            is_own = delta is not None and _same(delta, own) and (agreed or bool(meant)) and own.any()
            self.gradient[key] = follows if is_own else StepState.WRONG
        if agreed or meant:
            by_itself = StepState.RIGHT if follows is StepState.RIGHT else StepState.GIVEN if meant else StepState.WRONG
            self.deltas[l] = Delta(l, by_itself, own, right, self.budget[f"b{l}"])
        return own

    def _given(self, l: int, above: Array | None) -> Array | None:
        """What the delta is by (BP2), from the code's own delta above it."""
        if above is None:
            return None
        slope = ACTIVATIONS[self.spec.activations[l - 1]].dphi(self.z[l])[0]
        return np.asarray((above @ self.one.params[f"W{l + 1}"]) * slope)

    def _from_bias(self, l: int) -> Array | None:
        """The delta for which db is ``delta``, plus lambda b where the biases are regularised; None where there are none."""
        key = f"b{l}"
        return self.grads[key] - self.spec.decay(key) * self.one.params[key] if self.spec.has_biases else None

    def _from_weights(self, l: int) -> Array | None:
        """The delta for which dW is ``delta a^T + lambda W``; None where there is none."""
        data, a = self.grads[f"W{l}"] - self.spec.l2 * self.one.params[f"W{l}"], self.a[l - 1][0]
        if not a.any() or not np.isfinite(data).all():
            return None
        delta = data @ a / (a @ a)
        return delta if _same(np.outer(delta, a), data) else None


def _with_batch(
    spec: NetworkSpec, point: Point, found: Steps, batch: Mapping[str, Array], singles: list[Mapping[str, Array]]
) -> Steps:
    """The same with what goes wrong in a batch alone: a factor that comes with the delta above is not the step's own."""
    penalty = {key: spec.decay(key) * p for key, p in point.params.items()}
    factors = {key: _factor(batch[key] - penalty[key], _mean(key, singles) - penalty[key]) for key in spec.keys}
    gradient, deltas = dict(found.gradient), dict(found.deltas)
    for l in reversed(spec.layers):
        own_keys = spec.of_layer(l)
        of_w, of_b = factors[own_keys[0]], factors[own_keys[-1]]
        above = factors[spec.of_layer(l + 1)[-1]] if l < spec.L else 1.0
        together = of_w is not None and of_b is not None and _near(of_w, of_b)
        for key, factor in zip(own_keys, (of_w, of_b), strict=False):
            if factor is None or not (_near(factor, 1.0) or together):
                gradient[key] = StepState.WRONG
            elif not _near(factor, 1.0) and gradient[key] is StepState.RIGHT:
                gradient[key] = StepState.GIVEN
        if together and of_b is not None and not _near(of_b, 1.0) and l in deltas:
            own = StepState.GIVEN if above is not None and _near(of_b, above) else StepState.WRONG
            delta = deltas[l]
            deltas[l] = Delta(l, _joined([delta.step, own]), of_b * delta.own, delta.right, delta.budget)
    return Steps(gradient, deltas)


def _mean(key: str, singles: list[Mapping[str, Array]]) -> Array:
    return np.asarray(np.mean([grads[key] for grads in singles], axis=0))


def _factor(got: Array, mean: Array) -> float | None:
    """The number by which a batch's gradient is that of its examples; None where there is none."""
    size = float((mean * mean).sum())
    if not np.isfinite(size) or size == 0:
        return 1.0 if _same(got, mean) else None
    factor = float((got * mean).sum() / size)
    return factor if np.isfinite(factor) and _same(got, factor * mean) else None


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= DOUBLE * abs(other)
