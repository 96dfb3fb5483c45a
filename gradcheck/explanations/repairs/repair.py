"""A line put right: what stands there, and what would be right in its place; tried before it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradcheck.explanations.traced.code import Place


@dataclass(frozen=True)
class Repair:
    """Other text for a line; several lines where some were missing. ``verified``: with all repairs every entry is right."""

    place: Place
    old: str
    new: str
    verified: bool = False

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the validation schema."""
        place = {"line": self.place.line, "file": self.place.file, "cell": self.place.cell or None}
        return {**place, "old": self.old, "new": self.new, "verified": self.verified}
