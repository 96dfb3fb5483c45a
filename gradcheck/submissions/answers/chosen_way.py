"""Which of the ways that a file's class may be asked is meant: the one that gives a gradient, of any scale.

The true gradient stays here; the confined process is told a number. Where no way gives a gradient, the file is wrong, and the
way that comes nearest is judged. What is read off an update is known up to a factor, which belongs to its learning rate: a
sum over the examples and a mean of them are the same step at another rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from reference_nets.activations import Array

PARALLEL = 1e-9  # of a cosine from one: rounding leaves 1e-15, and no mistake of a formula comes so near
_POWERS, _NUMBERS = (0, 1, -1), (Fraction(1), Fraction(2), Fraction(1, 2))


def factor_between(one: Array, true: Array) -> float | None:
    """The positive factor between an array and the true one, None where there is none."""
    a, b = one.ravel(), true.ravel()
    size = float(np.sqrt((a @ a) * (b @ b)))
    if size == 0 or not np.isfinite(size) or float(a @ b) < (1 - PARALLEL) * size:
        return None
    return float(a @ b) / float(b @ b)


@dataclass(frozen=True)
class Looked:
    """What a way's answer is beside the truth: the factor of the whole, and that of each quantity that has one."""

    whole: float | None
    each: Mapping[str, float]

    @classmethod
    def at(cls, claimed: Mapping[str, Array], true: Mapping[str, Array]) -> Looked:
        """Of all quantities together and each by itself."""
        flat = [np.concatenate([part[key].ravel() for key in true]) for part in (claimed, true)]
        telling = [key for key in true if true[key].size > 1]  # a single number has a factor to any other
        found = {key: factor_between(claimed[key], true[key]) for key in telling}
        return cls(factor_between(*flat), {key: factor for key, factor in found.items() if factor is not None})

    def rank(self, *, free: bool) -> tuple[int, int]:
        """The smaller, the likelier: right, right up to a factor that counts, up to one that does not, nearly all right."""
        if self.whole is None:
            return 3, -len(self.each)
        return (2 if free else 0 if abs(self.whole - 1) < PARALLEL else 1), 0

    @property
    def has_factor(self) -> bool:
        """Whether anything in it is the true one up to a factor."""
        return self.whole is not None or bool(self.each)

    @property
    def common(self) -> float:
        """The factor that most of the quantities share; of the last one that has any, where they share none."""
        if self.whole is not None:
            return self.whole
        factors = list(self.each.values())[::-1]
        agreeing = {one: sum(abs(one - other) <= 1e-6 * one for other in factors) for one in factors}
        return max(factors, key=lambda one: (agreeing[one], abs(one - 1) < PARALLEL), default=1.0)


def power_of(factor: float, other: float, ratio: float) -> int:
    """How a factor grows with the batch: as m, as 1/m, or not, by its value at another m that is so many times as large."""
    found = (power for power in _POWERS if abs(factor * ratio**power - other) <= 1e-9 * abs(other))
    return next(found, 0)


def exact_factor(factor: float, m: int, power: int, outputs: int) -> Fraction:
    """The factor as it was meant: a learning rate of few digits, times 2, K, ..., and m or 1/m; else as it stands."""
    K = Fraction(outputs)
    batch = Fraction(m) if power > 0 else Fraction(1, m) if power < 0 else Fraction(1)
    for number, digits in product(dict.fromkeys((*_NUMBERS, K, 1 / K, 2 / K, K / 2)), range(1, 8)):
        rest = factor / float(number * batch)
        rate = float(f"{rest:.{digits}g}")
        if abs(rate - rest) <= 1e-12 * abs(rest):
            return Fraction(rate) * Fraction(number) * batch
    return Fraction(factor)


def best(looked: Sequence[tuple[Looked, bool]]) -> int:
    """The number of the way that is meant."""
    return min(range(len(looked)), key=lambda n: (looked[n][0].rank(free=looked[n][1]), n))
