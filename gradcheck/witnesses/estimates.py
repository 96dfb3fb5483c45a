"""Derivatives from values of f alone, by differences that estimate their own error; no verdict where that is too large.

Complex step where the code lets complex numbers through, which is probed, else Ridders' extrapolation of central
differences (Ridders 1982) with the noise of the function measured from its differences (ECNoise: More and Wild 2011).
Estimated errors are evidence, not bounds: a mismatch needs two estimates that agree with each other and not with it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.judge.judge import entry_name
from gradcheck.judge.verdicts import Entry, Evidence, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.differences import complex_step
from gradcheck.witnesses.one_sided import ALIKE, FIRST, AlongLine, Around, sides, slopes_around

Array = np.ndarray[Any, np.dtype[Any]]
Value = Callable[[Array], float]

SHRINK = 1.6  # from one step of Ridders' table to the next
ROWS = 9
TRUST = 8.0  # an estimated error is multiplied by this before anything is concluded from it
RAYS = 3  # random directions along which a kink is looked for
STRAIGHT = 2.0**-45  # of the slope far away: less is what rounding the points of a line does to the slope on it
PROBE = 1e-6  # a complex step that differs from the differences by more than this part is not believed


@dataclass(frozen=True)
class Estimate:
    """An estimated gradient, flat: ``error`` is what it may be off by, entry by entry, infinite where nothing came out."""

    gradient: Array
    error: Array
    method: str
    around: Around | None = None  # at a kink
    size: float = 0.0  # of the slopes that a function of such values has over such a distance

    @property
    def zero_scale(self) -> float:
        """What a zero is measured by: the largest entry of the whole gradient, or a small part of the function itself."""
        return float(max(np.abs(self.gradient).max(initial=0.0), ZERO * self.size))


def estimate(f: Value, x: Array, unit: float = 0.0) -> Estimate:
    """The gradient of f at a flat float64 array; at a kink the slopes that are seen around it, too."""
    noise = measured_noise(f, x, unit)
    lines = [_line(f, x, k) for k in range(x.size)]
    seen = [sides(line, *_steps(value), noise) for line, value in zip(lines, x.tolist(), strict=True)]
    parts = [_ridders(line, value, noise, side.free) for line, value, side in zip(lines, x.tolist(), seen, strict=True)]
    near = [line(part * _steps(value)[0]) for line, value in zip(lines, x.tolist(), strict=True) for part in (0, FIRST)]
    size = max(map(abs, near), default=0.0) / max(1.0, float(np.abs(x).max(initial=0.0)))
    slopes, errors = (np.array([part[k] for part in parts]) for k in (0, 1))
    differences = Estimate(slopes, errors, Sentence("functions.differences"), None, size if np.isfinite(size) else 0.0)
    kinked = [k for k, side in enumerate(seen) if side.kinked]
    if kinked or _bends_between_the_axes(f, x, noise, differences):
        return _at_kink(f, x, noise, differences, kinked)
    return _complex(f, x, differences) or differences


def _line(f: Value, x: Array, k: int) -> AlongLine:
    """The function along x[k]."""

    def moved(step: float) -> float:
        y = x.copy()
        y[k] += step
        return _called(f, y)

    return moved


def _steps(value: float) -> tuple[float, float]:
    """The scale of the steps from a number, and the shortest that moves it by what it says."""
    return max(1.0, abs(value)), 2.0**-46 * abs(value)


def _bends_between_the_axes(f: Value, x: Array, noise: float, differences: Estimate) -> bool:
    """Whether a kink shows along a random direction: along the axes alone ``max(0, min(x0, x1))`` is flat.

    Either the two slopes along it differ, or they are not those of the plane that the axes span, as those of a median.
    """
    if x.size < 2 or not np.isfinite(differences.error).all():
        return False
    rng = np.random.default_rng(2345)
    scale, shortest = _steps(float(np.abs(x).max()))
    for v in rng.uniform(-1, 1, size=(RAYS, x.size)):
        line = _along(f, x, v)
        seen = sides(line, scale, noise, shortest)
        slope, off = _ridders(line, scale, noise, seen.free)
        room = PROOF * TRUST * (off + differences.error @ np.abs(v)) + PROBE * (np.abs(differences.gradient) @ np.abs(v))
        far = FIRST * scale
        room += STRAIGHT * max(abs(line(far)), abs(line(-far))) / far
        if seen.kinked or abs(slope - differences.gradient @ v) > room:
            return True
    return False


def _along(f: Value, x: Array, direction: Array) -> AlongLine:
    return lambda step: _called(f, x + step * direction)


def _at_kink(f: Value, x: Array, noise: float, differences: Estimate, kinked: list[int]) -> Estimate:
    """The slopes to both sides along each axis that has a kink, and what their random neighbours have."""
    up, down, error = differences.gradient.copy(), differences.gradient.copy(), differences.error.copy()
    for k in kinked:
        line, scale = _line(f, x, k), _steps(float(x[k]))[0]
        (up[k], above), (down[k], below) = (_one_sided(line, scale, noise, side) for side in (1.0, -1.0))
        error[k] = max(above, below)
    return replace(differences, error=error, around=slopes_around(lambda y: _called(f, y), x, up, down))


def measured_noise(f: Value, x: Array, unit: float = 0.0) -> float:
    """The noise of f near x: from the higher differences of seven values on a line, where a smooth part is gone.

    The step grows until the values differ: code that computes in float32 does not see a small one, in bfloat16 none below
    a hundredth. ``unit`` is the unit roundoff of the format that f is known to compute in.
    """
    rng = np.random.default_rng(12345)
    direction = rng.standard_normal(x.size)
    size = max(1.0, float(np.abs(x).max(initial=0.0))) / float(np.linalg.norm(direction))
    for step in (1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2):
        values = np.array([_called(f, x + k * step * size * direction) for k in range(7)])
        if len(np.unique(values)) > 3:
            break
    floor = max(np.finfo(float).eps / 2, unit) * float(np.abs(values).max())
    if not np.isfinite(values).all():
        return floor
    differences, gamma = values, 1.0
    for order in range(1, 5):
        differences = np.diff(differences)
        gamma *= order / (2 * (2 * order - 1))
    return max(float(np.sqrt(gamma * np.mean(differences**2))), floor)


def _called(f: Value, x: Array) -> float:
    """f(x), or NaN beyond the end of its domain."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return float(f(x))
    except (ValueError, ArithmeticError):
        return float("nan")


