"""The lines around mistakes as they stand in the file, the wrong ones marked, with a word beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck.sentences.sentence import Sentence
from reports.document import Code

AROUND = 1  # lines shown before and after a wrong one
WIDEST = 66  # characters of a line and its note; what is wider has its note on a line of its own
CUT = 68  # characters of a line that is shown for its neighbour's sake: as much as an 80-column terminal has room for
MARK = "> "


def excerpts(lines: Sequence[str], notes: Mapping[int, str]) -> list[Code]:
    """The wrong lines, which are those with notes, each with its neighbours; lines whose neighbours meet stand together."""
    groups: list[list[int]] = []
    for number in sorted(notes):
        if groups and number - groups[-1][-1] <= 2 * AROUND + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [_excerpt(lines, {number: notes[number] for number in group}) for group in groups]


def _excerpt(lines: Sequence[str], notes: Mapping[int, str]) -> Code:
    """Some lines that follow each other, with their numbers, as a block."""
    first, last = max(min(notes) - AROUND, 1), min(max(notes) + AROUND, len(lines))
    shown = {number: lines[number - 1].expandtabs(4).rstrip() for number in range(first, last + 1)}
    for edge in (first, last):
        if not shown[edge] and edge not in notes:
            del shown[edge]
    indent = min((len(text) - len(text.lstrip()) for text in shown.values() if text), default=0)
    kept, width = max(indent - 4, 0), len(str(last))
    told = [line for number, text in shown.items() for line in _line(number, text[kept:], width, notes.get(number))]
    return Code(Sentence("validation.lines", lines=tuple(told)))


def _line(number: int, text: str, width: int, note: str | None) -> list[str]:
    """One line of the source; its note after it, or under it where the line is long."""
    start = f"{' ' * len(MARK) if note is None else MARK}{number:>{width}} | "
    if note is None:
        return [start + (text if len(text) <= CUT else f"{text[:CUT]}…")]
    if len(text) + len(note) <= WIDEST:
        return [Sentence("validation.noted-line", start=start, text=text, note=note)]
    under = " " * (len(start) - 2) + "| " + text[: len(text) - len(text.lstrip())]
    return [f"{start}{text}", Sentence("validation.note-under-line", start=under, note=note)]
