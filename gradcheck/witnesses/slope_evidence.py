"""What differences along one line say of a certified derivative: they agree with it, exclude it, or say nothing, and why.

Excluded is what differs from one slope that all steps give, from some size down to where rounding hides everything, ahead
and behind: noise, kinks, jumps, stairs and fast waves all give another slope at another step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf, isfinite, log10, nan
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, flattened
from gradcheck.certified.witness import Certified
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.along_line import LARGEST_NOISE, UNIT, NumberOnLine, ProbeLine, Slopes

TRUST = 8.0  # an error told by the difference of two steps is an estimate: nothing is concluded from less than this
FIRST_STEPS = (2.0**-14, 2.0**-17)  # truncation h^2 is near 1e-10 there, and so is rounding u / h: nearly always enough
ALL_STEPS = tuple(2.0**-k for k in range(3, 49, 3))
SHARP = 1e-6  # of the derivative: with a larger error than this more steps are taken
USEFUL = 1e-2  # an error of more than this part of the derivative tells nothing of it
ZERO = 1e-6  # of f(x), for a step of the size of x: what a slope of zero may be off by
PLATEAU = 3  # steps in a row that give one slope: two may agree by chance, where f oscillates
CLEAR_OF_PLATEAU = 8.0  # a plateau excludes what is this many times farther off than its own steps are from each other


class Silence(StrEnum):
    """Why it says nothing."""

    NONE = ""
    NOISE = "noise"
    KINK = "kink"
    JUMP = "jump"
    STEPS = "steps"
    STATE = "state"
    NO_VALUES = "no-values"
    DECISIONS = "decisions"
    ANOTHER_WAY = "another-way"
    NOT_ASKED = "not-asked"

    @property
    def sentence(self) -> str:
        """The reason for a reader, empty for none."""
        return Sentence(f"estimates.why-{self}") if self else ""


@dataclass(frozen=True)
class SlopeClaim:
    """The certified derivative along a direction: between ``low`` and ``high``, which differ at a kink alone."""

    low: float
    high: float
    rounding: float  # of the sum over the entries itself

    @classmethod
    def along(cls, truth: Certified, line: Array) -> SlopeClaim:
        """From the gradients of all branches, if they were followed, else from the balls."""
        mids = flattened(part.mid for part in truth.gradient)
        radii = flattened(part.rad for part in truth.gradient)
        rounding = 4 * UNIT * len(line) * float((np.abs(mids) + radii) @ np.abs(line))
        if len(truth.branches):
            slopes = np.array([branch @ line for branch in truth.branches])
            return cls(float(slopes.min()), float(slopes.max()), rounding)
        middle, wide = float(mids @ line), float(radii @ np.abs(line))
        return cls(middle - wide, middle + wide, rounding)

    @property
    def size(self) -> float:
        """The larger end."""
        return max(abs(self.low), abs(self.high))

    def gap(self, slope: float) -> float:
        """How far a slope lies outside."""
        return max(self.low - slope, slope - self.high, 0.0)


class Says(StrEnum):
    """What a line shows of the certified derivative; of a second witness as a whole, which never excludes, the first two."""

    AGREES = "agrees"
    NOTHING = "says nothing"
    EXCLUDES = "excludes"


@dataclass(frozen=True)
class SecondWitness:
    """Its word; ``slope`` is the difference quotient, ``error`` its own error, ``digits`` those that both have in common."""

    says: Says
    why: Silence = Silence.NONE
    slope: float = nan
    error: float = inf
    digits: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The word as JSON data."""
        numbers = {"slope": self.slope, "error": self.error}
        told = {"says": str(self.says), "why": self.why.sentence or None, "digits": self.digits}
        return {**told, **{name: value if isfinite(value) else None for name, value in numbers.items()}}

    def __str__(self) -> str:
        if self.says is Says.NOTHING:
            return Sentence("estimates.second-nothing", why=self.why.sentence)
        far = (
            Sentence("estimates.second-no-slope")
            if self.digits is None
            else Sentence("estimates.second-agrees", digits=self.digits)
        )
        return Sentence("estimates.second", far=far)


def word_of(line: ProbeLine, truth: Certified, number: Callable[[Any], Any]) -> SecondWitness:
    """A few steps first; all of them where these do not agree with what is certified."""
    claim, values = SlopeClaim.along(truth, line.direction), NumberOnLine(line, number)
    for step in FIRST_STEPS:
        values.value(step), values.value(-step)
    here = values.value(0.0)  # last, so that what a function keeps from its last call is of x itself
    if not isfinite(here):
        return SecondWitness(Says.NOTHING, Silence.NO_VALUES)
    off = abs(here - float(truth.value.mid[0]))
    rounding = 4 * UNIT * abs(here)
    noise = max(rounding, off if isfinite(off) else 0.0)
    first = [values.slopes(step, noise) for step in FIRST_STEPS]
    if (word := _agreement(first, claim, here, truth, SHARP)) is not None:
        return word
    noise = max(noise, values.noise())
    slopes = [values.slopes(step, noise) for step in ALL_STEPS]
    if values.value(0.0, again=True) != here:
        return SecondWitness(Says.NOTHING, Silence.STATE)
    slopes = [s for s in slopes if isfinite(s.ahead) and isfinite(s.behind)]
    if len(slopes) < PLATEAU:
        return SecondWitness(Says.NOTHING, Silence.NO_VALUES)
    if (word := _agreement(slopes, claim, here, truth, USEFUL)) is not None:
        return word
    if noise > LARGEST_NOISE * rounding:  # at x itself floats are farther off than that: it is another function
        return SecondWitness(Says.NOTHING, Silence.NOISE)
    return _exclusion(slopes, claim, here)