STARTS = (0.1, 1e-2, 1e-3, 1e-5)


def _ridders(line: AlongLine, value: float, noise: float, free: float | None) -> tuple[float, float]:
    """The derivative along a line and its estimated error; one-sided where the domain ends beside the point.

    No step is longer than ``free``, which stays on this side of a kink.
    """
    scale = _steps(value)[0]
    best = (float("nan"), float("inf"))
    for h in [start * scale for start in STARTS] if free is None else [free, free / 10]:
        step = abs((value + h) - value)  # which it moves exactly by
        sides_there = [np.isfinite(line(s * step)) for s in (1, -1)]
        if all(sides_there):
            found = _table(lambda s: (line(s) - line(-s)) / (2 * s), step, 2, noise)
        elif any(sides_there):
            found = _one_sided_from(line, step, noise, 1.0 if sides_there[0] else -1.0)
        else:
            continue
        best = min(best, found, key=lambda pair: pair[1])
    return best


def _one_sided(line: AlongLine, scale: float, noise: float, side: float) -> tuple[float, float]:
    """The slope to one side, and its estimated error."""
    return min((_one_sided_from(line, start * scale, noise, side) for start in STARTS), key=lambda pair: pair[1])


def _one_sided_from(line: AlongLine, step: float, noise: float, side: float) -> tuple[float, float]:
    here = line(0.0)
    return _table(lambda s: side * (line(side * s) - here) / s, step, 1, noise)


def _table(quotient: Callable[[float], float], h: float, order: int, noise: float) -> tuple[float, float]:
    """Extrapolation to step 0: the entry whose neighbours agree best, and how well, noise included."""
    best, error = float("nan"), float("inf")
    above: list[float] = []
    for _ in range(ROWS):
        row = [quotient(h)]
        factor = 1.0
        for column, previous in enumerate(above):
            factor *= SHRINK**order
            row.append((row[column] * factor - previous) / (factor - 1))
            off = max(abs(row[-1] - row[-2]), abs(row[-1] - previous)) + 2 * noise / h
            if off < error:
                best, error = row[-1], off
        above = row
        h /= SHRINK
    return best, error


