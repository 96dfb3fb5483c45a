"""How a table is fitted into a terminal: columns wrap, then stand in several tables; tabulate sets them."""

from collections.abc import Sequence

from tabulate import tabulate

from reports.columns import pieces, share_out
from reports.document import Cell, Table, Tone, Value
from reports.inline import styled
from reports.marks import MARKS, alignments, split_cell
from reports.number_text import number_text
from reports.wrapping import Glyph, glyphs, longest_part, trimmed, width_of, wrap

TONES: dict[Tone, str] = {"good": "32", "bad": "31", "warn": "33", "muted": "2"}
GAP = 2
WORD = 16  # columns of text are not narrowed below a word of this length
FILLER = "\ue000"
FIRST_STAND_IN = 0xF0000

Line = list[Glyph]


class GlyphSubstitutes:
    """One private character for every glyph that tabulate would measure or cut wrongly: wide, accented, coloured."""

    def __init__(self) -> None:
        self.glyph_of: dict[str, Glyph] = {}
        self.sign_of: dict[Glyph, str] = {}

    def encode(self, line: Line) -> str:
        """Write a line as a text of which every character takes one column."""
        return "".join(self._sign(glyph) + FILLER * (glyph.width - 1) for glyph in line)

    def decode(self, text: str) -> Line:
        """Read the line back."""
        return [self.glyph_of.get(sign) or Glyph(sign) for sign in text if sign != FILLER]

    def _sign(self, glyph: Glyph) -> str:
        if glyph.width == len(glyph.text) == 1 and not glyph.style:
            return glyph.text
        sign = self.sign_of.setdefault(glyph, chr(FIRST_STAND_IN + len(self.sign_of)))
        self.glyph_of[sign] = glyph
        return sign


def table_lines(table: Table, width: int) -> list[Line]:
    """Set a table in at most ``width`` columns."""
    grid = [[styled(title) for title in table.columns]]
    grid += [[cell_glyphs(cell, table.digits) for cell in row] for row in table.rows]
    least = [max(longest_part(row[column], WORD) for row in grid) for column in range(len(table.columns))]
    lines: list[Line] = []
    for chosen in pieces(least, width, GAP):
        part = [[row[column] for column in chosen] for row in grid]
        aligns = [alignments(table)[column] for column in chosen]
        lines += [[], *_piece(part, [least[column] for column in chosen], aligns, width, table.total)]
    return lines[1:]


def cell_glyphs(cell: Value | Cell, digits: int | None) -> Line:
    """Write one cell: its value, coloured and marked with its tone."""
    value, tone = split_cell(cell)
    line = glyphs(number_text(value, digits)) if isinstance(value, int | float | None) else styled(value)
    if tone is None:
        return line
    mark = f"{MARKS[tone]} " if MARKS[tone] else ""
    return [Glyph(glyph.text, TONES[tone]) for glyph in glyphs(mark) + line]


def _piece(grid: Sequence[Sequence[Line]], least: list[int], aligns: list[str], width: int, total: bool) -> list[Line]:
    room = width - GAP * (len(least) - 1)
    if sum(least) > room:  # two numbers that no line can hold
        least = [min(size, room // len(least)) for size in least]
    natural = [max(width_of(row[column]) for row in grid) for column in range(len(least))]
    widths = share_out(natural, least, room)
    cells = [[wrap(line, size) for line, size in zip(row, widths, strict=True)] for row in grid]
    heights = [max(map(len, row)) for row in cells]
    lines = _set(cells, aligns)
    final = [max(width_of(line) for row in cells for line in row[column]) for column in range(len(least))]
    rule = glyphs((" " * GAP).join("─" * size for size in final), "2")
    lines.insert(heights[0], rule)
    if total and len(grid) > 1:
        lines.insert(len(lines) - heights[-1], rule)
    return lines


def _set(cells: list[list[list[Line]]], aligns: list[str]) -> list[Line]:
    """Let tabulate align the lines of all cells; the headings are a row like the others, aligned as their columns."""
    signs = GlyphSubstitutes()
    rows = [["\n".join(map(signs.encode, lines)) for lines in row] for row in cells]
    text = tabulate(rows, tablefmt="plain", disable_numparse=True, colalign=aligns)
    return [trimmed(signs.decode(line)) for line in text.split("\n")]