def _agreement(slopes: list[Slopes], claim: SlopeClaim, here: float, truth: Certified, useful: float) -> SecondWitness | None:
    """The step whose own error is smallest must tell the slope to ``useful``, and what is certified lie within it."""
    found: list[tuple[float, float, float, float]] = []  # own error, gap, what is left between the two, slope
    for coarse, fine in pairwise(slopes):
        if truth.smooth:
            pairs = [(coarse.middle, fine.middle)]
        else:
            pairs = [(coarse.ahead, fine.ahead), (coarse.behind, fine.behind)]
        errors = [abs(a - b) + fine.noise + claim.rounding for a, b in pairs]
        gaps = [claim.gap(b) for _, b in pairs]
        far = max(*gaps, fine.noise) if truth.smooth else max(errors)  # within the reach of a kink a gap of 0 says little
        found.append((max(errors), max(gaps), far, fine.middle))
    found = [one for one in found if isfinite(one[0])]
    error, gap, far, slope = min(found, default=(inf, inf, inf, nan))
    if not (gap <= TRUST * error and _tells(TRUST * error, claim, slope, here, useful)):
        return None
    size = max(claim.size, abs(slope))
    digits = None if not claim.size else min(15, max(0, int(-log10(max(far, claim.rounding, 1e-16 * size) / size))))
    return SecondWitness(Says.AGREES, Silence.NONE, slope, error, digits)


def _tells(error: float, claim: SlopeClaim, slope: float, here: float, useful: float) -> bool:
    """Whether an error is small beside the derivative; a derivative of zero has the value of f for its measure."""
    size = max(claim.size, abs(slope))
    return error <= (useful * size if claim.size else ZERO * abs(here))


def _exclusion(slopes: list[Slopes], claim: SlopeClaim, here: float) -> SecondWitness:
    """Whether steps from some size down to where rounding hides everything give one slope, and another than certified."""
    steps = False
    for start in range(len(slopes) - PLATEAU + 1):
        level = slopes[start + 1 : start + PLATEAU]
        slope = level[-1].middle
        gap = claim.gap(slope) - claim.rounding
        if gap <= 0 or not _level(slopes[start : start + PLATEAU], slope, gap / CLEAR_OF_PLATEAU):
            continue
        finer = [s for s in slopes[start + PLATEAU :] if s.noise <= gap / CLEAR_OF_PLATEAU**2]
        vanished = _held_before(slopes[:start], claim, gap / CLEAR_OF_PLATEAU)
        if vanished or not _level(finer, slope, gap / CLEAR_OF_PLATEAU) or _stairs(slopes[start + PLATEAU :], claim, gap, here):
            steps = True
            continue
        error = max(abs(s.middle - slope) + s.noise for s in level)
        return SecondWitness(Says.EXCLUDES, Silence.NONE, slope, error)
    if steps:
        return SecondWitness(Says.NOTHING, Silence.STEPS)
    kinked = sorted(slopes, key=lambda s: s.noise)[len(slopes) // 2]
    steady = kinked.apart > CLEAR_OF_PLATEAU * kinked.noise and abs(kinked.apart - slopes[0].apart) <= kinked.apart / 2
    return SecondWitness(Says.NOTHING, Silence.KINK if steady else Silence.NOISE, kinked.middle)


def _held_before(larger: list[Slopes], claim: SlopeClaim, room: float) -> bool:
    """Whether larger steps, as many in a row, gave what is certified: smaller ones may be too small to move a large number."""
    near = [claim.gap(s.middle) <= room for s in larger]
    return any(all(near[k : k + PLATEAU]) for k in range(len(near) - PLATEAU + 1))


def _level(slopes: list[Slopes], slope: float, room: float) -> bool:
    """Whether all of these, ahead and behind, give this slope."""
    return all(max(abs(s.ahead - slope), abs(s.behind - slope)) + s.noise / CLEAR_OF_PLATEAU <= room for s in slopes)


def _stairs(finer: list[Slopes], claim: SlopeClaim, gap: float, here: float) -> bool:
    """Whether small steps, which rounding in the last place alone could not hide, give what is certified after all."""
    return any(claim.gap(s.middle) <= gap / 4 and 2 * UNIT * abs(here) / s.step <= gap / 4 for s in finer)
