"""The second witness: no certified derivative decides before differences of plain floats along a random line were asked.

A rule of ours that is wrong would be wrong in every digit, and the user would be told so. A few values of f itself, which
know nothing of balls, must not exclude what is certified. Where they do, at every step that says anything, along two
independent lines, the checker contradicts itself: `CheckerFault`. Where noise, a kink or a jump hides the slope, the
second witness says nothing, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf, isfinite, log10, nan
from typing import Any

import numpy as np

from gradcheck.along_line import SHARE, UNIT, Line, Number, Slopes, direction
from gradcheck.certified.structure import Array
from gradcheck.certified.witness import Certified
from gradcheck.verdicts import CheckerFault

TRUST = 8.0  # an error told by the difference of two steps is an estimate: nothing is concluded from less than this
FIRST_STEPS = (2.0**-14, 2.0**-17)  # truncation h^2 is near 1e-10 there, and so is rounding u / h: nearly always enough
ALL_STEPS = tuple(2.0**-k for k in range(3, 49, 3))
SHARP = 1e-6  # of the derivative: with a larger error than this more steps are taken
USEFUL = 1e-2  # an error of more than this part of the derivative tells nothing of it
ZERO = 1e-6  # of f(x), for a step of the size of x: what a slope of zero may be off by
PLATEAU = 3  # steps in a row that give one slope: two may agree by chance, where f oscillates
CLEAR = 8.0  # a plateau excludes what is this many times farther off than its own steps are from each other


class Says(StrEnum):
    """What the second witness says of the certified derivative."""

    AGREES = "agrees"
    NOTHING = "says nothing"


class Why(StrEnum):
    """Why it says nothing."""

    NONE = ""
    NOISE = "its own error is as large as the derivative"
    KINK = "along the line the function has a kink nearer than floats can tell"
    JUMP = "the function jumps at this point"
    STEPS = "on floats the function is a staircase, or another one at each size of step"
    STATE = "the function gives other values in equal calls"
    NO_VALUES = "the function gives no finite numbers beside this point"
    ANOTHER_WAY = "on balls the code goes another way than on floats"
    NOT_ASKED = "nothing certified was claimed"


@dataclass(frozen=True)
class SecondWitness:
    """Its word; ``slope`` is the difference quotient, ``error`` its own error, ``digits`` those that both have in common."""

    says: Says
    why: Why = Why.NONE
    slope: float = nan
    error: float = inf
    digits: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The word as JSON data."""
        numbers = {"slope": self.slope, "error": self.error}
        told = {"says": str(self.says), "why": str(self.why) or None, "digits": self.digits}
        return {**told, **{name: value if isfinite(value) else None for name, value in numbers.items()}}

    def __str__(self) -> str:
        if self.says is Says.NOTHING:
            return f"second witness: says nothing, because {self.why}"
        far = "finds no slope either" if self.digits is None else f"agrees to {self.digits} digits"
        return f"second witness: a difference quotient along a random direction {far}"


@dataclass(frozen=True)
class Claim:
    """The certified derivative along a direction: between ``low`` and ``high``, which differ at a kink alone."""

    low: float
    high: float
    rounding: float  # of the sum over the entries itself

    @classmethod
    def along(cls, truth: Certified, line: Array) -> Claim:
        """From the gradients of all branches, if they were followed, else from the balls."""
        mids = np.concatenate([np.asarray(part.mid, dtype=np.float64).ravel() for part in truth.gradient])
        radii = np.concatenate([np.asarray(part.rad, dtype=np.float64).ravel() for part in truth.gradient])
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


class Outcome(StrEnum):
    """What one line showed."""

    AGREES = "agrees"
    EXCLUDES = "excludes"
    NOTHING = "says nothing"


@dataclass(frozen=True)
class Word:
    """The outcome of one line, with the numbers behind it."""

    outcome: Outcome
    why: Why = Why.NONE
    slope: float = nan
    error: float = inf
    digits: int | None = None


def second_witness(
    f: Callable[[Any], Any], x: Any, truth: Certified, number: Callable[[Any], Any], lines: Lines | None = None
) -> SecondWitness:
    """Ask f on floats whether the certified derivative can be; raises CheckerFault where it cannot.

    ``number`` is the one number of what f returns that was differentiated. ``lines`` are shared by all rows of a Jacobian.
    """
    lines = lines or Lines(f, x)
    if truth.jumps:
        return SecondWitness(Says.NOTHING, Why.JUMP)
    words: list[Word] = []
    for place in range(len(_SHARES)):
        word = _ask(lines.line(place), truth, number)
        if word.outcome is Outcome.AGREES:
            return SecondWitness(Says.AGREES, Why.NONE, word.slope, word.error, word.digits)
        words.append(word)
        if word.outcome is Outcome.EXCLUDES:
            again = _ask(lines.line(place, another=True), truth, number)
            if again.outcome is Outcome.EXCLUDES:
                raise CheckerFault(_contradiction(again, Claim.along(truth, lines.line(place, another=True).direction)))
    last = words[-1] if words[-1].why is not Why.NONE else words[0]
    return SecondWitness(Says.NOTHING, last.why or Why.STEPS, last.slope, last.error)