def _complex(f: Value, x: Array, differences: Estimate) -> Estimate | None:
    """The complex step, if it came through and the differences confirm it in every entry."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            gradient = np.asarray(complex_step(f, x), dtype=np.float64)
    except Exception:
        return None
    scale = float(np.abs(gradient).max(initial=0.0))
    off = np.abs(gradient - differences.gradient)
    if not (off <= TRUST * differences.error + PROBE * scale).all() or not np.isfinite(differences.error).all():
        return None
    rounding = abs(_called(f, x)) / np.maximum(np.abs(x), 1.0)  # what f itself may round, seen as a slope
    error = 64 * np.finfo(float).eps * np.maximum(rounding, scale)
    return replace(differences, gradient=gradient, error=error, method=Sentence("functions.complex-step"))


PROOF = 100.0  # estimates never bound an error: only what is this many times larger is called a mismatch
PLAIN = 1e-7  # of the largest entry: and it must be this large, too
PLAIN_SHORT = 1e-5  # where the code mentions float32
ZERO = 1e-5  # a zero is believed where a slope of 1e-9 (this times USEFUL) of the function's size would have been seen
USEFUL = 1e-4  # an estimate that may be off by more than this part of the largest entry decides nothing


def compared_at_kink(name: str, part: Array, around: Around, error: Array, method: str, *, short: bool) -> QuantityCheck:
    """Between the slopes that were seen around a kink a `kink`; a mismatch only farther off than these are from each other.

    A slope that was seen aside may be off by ``ALIKE``, and not all were seen: what lies just beyond them may be right.
    """
    lowest, highest = around.lowest.reshape(part.shape), around.highest.reshape(part.shape)
    scale = float(max(np.abs(lowest).max(initial=0.0), np.abs(highest).max(initial=0.0)))
    bends = highest - lowest > TRUST * error + ALIKE * scale
    inside = np.where(bends, np.clip(part, lowest, highest), (lowest + highest) / 2)
    unsure = np.maximum(error, ALIKE / TRUST * scale)
    gap = np.where(bends, highest - lowest, 0.0)
    check = compared(name, part, inside, unsure, method, short=short, gap=gap, scale=scale)
    if not bends.any() or check.verdict is not Verdict.MATCH:
        return check
    if not around.holds(part.ravel(), TRUST * unsure.ravel()):
        message = Sentence("estimates.kink-apart", method=method)
        return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, detectable=None)
    message = Sentence("estimates.kink", method=method)
    return replace(check, verdict=Verdict.KINK, message=message)


def compared(
    name: str,
    part: Array,
    expected: Array,
    error: Array,
    method: str,
    *,
    short: bool = False,
    gap: Any = 0.0,
    scale: float | None = None,
    zero_scale: float = 0.0,
) -> QuantityCheck:
    """Within the error a match if the error is small; far beyond it and ``gap`` a mismatch; between the two nothing.

    The error is small beside the largest entry; for an entry that is exactly 0 also beside ``zero_scale``.
    """
    if not part.size:
        nowhere = Entry((0,) * part.ndim, 0.0, 0.0, 0.0, 0.0)
        return QuantityCheck(
            name, part.shape, Verdict.MATCH, method, 0.0, 0.0, 0.0, 0.0, 0, nowhere, Sentence("estimates.no-entries")
        )
    off = np.abs(part - expected)
    floor = TRUST * error + (2.0**-20 if part.dtype == np.float32 else 2.0**-50) * np.abs(expected)
    if scale is None:
        scale = float(np.abs(expected).max(initial=0.0)) if np.isfinite(expected).all() else float("inf")
    entry = _worst(part, expected, off, floor)
    wrong = off > PROOF * floor + (PLAIN_SHORT if short else PLAIN) * scale + gap
    beside = np.maximum(np.where(part == 0, zero_scale, 0.0), max(scale, 1e-300))
    blind = floor > USEFUL * beside
    there = entry_name(name, entry.index)
    detectable: float | None = None
    if wrong.any():
        verdict = Verdict.MISMATCH
        message = Sentence(
            "estimates.mismatch", entry=there, got=entry.got, method=method, expected=entry.expected, error=entry.budget
        )
    elif (off > floor).any() or blind.any() or not np.isfinite(floor).all():
        verdict = Verdict.INCONCLUSIVE
        message = Sentence("estimates.cannot-tell", method=method, entry=there, error=entry.error, own=entry.budget)
    else:
        verdict, message = Verdict.MATCH, Sentence("estimates.within", method=method)
        detectable = float((floor / beside).max(initial=0.0))
    share, count = float(blind.mean()), int(wrong.sum())
    evidence = Evidence(expected, floor)
    return QuantityCheck(
        name, part.shape, verdict, method, entry.error, entry.budget, detectable, share, count, entry, message, None, evidence
    )


def _worst(part: Array, expected: Array, off: Array, floor: Array) -> Entry:
    """The entry that is farthest beyond the error of its estimate."""
    excess = np.where(np.isfinite(floor), off / np.maximum(floor, 1e-300), 0.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), part.shape))
    return Entry(index, float(part[index]), float(expected[index]), float(off[index]), float(floor[index]))
