"""The first wrong quantity of a gradient, and the line that made it: whatever is right given what it got is passed over.

The quantities are walked in the order of the recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import Origin, SourcePlace, Trace
from gradcheck.explanations.traced.forward import strange
from gradcheck.explanations.traced.lines import SourceLines
from gradcheck.explanations.traced.own import ENDS, OwnQuantity, OwnValues, even
from gradcheck.explanations.traced.quantities import Quantity, Role, ratio
from gradcheck.explanations.traced.roles import LineValues, Roles, roles
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

TINY = 1e-12  # relative to the largest entry: no quotient is taken there


class Slip(Enum):
    """What is wrong with a quantity, as far as a trace tells."""

    VALUE = "value"  # other numbers
    FACTOR = "factor"  # the right numbers times a constant
    MISSING = "missing"  # a step was left out: it is still the quantity before it
    ZERO = "zero"  # nothing was ever put there
    SUBSET = "subset"  # right, but of some of the examples


@dataclass(frozen=True)
class Wrong:
    """A quantity that is wrong although what it is made of is right, or is as wrong as it came; with the line that made it."""

    quantity: Quantity
    slip: Slip
    place: SourcePlace | None
    own: OwnQuantity
    factor: float = 1.0
    part: Quantity | None = None  # what in it is wrong, where that was seen by itself: a slope, what comes back


def walk(spec: NetworkSpec, point: Point, trace: Trace, source: Callable[[SourcePlace], Sequence[str]]) -> Walk:
    """The walk through what was traced at a point; ``source`` gives the lines of the file or cell of a place."""
    own = OwnValues(spec, point, trace, roles(spec, point, trace.made))
    return Walk(own, SourceLines(own, source))


@dataclass(frozen=True)
class Walk:
    """The quantities of the code beside those of the recursion."""

    values: OwnValues
    lines: SourceLines

    @property
    def spec(self) -> NetworkSpec:
        """The network where it was traced."""
        return self.values.spec

    @property
    def point(self) -> Point:
        """The point where it was traced."""
        return self.values.point

    @property
    def roles(self) -> Roles:
        """What is which right quantity."""
        return self.values.roles

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """All that is wrong by itself, in the order in which the recursion has it."""
        if (forward := self._forward()) is not None:
            return (forward,)
        return tuple(one for layer in reversed(self.spec.layers) for one in self._layer(layer))

    def own(self, quantity: Quantity) -> LineValues | None:
        """What the code has in the place of a quantity of the way back, where it was seen."""
        if quantity.role is Role.DELTA:
            return self.values.deltas[quantity.layer].seen
        key = next((f"{key}{quantity.layer}" for key, role in ENDS.items() if role is quantity.role), None)
        return self.values.seen_end(key, exact=False) if key else None

    def _forward(self) -> Wrong | None:
        found = strange(self.values)
        if found is None:
            return None
        quantity, seen = found
        place = self.lines.of_value(seen, quantity.layer, self.spec.activations[quantity.layer - 1])
        return Wrong(quantity, Slip.VALUE, place, OwnQuantity(quantity, seen.array, seen))

    def _layer(self, layer: int) -> Iterator[Wrong]:
        wrong = [key for key in self.spec.of_layer(layer) if not self.values.is_right(key)]
        parts = {key: self.values.part_of_batch(key) for key in wrong}
        delta = self._delta(layer) if wrong and not all(parts.values()) else None
        ends = [one for key in wrong if (one := self._end(key, delta, in_part=bool(parts[key]))) is not None]
        ends.sort(key=lambda one: one.own.seen.first if one.own.seen else len(self.values.trace.made))
        yield from ([delta] if delta else [])
        yield from ends

    # Delta

    def _delta(self, layer: int) -> Wrong | None:
        """The delta of a layer, if it is wrong given the one above."""
        own, (back, given) = self.values.deltas[layer], self.values.given(layer)
        if own.seen is None:
            return self._inline(layer, own)
        k = ratio(own.value, given, self.roles.scales)
        if k is None:
            return self._refined(layer, own, back)
        factor = k / self.values.convention if layer == self.spec.L else k
        if even(factor, 1.0) or not self._has_factor(layer, factor):
            return None
        seen, part = self._part_with_factor(layer, own, factor)
        if part is None and layer == self.spec.L and even(factor, float(len(self.point.x))):
            seen = self._error_elsewhere(own) or seen  # the average is missing from the slope of the cost
        return Wrong(own.quantity, Slip.FACTOR, self.lines.maker(seen), own, factor, part)

    def _has_factor(self, layer: int, factor: float) -> bool:
        """Whether something that is made of the delta is wrong by its factor."""
        found = [
            ratio(self.values.returned(key) - decay, self.values.right(ENDS[key[0]], layer) - decay, self.roles.scales)
            for key in self.spec.of_layer(layer)
            for decay in [self.spec.decay(key) * self.point.params[key]]
        ]
        above = self.values.deltas.get(layer + 1)
        carried = above.scale / self.values.convention if above is not None else 1.0
        return any(k is not None and not even(k, 1.0) for k in found) and not even(factor * carried, 1.0)

    def _error_elsewhere(self, own: OwnQuantity) -> LineValues | None:
        """The error a_L - y, where another function made it than the one that made delta."""
        fit = self.roles.right(Quantity(Role.ERROR, own.quantity.layer))
        is_apart = fit is not None and own.seen is not None and fit.seen.function != own.seen.function
        return fit.seen if fit is not None and is_apart else None

    def _part_with_factor(self, layer: int, own: OwnQuantity, factor: float) -> tuple[LineValues, Quantity | None]:
        """What was seen first with a factor that does not belong there: the error, the slope of the cost, that of phi."""
        assert own.seen is not None
        m, c = float(len(self.point.x)), self.values.convention
        sign = float(np.sign(c))  # -1 where the code has y - a by its own choice
        free = {Role.SLOPE: (1.0,), Role.BACK: (c,), Role.ERROR: (sign, sign * m, sign / m), Role.COST_SLOPE: (sign, sign * m)}
        for seen in self.roles.seen:
            if seen.first >= own.seen.first:
                break
            for role, scales in free.items():
                quantity = Quantity(role, layer)
                right = self.roles.right_values.get(quantity)
                for view in self.roles.views(seen, quantity) if right is not None else ():
                    k = ratio(view.array, right, self.roles.scales) if right is not None else None
                    if k is not None and not any(even(k, s) for s in scales) and any(even(k, factor * s) for s in scales):
                        return seen, quantity
        return own.seen, None

    def _inline(self, layer: int, own: OwnQuantity) -> Wrong | None:
        """No array is the delta: it stands within the expressions for dW and db, which then are wrong both."""
        keys = self.spec.of_layer(layer)
        if any(self.values.scale(key) is not None for key in keys):
            return None
        seen = [one for key in keys if (one := self.values.seen_end(key, exact=False)) is not None]
        first = min(seen, key=lambda one: one.first, default=None)
        zero = not any(self.values.returned(key).any() for key in keys)
        if zero:
            return Wrong(own.quantity, Slip.ZERO, self._of_zeros(layer), own)
        return Wrong(own.quantity, Slip.VALUE, first.place if first else self.lines.last_return(), own)

    def _refined(self, layer: int, own: OwnQuantity, back: Array) -> Wrong:
        """A delta with other numbers: its slope or what came back, where these were seen; a slope that is missing."""
        assert own.seen is not None
        slope = self.roles.right_values.get(Quantity(Role.SLOPE, layer))
        if ratio(own.value, back, self.roles.scales) is not None:
            ones = self._seen_as(own, np.ones_like(back), Quantity(Role.SLOPE, layer)) if slope is not None else None
            return Wrong(own.quantity, Slip.MISSING, self.lines.maker(ones) if ones else self.lines.missing(own), own)
        if slope is not None:
            part = Quantity(Role.SLOPE, layer)
            if (seen := self._seen_as(own, _quotient(own.value, back), part)) is not None:
                if seen in self.values.right_ones:
                    return Wrong(own.quantity, Slip.VALUE, self.lines.of_another(seen), own, part=part)
                place = self.lines.of_helper(seen, own.seen, self.spec.activations[layer - 1])
                return Wrong(own.quantity, Slip.VALUE, place, own, part=part)
            part = Quantity(Role.BACK if layer < self.spec.L else Role.COST_SLOPE, layer)
            if (seen := self._seen_as(own, _quotient(own.value, slope), part)) is not None:
                return Wrong(own.quantity, Slip.VALUE, self.lines.maker(seen), own, part=part)
        return Wrong(own.quantity, Slip.VALUE, self.lines.first_like(own), own)

    def _seen_as(self, own: OwnQuantity, wanted: Array | None, quantity: Quantity) -> LineValues | None:
        """What was seen before the delta that is these numbers, and no right quantity."""
        if wanted is None or own.seen is None:
            return None
        told, of_slope = np.isfinite(wanted), quantity.role is Role.SLOPE
        above = self.values.deltas.get(quantity.layer + 1)
        since = above.seen.first if above is not None and above.seen is not None else len(self.values.trace.made)
        elsewhere = {fit.seen for fit in self.roles.fits if fit.quantity.role is quantity.role}
        for seen in self.roles.seen:
            if seen.first >= own.seen.first:
                return None
            if seen in self.values.right_ones and not of_slope:
                continue
            for view in self.roles.views(seen, quantity):
                if ratio(np.where(told, view.array, 0), np.where(told, wanted, 0), self.roles.scales) is not None:
                    if seen not in self.values.right_ones or (
                        seen in elsewhere and seen.first > since and seen.call == own.seen.call
                    ):
                        return seen  # another layer's, worked out anew for this one
                    break
        return None

    # Weights and biases

    def _end(self, key: str, delta: Wrong | None, *, in_part: bool) -> Wrong | None:
        """DW or db, if it is wrong given the delta."""
        layer, got = int(key[1:]), self.values.returned(key)
        own, k = self.values.deltas[layer], self.values.scale(key)
        expected = 1.0 / self.values.convention if own.seen is not None else 1.0
        if k is not None and even(k, expected):
            return None
        if delta is not None and (own.seen is None or delta.slip is Slip.ZERO):
            return None  # told as the delta within
        quantity = Quantity(ENDS[key[0]], layer)
        if not got.any():
            return Wrong(quantity, Slip.ZERO, self._of_zeros(layer, key), OwnQuantity(quantity, got))
        slip = Slip.SUBSET if in_part else Slip.VALUE if k is None else Slip.FACTOR
        seen = self.values.seen_end(key, exact=slip is Slip.FACTOR)
        place = seen.place if seen else self.lines.last_return()
        if slip is Slip.VALUE and self._is_put_elsewhere(quantity, seen):
            place = self.lines.last_return()
        if slip is Slip.FACTOR and seen is not None:
            place = self.lines.last_name(seen)
        if slip is Slip.SUBSET and seen is not None:
            place = self._of_part(seen)
        if slip is Slip.VALUE and key[0] == "W" and (changed := self._changed_in_place(key)) is not None:
            place = changed
        return Wrong(quantity, slip, place, OwnQuantity(quantity, got, seen), 1.0 if k is None else k / expected)

    def _is_put_elsewhere(self, quantity: Quantity, seen: LineValues | None) -> bool:
        """Whether the right numbers were made, and what came back in their place was never made as such before."""
        fits = self.roles.by_quantity.get(quantity, ())
        right = [fit.seen for fit in fits if even(fit.scale, 1.0) and fit.seen.kind is Origin.MADE]
        got = self.values.returned(f"{'W' if quantity.role is Role.WEIGHT_GRADIENT else 'b'}{quantity.layer}")
        whole = seen is not None and seen.array.shape in (got.shape, got.T.shape)
        as_it_is = whole and seen is not None and any(same(seen.array, one) for one in (got, got.T))  # a square one, turned
        fits_itself = not as_it_is and any(fit.seen == seen for fit in fits)
        return bool(right) and (seen is None or seen.kind is Origin.RETURNED or fits_itself)

    def _changed_in_place(self, key: str) -> SourcePlace | None:
        """Where what dW was made of, in the place of a, was changed as it lay: another name of it changed with it."""
        layer, got = int(key[1:]), self.values.data(key)
        below = Quantity(Role.ACTIVATION, layer - 1)
        for seen in self.roles.seen:
            if seen.kind is Origin.MADE and self.lines.is_sum(seen.place):
                products = (self.values.deltas[layer].value.T @ view.array for view in self.roles.views(seen, below))
                if any(ratio(got, product, self.roles.scales) is not None for product in products):
                    return seen.place
        return None

    def _of_part(self, seen: LineValues) -> SourcePlace:
        """Where some of the examples are lost: a loop that ends too early, a sum that forgets."""
        if (early := self.lines.early_return(seen.place)) is not None:
            return early
        loop = self.lines.loop(seen.place)
        return loop if loop is not None and self.lines.is_sum(seen.place) else seen.place

    def _of_zeros(self, layer: int, key: str | None = None) -> SourcePlace | None:
        """Where a statement is missing: beside that for the other one of the layer, or in the loop of the layers above."""
        delta = self.values.deltas[layer].seen
        if key is not None:
            quantity = Quantity(ENDS[key[0]], layer)
            for seen in self.roles.seen:
                zero = not seen.array.any() and any(self.roles.views(seen, quantity))
                if zero and delta is not None and seen.first > delta.first and seen.kind is Origin.MADE:
                    return seen.place
            others = [self.values.seen_end(one, exact=False) for one in self.spec.of_layer(layer) if one != key]
            if any(self.values.returned(one).any() for one in self.spec.of_layer(layer)):
                return next((other.place for other in others if other is not None), None)
        above = next((own.seen for l in range(layer + 1, self.spec.L + 1) if (own := self.values.deltas[l]).seen), None)
        if above is None:
            return self._first_zero(layer)
        return self.lines.loop(above.place) or self._loop_after(above)

    def _first_zero(self, layer: int) -> SourcePlace | None:
        """The line that made zeros in the place of a delta."""
        for seen in self.roles.seen:
            if seen.kind is Origin.MADE and not seen.array.any() and any(self.roles.views(seen, Quantity(Role.DELTA, layer))):
                return seen.place
        return None

    def _loop_after(self, seen: LineValues) -> SourcePlace:
        """The next loop that was run after a thing was made, else its line."""
        for one in self.roles.seen:
            if one.first > seen.first and (loop := self.lines.loop(one.place)) is not None and loop.line > seen.place.line:
                return loop
        return self.lines.next_loop(seen.place) or seen.place


def _quotient(array: Array, other: Array) -> Array | None:
    """Entry by entry; not-a-number where the other is nearly zero, None where that is everywhere."""
    small = np.abs(other) <= TINY * float(np.abs(other).max(initial=0.0))
    if small.all():
        return None
    return np.where(small, np.nan, array / np.where(small, 1.0, other))

