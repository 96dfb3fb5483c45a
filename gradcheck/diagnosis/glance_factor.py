"""One factor between two arrays: what it is, as a fraction where it is one, and which length of the data it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradcheck.sentences.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]
LARGEST_DENOMINATOR = 1000  # of a fraction that is worth telling
CHANCE = 0.01  # of a number that is no fraction to lie so near to one with so small a denominator


@dataclass(frozen=True)
class OpenFactor:
    """A factor, and how far it is open: 0 for a fraction that it is within rounding."""

    value: float
    open: float
    fraction: Fraction | None


def factor_of(claimed: Array, true: Array, allowed: Array) -> OpenFactor | None:
    """The factor from the entry that determines it best; None where no entry does, or where it is 0 or 1."""
    with np.errstate(all="ignore"):
        clear = np.where(np.abs(true) > 8 * allowed, np.abs(true) / np.maximum(allowed, 1e-300), 0.0)
    if not clear.size or not clear.any():
        return None
    place = np.unravel_index(int(np.argmax(clear)), clear.shape)
    value = float(claimed[place] / true[place])
    if not np.isfinite(value) or value == 0:
        return None
    room = float((1 + abs(value)) * allowed[place] / abs(true[place])) + 2.0**-50 * abs(value)
    fraction = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    if fraction and abs(float(fraction) - value) <= room and room * fraction.denominator**2 < CHANCE:
        return None if fraction == 1 else OpenFactor(float(fraction), 0.0, fraction)
    return OpenFactor(value, room, None)


def known_sizes(known: Mapping[str, Array], x: Array) -> dict[int, Sentence]:
    """What each length above 2 is: of an axis of an array that the code sees, or of x."""
    sizes: dict[int, Sentence] = {}
    arrays = [*known.items(), ("x", x)]
    rows = [(array.shape[0], Sentence("diagnosis.rows-of", name=name)) for name, array in arrays if array.ndim == 2]
    lone = [(array.shape[0], Sentence("diagnosis.entries-of", name=name)) for name, array in arrays if array.ndim == 1]
    several = [(name, array) for name, array in arrays if array.ndim > 1]
    more = [
        (n, Sentence("diagnosis.axis-of", axis=axis, name=name))
        for name, array in several
        for axis, n in enumerate(array.shape)
    ]
    whole = [(array.size, Sentence("diagnosis.entries-of", name=name)) for name, array in arrays]
    for length, what in (*rows, *lone, *more, *whole):
        if length > 2:
            sizes.setdefault(length, what)
    return sizes


def told_factor(factor: OpenFactor, sizes: Mapping[int, str]) -> Sentence:
    """The factor in words, with a guess where it comes from."""
    value, fraction = factor.value, factor.fraction
    if value == -1:
        return Sentence("diagnosis.opposite-sign")
    if fraction is None:
        return Sentence("diagnosis.multiple-about", factor=value)
    told, size = str(fraction), abs(fraction)
    if size == 2:
        return Sentence("diagnosis.multiple-half", factor=told)
    if size == Fraction(1, 2):
        return Sentence("diagnosis.multiple-two", factor=told)
    if size.denominator == 1 and (what := sizes.get(int(size))):
        return Sentence("diagnosis.multiple-size", factor=told, size=str(size), what=what)
    if size.numerator == 1 and (what := sizes.get(size.denominator)):
        return Sentence("diagnosis.multiple-part", factor=told, size=size.denominator, what=what)
    return Sentence("diagnosis.multiple", factor=told)
