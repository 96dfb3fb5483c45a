"""Balls: a midpoint and a rigorous radius, so that every result encloses the true value (Johansson 2017, Arb).

The only module that imports python-flint, and a leaf: it serves programs and unmodified code alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import flint
import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Ball = flint.arb
BallMatrix = flint.arb_mat
ModularMatrix = flint.nmod_mat

FIRST_PRECISION = 192  # bits; doubled until the enclosure is tight
LAST_PRECISION = 6144
TIGHT = 2.0**-90  # an enclosure is tight when its radius is below this part of the quantity's largest entry

NAN_BALL = flint.arb.nan()
UNIT_INTERVAL = flint.arb(0.5, 0.5)  # any weight that a choice may give to one of two sides
SIGN_INTERVAL = flint.arb(0, 1)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Ball arithmetic at this many bits, within the block."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def current_precision() -> int:
    """The bits that ball arithmetic has now."""
    return int(flint.ctx.prec)


def decimal_ball(text: str) -> flint.arb:
    """The number that a decimal such as "0.15" means, not the nearest float."""
    return flint.arb(text)


def balls(array: Array) -> Array:
    """An array of exact balls with the values of a float array."""
    return np.asarray(np.frompyfunc(Ball, 1, 1)(np.asarray(array, dtype=np.float64).astype(object)))


def widened(value: flint.arb, radius: float) -> flint.arb:
    """The ball with its radius enlarged."""
    return value + flint.arb(0, radius)


def magnitude(value: flint.arb) -> float:
    """An upper bound of ``|value|`` as a float; infinite where the ball is not finite."""
    return float(value.abs_upper()) * (1 + 2**-50) if value.is_finite() else float("inf")


def is_constant_zero(value: flint.arb) -> bool:
    """Whether the ball is exactly the number 0."""
    return bool(value.is_zero())


@dataclass(frozen=True)
class Enclosure:
    """Arrays of true values, each within ``rad`` of ``mid + low``; ``mid`` is the nearest float64, ``low`` the rest."""

    mid: Array
    low: Array
    rad: Array

    def distance(self, values: Array) -> Array:
        """``|values - true value|`` up to ``rad``, without cancellation: subtracted before it is rounded."""
        return np.abs(self.signed_error(values))

    def signed_error(self, values: Array) -> Array:
        """``values - true value`` up to ``rad``."""
        return np.asarray((np.asarray(values, dtype=np.float64) - self.mid) - self.low)


def enclosure(values: Array) -> Enclosure:
    """The floats of an object array of balls."""
    parts = np.array([_parts(value) for value in values.ravel()], dtype=np.float64).reshape(*values.shape, 3)
    return Enclosure(parts[..., 0], parts[..., 1], parts[..., 2])


def _parts(value: flint.arb) -> tuple[float, float, float]:
    middle = value.mid()
    mid = float(middle)
    low = float(middle - mid) if isfinite(mid) else 0.0
    radius = float(value.rad()) if value.is_finite() else inf
    return mid, low, radius * (1 + 2**-50) + abs(low) * 2**-50


def difference(left: Enclosure, right: Enclosure) -> Array:
    """The difference of the midpoints, entry by entry."""
    return np.asarray((left.mid - right.mid) + (left.low - right.low))


def disjoint(left: Enclosure, right: Enclosure) -> Array:
    """Where two enclosures certainly differ, entry by entry."""
    return np.asarray(np.abs(difference(left, right)) > left.rad + right.rad)


def is_tight(value: Enclosure) -> bool:
    """Whether every radius is far below the quantity's largest entry."""
    largest = np.abs(value.mid).max(initial=0.0)
    return bool((value.rad <= TIGHT * largest).all() or not value.rad.any())
