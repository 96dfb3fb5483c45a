"""The code's own dW, db and delta, each beside the quantity that should stand there.

No catalogue is needed for that: dW and db are what came back, and its delta is the array of which they are made, or that is
right given its delta above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcheck.arrays.nearness import same
from gradcheck.contracts.step import LEARNING_RATE
from gradcheck.explanations.traced.code import Origin, Trace
from gradcheck.explanations.traced.quantities import Quantity, Role, ratio
from gradcheck.explanations.traced.roles import LineValues, Roles
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

EVEN = 1e-6  # relative: two factors that are one and the same
ENDS = {"W": Role.WEIGHT_GRADIENT, "b": Role.BIAS_GRADIENT}


@dataclass(frozen=True)
class OwnQuantity:
    """What the code has in the place of a quantity: its numbers, and where they were seen (nowhere inside an expression)."""

    quantity: Quantity
    value: Array
    seen: LineValues | None = None
    scale: float = 1.0  # what the right one, given what it got, would be multiplied by


@dataclass(frozen=True)
class OwnValues:
    """The code's own quantities at a point of a network."""

    spec: NetworkSpec
    point: Point
    trace: Trace
    roles: Roles

    def right(self, role: Role, layer: int) -> Array:
        """The right quantity."""
        return self.roles.right_values[Quantity(role, layer)]

    def returned(self, key: str) -> Array:
        """What came back for a parameter."""
        return self.trace.gradient[key]

    def is_right(self, key: str) -> bool:
        """Whether what came back for a parameter is right."""
        return same(self.returned(key), self.right(ENDS[key[0]], int(key[1:])))

    def given(self, layer: int) -> tuple[Array, Array]:
        """What comes back to a layer, and its delta: right given the code's own delta above; at the output dC/da."""
        if layer == self.spec.L:
            delta = self.right(Role.DELTA, layer)
            return self.roles.right_values.get(Quantity(Role.COST_SLOPE, layer), delta), delta
        back = self.deltas[layer + 1].value @ self.point.params[f"W{layer + 1}"]
        return back, back * self.right(Role.SLOPE, layer)

    @cached_property
    def deltas(self) -> dict[int, OwnQuantity]:
        """The code's own delta of each layer."""
        found: dict[int, OwnQuantity] = {}
        self.__dict__["deltas"] = found  # each is found with the help of the one above
        for layer in reversed(self.spec.layers):
            found[layer] = self._delta(layer)
        return found

    def _delta(self, layer: int) -> OwnQuantity:
        """The array of which dW and db were made; the right one given what came, where none was seen."""
        quantity, (_, given) = Quantity(Role.DELTA, layer), self.given(layer)
        best: tuple[int, LineValues, Array, float] | None = None
        for seen in self.roles.seen:
            for view in self.roles.views(seen, quantity):
                k = ratio(view.array, given, self.roles.scales)
                points = self._used(view.array, layer) + (2 if k is not None else 0)
                points += points > 0 and self.spec.has_biases and same(view.array.sum(axis=0), self.data(f"b{layer}"))
                if points and (best is None or points > best[0]):
                    best = (points, seen, view.array, k or 1.0)
        return OwnQuantity(quantity, best[2], best[1], best[3]) if best else OwnQuantity(quantity, given)

    def _used(self, delta: Array, layer: int) -> int:
        """How much of what came back was made of it: 2 for each of dW and db."""
        sums = (delta.T @ self.right(Role.ACTIVATION, layer - 1), delta.sum(axis=0))
        return 2 * sum(
            any(ratio(got, made, self.roles.scales) is not None for got in (self.data(key), self.returned(key)))
            for key, made in zip(self.spec.of_layer(layer), sums, strict=False)
        )

    def data(self, key: str) -> Array:
        """What came back for a parameter without the term of L2."""
        return self.returned(key) - self.spec.decay(key) * self.point.params[key]

    def scale(self, key: str, delta: Array | None = None) -> float | None:
        """By which factor dW or db is what it should be given delta; None where it is something else."""
        layer = int(key[1:])
        value = self.deltas[layer].value if delta is None else delta
        if key[0] == "b":
            return ratio(self.data(key), value.sum(axis=0), self.roles.scales)
        product = value.T @ self.right(Role.ACTIVATION, layer - 1)
        return ratio(self.data(key), product, self.roles.scales)

    @cached_property
    def convention(self) -> float:
        """What the code's deltas have as a factor by its own choice: m where it averages in the end, -1 where it has y - a.

        It is a choice where something comes out right by it, or where all is made of the deltas in the same way.
        """
        top, m = self.deltas[self.spec.L], float(len(self.point.x))
        chosen = (1.0, m, -1.0, -m)
        if even(top.scale, 1.0):
            return 1.0
        scales = [k for key in self.spec.keys if (k := self._scale_of_sums(key)) is not None]
        for c in chosen:
            if even(top.scale, c) and any(even(k * c, 1.0) for k in scales):
                return c
        if top.seen is not None and even(top.scale, m) and self._is_error(top.value):
            return m  # with such a cost delta is the error itself, and what is made of it is averaged
        most = max(scales, key=lambda k: sum(even(k, other) for other in scales), default=1.0)
        return next((c for c in chosen if even(most * c, 1.0)), 1.0)

    def _scale_of_sums(self, key: str) -> float | None:
        """The factor of the sums in dW or db, whatever multiple of the parameter stands beside them."""
        k = self.scale(key)
        if k is not None:
            return k
        layer, got, parameter = int(key[1:]), self.returned(key), self.point.params[key]
        delta = self.deltas[layer].value
        sums = delta.sum(axis=0) if key[0] == "b" else delta.T @ self.right(Role.ACTIVATION, layer - 1)
        columns = np.stack([sums.ravel(), parameter.ravel()], axis=1)
        if len(columns) < 3 or not np.isfinite(got).all():
            return None
        (k, c), *_ = np.linalg.lstsq(columns, got.ravel(), rcond=None)
        return float(k) if k and same((k * sums + c * parameter), got) else None

    def _is_error(self, delta: Array) -> bool:
        return same(delta, self.right(Role.ERROR, self.spec.L))

    # Where dW and db were seen

    def seen_end(self, key: str, *, exact: bool) -> LineValues | None:
        """Where dW or db, as it came back, was seen first; not ``exact``: or times a factor, or before the term of L2."""
        layer = int(key[1:])
        quantity, got, params = Quantity(ENDS[key[0]], layer), self.returned(key), self.point.params[key]
        shape = self.roles.shape(quantity)
        wanted = [one.reshape(shape) for one in (got, params - LEARNING_RATE * got)]
        decay = self.spec.decay(key) * params if self.scale(key) is None else 0.0
        plain = [one.reshape(shape) for one in (got, got - decay)]
        known = self.right_otherwise(quantity)
        ends = {fit.seen for fit in self.roles.fits if fit.quantity.role in ENDS.values()}
        fits = self.roles.by_quantity.get(quantity, ())
        done = {fit.seen for fit in fits if even(fit.scale, 1.0)}  # right, before it is spoilt
        last: LineValues | None = None  # of an example's delta that is put into db itself
        for seen in self.roles.seen:
            for view in self.roles.views(seen, quantity) if seen.kind is not Origin.ARGUMENT else ():
                is_it = any(same(view.array, one) for one in wanted)
                alike = any(ratio(view.array, one, self.roles.scales) is not None for one in plain)
                is_like = not exact and seen not in done and alike
                if seen not in known and (is_it or is_like):
                    return last if last is not None and seen.kind is Origin.RETURNED else seen
                last = seen if is_it and seen.kind is Origin.MADE and seen not in ends else last
        return last or self._made_again(quantity, got.reshape(shape))

    def _made_again(self, quantity: Quantity, got: Array) -> LineValues | None:
        """Where another right quantity was worked out once more, under a name of its own: what came back in its place."""
        made = [seen for seen in self.roles.seen if seen.kind is Origin.MADE and seen.rounds == 1]
        alike = [one for one in made if any(same(view.array, got) for view in self.roles.views(one, quantity))]
        later = [one for one in alike if one.name != alike[0].name and one.place != alike[0].place and one.name.isidentifier()]
        return later[-1] if later else None

    def right_otherwise(self, quantity: Quantity) -> set[LineValues]:
        """What was seen and is another right quantity than this one."""
        others = [fit for fit in self.roles.fits if fit.quantity != quantity and not fit.ones]
        sites = {(fit.seen.place, fit.name) for fit in others if fit.seen.rounds > 1}
        own = {fit.seen for fit in others}
        return own | {seen for seen in self.roles.seen if (seen.place, seen.name) in sites}

    @cached_property
    def right_ones(self) -> set[LineValues]:
        """What was seen and is a right quantity."""
        return {fit.seen for fit in self.roles.fits}

    def like(self, own: OwnQuantity) -> Iterator[LineValues]:
        """What was seen with these numbers, times a factor."""
        for seen in self.roles.seen:
            views = self.roles.views(seen, own.quantity)
            if any(ratio(view.array, own.value, self.roles.scales) is not None for view in views):
                yield seen

    def part_of_batch(self, key: str) -> Mapping[str, int] | None:
        """Of how many examples, first or last ones, dW or db is made, if it is right but for that: by ``first`` or ``last``."""
        layer, m = int(key[1:]), len(self.point.x)
        delta, a = self.right(Role.DELTA, layer), self.right(Role.ACTIVATION, layer - 1)
        got = self.data(key)
        whole = delta.sum(axis=0) if key[0] == "b" else delta.T @ a
        if ratio(got, whole, self.roles.scales) is not None:  # of two classes every part has the same direction
            return None
        for count in range(1, m):
            for name, rows in (("first", slice(count)), ("last", slice(m - count, m))):
                part = delta[rows].sum(axis=0) if key[0] == "b" else delta[rows].T @ a[rows]
                if ratio(got, part, self.roles.scales) is not None:
                    return {name: count}
        return None


def even(one: float, other: float) -> bool:
    """Whether two factors are the same."""
    return bool(np.isfinite(one)) and abs(one - other) <= EVEN * abs(other)
