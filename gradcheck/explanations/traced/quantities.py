"""The quantities of the delta recursion as plain floats, and how an array is recognized as one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcheck.arrays.nearness import SINGLE
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.costs import COSTS
from reference_nets.network import output_delta, weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


class Role(StrEnum):
    """What an array is in the recursion; ``back`` is ``delta_{l+1} W_{l+1}``, before the slope; ``slope`` is phi'(z_l)."""

    TARGET = "y"
    WEIGHT = "W"
    BIAS = "b"
    WEIGHTED_INPUT = "z"
    ACTIVATION = "a"  # of layer 0: x
    SLOPE = "slope"
    ERROR = "error"  # a_L - y
    COST_SLOPE = "dC/da"
    BACK = "back"
    DELTA = "delta"
    WEIGHT_GRADIENT = "dW"
    BIAS_GRADIENT = "db"


@dataclass(frozen=True, order=True)
class Quantity:
    """A role in a layer."""

    role: Role
    layer: int

    def __str__(self) -> str:
        if self.role is Role.ACTIVATION and not self.layer:
            return "x"
        alone = (Role.TARGET, Role.ERROR, Role.COST_SLOPE)
        return str(self.role) if self.role in alone else f"{self.role}{self.layer}"


SCALED = (Role.ERROR, Role.COST_SLOPE, Role.BACK, Role.DELTA, Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT)  # may have a factor
PARAMETERS, GRADIENTS = (Role.WEIGHT, Role.BIAS), (Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT)  # of the letters W and b
FLAT = (Role.BIAS, Role.BIAS_GRADIENT)
BY_WEIGHT = (Role.WEIGHT, Role.WEIGHT_GRADIENT)


def right_quantities(spec: NetworkSpec, point: Point) -> dict[Quantity, Array]:
    """Every quantity of the right recursion: of a batch (m, n_l), W and dW as (n_l, n_{l-1}), b and db as (n_l,)."""
    z, a = weighted_inputs(spec, point.params, point.x)
    L, last = spec.L, spec.activations[-1]
    found = {Quantity(Role.ACTIVATION, 0): point.x, Quantity(Role.TARGET, L): point.y}
    found |= {Quantity(Role.ERROR, L): a[L] - point.y, Quantity(Role.COST_SLOPE, L): COSTS[spec.cost].gradient(a[L], point.y)}
    delta = output_delta(spec, z[L], a[L], point.y)
    for l in spec.layers:
        found |= {Quantity(role, l): point.params[key] for role, key in zip(PARAMETERS, spec.of_layer(l), strict=False)}
        found[Quantity(Role.WEIGHTED_INPUT, l)], found[Quantity(Role.ACTIVATION, l)] = z[l], a[l]
        if l < L or last != "softmax":
            found[Quantity(Role.SLOPE, l)] = ACTIVATIONS[spec.activations[l - 1]].dphi(z[l])
    for l in reversed(spec.layers):
        found[Quantity(Role.DELTA, l)] = delta
        sums = (delta.T @ a[l - 1], delta.sum(axis=0))
        for role, key, value in zip(GRADIENTS, spec.of_layer(l), sums, strict=False):
            found[Quantity(role, l)] = value + spec.decay(key) * point.params[key]
        if l > 1:
            found[Quantity(Role.BACK, l - 1)] = delta @ point.params[f"W{l}"]
            delta = found[Quantity(Role.BACK, l - 1)] * found[Quantity(Role.SLOPE, l - 1)]
    return found


@dataclass(frozen=True)
class View:
    """An array read as a matrix of so many rows and columns: as it stands, or turned; with a column of ones left out."""

    array: Array
    turned: bool
    ones: bool = False


def views(array: Array, rows: int, columns: int, *, ones: bool = False) -> Iterator[View]:
    """Every way to read an array as a (rows, columns) matrix; ``ones``: also one that has a column of biases besides."""
    shape = tuple(n for n in array.shape if n != 1)
    if array.size == rows * columns:
        plain = tuple(n for n in (rows, columns) if n != 1)
        if shape == plain or len(shape) == 1:
            yield View(array.reshape(rows, columns), turned=array.shape[:1] == (columns,) != (rows,))
        if (
            shape == plain[::-1] != plain
            or (len(shape) == 1 and 1 not in (rows, columns))
            or (shape == plain and rows == columns)
        ):
            yield View(array.reshape(columns, rows).T, turned=True)
    if ones and array.size == rows * (columns + 1) and array.ndim == 2:
        if array.shape == (rows, columns + 1):
            yield from (View(part, turned=False, ones=True) for part in (array[:, 1:], array[:, :-1]))
        if array.shape == (columns + 1, rows):
            yield from (View(part.T, turned=True, ones=True) for part in (array[1:], array[:-1]))


def ratio(array: Array, other: Array, scales: tuple[float, ...] = ()) -> float | None:
    """The k for which ``array = k * other``; None where there is none. A single number has one of these ``scales``."""
    size = float(np.dot(other.ravel(), other.ravel()))
    if size == 0 or not np.isfinite(array).all() or array.shape != other.shape:
        return None
    k = float(np.dot(array.ravel(), other.ravel())) / size
    if k == 0 or not np.isfinite(k) or float(np.abs(array - k * other).max()) > SINGLE * float(np.abs(array).max()):
        return None
    few = np.count_nonzero(other) == 1
    return k if not few or any(abs(k - s) <= SINGLE * abs(s) for s in scales) else None


def shape_of(quantity: Quantity, spec: NetworkSpec, m: int) -> tuple[int, int]:
    """The rows and columns of a quantity; a bias is one row."""
    n = spec.sizes[quantity.layer]
    if quantity.role in BY_WEIGHT:
        return n, spec.sizes[quantity.layer - 1]
    return (1, n) if quantity.role in FLAT else (m, n)
