"""Searches a large network's mistake in a small part of it: zero weights cut off all but a few units of each layer.

A gradient function may take one network only; but at a point where every weight into and out of the other units is zero,
the gradient for the few that are left is that of the small network, whatever statement of the recursion is mistaken.
Equal widths stay equal and different ones different, so that a square layer shows what only a square layer can show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.rounding.layers import ApproximateMatrices, approximate_layers
from gradcheck.rounding.program import approximate_values, gradient_of
from gradcheck.rounding.values import NO_KINK, Approximate, Roundoff
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, variants
from symbolic.mistakes.combined import combined
from symbolic.mistakes.further import further_variants
from symbolic.programs.build import program
from symbolic.programs.statements import entry

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


MOST_ENTRIES_OF_PROGRAM = 30_000  # of the program with fewer inputs: some six seconds


def planted_gradient(
    spec: NetworkSpec, forms: frozenset[tuple[str, int, str]], point: Point, format: Roundoff
) -> dict[str, Approximate] | None:
    """The gradient of a wide network with mistakes in its program, told by (id, layer, form); None where that cannot be had.

    The program is that of the network with a few inputs, run for one part of the real inputs after the other: every
    statement of the backward pass is the same for each of them. Only z_1, in which they meet, is handed over. Inputs as many
    as a layer has units stay as many, because some mistakes can be made there alone.
    """
    inputs = spec.sizes[0]
    if inputs not in spec.sizes[1:]:
        inputs = next(n for n in range(min(inputs, FEW), inputs + 1) if n not in spec.sizes[1:])
    few = replace(spec, sizes=(inputs, *spec.sizes[1:]))
    if few.n_params > MOST_ENTRIES_OF_PROGRAM:
        return None
    ids = frozenset(id for id, _, _ in forms)  # to make every form of every mistake takes longer than all the rest
    catalogued = (v for id, mistake in CATALOGUE.items() if id in ids for v in variants(few, mistake))
    whole = [v for v in (*catalogued, *further_variants(few, program(few), ids)) if (v.mistake, v.layer, v.form) in forms]
    changes = combined(program(few), whole)
    if changes is None or {(v.mistake, v.layer, v.form) for v in whole} != forms:
        return None
    layers, _ = approximate_layers(spec, point.params, point.x, point.y, format)
    z = ApproximateMatrices(format).columns(layers.z[1])
    parts = -(-spec.sizes[0] // inputs)
    split = Point({**point.params, "W1": _split(point.params["W1"], parts, inputs)}, _split(point.x, parts, inputs), point.y)
    given = {entry("z1", j): column for j, column in enumerate(z)}
    values = approximate_values(program(few).changed(changes), split.params, split.x, split.y, format, given)
    found = gradient_of(few, values, format)
    found["W1"] = _mapped(found["W1"], lambda part: _put_together(part, parts, spec.shapes["W1"]))
    for key, value in found.items():
        if value.value.shape != spec.shapes[key]:  # a mistake that mixes inputs into what has none
            return None
    return found


def _split(array: Array, parts: int, inputs: int) -> Array:
    """The columns in parts of so many, the last filled up with zeros, as an axis before the usual ones."""
    filled = _padded(array, (len(array), parts * inputs))
    return np.moveaxis(filled.reshape(len(array), parts, inputs), 1, 0)


def _put_together(array: Array, parts: int, shape: tuple[int, ...]) -> Array:
    """The reverse."""
    whole = np.broadcast_to(array, (parts, *array.shape[-2:]))
    return np.moveaxis(whole, 0, 1).reshape(shape[0], -1)[:, : shape[1]]


def _mapped(value: Approximate, view: Callable[[Array], Array]) -> Approximate:
    low, high = (part if part is NO_KINK else view(part) for part in (value.low, value.high))
    return Approximate(view(value.value), view(value.error), low, high, value.format)
