"""The last resort: a derivative from values alone, with an estimate of its own error, which abstains below its floor.

Complex step where the code lets complex numbers through, which is probed, else Ridders' extrapolation of central
differences (Ridders 1982) with the noise of the function measured from its differences (ECNoise: More and Wild 2011).
Estimated errors are evidence, not bounds: a mismatch needs two estimates that agree with each other and not with it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.differences import complex_step
from gradcheck.judge import entry_name
from gradcheck.verdicts import Entry, QuantityCheck, Verdict

Array = np.ndarray[Any, np.dtype[Any]]
Value = Callable[[Array], float]

SHRINK = 1.6  # from one step of Ridders' table to the next
ROWS = 9
TRUST = 8.0  # an estimated error is multiplied by this before anything is concluded from it
PROBE = 1e-6  # a complex step that differs from the differences by more than this part is not believed


@dataclass(frozen=True)
class Estimate:
    """An estimated gradient, flat: ``error`` is what it may be off by, entry by entry, infinite where nothing came out."""

    gradient: Array
    error: Array
    method: str


def estimate(f: Value, x: Array) -> Estimate:
    """The gradient of f at a flat float64 array."""
    noise = measured_noise(f, x)
    parts = [_ridders(f, x, k, noise) for k in range(x.size)]
    differences = Estimate(np.array([p[0] for p in parts]), np.array([p[1] for p in parts]), "differences")
    return _complex(f, x, differences) or differences


def measured_noise(f: Value, x: Array) -> float:
    """The noise of f near x: from the higher differences of seven values on a line, where a smooth part is gone.

    The step grows until the values differ: code that computes in float32 does not see a small one.
    """
    rng = np.random.default_rng(12345)
    direction = rng.standard_normal(x.size)
    unit = max(1.0, float(np.abs(x).max(initial=0.0))) / np.linalg.norm(direction)
    for step in (1e-12, 1e-10, 1e-8, 1e-6):
        values = np.array([_called(f, x + k * step * unit * direction) for k in range(7)])
        if len(np.unique(values)) > 3:
            break
    floor = np.finfo(float).eps / 2 * float(np.abs(values).max())
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


def _ridders(f: Value, x: Array, k: int, noise: float) -> tuple[float, float]:
    """The derivative by x[k] and its estimated error; one-sided where the domain ends beside x."""

    def moved(step: float) -> float:
        y = x.copy()
        y[k] += step
        return _called(f, y)

    best = (float("nan"), float("inf"))
    for start in (0.1, 1e-2, 1e-3, 1e-5):
        h = start * max(1.0, abs(float(x[k])))
        sides = [np.isfinite(moved(s * h)) for s in (1, -1)]
        if all(sides):
            found = _table(lambda s: (moved(s) - moved(-s)) / (2 * s), h, 2, noise)
        elif any(sides):
            side, here = (1.0 if sides[0] else -1.0), moved(0.0)
            found = _table(lambda s, side=side, here=here: side * (moved(side * s) - here) / s, h, 1, noise)  # type: ignore[misc]
        else:
            continue
        best = min(best, found, key=lambda pair: pair[1])
    return best


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
    error = 64 * np.finfo(float).eps * np.maximum(np.abs(gradient), scale)
    return Estimate(gradient, error, "complex step")


PROOF = 100.0  # estimates never bound an error: only what is this many times larger is called a mismatch
PLAIN = 1e-7  # of the largest entry: and it must be this large, too
PLAIN_SHORT = 1e-5  # where the code mentions float32
USEFUL = 1e-4  # an estimate that may be off by more than this part of the largest entry decides nothing


def compared(
    name: str, part: Array, expected: Array, error: Array, method: str, *, short: bool = False
) -> QuantityCheck:
    """Within the error a match if the error is small; far beyond it a mismatch; between the two nothing is said."""
    if not part.size:
        nowhere = Entry((0,) * part.ndim, 0.0, 0.0, 0.0, 0.0)
        return QuantityCheck(name, part.shape, Verdict.MATCH, method, 0.0, 0.0, 0.0, 0.0, 0, nowhere, "there are no entries")
    off = np.abs(part - expected)
    floor = TRUST * error + (2.0**-20 if part.dtype == np.float32 else 2.0**-50) * np.abs(expected)
    scale = float(np.abs(expected).max(initial=0.0)) if np.isfinite(expected).all() else float("inf")
    entry = _worst(part, expected, off, floor)
    wrong, blind = off > PROOF * floor + (PLAIN_SHORT if short else PLAIN) * scale, floor > USEFUL * max(scale, 1e-300)
    there = entry_name(name, entry.index)
    detectable: float | None = None
    if wrong.any():
        verdict = Verdict.MISMATCH
        message = f"{there} is {entry.got:.12g}, {method} give {entry.expected:.12g} with an error of {entry.budget:.1e}"
    elif (off > floor).any() or blind.any() or not np.isfinite(floor).all():
        verdict = Verdict.INCONCLUSIVE
        message = f"{method} cannot tell: {there} differs by {entry.error:.1e}, their own error is {entry.budget:.1e}"
    else:
        verdict, message = Verdict.MATCH, f"every entry is within the estimated error of {method}"
        detectable = float((floor / max(scale, 1e-300)).max(initial=0.0))
    share, count = float(blind.mean()), int(wrong.sum())
    return QuantityCheck(
        name, part.shape, verdict, method, entry.error, entry.budget, detectable, share, count, entry, message
    )


def _worst(part: Array, expected: Array, off: Array, floor: Array) -> Entry:
    """The entry that is farthest beyond the error of its estimate."""
    excess = np.where(np.isfinite(floor), off / np.maximum(floor, 1e-300), 0.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), part.shape))
    return Entry(index, float(part[index]), float(expected[index]), float(off[index]), float(floor[index]))
