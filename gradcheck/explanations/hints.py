"""What a student is told of a mistake, in steps that a teacher can stop at: where, why, by hand, the line put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gradcheck.sentences.sentence import Sentence
from reports.document import Block, Document, Section


class Hint(StrEnum):
    """The steps, each of which says more than the one before."""

    WHERE = "where"
    WHY = "why"
    BY_HAND = "by-hand"
    LINE = "line"

    def allows(self, other: Hint) -> bool:
        """Whether a reader who may see this much may see the other."""
        return _ORDER.index(other) <= _ORDER.index(self)


_ORDER = tuple(Hint)
BY_VIEW = {"student": Hint.BY_HAND, "teacher": Hint.LINE}  # unless a level is asked for


@dataclass(frozen=True)
class Hints:
    """The blocks of each step; a step of which nothing is known has none."""

    blocks: Mapping[Hint, Sequence[Block]]

    def up_to(self, level: Hint) -> list[Section]:
        """The sections that a reader sees at a level."""
        return [Section(_title(hint), self.blocks[hint]) for hint in Hint if level.allows(hint) and self.blocks.get(hint)]

    def documents(self, level: Hint, language: str) -> dict[str, Document | None]:
        """Each step as a document of its own, for the JSON; None for what is not known or not shown."""
        return {
            hint.name.lower(): Document(_title(hint), self.blocks[hint], language=language)
            if level.allows(hint) and self.blocks.get(hint)
            else None
            for hint in Hint
        }


def _title(hint: Hint) -> Sentence:
    return Sentence(f"validation.hint-{hint}")
