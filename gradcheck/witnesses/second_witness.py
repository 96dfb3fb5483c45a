"""The second witness: before a certified derivative decides, it is compared with differences of floats along a random line.

A rule of ours that is wrong would be wrong in every digit, and the user would be told so. A few values of f itself, which
know nothing of balls, must not exclude what is certified. Where they do, at every step that says anything, along two
independent lines, the checker contradicts itself: `CheckerFault`. Where noise, a kink or a jump hides the slope, the
second witness says nothing, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import flattened
from gradcheck.certified.witness import Certified
from gradcheck.judge.verdicts import CheckerFault
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.along_line import SHARE, ProbeLine, direction
from gradcheck.witnesses.slope_evidence import Says, SecondWitness, Silence, SlopeClaim, word_of

DECISIONS = 16  # bits of a comparison each: with fewer the stairs would be seen as such


def second_witness(
    f: Callable[[Any], Any], x: Any, truth: Certified, number: Callable[[Any], Any], lines: RandomLines | None = None
) -> SecondWitness:
    """Ask f on floats whether the certified derivative can be; raises CheckerFault where it cannot.

    ``number`` is the one number of what f returns that was differentiated. ``lines`` are shared by all rows of a Jacobian.
    """
    lines = lines or RandomLines(f, x)
    if truth.jumps:
        return SecondWitness(Says.NOTHING, Silence.JUMP)
    words: list[SecondWitness] = []
    for place in range(len(_SHARES)):
        word = _asked(lines.line(place), lines.line(place, another=True), truth, number)
        if word.says is Says.AGREES:
            _look_beneath(lines, truth, number)
            return word
        words.append(word)
        if word.why is Silence.DECISIONS:
            break
    last = words[-1]
    return SecondWitness(Says.NOTHING, last.why or Silence.STEPS, last.slope, last.error)


def _asked(line: ProbeLine, another: ProbeLine, truth: Certified, number: Callable[[Any], Any]) -> SecondWitness:
    """The word of a line; raises CheckerFault where it excludes what is certified, and another line does, too."""
    word = word_of(line, truth, number)
    if word.why is not Silence.STEPS and word.says is not Says.EXCLUDES:
        return word
    if _by_decisions(line, truth, number):
        return replace(word, says=Says.NOTHING, why=Silence.DECISIONS)
    if word.says is Says.EXCLUDES:
        again = word_of(another, truth, number)
        if again.says is Says.EXCLUDES:
            raise CheckerFault(_contradiction(again, SlopeClaim.along(truth, another.direction)))
    return word


HIDDEN = 5  # digits: what adds less than this to the slope along a line is looked at along a line of its own
DEEPEST = 4  # such lines at most


def _look_beneath(lines: RandomLines, truth: Certified, number: Callable[[Any], Any]) -> None:
    """Entries whose part of the slope the others drown, each class of size along a line that moves nothing else."""
    line, another = lines.line(0), lines.line(0, another=True)
    mids = flattened(part.mid for part in truth.gradient)
    shares = np.abs(mids * line.direction)
    if not truth.smooth or not shares.any():
        return
    with np.errstate(divide="ignore"):
        depth = np.minimum(np.log10(shares.max() / shares), HIDDEN * DEEPEST) // HIDDEN
    deepest = int(depth[shares > 0].max())
    depth[shares == 0] = deepest  # a derivative of zero may be one that was lost
    for level in range(1, deepest + 1):
        kept = depth == level
        if kept.any():
            first, second = (ProbeLine(one.f, one.x, np.where(kept, one.direction, 0.0)) for one in (line, another))
            _asked(first, second, truth, number)


def _by_decisions(line: ProbeLine, truth: Certified, number: Callable[[Any], Any]) -> bool:
    """Whether so many comparisons were met that they can make stairs as fine as floats, and all but those are right.

    A bisection gives another float for another x although no number of it depends on x: on balls its derivative is zero.
    """
    if truth.compared < DECISIONS:
        return False
    zero = flattened((part.mid == 0) & (part.rad == 0) for part in truth.gradient) > 0
    if not zero.any():
        return False
    kept = ProbeLine(line.f, line.x, np.where(zero, 0.0, line.direction))
    return bool(zero.all()) or word_of(kept, truth, number).says is Says.AGREES


def weakest(words: Sequence[SecondWitness | None]) -> SecondWitness | None:
    """The word on all rows of a Jacobian: that of the row of which least is known; None where one has no certified truth."""
    if not words or any(word is None for word in words):
        return None
    told = [word for word in words if word is not None]
    silent = [word for word in told if word.says is Says.NOTHING]
    return silent[0] if silent else min(told, key=lambda word: inf if word.digits is None else word.digits)


def _contradiction(word: SecondWitness, claim: SlopeClaim) -> str:
    certified = (
        f"{claim.low:.12g}"
        if claim.high - claim.low <= 1e-9 * claim.size
        else Sentence("estimates.range", low=claim.low, high=claim.high)
    )
    return Sentence("estimates.contradiction", certified=certified, slope=word.slope, error=word.error)


_SHARES = (SHARE, 0.0)  # first each entry moves visibly; then by its own size alone, where the domain ends beside it


class RandomLines:
    """Random lines through x, each made when it is first asked for; the seed is fixed, a verdict must not depend on luck."""

    def __init__(self, f: Callable[[Any], Any], x: Any) -> None:
        self.f, self.x = f, x
        self._made: dict[tuple[int, bool], ProbeLine] = {}

    def line(self, place: int, *, another: bool = False) -> ProbeLine:
        """The line of this place in ``_SHARES``, or another one like it."""
        if (place, another) not in self._made:
            rng = np.random.default_rng([2024, place, int(another)])
            self._made[place, another] = ProbeLine(self.f, self.x, direction(self.x, rng, _SHARES[place]))
        return self._made[place, another]
