"""How text is fitted into lines of a given width on a terminal.

A line is a list of glyphs: what stands in one place, how many columns it takes (a Chinese character two, an accent that
joins the letter before it none), and how it is coloured. Numbers are never broken; long words are broken after
punctuation if they must be.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

NUMBER = re.compile(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?", re.IGNORECASE)
BREAK_AFTER = frozenset("-/_=+,:;|)]}.")
NO_START = frozenset("，。、；：？！）》」』】")  # a line of Chinese does not begin with these


class Glyph(NamedTuple):
    """A character with the accents joined to it, and the terminal code (SGR) of its style."""

    text: str
    style: str = ""

    @property
    def width(self) -> int:
        """Columns taken on a terminal."""
        return 2 if unicodedata.east_asian_width(self.text[0]) in "WF" else 1


def glyphs(text: str, style: str = "") -> list[Glyph]:
    """Split a text into what stands in one place each."""
    found: list[Glyph] = []
    for character in text:
        if found and unicodedata.category(character) in {"Mn", "Me"}:
            found[-1] = Glyph(found[-1].text + character, style)
        else:
            found.append(Glyph(character, style))
    return found


def width_of(line: Iterable[Glyph]) -> int:
    """Count the columns that a line takes."""
    return sum(glyph.width for glyph in line)


def text_width(text: str) -> int:
    """Count the columns that a text takes."""
    return width_of(glyphs(text))


def paint(line: Iterable[Glyph], color: bool) -> str:
    """Write a line, with the terminal's codes where the style changes."""
    out, current = [], ""
    for glyph in line:
        style = glyph.style if color else ""
        if style != current:
            out.append(("\x1b[0m" if current else "") + (f"\x1b[{style}m" if style else ""))
            current = style
        out.append(glyph.text)
    return "".join(out) + ("\x1b[0m" if current else "")


def trimmed(line: list[Glyph]) -> list[Glyph]:
    """Leave out the blanks at the end of a line."""
    size = len(line)
    while size and line[size - 1].text == " ":
        size -= 1
    return line[:size]


def wrap(line: Sequence[Glyph], width: int) -> list[list[Glyph]]:
    """Break a line into lines of at most ``width`` columns, at blanks where that is possible."""
    lines: list[list[Glyph]] = [[]]
    blank: list[Glyph] = []
    for piece in _pieces(line):
        if piece[0].text == " ":
            blank = piece
            continue
        for part in _parts(piece, width):
            if lines[-1] and width_of(lines[-1]) + width_of(blank) + width_of(part) > width:
                lines.append([])
            else:
                lines[-1] += blank if lines[-1] else []
            lines[-1] += part
            blank = []
    return lines


def longest_part(line: Sequence[Glyph], limit: int) -> int:
    """Return the width below which `wrap` would break a number, or a word of no more than ``limit`` columns."""
    return max((_least_width(piece, limit) for piece in _pieces(line)), default=0)


def _least_width(piece: list[Glyph], limit: int) -> int:
    if width_of(piece) <= limit:
        return width_of(piece)
    return max(width_of(part) if _is_number(part) else min(width_of(part), limit) for part in _segments(piece))


def _is_number(part: Sequence[Glyph]) -> bool:
    return NUMBER.fullmatch("".join(glyph.text for glyph in part).rstrip("".join(BREAK_AFTER))) is not None


def _pieces(line: Sequence[Glyph]) -> list[list[Glyph]]:
    """Words and runs of blanks in turn; a line may also be broken before and after each wide character."""
    pieces: list[list[Glyph]] = []
    previous = ""
    for glyph in line:
        kind = "blank" if glyph.text == " " else "wide" if glyph.width == 2 else "word"
        if kind == previous == "word" or kind == previous == "blank" or (previous and glyph.text in NO_START):
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
        previous = kind
    return pieces


def _parts(piece: list[Glyph], width: int) -> list[list[Glyph]]:
    """Break a word that is longer than a line: after punctuation, else anywhere."""
    if width_of(piece) <= width:
        return [piece]
    parts: list[list[Glyph]] = []
    for segment in _segments(piece):
        parts += [segment[start : start + width] for start in range(0, len(segment), max(1, width))]
    return parts


def _segments(piece: list[Glyph]) -> list[list[Glyph]]:
    """Cut a word after its punctuation marks, but not within a number."""
    text = "".join(glyph.text[0] for glyph in piece)
    inside = {place for match in NUMBER.finditer(text) for place in range(match.start() + 1, match.end())}
    cuts = [place for place in range(1, len(text)) if text[place - 1] in BREAK_AFTER and place not in inside]
    return [piece[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
