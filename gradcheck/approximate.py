"""Numbers that carry a bound of their own error, as a running error analysis has them (Higham 2002, ch. 3).

The bounds hold for any order of summation (``gamma_n = n u / (1 - n u)``); each operation rounds once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from reference_nets.activations import Array
from symbolic.interpret import one_example

SAFETY = 4.0  # for what the analysis does not model: fused multiply-add, library functions, another but sensible form
FUNCTION_ULPS = 4.0  # the error of an elementary function and of the few operations around it, in units of u


@dataclass(frozen=True)
class Roundoff:
    """A floating-point format: unit roundoff u and the smallest subnormal number."""

    u: float
    tiny: float

    @classmethod
    def of(cls, dtype: Any) -> Roundoff:
        """The format of a NumPy dtype, float64 or float32."""
        info = np.finfo(dtype)
        return cls(float(info.eps) / 2, float(info.smallest_subnormal))

    def gamma(self, n: int) -> float:
        """``n u / (1 - n u)``: the relative error of a sum of n + 1 terms in any order."""
        return n * self.u / (1 - n * self.u)


NO_KINK: Array = np.zeros(1)  # as ``low`` and ``high``: no choice of subgradient matters, and none is computed with


@dataclass(frozen=True)
class Approximate:
    """Values with a bound on the error of whoever computes them in this format.

    The choice of a subgradient at kinks moves a value by anything from ``low <= 0`` to ``high >= 0``; both are NO_KINK
    itself where nothing can move it.
    """

    value: Array
    error: Array
    low: Array
    high: Array
    format: Roundoff

    __array_ufunc__ = None  # array * approximate is approximate

    @property
    def smooth(self) -> bool:
        """Whether no kink reaches these values."""
        return self.low is NO_KINK and self.high is NO_KINK

    @property
    def kink(self) -> Array:
        """How far a choice of subgradient may move the value, one way or the other."""
        return NO_KINK if self.smooth else np.maximum(-self.low, self.high)

    @property
    def size(self) -> Array:
        """The largest magnitude that a choice of subgradient gives."""
        return _size(self.value, self.low, self.high)

    def __mul__(self, other: Any) -> Approximate:
        other = self._lift(other)
        size, other_size = self.size, other.size
        error = size * other.error + (other_size + other.error) * self.error
        low, high = _reach_of_product(self, other)
        return rounded(self.value * other.value, error, low, high, self.format)

    def __pow__(self, exponent: int) -> Approximate:
        if exponent == 1:
            return self
        if exponent > 1:
            return self * self ** (exponent - 1)
        nearest = np.maximum(np.abs(self.value) - self.error - self.kink, self.format.tiny)
        slope = -exponent * nearest ** (exponent - 1.0)
        low, high = either_way(self, slope * self.kink)
        return rounded(self.value**exponent, slope * self.error, low, high, self.format)

    __rmul__ = __mul__

    def _lift(self, other: Any) -> Approximate:
        return other if isinstance(other, Approximate) else exact(other, self.format)


def _reach_of_product(a: Approximate, b: Approximate) -> tuple[Array, Array]:
    """The lowest and highest ``(a + s)(b + t) - a b`` for s and t within reach: at the ends."""
    if a.smooth and b.smooth:
        return NO_KINK, NO_KINK
    ends = [s * b.value + a.value * t + s * t for s in (a.low, a.high) for t in (b.low, b.high)]
    return np.minimum.reduce(ends), np.maximum.reduce(ends)


def either_way(z: Approximate, kink: Array) -> tuple[Array, Array]:
    """The reach of what is computed from z, which its kinks move by this much one way or the other."""
    return (NO_KINK, NO_KINK) if z.smooth else (-kink, kink)


def _size(value: Array, low: Array, high: Array) -> Array:
    if low is NO_KINK and high is NO_KINK:
        return np.abs(value)
    return np.maximum(np.abs(value + low), np.abs(value + high))


def rounded(value: Array, error: Array, low: Array, high: Array, format: Roundoff) -> Approximate:
    """The result of one more operation: one rounding, and one smallest subnormal in case of underflow."""
    return Approximate(value, error + format.u * _size(value, low, high) + format.tiny, low, high, format)


def exact(value: Any, format: Roundoff) -> Approximate:
    """Numbers that an implementation is handed as they are: parameters, inputs, targets, m, lambda."""
    array = np.atleast_1d(np.asarray(value, dtype=np.float64))
    return Approximate(array, np.zeros_like(array), NO_KINK, NO_KINK, format)


def total(terms: list[Approximate]) -> Approximate:
    """A sum in any order."""
    format = terms[0].format
    value, error, size = (reduce(add, [getattr(term, part) for term in terms]) for part in ("value", "error", "size"))
    low = high = NO_KINK
    if not all(term.smooth for term in terms):
        low, high = (reduce(add, [getattr(term, part) for term in terms]) for part in ("low", "high"))
    return Approximate(value, error + format.gamma(len(terms) - 1) * size + format.tiny, low, high, format)


def batch_sum(a: Approximate) -> Approximate:
    """The sum over the examples, in any order."""
    format = a.format
    gamma = format.gamma(max(a.value.shape[-1] - 1, 1))
    error = a.error + gamma * a.size + format.tiny
    value, error = (part.sum(axis=-1, keepdims=True) for part in (a.value, error))
    low, high = (part if part is NO_KINK else part.sum(axis=-1, keepdims=True) for part in (a.low, a.high))
    return Approximate(value, error, low, high, format)


def one_example_of(which: int, a: Approximate) -> Approximate:
    """The values of one example of the batch."""
    value, error = one_example(which, a.value), one_example(which, a.error)
    low, high = (part if part is NO_KINK else one_example(which, part) for part in (a.low, a.high))
    return Approximate(value, error, low, high, a.format)


def is_at_kink(z: Approximate) -> Array:
    """Where a weighted input is nearer to zero than its own error."""
    return np.asarray(np.abs(z.value) <= SAFETY * z.error + z.kink)


def bounded(error: Array) -> Array:
    """An error that could not be computed is unbounded."""
    return np.where(np.isnan(error), np.inf, error)
