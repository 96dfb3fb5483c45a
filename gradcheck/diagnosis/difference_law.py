"""Is a gradient a difference quotient? Its error then follows the next derivative of the cost, with one step for all entries.

``(C(p + h) - C(p)) / h`` is off by ``h/2 C''``, ``(C(p + h) - C(p - h)) / 2h`` by ``h^2/6 C'''`` (Nocedal and Wright 2006,
section 8.1). No slip of the recursion and no rounding has an error of that form in every entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

SMALL = 1e-2  # relative: a difference quotient is right to two digits, or its step is no step
MOST_ENTRIES_OF_LAW = 60
FEWEST_ENTRIES = 4
EXACT = 1e-3  # with so little left over two entries are enough: errors known on exact numbers, a small network
SPEAKS_FOR_LAW = 5.0  # times what is left over: such an entry speaks for the law
MISFIT = 0.05  # rounding, and the next term of the error, stand beside this one
REFERENCE_STEP = 2.0**-10  # for the derivatives of the reference gradient, which need two digits


class DifferenceSides(StrEnum):
    """On which sides of a point the cost is differenced."""

    CENTRAL = "central"
    ONE_SIDED = "one-sided"


@dataclass(frozen=True)
class Law:
    """The error that a difference quotient makes: its kind and equation, and the step that gives the errors seen."""

    quotient: DifferenceSides
    equation: str
    step: float

    @property
    def words(self) -> Sentence:
        """The law in a sentence."""
        return Sentence(f"diagnosis.differenced-{self.quotient}", equation=self.equation, step=self.step)


def difference_law(spec: NetworkSpec, point: Point, errors: Mapping[str, Array]) -> Law | None:
    """The law that signed errors (by key) follow, None where they follow none."""
    right = _gradient(spec, point)
    size = max(float(np.abs(part).max()) for part in right.values())
    places = _largest(errors)
    seen = np.array([errors[key][index] for key, index in places])
    if not 0 < np.abs(seen).max(initial=0.0) < SMALL * size:
        return None
    second, third = (np.array(column) for column in zip(*(_next_derivatives(spec, point, *p) for p in places), strict=True))
    for derivative, law in ((third / 6, _central), (second / 2, _one_sided)):
        factor = float(seen @ derivative / (derivative @ derivative)) if derivative.any() else 0.0
        if _fits(seen, factor * derivative):
            return law(factor)
    return None


def _fits(seen: Array, expected: Array) -> bool:
    """Whether the errors are as expected, several of them far above what is left over: one alone would fit any law."""
    left_over, largest = np.abs(seen - expected).max(), np.abs(seen).max()
    clear = int((np.abs(expected) > SPEAKS_FOR_LAW * left_over).sum())
    return bool(left_over <= MISFIT * largest and clear >= (FEWEST_ENTRIES if left_over > EXACT * largest else 2))


def _central(factor: float) -> Law | None:
    return Law(DifferenceSides.CENTRAL, "h^2/6 C'''", float(np.sqrt(factor))) if factor > 0 else None


def _one_sided(factor: float) -> Law:
    return Law(DifferenceSides.ONE_SIDED, "h/2 C''", factor)


def _largest(errors: Mapping[str, Array]) -> list[tuple[str, tuple[int, ...]]]:
    """The places of the largest errors, so many as are looked at."""
    everywhere = [(abs(float(value)), key, index) for key, part in errors.items() for index, value in np.ndenumerate(part)]
    return [(key, index) for _, key, index in sorted(everywhere, reverse=True)[:MOST_ENTRIES_OF_LAW]]


def _next_derivatives(spec: NetworkSpec, point: Point, key: str, index: tuple[int, ...]) -> tuple[float, float]:
    """``C''`` and ``C'''`` along one parameter, from the reference gradient at three points."""
    low, here, high = (_gradient(spec, _moved(point, key, index, s * REFERENCE_STEP))[key][index] for s in (-1, 0, 1))
    return float((high - low) / (2 * REFERENCE_STEP)), float((high - 2 * here + low) / REFERENCE_STEP**2)


def _gradient(spec: NetworkSpec, point: Point) -> dict[str, Array]:
    return backward(spec, point.params, point.x, point.y)


def _moved(point: Point, key: str, index: tuple[int, ...], step: float) -> Point:
    array = point.params[key].copy()
    array[index] += step
    return replace(point, params={**point.params, key: array})
