"""How a document reads on a terminal: plain Unicode lines of at most a given width, coloured on request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from reports.document import Block, Bullets, Callout, Code, Document, Equation, Figure, Prose, Section, Table
from reports.formats.terminal_table import TONES, Line, table_lines
from reports.inline import styled
from reports.marks import MARKS
from reports.neutral import visible, visible_lines
from reports.wrapping import glyphs, paint, text_width, trimmed, width_of, wrap

NARROWEST = 20
INDENT = 4
BOLD, DIM = "1", "2"


def render(document: Document, *, width: int = 80, color: bool = False) -> str:
    """Write the document for a terminal; no line is wider than ``width`` (or 20, if that is more)."""
    width = max(width, NARROWEST)
    lines = [*_heading(document.title, "═", width), [], *Terminal(width).blocks(document.blocks)]
    return "".join(paint(trimmed(line), color) + "\n" for line in lines)


@dataclass(frozen=True)
class Terminal:
    """The lines of each kind of block, in the room that is left at some depth of the document."""

    width: int
    depth: int = 1

    def blocks(self, blocks: Sequence[Block]) -> list[Line]:
        """Write blocks one under the other, an empty line between them."""
        lines: list[Line] = []
        for block in blocks:
            if own := self.block(block):
                lines += [[], *own]
        return lines[1:]

    def block(self, block: Block) -> list[Line]:
        """Write one block."""
        match block:
            case Section():
                return self.section(block)
            case Prose():
                return wrap([glyph for part in block.parts for glyph in styled(part)], self.width)
            case Bullets():
                return self.bullets(block)
            case Table():
                return table_lines(block, self.width) + _caption(block.caption, self.width)
            case Equation():
                return self.equation(block)
            case Figure():
                return _drawing(block.text, self.width) + _caption(block.caption, self.width) if block.text else []
            case Code():
                return _indented(_chopped(block.text, self.width - INDENT))
            case Callout():
                return self.callout(block)
            case _:
                assert_never(block)

    def section(self, section: Section) -> list[Line]:
        """Write a heading, with a rule under it at the outermost level, and what it heads."""
        heading = _heading(section.title, "─" if self.depth == 1 else "", self.width)
        body = replace(self, depth=self.depth + 1).blocks(section.blocks)
        return [*heading, [], *body] if body else heading

    def bullets(self, items: Bullets) -> list[Line]:
        """Write a list with its signs in the margin."""
        signs = [f"{number}. " if items.ordered else "• " for number in range(1, len(items.items) + 1)]
        margin = max(map(len, signs), default=0)
        inner = replace(self, width=self.width - margin)
        lines: list[Line] = []
        for sign, item in zip(signs, items.items, strict=True):
            lines += _beside(sign.rjust(margin), "", inner.block(item))
        return lines

    def equation(self, equation: Equation) -> list[Line]:
        """Write a formula, indented, its name at the right margin and its note under it."""
        lines = _indented(_drawing(equation.text, self.width - INDENT))
        if equation.tag is not None:
            lines = _tagged(lines, glyphs(f"({visible(equation.tag)})"), self.width)
        if equation.note is not None:
            lines += _indented(replace(self, width=self.width - INDENT).block(equation.note))
        return lines

    def callout(self, callout: Callout) -> list[Line]:
        """Write blocks beside a bar, the mark of the tone before the first line."""
        sign = f"▌ {MARKS[callout.tone]} ".replace("  ", " ")
        inner = replace(self, width=self.width - text_width(sign), depth=self.depth + 1)
        return _beside(sign, TONES[callout.tone], inner.blocks(callout.blocks), "▌")


def _heading(title: str, rule: str, width: int) -> list[Line]:
    lines = wrap(glyphs(visible(title), BOLD), width)
    return [*lines, glyphs(rule * max(map(width_of, lines)), DIM)] if rule else lines


def _caption(caption: str, width: int) -> list[Line]:
    return wrap(glyphs(visible(caption), DIM), width) if caption else []


def _indented(lines: list[Line]) -> list[Line]:
    return [glyphs(" " * INDENT) + line if line else line for line in lines]


def _beside(first: str, style: str, lines: list[Line], bar: str = "") -> list[Line]:
    """Put a sign before the first line and the same room before the others."""
    rest = glyphs(bar + " " * (text_width(first) - len(bar)), style)
    return [(rest if number else glyphs(first, style)) + line for number, line in enumerate(lines)]


def _tagged(lines: list[Line], tag: Line, width: int) -> list[Line]:
    """Put the tag at the right margin, beside the middle of the formula, or under it where there is no room."""
    middle = (len(lines) - 1) // 2
    room = width - width_of(lines[middle]) - width_of(tag)
    if room >= 2:
        lines[middle] = lines[middle] + glyphs(" " * room) + tag
        return lines
    return [*lines, *wrap(glyphs(" " * max(0, width - width_of(tag))) + tag, width)]


def _drawing(text: str, width: int) -> list[Line]:
    """Set lines that belong together: one line is wrapped, a drawing that is too wide is cut into strips."""
    rows = [glyphs(line.rstrip()) for line in visible_lines(text)]
    if len(rows) == 1:
        return wrap(rows[0], width)
    lines: list[Line] = []
    while any(rows):
        cut = _cut(rows, width)
        lines += [[], *(row[:cut] for row in rows)]
        rows = [row[cut:] for row in rows]
    return lines[1:]


def _cut(rows: list[Line], width: int) -> int:
    """Choose how many glyphs of each row go into the next strip: up to a column that is blank in all rows."""
    fitting = min(next(n for n in range(min(len(row), width), -1, -1) if width_of(row[:n]) <= width) for row in rows if row)
    longest = max(map(len, rows))
    if max(map(width_of, rows)) <= width:
        return longest
    fitting = min(width, max(fitting, width // 2))
    blank = [n for n in range(width // 2, fitting) if all(n >= len(row) or row[n].text == " " for row in rows)]
    return blank[-1] if blank else fitting


def _chopped(text: str, width: int) -> list[Line]:
    """Break lines of code at the width, wherever that falls: blanks mean something in them."""
    lines: list[Line] = []
    for row in visible_lines(text):
        line = glyphs(row)
        while width_of(line) > width:
            cut = next(n for n in range(min(len(line), width), 0, -1) if width_of(line[:n]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return lines
