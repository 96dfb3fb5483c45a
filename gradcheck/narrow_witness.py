"""A large network asked where it is a small one: all but a few units of each layer are cut off by zero weights.

A gradient function may take one network only; but at a point where every weight into and out of the other units is zero,
the gradient for the few that are left is that of the small network, whatever statement of the recursion is mistaken.
Equal widths stay equal and different ones different, so that a square layer shows what only a square layer can show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.points import safe_point
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

FEW = 5  # units that are left of a layer; outputs stay, because a cost knows how many there are


@dataclass(frozen=True)
class NarrowWitness:
    """A network, and the narrow one that it contains."""

    spec: NetworkSpec
    narrow: NetworkSpec

    @classmethod
    def of(cls, spec: NetworkSpec) -> NarrowWitness:
        """The narrow network inside of this one.

        >>> NarrowWitness.of(NetworkSpec.parse("64-64-30-10")).narrow.sizes
        (6, 6, 5, 10)
        """
        left = {spec.sizes[-1]: spec.sizes[-1]}
        for width in sorted(set(spec.sizes) - left.keys()):
            left[width] = next(n for n in range(min(width, FEW), width + 1) if n not in left.values())
        return cls(spec, replace(spec, sizes=tuple(left[width] for width in spec.sizes)))

    def point(self, y: Array, rng: np.random.Generator, dtype: Any = np.float64) -> tuple[Point, Point]:
        """A random point of the narrow network with these targets, and the same as one of the whole network."""
        drawn = safe_point(self.narrow, rng, m=len(y), dtype=dtype)
        params = {key: _padded(value, self.spec.shapes[key]) for key, value in drawn.params.items()}
        x = _padded(drawn.x, (len(y), self.spec.sizes[0]))
        return Point(drawn.params, drawn.x, y), Point(params, x, y)

    def part(self, grads: Mapping[str, Array]) -> dict[str, Array]:
        """The entries of a gradient that belong to the narrow network."""
        return {key: grads[key][tuple(map(slice, shape))] for key, shape in self.narrow.shapes.items()}


def _padded(array: Array, shape: tuple[int, ...]) -> Array:
    return np.pad(array, [(0, size - had) for size, had in zip(shape, array.shape, strict=True)])
