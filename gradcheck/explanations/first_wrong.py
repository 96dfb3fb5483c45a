"""The first wrong quantity of a gradient, and the line that made it: whatever is right given what it got is passed over.

The quantities are walked in the order of the recursion. What the code has in their place is found without any catalogue:
dW and db are what came back; delta is the array of which they were made, or that is right given the delta above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from gradcheck.explanations.code import Kind, Place, Trace
from gradcheck.explanations.quantities import Quantity, Role, ratio, same
from gradcheck.explanations.roles import Roles, Seen, roles
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

TINY = 1e-12  # relative to the largest entry: no quotient is taken there


class Slip(Enum):
    """What is wrong with a quantity, as far as a trace tells."""

    VALUE = "value"  # other numbers
    FACTOR = "factor"  # the right numbers times a constant
    MISSING = "missing"  # a step was left out: it is still the quantity before it
    ZERO = "zero"  # nothing was ever put there


@dataclass(frozen=True)
class Own:
    """What the code has in the place of a quantity: its numbers, and where they were seen (nowhere inside an expression)."""

    quantity: Quantity
    value: Array
    seen: Seen | None = None
    scale: float = 1.0  # what the right one, given what it got, would be multiplied by


@dataclass(frozen=True)
class Wrong:
    """A quantity that is wrong although what it is made of is right, or is as wrong as it came; with the line that made it."""

    quantity: Quantity
    slip: Slip
    place: Place | None
    own: Own
    factor: float = 1.0
    part: Quantity | None = None  # what in it is wrong, where that was seen by itself: a slope, what comes back


def walk(spec: NetworkSpec, point: Point, trace: Trace) -> Walk:
    """The walk through what was traced at a point."""
    return Walk(spec, point, trace, roles(spec, point, trace.made))


@dataclass(frozen=True)
class Walk:
    """The quantities of the code beside those of the recursion."""

    spec: NetworkSpec
    point: Point
    trace: Trace
    roles: Roles

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """All that is wrong by itself, in the order in which the recursion has it."""
        if (forward := self._forward()) is not None:
            return (forward,)
        found: list[Wrong] = []
        for layer in reversed(self.spec.layers):
            found += self._layer(layer)
        return tuple(found)

    def own(self, quantity: Quantity) -> Seen | None:
        """What the code has in the place of a quantity that is wrong, where it was seen."""
        if quantity.role is Role.DELTA:
            return self._own_delta[quantity.layer].seen
        if quantity.role in (Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT):
            return self._first_seen("W" if quantity.role is Role.WEIGHT_GRADIENT else "b", quantity.layer)
        return None

    # The forward pass

    def _forward(self) -> Wrong | None:
        """The first thing that the network does not have, if its output is not there either."""
        last = self.spec.L
        if self._is_there(Role.ACTIVATION, last) or self._is_there(Role.ERROR, last) or not self._has_outputs:
            return None
        if self._is_there(Role.WEIGHTED_INPUT, last) and self._is_there(Role.DELTA, last):
            return None
        before = -1
        for layer in self.spec.layers:
            for role in (Role.WEIGHTED_INPUT, Role.ACTIVATION):
                quantity = Quantity(role, layer)
                fit = self.roles.right(quantity)
                if fit is not None:
                    before = fit.seen.first
                    continue
                if role is Role.WEIGHTED_INPUT and self._is_there(Role.ACTIVATION, layer):
                    continue
                seen = next(self._strange(quantity, before), None)
                if seen is not None:
                    return Wrong(quantity, Slip.VALUE, seen.place, Own(quantity, seen.array, seen))
        return None

    def _is_there(self, role: Role, layer: int) -> bool:
        return self.roles.right(Quantity(role, layer)) is not None

    @property
    def _has_outputs(self) -> bool:
        """Whether anything of the output's shape was made at all."""
        quantity = Quantity(Role.ACTIVATION, self.spec.L)
        return any(True for _ in self._strange(quantity, -1))

    def _strange(self, quantity: Quantity, after: int) -> Iterator[Seen]:
        """What was made after another thing, has the shape of the quantity, and is nothing right."""
        known = {fit.seen for fit in self.roles.fits}
        for seen in self.roles.seen:
            made = seen.first > after and seen.kind is not Kind.ARGUMENT and seen not in known
            if made and any(True for _ in self.roles.views(seen, quantity)) and seen.array.any():
                yield seen

    # The way back, layer by layer

    @cached_property
    def _returned(self) -> Mapping[str, Array]:
        return self.trace.gradient

    @cached_property
    def _own_delta(self) -> dict[int, Own]:
        found: dict[int, Own] = {}
        for layer in reversed(self.spec.layers):
            found[layer] = self._find_delta(layer, found.get(layer + 1))
        return found

    def _right(self, role: Role, layer: int) -> Array:
        return self.roles.right_values[Quantity(role, layer)]

    def _given(self, layer: int, above: Own | None) -> tuple[Array, Array]:
        """What comes back to a layer, and its delta, right given the delta above."""
        if above is None:
            delta = self._right(Role.DELTA, layer)
            g = self.roles.right_values.get(Quantity(Role.COST_SLOPE, layer), delta)
            return g, delta
        back = above.value @ self.point.params[f"W{layer + 1}"]
        return back, back * self._right(Role.SLOPE, layer)

    def _find_delta(self, layer: int, above: Own | None) -> Own:
        """The array of which dW and db were made; the right one given what came, where none was seen."""
        quantity = Quantity(Role.DELTA, layer)
        _, given = self._given(layer, above)
        best: tuple[int, Seen, Array, float] | None = None
        for seen in self.roles.seen:
            for view in self.roles.views(seen, quantity):
                points = self._used(view.array, layer)
                k = ratio(view.array, given, self.roles.scales)
                points += 2 if k is not None else 0
                points += points > 0 and same(view.array.sum(axis=0), self._returned[f"b{layer}"])
                if points and (best is None or points > best[0]):
                    best = (points, seen, view.array, k or 1.0)
        if best is None:
            return Own(quantity, given)
        return Own(quantity, best[2], best[1], best[3])

    def _used(self, delta: Array, layer: int) -> int:
        """How much of what came back was made of it: 2 for each of dW and db."""
        W, b = f"W{layer}", f"b{layer}"
        product = delta.T @ self._right(Role.ACTIVATION, layer - 1)
        whole = self._returned[W] - self.spec.l2 * self.point.params[W]
        in_W = any(ratio(dW, product, self.roles.scales) is not None for dW in (whole, self._returned[W]))
        in_b = ratio(self._returned[b], delta.sum(axis=0), self.roles.scales) is not None
        return 2 * in_W + 2 * in_b

    @cached_property
    def convention(self) -> float:
        """What the code's deltas have as a factor by its own choice: m where it averages in the end, -1 where it has y - a.

        It is a choice only where something comes out right by it; else the factor is a mistake.
        """
        top, m = self._own_delta[self.spec.L], float(len(self.point.x))
        chosen = next((k for k in (1.0, m, -1.0, -m) if abs(top.scale - k) <= 1e-6 * abs(k)), 1.0)
        undone = [
            k for l in self.spec.layers for key in "Wb" if (k := self._ends_scale(key, l, self._own_delta[l])) is not None
        ]
        return chosen if any(abs(k * chosen - 1) <= 1e-6 for k in undone) else 1.0

    def _layer(self, layer: int) -> Iterator[Wrong]:
        own, above = self._own_delta[layer], self._own_delta.get(layer + 1)
        found: list[Wrong] = []
        if (delta := self._delta(layer, own, above)) is not None:
            found.append(delta)
        ends = [one for key in ("W", "b") if (one := self._end(key, layer, own, delta)) is not None]
        ends.sort(key=lambda one: one.own.seen.first if one.own.seen else len(self.roles.seen))
        yield from (*found, *ends)

    def _is_right(self, key: str) -> bool:
        role = Role.WEIGHT_GRADIENT if key[0] == "W" else Role.BIAS_GRADIENT
        return same(self._returned[key], self._right(role, int(key[1:])))

    def _delta(self, layer: int, own: Own, above: Own | None) -> Wrong | None:
        """The delta of a layer, if it is wrong given the one above."""
        keys = [f"W{layer}", f"b{layer}"]
        if all(map(self._is_right, keys)):
            return None
        back, given = self._given(layer, above)
        k = ratio(own.value, given, self.roles.scales)
        if own.seen is None:
            return self._inline(layer, own, given)
        if k is not None:
            expected = self.convention if above is None else 1.0
            factor = k / expected
            if abs(factor - 1) <= 1e-6 or not self._has_factor(layer, k if above is None else self.convention * k):
                return None
            return Wrong(own.quantity, Slip.FACTOR, self._place(own.seen), own, factor)
        return self._refined(layer, own, back)

    def _has_factor(self, layer: int, k: float) -> bool:
        """Whether dW and db of a layer are off by the factor of its delta, or by that without the batch size."""
        m, found = float(len(self.point.x)), []
        for role, key in ((Role.WEIGHT_GRADIENT, f"W{layer}"), (Role.BIAS_GRADIENT, f"b{layer}")):
            found.append(ratio(self._returned[key], self._right(role, layer), self.roles.scales))
        return all(
            one is not None and any(abs(one - k * s) <= 1e-6 * abs(one) for s in (1.0, 1 / m, -1.0, -1 / m)) for one in found
        )

    def _inline(self, layer: int, own: Own, given: Array) -> Wrong | None:
        """No array is the delta: it stands within the expressions for dW and db, which then are wrong both."""
        del given
        wrong = [key for key in ("W", "b") if self._ends_scale(key, layer, own) is None]
        if len(wrong) < 2:
            return None
        seen = [one for key in wrong if (one := self._first_seen(key, layer)) is not None]
        first = min(seen, key=lambda one: one.first, default=None)
        return Wrong(own.quantity, Slip.VALUE, first.place if first else None, own)

    # What in a delta is wrong

    def _refined(self, layer: int, own: Own, back: Array) -> Wrong:
        """A delta with other numbers: its slope or what came back, where these were seen; a slope that is missing."""
        assert own.seen is not None
        slope = self.roles.right_values.get(Quantity(Role.SLOPE, layer))
        if ratio(own.value, back, self.roles.scales) is not None:
            return Wrong(own.quantity, Slip.MISSING, self._last_before_use(own.seen, layer), own)
        if slope is not None:
            if (seen := self._seen_as(own, _quotient(own.value, back), Role.SLOPE, slope)) is not None:
                place = self._of_helper(seen, own, layer)
                return Wrong(own.quantity, Slip.VALUE, place, own, part=Quantity(Role.SLOPE, layer))
            if (seen := self._seen_as(own, _quotient(own.value, slope), Role.BACK, back)) is not None:
                part = Quantity(Role.BACK if layer < self.spec.L else Role.COST_SLOPE, layer)
                return Wrong(own.quantity, Slip.VALUE, self._place(seen), own, part=part)
        return Wrong(own.quantity, Slip.VALUE, self._place(own.seen), own)

    def _seen_as(self, own: Own, wanted: Array | None, role: Role, right: Array) -> Seen | None:
        """What was seen before the delta that is these numbers, and not the right ones nor the delta itself."""
        if wanted is None or own.seen is None or ratio(wanted, right, self.roles.scales) is not None:
            return None
        quantity, told = Quantity(role, own.quantity.layer), np.isfinite(wanted)
        for seen in self.roles.seen:
            if seen.first >= own.seen.first:
                return None
            for view in self.roles.views(seen, quantity):
                if ratio(np.where(told, view.array, 0), np.where(told, wanted, 0), self.roles.scales) is not None:
                    return seen
        return None

    def _of_helper(self, seen: Seen, own: Own, layer: int) -> Place | None:
        """The line of a wrong slope: in the helper that made it, unless that is right for what it was handed."""
        assert own.seen is not None
        if seen.function == own.seen.function:
            return self._place(seen)
        for handed in self.roles.seen:
            if handed.call == seen.call and handed.kind is Kind.ARGUMENT and handed.array.size == seen.array.size:
                right_for = [name for name, of in _slopes_of(handed.array.reshape(seen.array.shape)) if same(seen.array, of)]
                own_name = self.spec.activations[layer - 1]
                if right_for and (own_name in right_for or own_name not in seen.function.lower()):
                    return self._place(own.seen)
        return self._place(seen)

    # Weights and biases

    def _ends_scale(self, key: str, layer: int, own: Own) -> float | None:
        """By which factor dW or db is what it should be given delta; None where it is something else."""
        got, W = self._returned[f"{key}{layer}"], self.point.params[f"W{layer}"]
        if key == "b":
            return ratio(got, own.value.sum(axis=0), self.roles.scales)
        return ratio(got - self.spec.l2 * W, own.value.T @ self._right(Role.ACTIVATION, layer - 1), self.roles.scales)

    def _end(self, key: str, layer: int, own: Own, delta: Wrong | None) -> Wrong | None:
        """DW or db, if it is wrong given the delta."""
        name = f"{key}{layer}"
        if self._is_right(name):
            return None
        k = self._ends_scale(key, layer, own)
        expected = 1.0 / self.convention if own.seen is not None else 1.0
        if k is not None and (abs(k / expected - 1) <= 1e-6 or (delta is not None and delta.slip is Slip.FACTOR)):
            return None
        if own.seen is None and delta is not None:
            return None  # told as the delta within
        role = Role.WEIGHT_GRADIENT if key == "W" else Role.BIAS_GRADIENT
        quantity, got = Quantity(role, layer), self._returned[name]
        seen = self._first_seen(key, layer)
        made = Own(quantity, got, seen)
        if not got.any():
            return Wrong(quantity, Slip.ZERO, seen.place if seen else None, made)
        slip = Slip.VALUE if k is None else Slip.FACTOR
        return Wrong(quantity, slip, self._place(seen) if seen else None, made, 1.0 if k is None else k / expected)

    def _first_seen(self, key: str, layer: int) -> Seen | None:
        """Where dW or db as it came back was seen first; of numbers in another scale before, where they got this one."""
        role = Role.WEIGHT_GRADIENT if key == "W" else Role.BIAS_GRADIENT
        quantity, got = Quantity(role, layer), self._returned[f"{key}{layer}"]
        wanted = got.reshape(self.roles.shape(quantity))
        inexact: Seen | None = None
        for seen in self.roles.seen:
            for view in self.roles.views(seen, quantity):
                if same(view.array, wanted) and seen.kind is not Kind.ARGUMENT:
                    return seen
                if inexact is None and ratio(view.array, wanted, self.roles.scales) is not None:
                    inexact = seen
        return inexact

    # Lines

    def _place(self, seen: Seen) -> Place:
        """The line that made an array: the first that has it, within the function that was called for it."""
        for one in self.roles.seen:
            is_maker = one.kind is Kind.MADE or (one.kind is Kind.RETURNED and one.first <= seen.first)
            if is_maker and one.array.shape == seen.array.shape and same(one.array, seen.array):
                return one.place
        return seen.place

    def _last_before_use(self, seen: Seen, layer: int) -> Place:
        """The last line that gave a name to an array before dW and db are made of it: there the step is missing."""
        uses = [one.first for key in ("W", "b") if (one := self._first_seen(key, layer)) is not None]
        first = min(uses, default=len(self.trace.made))
        place, function = seen.place, None
        for one in self.roles.seen:
            if one.first >= first:
                break
            is_same = one.array.shape == seen.array.shape and same(one.array, seen.array)
            if is_same and one.kind is Kind.MADE and function in (None, one.function):
                place, function = one.place, one.function
        return place


def _quotient(array: Array, other: Array) -> Array | None:
    """Entry by entry; not-a-number where the other is nearly zero, None where that is everywhere."""
    small = np.abs(other) <= TINY * float(np.abs(other).max(initial=0.0))
    if small.all():
        return None
    return np.where(small, np.nan, array / np.where(small, 1.0, other))


def _slopes_of(array: Array) -> Iterator[tuple[str, Array]]:
    """The slopes of every activation at an array, taken for z; and taken for a, where the slope is a formula of that."""
    for name, row in ACTIVATIONS.items():
        if name not in ("softmax", "identity"):
            yield name, row.dphi(array)
    yield "sigmoid", array * (1 - array)
    yield "tanh", 1 - array**2
