"""The code's own z, a and delta in a worked case: found where a trace of the large network has shown that they are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays.nearness import SINGLE
from gradcheck.explanations.traced.code import Made, NoAnswer, TracedCode
from gradcheck.explanations.traced.first_wrong import Walk
from gradcheck.explanations.traced.quantities import Quantity, Role
from gradcheck.explanations.traced.roles import LineValues
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

ROLES = (Role.WEIGHTED_INPUT, Role.ACTIVATION, Role.DELTA)


@dataclass(frozen=True)
class OwnNumbers:
    """A code, and what was seen of it on the network that it was judged for."""

    code: TracedCode
    walk: Walk

    def at(self, spec: NetworkSpec, point: Point) -> Mapping[str, Array]:
        """The quantities (m, n) by their names, as far as the same lines make them here; nothing where it cannot be traced."""
        try:
            trace = self.code.trace(spec, point)
        except NoAnswer:
            return {}
        if trace.raised is not None or trace.cut is not None:
            return {}
        return dict(self._found(spec, len(point.x), trace.made))

    def _found(self, spec: NetworkSpec, m: int, made: Sequence[Made]) -> Iterator[tuple[str, Array]]:
        for layer in spec.layers:
            for role in ROLES:
                quantity = Quantity(role, layer)
                seen = self._seen(quantity)
                array = self._same_place(seen, made) if seen is not None else None
                if array is not None and array.size == m * spec.sizes[layer] and 1 in (m, spec.sizes[layer]):
                    yield str(quantity), np.asarray(array, dtype=float).reshape(m, spec.sizes[layer])

    def _seen(self, quantity: Quantity) -> LineValues | None:
        """Where the code has a quantity: the right one by itself, without a factor; else what stands in its place.

        A delta that leaves 1/m to dW and db is neither.
        """
        fits = [fit for fit in self.walk.roles.by_quantity.get(quantity, ()) if not fit.ones]
        plain = [fit.seen for fit in fits if abs(fit.scale - 1.0) <= SINGLE]
        m = len(self.walk.point.x)
        if plain or any(abs(fit.scale - m) <= SINGLE * m for fit in fits):
            return plain[0] if plain else None
        first = next(iter(self.walk.wrong), None)
        if first is not None and first.quantity == quantity and first.own.seen is not None:
            return first.own.seen  # of a wrong forward pass what stands in the place of z or a
        return self.walk.own(quantity)

    def _same_place(self, seen: LineValues, made: Sequence[Made]) -> Array | None:
        """What the same line makes under the same name, in the same round where it makes several."""
        before = [n for n, one in enumerate(self.walk.values.trace.made) if _is_at(one, seen)]
        here = [one.array for one in made if _is_at(one, seen)]
        if len(here) == 1:
            return here[0]
        if len(here) == len(before) and seen.first in before:
            return here[before.index(seen.first)]
        return None


def _is_at(made: Made, seen: LineValues) -> bool:
    return (made.place, made.name, made.function, made.kind) == (seen.place, seen.name, seen.function, seen.kind)