def weakest(words: Sequence[SecondWitness | None]) -> SecondWitness | None:
    """The word on all rows of a Jacobian: that of the row of which least is known; None where one has no certified truth."""
    if not words or any(word is None for word in words):
        return None
    told = [word for word in words if word is not None]
    silent = [word for word in told if word.says is Says.NOTHING]
    return silent[0] if silent else min(told, key=lambda word: inf if word.digits is None else word.digits)


def _contradiction(word: Word, claim: Claim) -> str:
    certified = f"{claim.low:.12g}" if claim.high - claim.low <= 1e-9 * claim.size else f"{claim.low:.12g} .. {claim.high:.12g}"
    return (
        f"along a random direction the certified derivative is {certified}, differences of the function's own values give "
        f"{word.slope:.12g} +- {word.error:.1e}: my witnesses contradict each other; please report this, with the function"
    )


_SHARES = (SHARE, 0.0)  # first each entry moves visibly; then by its own size alone, where the domain ends beside it


class Lines:
    """Random lines through x, each made when it is first asked for; the seed is fixed, a verdict must not depend on luck."""

    def __init__(self, f: Callable[[Any], Any], x: Any) -> None:
        self.f, self.x = f, x
        self._made: dict[tuple[int, bool], Line] = {}

    def line(self, place: int, *, another: bool = False) -> Line:
        """The line of this place in ``_SHARES``, or another one like it."""
        if (place, another) not in self._made:
            rng = np.random.default_rng([2024, place, int(another)])
            self._made[place, another] = Line(self.f, self.x, direction(self.x, rng, _SHARES[place]))
        return self._made[place, another]


# One line


def _ask(line: Line, truth: Certified, number: Callable[[Any], Any]) -> Word:
    """A few steps first; all of them where these do not agree with what is certified."""
    claim, values = Claim.along(truth, line.direction), Number(line, number)
    for step in FIRST_STEPS:
        values.value(step), values.value(-step)
    here = values.value(0.0)  # last, so that what a function keeps from its last call is of x itself
    if not isfinite(here):
        return Word(Outcome.NOTHING, Why.NO_VALUES)
    off = abs(here - (float(truth.value.mid[0]) + float(truth.value.low[0])))
    noise = max(4 * UNIT * abs(here), off if isfinite(off) else 0.0)
    first = [values.slopes(step, noise) for step in FIRST_STEPS]
    if (word := _agreement(first, claim, here, truth, SHARP)) is not None:
        return word
    noise = max(noise, values.noise())
    slopes = [values.slopes(step, noise) for step in ALL_STEPS]
    if values.value(0.0, again=True) != here:
        return Word(Outcome.NOTHING, Why.STATE)
    slopes = [s for s in slopes if isfinite(s.ahead) and isfinite(s.behind)]
    if len(slopes) < PLATEAU:
        return Word(Outcome.NOTHING, Why.NO_VALUES)
    return _agreement(slopes, claim, here, truth, USEFUL) or _exclusion(slopes, claim, here)


def _agreement(slopes: list[Slopes], claim: Claim, here: float, truth: Certified, useful: float) -> Word | None:
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
    none = claim.size <= TRUST * error or size == 0
    digits = None if none else min(15, max(0, int(-log10(max(far, claim.rounding, 1e-16 * size) / size))))
    return Word(Outcome.AGREES, Why.NONE, slope, error, digits)


def _tells(error: float, claim: Claim, slope: float, here: float, useful: float) -> bool:
    """Whether an error is small beside the derivative; a derivative of zero has the value of f for its measure."""
    size = max(claim.size, abs(slope))
    return error <= (useful * size if claim.size else ZERO * abs(here)) or size == 0


def _exclusion(slopes: list[Slopes], claim: Claim, here: float) -> Word:
    """Whether steps from some size down to where rounding hides everything give one slope, and another than certified."""
    for start in range(len(slopes) - PLATEAU + 1):
        level = slopes[start + 1 : start + PLATEAU]
        slope = level[-1].middle
        gap = claim.gap(slope) - claim.rounding
        if gap <= 0 or not _level(slopes[start : start + PLATEAU], slope, gap / CLEAR):
            continue
        finer = [s for s in slopes[start + PLATEAU :] if s.noise <= gap / CLEAR**2]
        if not _level(finer, slope, gap / CLEAR) or _stairs(slopes[start + PLATEAU :], claim, gap, here):
            return Word(Outcome.NOTHING, Why.STEPS)
        error = max(abs(s.middle - slope) + s.noise for s in level)
        return Word(Outcome.EXCLUDES, Why.NONE, slope, error)
    kinked = sorted(slopes, key=lambda s: s.noise)[len(slopes) // 2]
    steady = kinked.apart > CLEAR * kinked.noise and abs(kinked.apart - slopes[0].apart) <= kinked.apart / 2
    return Word(Outcome.NOTHING, Why.KINK if steady else Why.NOISE, kinked.middle)


def _level(slopes: list[Slopes], slope: float, room: float) -> bool:
    """Whether all of these, ahead and behind, give this slope."""
    return all(max(abs(s.ahead - slope), abs(s.behind - slope)) + s.noise / CLEAR <= room for s in slopes)


def _stairs(finer: list[Slopes], claim: Claim, gap: float, here: float) -> bool:
    """Whether small steps, which rounding in the last place alone could not hide, give what is certified after all."""
    return any(claim.gap(s.middle) <= gap / 4 and 2 * UNIT * abs(here) / s.step <= gap / 4 for s in finer)
