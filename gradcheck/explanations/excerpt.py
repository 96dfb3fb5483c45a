"""The lines around a mistake as they stand in the file, the wrong one marked, with a word beside those that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradcheck.explanations.traced.code import Place
from gradcheck.sentences.sentence import Sentence
from reports.document import Code

AROUND = 1  # lines shown before and after the wrong one
WIDEST = 66  # characters of a line and its note; what is wider has its note on a line of its own
MARK = "> "


@dataclass(frozen=True)
class Excerpt:
    """Some lines of one file, from ``first`` on; the wrong one is that of ``place``."""

    place: Place
    first: int
    lines: tuple[str, ...]
    notes: Mapping[int, str] = field(default_factory=dict)

    @property
    def code(self) -> Code:
        """The lines with their numbers, as a block."""
        width = len(str(self.first + len(self.lines) - 1))
        shown = [self._line(number, text, width) for number, text in enumerate(self.lines, self.first)]
        return Code(Sentence("validation.lines", lines=tuple(line for lines in shown for line in lines)))

    def _line(self, number: int, text: str, width: int) -> list[str]:
        """One line of the source; its note after it, or under it where the line is long."""
        mark = MARK if number == self.place.line else " " * len(MARK)
        note = self.notes.get(number)
        start = f"{mark}{number:>{width}} | "
        if note is None:
            return [f"{start}{text}"]
        if len(text) + len(note) <= WIDEST:
            return [Sentence("validation.noted-line", start=start, text=text, note=note)]
        under = " " * (len(start) - 2) + "| " + text[: len(text) - len(text.lstrip())]
        return [f"{start}{text}", Sentence("validation.note-under-line", start=under, note=note)]


def excerpt(lines: Sequence[str], place: Place, notes: Mapping[int, str]) -> Excerpt:
    """The wrong line with its neighbours, and the lines with notes that follow it closely."""
    last = max((number for number in notes if 0 <= number - place.line <= 3), default=place.line)
    first, last = max(place.line - AROUND, 1), min(max(place.line + AROUND, last), len(lines))
    shown = [text.expandtabs(4).rstrip() for text in lines[first - 1 : last]]
    while len(shown) > 1 and not shown[-1] and first + len(shown) - 1 > place.line:
        shown.pop()
    while len(shown) > 1 and not shown[0] and first < place.line:
        shown.pop(0)
        first += 1
    indent = min((len(text) - len(text.lstrip()) for text in shown if text), default=0)
    kept = max(indent - 4, 0)
    return Excerpt(place, first, tuple(text[kept:] for text in shown), dict(notes))
