"""The smallest network on which a mistake shows, with small numbers: each quantity as it is right, and with the mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.mistakes.catalogue import CATALOGUE, Variant, plant, variants
from symbolic.programs.build import program
from symbolic.programs.compiled import FUNCTIONS
from symbolic.programs.interpret import Numbers, evaluate, point_inputs
from symbolic.programs.statements import Program

# From the smallest; those at the end have what only some mistakes need: a square layer, L2, two hidden layers.
NETWORKS = (
    *("1-1:tanh-1", "1-1:relu-1:identity", "1-1:leaky_relu-1:identity", "1-1:sigmoid-1/bce", "1-2:softmax/cross_entropy"),
    *("1-2:softmax/quadratic", "1-1:tanh-1+l2=0.5", "1-1:tanh-1:tanh-1", "1-2:tanh-2", "2-2:tanh-2", "2-2:tanh-2:tanh-2"),
    *("1-1:tanh-2:identity/mse", "2-1/bce"),
)
WEIGHTS = ((1.0,), (1.0, -1.0), (2.0, -1.0, 0.5), (-1.0, 2.0))  # in turn
CLEAR = 0.1  # relative to the larger of the two: what a reader sees at once


@dataclass(frozen=True)
class SmallExample:
    """The network, the mistake in it, the point, and each name with its right and its wrong numbers."""

    spec: NetworkSpec
    variant: Variant
    point: Point
    rows: tuple[tuple[str, Array, Array], ...]

    @property
    def first(self) -> tuple[str, float, float]:
        """The first entry that differs."""
        for name, right, wrong in self.rows:
            off = np.abs(right - wrong) > 1e-12 * (np.abs(right) + np.abs(wrong))
            if off.any():
                place = np.unravel_index(int(np.argmax(off)), off.shape)
                return name, float(right[place]), float(wrong[place])
        raise AssertionError(self.variant.label)


def small_example(mistake: str) -> SmallExample | None:
    """The first of the small networks that shows the mistake clearly; None for what no changed formula expresses."""
    if mistake not in CATALOGUE:
        return None
    for m in (1, 2):
        for network in NETWORKS:
            spec = NetworkSpec.parse(network)
            for point in _points(spec, m):
                for variant in variants(spec, CATALOGUE[mistake]):
                    found = _example(spec, variant, point)
                    if found is not None:
                        return found
    return None


def _points(spec: NetworkSpec, m: int) -> Iterator[Point]:
    for weights in WEIGHTS:
        params = {}
        for key, shape in spec.shapes.items():
            here = np.roll(np.array(weights), 1 - quantity_of(key).layer)  # no two layers have the same weights
            values = np.resize(here, shape) if quantity_of(key).kind == "W" else np.full(shape, 0.5)
            params[key] = values
        x = np.resize(np.array([1.0, 2.0, -1.0]), (m, spec.sizes[0]))
        y = np.zeros((m, spec.sizes[-1]))
        y[:, 0] = np.arange(m) % 2 if spec.activations[-1] != "softmax" else 1.0
        yield Point(params, x, y)


def _example(spec: NetworkSpec, variant: Variant, point: Point) -> SmallExample | None:
    right, wrong = (_values(p, point) for p in (program(spec), plant(spec, variant)))
    gradients = [name for name in right if quantity_of(name).kind in ("dW", "db")]
    if not any(_clear(right[name], wrong[name]) for name in gradients):
        return None
    kinds = ("z", "a", "c", "C", "delta", "gW", "dW", "db")
    rows = tuple((name, right[name], wrong[name]) for name in right if quantity_of(name).kind in kinds)
    return SmallExample(spec, variant, point, rows)


def _clear(right: Array, wrong: Array) -> bool:
    size = max(float(np.abs(right).max()), float(np.abs(wrong).max()))
    return bool(np.isfinite(wrong).all() and size > 1e-3 and np.abs(right - wrong).max() >= CLEAR * size)


def _values(p: Program, point: Point) -> dict[str, Array]:
    """Every name of a program, in floats, in the order of its statements."""
    numbers = Numbers(lambda number: np.array([float(number)]), FUNCTIONS)
    inputs = point_inputs(p.spec, point.params, point.x, point.y, lambda number: np.array([float(number)]))
    values: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for s in p.statements:
            values[s.name] = np.asarray(evaluate(s.rhs, {**inputs, **values}, numbers))
    return values
