"""A line put right: what stands there, and what would be right in its place; tried before it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.explanations.repairs.statement import SourceStatement
from gradcheck.explanations.traced.code import SourcePlace


@dataclass(frozen=True)
class Repair:
    """Other text for a line; several lines where some were missing. ``verified``: with all repairs every entry is right."""

    place: SourcePlace
    old: str
    new: str
    verified: bool = False

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the validation schema."""
        place = {"line": self.place.line, "file": self.place.file, "cell": self.place.cell or None}
        return {**place, "old": self.old, "new": self.new, "verified": self.verified}


def as_repairs(edits: Mapping[SourcePlace, tuple[SourceStatement, str]]) -> tuple[Repair, ...]:
    """One repair for each statement; the lines of a statement that is longer stay with its first."""
    found = []
    for place, (statement, new) in edits.items():
        old, lines = statement.own_lines, new.split("\n")
        same_length = len(old) == len(lines)
        changed = [n for n, (a, b) in enumerate(zip(old, lines, strict=False)) if a != b] if same_length else []
        if len(changed) == 1:
            at = changed[0]
            line = SourcePlace(place.file, place.cell, statement.node.lineno + at)
            found.append(Repair(line, old[at], lines[at], verified=True))
        else:
            line = SourcePlace(place.file, place.cell, statement.node.lineno)
            found.append(Repair(line, statement.text, new, verified=True))
    return tuple(found)
