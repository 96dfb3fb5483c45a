"""A function that runs on floats alone: its differences, step after step, refute what is clearly wrong, and confirm nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import mpmath

from gradcheck.recheck.reading import at, indices, shape_of
from gradcheck.recheck.subject import CertifiedFunction, number

WEAK_STEPS = tuple(2.0**-k for k in range(6, 40, 3))  # of the entry itself
UNIT, CLEAR_TIMES, IN_A_ROW = 2.0**-52, 8, 3  # steps agree if they differ by an eighth of what they refute
TELLS = 1e-2  # of the derivative: with a larger error of its own a difference of floats says nothing of it


def smooth_entries(data: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The entries that have a derivative to take."""
    for name, verdict in data["verdicts"].items():
        if verdict != "kink":
            yield from ((name, index) for index in indices(shape_of(data["claimed"][name], name, finite=False)))


def enclosed(data: dict[str, Any], name: str, index: tuple[int, ...]) -> list[Any]:
    """Midpoint, its rest, and radius."""
    return [number(at(data["enclosure"][name][part], index)) for part in ("mid", "low", "rad")]


def outside(name: str, index: tuple[int, ...], slope: Any, off: Any) -> str:
    """The sentence for a derivative that an enclosure misses."""
    return (
        f"the derivative by {name}{list(index)} is {mpmath.nstr(mpmath.mpf(slope), 20)}, outside of its enclosure by "
        f"{mpmath.nstr(mpmath.mpf(off), 2)}"
    )


def weak_derivatives(data: dict[str, Any], subject: CertifiedFunction) -> tuple[list[str], int]:
    """On floats: what three steps in a row refute, and how many entries no step says anything of."""
    faults, silent, here = [], 0, abs(float(subject.value({}, False)))
    for name, index in smooth_entries(data):
        mid, low, rad = (float(part) for part in enclosed(data, name, index))
        true, size = mid + low, float(subject.size(name, index))
        found: list[tuple[float, float]] = []  # slope, and what rounding may put it off by
        for part in WEAK_STEPS:
            step = part * size
            ahead, behind = (float(subject.value({(name, index): sign * step}, False)) for sign in (1, -1))
            found.append(((ahead - behind) / (2 * step), UNIT * (here + abs(true) * size) / step))
        refuted = _refuted(found, true, rad)
        if refuted is not None:
            faults.append(outside(name, index, refuted, abs(refuted - true)))
        error, size = min((abs(a - b) + noise, max(abs(b), abs(true))) for (a, _), (b, noise) in pairwise(found))
        silent += error > TELLS * size
    return faults, silent


def _refuted(found: list[tuple[float, float]], true: float, rad: float) -> float | None:
    """The slope that three steps in a row agree on, if it excludes what is claimed and no finer step does otherwise."""
    for start in range(len(found) - IN_A_ROW + 1):
        level = found[start : start + IN_A_ROW]
        slope = level[-1][0]
        gap = abs(slope - true) - rad
        room = gap / CLEAR_TIMES
        finer = [s for s, noise in found[start:] if noise <= room / CLEAR_TIMES]
        if gap > 0 and len(finer) >= IN_A_ROW and all(abs(s - slope) <= room for s in finer):
            return slope
    return None
