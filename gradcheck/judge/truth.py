"""What the judge is given: the enclosed gradient at a point, and how far a right implementation may be from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradcheck.judge.subgradients import Kinks
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from symbolic.balls import Enclosure


@dataclass(frozen=True)
class Budget:
    """For each entry of each gradient: what rounding may do, and what a choice of subgradient at kinks can reach.

    ``lowest`` and ``highest`` are the ends of the reachable values; they are equal where no kink matters. ``kinks`` says
    what all entries can reach together; ``unbounded`` why no bound exists where the rounding is infinite.
    """

    rounding: dict[str, Array]
    lowest: dict[str, Array]
    highest: dict[str, Array]
    kinks: Kinks | None = None
    unbounded: str = Sentence("judge.overflow")


@dataclass(frozen=True)
class Truth:
    """What the judge knows of one point: the enclosed gradient, the budget, and the witness that enclosed it."""

    gradient: Mapping[str, Enclosure]
    budget: Budget
    witness: str = "certified"
