"""How long a search for a mistake may be, counted in work and not in seconds: the same answer on a busy machine.

What a search did not look at is data, `NotSearched`, and the sentence about it is made from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from gradcheck.sentences.sentence import Sentence

# Statements evaluated for hypotheses: some six seconds of processor time; one mistake in 20 layers takes 5,000.
MOST_WORK = 30_000


class Unsearched(Enum):
    """Why a part of the catalogue was not tried."""

    WORK = "work"  # the search has a bound, and reached it
    SIZE = "size"  # the network is too large, also where most units are cut off
    UNCONFIRMED = "unconfirmed"  # a mistake was found where units are cut off, and the whole network is too large to confirm it


@dataclass(frozen=True)
class NotSearched:
    """What a search for the mistake left out: why, how many single mistakes were tried of how many."""

    why: Unsearched
    tried: int = 0
    of: int = 0

    @property
    def words(self) -> Sentence:
        """The sentence for a report."""
        if self.why is Unsearched.SIZE:
            return Sentence("judge.unsearched-size")
        if self.why is Unsearched.UNCONFIRMED:
            return Sentence("judge.unsearched-unconfirmed")
        bound = "judge.unsearched-single" if self.tried < self.of else "judge.unsearched-several"
        return Sentence(bound, tried=self.tried, of=self.of)

    def to_dict(self) -> dict[str, Any]:
        """The data."""
        return {"why": self.why.value, "tried": self.tried, "of": self.of, "message": self.words}


class WorkSpent(Exception):  # noqa: N818 - no error: the signal that a search has reached its bound
    """The search has reached its bound."""


class Work:
    """Statements evaluated so far; raises WorkSpent beyond the bound."""

    def __init__(self, most: int) -> None:
        self.most, self.done = most, 0

    def spend(self, statements: int) -> None:
        """Count statements that were evaluated."""
        self.done += statements
        if self.done > self.most:
            raise WorkSpent
