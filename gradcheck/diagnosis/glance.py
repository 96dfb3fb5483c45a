"""What one look at a wrong gradient gives away: a common factor, a transpose, swapped parts, clipping, and their like.

Each hypothesis of `glance_hypotheses` reproduces the numbers that came from the true ones, in every entry and within its
rounding budget. What is found at the point itself is told only if it holds at a second point, too: no coincidence does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Sight(StrEnum):
    """The causes that the numbers alone can show."""

    ZEROS = "zeros"
    SIGN = "opposite-sign"
    FACTOR = "one-factor"
    TRANSPOSED = "transposed"
    SWAPPED = "swapped-parts"
    REVERSED = "reversed"
    ROLLED = "rolled"
    PERMUTED = "permuted"
    CONSTANT = "constant-added"
    MULTIPLE_OF_X = "multiple-of-x-added"
    UPDATED = "updated-x-returned"
    CLIPPED = "clipped"
    NORMALISED = "normalised"
    SIGN_ONLY = "sign-only"
    ABSOLUTE = "absolute-value"
    SQUARE = "square"
    SUMMED = "summed-and-spread"
    OTHER_SIDE = "matrix-for-its-transpose"
    PART_ZERO = "part-left-at-zero"
    PART_WRONG = "part-wrong"


@dataclass(frozen=True)
class Part:
    """One leaf: what came, what is true, how far a right number may be off, and x itself."""

    name: str
    claimed: Array
    true: Array
    allowed: Array
    x: Array
    outputs: int = 0  # axes of a Jacobian before those of x


@dataclass(frozen=True)
class Glance:
    """A cause seen in the parts of ``leaves``; ``confirmed`` says that a second point shows it, too."""

    id: Sight
    leaves: tuple[str, ...]
    message: str
    factor: float | None = None
    confirmed: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The cause as JSON data."""
        return {
            "id": str(self.id),
            "leaves": list(self.leaves),
            "message": self.message,
            "factor": self.factor,
            "confirmed": self.confirmed,
        }


@dataclass(frozen=True)
class FixedHypothesis:
    """A hypothesis with its numbers fixed: whether it holds of a part, and how it is told of ``dW``."""

    id: Sight
    holds: Callable[[Part], bool]
    told: str
    factor: float | None = None


def within(part: Part, predicted: Array, room: Array | float = 0.0) -> bool:
    """Whether the claim is what is predicted, in every entry."""
    return bool(predicted.shape == part.claimed.shape and (np.abs(part.claimed - predicted) <= part.allowed + room).all())


def formula(id: Sight, predict: Callable[[Part], Array], told: str, factor: float | None = None) -> FixedHypothesis:
    """A candidate that is a formula of the true gradient; its rounding is as large as that of what it is made of."""

    def holds(part: Part) -> bool:
        with np.errstate(all="ignore"):
            predicted = predict(part)
            return within(part, predicted, 2.0**-50 * np.abs(predicted))

    return FixedHypothesis(id, holds, told, factor)
