"""A function on plain floats along a line through x: its values, its one-sided slopes, its noise. No balls, no formula.

Directions are dyadic and scaled entry by entry, so that a step of ``2^-k`` is exact in floats and no entry leaves the
neighbourhood of its own size.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, filled, flattened, float_leaves

UNIT = 2.0**-53
SHARE = 2.0**-10  # of the largest entry of its array: what a small entry moves by at least, so that its slope is seen, too
NOISE_STEPS = 7  # values from which noise is measured: what a smooth function leaves in their fourth differences is nothing
CLOSE_STEP = 2.0**-40  # so near that a smooth function is a parabola, and far enough for float64 to tell the steps apart
LARGEST_NOISE = 2.0**10  # units in the last place: what is coarser is a step of the function, not rounding


@dataclass(frozen=True)
class Slopes:
    """At one step: slope ahead, slope behind, and how far noise alone may put each off."""

    step: float
    ahead: float
    behind: float
    noise: float

    @property
    def middle(self) -> float:
        """The central difference quotient."""
        return (self.ahead + self.behind) / 2

    @property
    def apart(self) -> float:
        """How far the two sides differ: of order h at a smooth point, not so at a kink."""
        return abs(self.ahead - self.behind)


@dataclass
class ProbeLine:
    """``s -> f(x + s direction)`` with f as it is; each point is evaluated once, whoever asks (all rows of a Jacobian)."""

    f: Callable[[Any], Any]
    x: Any
    direction: Array
    _kept: dict[float, Any] = field(default_factory=dict)

    def at(self, s: float, *, again: bool = False) -> Any:
        """What f returns there; None where it raises: beyond the end of its domain, or for another type of its own."""
        if again or s not in self._kept:
            self._kept[s] = self._called(s)
        return self._kept[s]

    def _called(self, s: float) -> Any:
        moved = filled(self.x, flattened(array for _, array in float_leaves(self.x)) + s * self.direction)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return self.f(moved)
        except Exception:  # it is the user's code, at a point that the user did not ask for
            return None


@dataclass(frozen=True)
class NumberOnLine:
    """One number of what the function on a line returns."""

    line: ProbeLine
    number: Callable[[Any], Any]

    def value(self, s: float, *, again: bool = False) -> float:
        """The number there, NaN where there is none."""
        result = self.line.at(s, again=again)
        if result is None:
            return float("nan")
        try:
            with np.errstate(all="ignore"):
                return float(self.number(result))
        except (TypeError, ValueError, ArithmeticError):
            return float("nan")

    def slopes(self, step: float, noise: float) -> Slopes:
        """Both one-sided difference quotients, with values that are each off by ``noise``."""
        here = self.value(0.0)
        ahead, behind = (self.value(step) - here) / step, (here - self.value(-step)) / step
        return Slopes(step, ahead, behind, 2 * noise / step)

    def noise(self) -> float:
        """The noise of values close to x, from their fourth differences (More and Wild 2011), within what rounding explains."""
        places = np.arange(NOISE_STEPS) - NOISE_STEPS // 2
        values = np.array([self.value(float(k) * CLOSE_STEP) for k in places])
        floor = UNIT * abs(self.value(0.0))
        if not np.isfinite(values).all():
            return floor
        fourth = np.diff(values, 4)
        found = float(np.abs(fourth).max()) / 8.0  # the fourth difference of noise e has a size of about sqrt(70) e
        return min(max(found, floor), LARGEST_NOISE * floor)


def direction(x: Any, rng: np.random.Generator, share: float) -> Array:
    """A random direction: each entry a dyadic number of the size of that of x, and at least ``share`` of its array's largest.

    Where an array is all zeros its entries are of size 1.
    """
    parts = []
    for _, array in float_leaves(x):
        sizes = np.abs(np.asarray(array, dtype=np.float64)).ravel()
        largest = float(sizes.max(initial=0.0))
        sizes = np.maximum(np.where(sizes > 0, sizes, largest * SHARE or 1.0), share * largest)
        units = np.exp2(np.floor(np.log2(np.maximum(sizes, 2.0**-1000))))
        parts.append(rng.choice([-1.0, 1.0], size=sizes.size) * rng.integers(64, 128, size=sizes.size) / 128 * units)
    return np.concatenate(parts)
