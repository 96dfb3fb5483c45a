"""Numbers that carry a bound of their own error, as a running error analysis has them (Higham 2002, ch. 3).

The bounds hold for any order of summation (``gamma_n = n u / (1 - n u)``); each operation rounds once.

Absolute values multiply from layer to layer, and errors do not: they meet with both signs. So a number also carries where
its errors came from, as DIRECTIONS samples of the first-order error ``sum_i s_i e_i``: in each sample every operation so far
erred by its full bound, with a sign drawn at random, and the samples travel by the actual, signed derivatives. For a sum
with random signs ``E |sum_i s_i e_i| >= |s e|_2 / sqrt(2)`` (Khintchine; the constant is Szarek's, 1976), and an actual sum of
independent errors, none larger than its bound, exceeds ``t |s e|_2`` with a probability below ``2 exp(-t^2 / 2)`` (Hoeffding
1963). ``error`` is the smaller of this bound and the absolute one; what is of second order (curvature, a product of two
errors, the other side of a kink) counts as one more error of the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from reference_nets.activations import Array
from symbolic.programs.batch import one_example, reordered

SAFETY = 4.0  # for what the analysis does not model: fused multiply-add, library functions, another but sensible form
FUNCTION_ULPS = 4.0  # the error of an elementary function and of the few operations around it, in units of u
DIRECTIONS = 16  # samples of how errors add up: their mean is off by a factor of 2 once in 10^5 entries
SUM_SPREAD = 2.0  # of n additions as many as 2 sqrt(n) err in the same sense (Higham and Mary 2019)
SPREAD = 2 * np.sqrt(2)  # times the mean size of the samples: two 2-norms at least; with SAFETY eight, exceeded once in 10^13


@dataclass(frozen=True)
class Roundoff:
    """A floating-point format: unit roundoff u and the smallest subnormal number; and the signs that one reading draws."""

    u: float
    tiny: float
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0), compare=False, repr=False)

    @classmethod
    def of(cls, dtype: Any) -> Roundoff:
        """The format of a NumPy dtype, float64 or float32."""
        info = np.finfo(dtype)
        return cls(float(info.eps) / 2, float(info.smallest_subnormal))

    def gamma(self, n: int) -> float:
        """``n u / (1 - n u)``: the relative error of a sum of n + 1 terms in any order."""
        return n * self.u / (1 - n * self.u)

    def either_sign(self, error: Array) -> Array:
        """Samples of an error that is made here: its bound with a random sign in each (last axis)."""
        signs = self.rng.integers(0, 2, size=(*np.shape(error), DIRECTIONS), dtype=np.int8)
        return np.asarray(np.asarray(error)[..., np.newaxis] * (2.0 * signs - 1.0))


NO_KINK: Array = np.zeros(1)  # as ``low`` and ``high``: no choice of subgradient matters, and none is computed with
NO_ERRORS: Array = np.zeros((1, 1))  # as ``samples``: nothing on the way to these numbers has been rounded


@dataclass(frozen=True)
class Approximate:
    """Values with a bound on the error of whoever computes them in this format.

    The choice of a subgradient at kinks moves a value by anything from ``low <= 0`` to ``high >= 0``; both are NO_KINK
    itself where nothing can move it. ``samples`` (a last axis more) are samples of the error, None where they were not kept:
    then absolute values alone bound what follows.
    """

    value: Array
    error: Array
    low: Array
    high: Array
    format: Roundoff
    samples: Array | None = None

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

    @property
    def unsampled(self) -> Approximate:
        """The same without the samples of its error."""
        return self if self.samples is None else replace(self, samples=None)

    def __mul__(self, other: Any) -> Approximate:
        other = self._lift(other)
        size, other_size = self.size, other.size
        error = size * other.error + (other_size + other.error) * self.error
        low, high = _reach_of_product(self, other)
        value, samples, beyond = self.value * other.value, None, np.zeros(1)
        if self.samples is not None and other.samples is not None:
            samples = _scaled(self.value, other.samples) + _scaled(other.value, self.samples)
            beyond = error - np.abs(self.value) * other.error - np.abs(other.value) * self.error
        local = self.format.u * _size(value, low, high) + self.format.tiny
        return arrived(value, error, local, (low, high), self.format, samples, beyond)

    def __pow__(self, exponent: int) -> Approximate:
        if exponent == 1:
            return self
        if exponent > 1:
            return self * self ** (exponent - 1)
        nearest = np.maximum(np.abs(self.value) - self.error - self.kink, self.format.tiny)
        steepest, slope = -exponent * nearest ** (exponent - 1.0), exponent * self.value ** (exponent - 1.0)
        reach = either_way(self, steepest * self.kink)
        value = self.value**exponent
        local = self.format.u * _size(value, *reach) + self.format.tiny
        return through(self, value, slope, steepest * self.error, local, reach)

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


def _scaled(factor: Array, samples: Array) -> Array:
    return np.asarray(factor[..., np.newaxis] * samples)


def arrived(
    value: Array,
    error: Array,
    local: Array,
    reach: tuple[Array, Array],
    format: Roundoff,
    samples: Array | None,
    beyond: Array | int = 0,
    typical: Array | None = None,
) -> Approximate:
    """The result of one more operation, from the error that it was handed and its own, ``local``.

    ``samples`` is what the samples of its operands come to, ``beyond`` the part of ``error`` that is of second order;
    ``typical`` stands for ``local`` in the samples where the operation is itself many.
    """
    if samples is None:
        return Approximate(value, error + local, *reach, format)
    own = local if typical is None else typical
    samples = samples + format.either_sign(own + beyond)
    smaller = np.fmin(error + local, np.fmax(SPREAD * np.abs(samples).mean(axis=-1), own))
    return Approximate(value, smaller, *reach, format, samples)


def through(
    a: Approximate, value: Array, slope: Array, error: Array, local: Array, reach: tuple[Array, Array]
) -> Approximate:
    """A function of one number: its slope carries the samples, and what the error has beyond that is of second order."""
    samples = None if a.samples is None else _scaled(slope, a.samples)
    return arrived(value, error, local, reach, a.format, samples, np.maximum(error - np.abs(slope) * a.error, 0.0))


def exact(value: Any, format: Roundoff) -> Approximate:
    """Numbers that an implementation is handed as they are: parameters, inputs, targets, m, lambda."""
    array = np.atleast_1d(np.asarray(value, dtype=np.float64))
    return Approximate(array, np.zeros_like(array), NO_KINK, NO_KINK, format, NO_ERRORS)


def total(terms: list[Approximate]) -> Approximate:
    """A sum in any order."""
    format = terms[0].format
    value, error, size = (reduce(add, [getattr(term, part) for term in terms]) for part in ("value", "error", "size"))
    low = high = NO_KINK
    if not all(term.smooth for term in terms):
        low, high = (reduce(add, [getattr(term, part) for term in terms]) for part in ("low", "high"))
    kept = [term.samples for term in terms if term.samples is not None]
    samples = reduce(add, kept) if len(kept) == len(terms) else None
    n = len(terms) - 1
    local, typical = (factor * size + format.tiny for factor in (format.gamma(n), format.u * min(n, SUM_SPREAD * np.sqrt(n))))
    return arrived(value, error, local, (low, high), format, samples, typical=typical)


def batch_sum(a: Approximate) -> Approximate:
    """The sum over the examples, in any order."""
    format = a.format
    gamma = format.gamma(max(a.value.shape[-1] - 1, 1))
    value, error, local = (
        part.sum(axis=-1, keepdims=True) for part in (a.value, a.error, gamma * a.size + format.tiny)
    )
    low, high = (part if part is NO_KINK else part.sum(axis=-1, keepdims=True) for part in (a.low, a.high))
    samples = None if a.samples is None else a.samples.sum(axis=-2, keepdims=True)
    return arrived(value, error, local, (low, high), format, samples)


def one_example_of(which: int, a: Approximate) -> Approximate:
    """The values of one example of the batch."""
    return _along_batch(lambda part: one_example(which, part), a)


def reordered_of(which: int, a: Approximate) -> Approximate:
    """The values with the examples in another order."""
    return _along_batch(lambda part: reordered(which, part), a)


def _along_batch(move: Callable[[Array], Array], a: Approximate) -> Approximate:
    """The same done to all that a value carries."""
    low, high = (part if part is NO_KINK else move(part) for part in (a.low, a.high))
    samples = a.samples
    if samples is not None and samples.shape[-2] > 1:
        samples = np.moveaxis(move(np.moveaxis(samples, -2, -1)), -1, -2)
    return Approximate(move(a.value), move(a.error), low, high, a.format, samples)


def is_at_kink(z: Approximate) -> Array:
    """Where a weighted input is nearer to zero than its own error."""
    return np.asarray(np.abs(z.value) <= SAFETY * z.error + z.kink)


def bounded(error: Array) -> Array:
    """An error that could not be computed is unbounded."""
    return np.where(np.isnan(error), np.inf, error)
