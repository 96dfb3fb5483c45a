"""A mistake that was found, as data: what was written, what is right, and how much of the claimed numbers it explains."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import Any

from gradcheck.judge.search_limits import NotSearched

UNKNOWN = "unknown"  # the id of a mistake that nothing explains


def fitting_digits(error: float, size: float) -> float:
    """To how many digits numbers of this size are reproduced with this error; 16 where nothing is off."""
    share = error / size if size else 0.0
    return min(max(-log10(share), 0.0), 16.0) if share else 16.0


@dataclass(frozen=True)
class Diagnosis:
    """A mistake that gives the claimed numbers: what was written, what is right, and to how many digits it fits.

    The same mistake in several layers is told once, with the layer nearest the output. ``alternatives`` are other mistakes
    that give the same numbers on this network; ``line`` is where it shows first in a source that was traced, in ``file``; of
    a notebook, in its code cell number ``cell``.

    ``alone`` says whether this mistake by itself gives all the numbers. If not, ``complete`` says whether it does together
    with the others that are told, and ``factor`` what every entry is multiplied by beside them; ``unexplained`` are the
    quantities that even all of these do not give. ``not_searched`` is what the search left out where it found nothing.
    """

    id: str
    layer: int
    quantity: str
    message: str
    wrong: str
    right: str
    digits: float
    alternatives: tuple[str, ...] = ()
    line: int | None = None
    file: str = ""
    cell: int | None = None
    alone: bool = True
    factor: float | None = None
    unexplained: tuple[str, ...] = ()
    not_searched: NotSearched | None = None

    @property
    def complete(self) -> bool:
        """Whether all that was told together gives every number."""
        return not self.unexplained

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis in the shape of the validation schema."""
        return {
            "id": self.id,
            "layer": self.layer,
            "quantity": self.quantity,
            "line": self.line,
            "file": self.file or None,
            "cell": self.cell,
            "message": self.message,
            "formula": self.right,
            "evidence_digits": round(self.digits, 1),
            "alternatives": list(self.alternatives),
            "explains_alone": self.alone,
            "explains_together": self.complete,
            "remaining_factor": self.factor,
            "unexplained": list(self.unexplained),
            **({"not_searched": self.not_searched.to_dict()} if self.not_searched else {}),
        }
