"""How a document reads as Markdown, as GitHub understands it: pipe tables by tabulate, mathematics between dollars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from urllib.parse import quote

from tabulate import tabulate

from reports.anchors import anchors_of, walk
from reports.document import (
    Block,
    Bullets,
    Callout,
    Cell,
    Code,
    CodeSpan,
    Document,
    Equation,
    Figure,
    Inline,
    Link,
    Math,
    Prose,
    Section,
    Strong,
    Table,
    Value,
)
from reports.formats.markdown_escape import code_block, code_span, formula, line_start, text
from reports.marks import MARKS, alignments, split_cell
from reports.neutral import safe_target
from reports.number_text import number_text

TARGET_SAFE = "#/:?&=%@+,;~!.-_"


def render(document: Document) -> str:
    """Write the document as GitHub Markdown; a drawing stands in characters, because GitHub shows no inline SVG."""
    writer = Markdown(anchors_of(document), _linked(document))
    lines = [f"# {text(document.title)}", "", *writer.blocks(document.blocks)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _linked(document: Document) -> frozenset[str]:
    """Find the anchors that links lead to: only these are written, all others would be noise."""
    parts: list[Inline] = []
    for block in walk(document.blocks):
        if isinstance(block, Prose):
            parts += block.parts
        elif isinstance(block, Bullets):
            parts += [part for item in block.items for part in item.parts]
        elif isinstance(block, Equation) and block.note is not None:
            parts += block.note.parts
        elif isinstance(block, Table):
            values = [split_cell(cell)[0] for row in block.rows for cell in row]
            parts += [value for value in values if isinstance(value, Link)]
    return frozenset(part.target.removeprefix("#") for part in parts if isinstance(part, Link))


@dataclass(frozen=True)
class Markdown:
    """The lines of each kind of block, at some depth of the document."""

    anchors: Mapping[int, str]
    linked: frozenset[str]
    depth: int = 2

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        """Write blocks one under the other, an empty line between them."""
        lines: list[str] = []
        for before, block in zip([None, *blocks], blocks, strict=False):
            if isinstance(before, Bullets) and isinstance(block, Bullets):
                lines += ["", "<!-- -->"]  # two lists in a row would run into one
            lines += ["", *self.block(block)]
        return lines[1:]

    def block(self, block: Block) -> list[str]:
        """Write one block."""
        match block:
            case Section():
                heading = f"{'#' * min(self.depth, 6)} {text(block.title)}"
                inner = replace(self, depth=self.depth + 1).blocks(block.blocks)
                return [*self.anchor(block), heading, "", *inner]
            case Prose():
                return [line_start(_inline(block.parts))]
            case Bullets():
                signs = [f"{number}." if block.ordered else "-" for number in range(1, len(block.items) + 1)]
                return [
                    f"{sign} {line_start(_inline(item.parts))}" for sign, item in zip(signs, block.items, strict=True)
                ]
            case Table():
                return [*_table(block), *(["", f"*{text(block.caption)}*"] if block.caption else [])]
            case Equation():
                return self.equation(block)
            case Figure():
                caption = ["", f"*{text(block.caption)}*"] if block.caption else []
                return [*code_block(block.text, "text"), *caption] if block.text else []
            case Code():
                return code_block(block.text, block.language)
            case Callout():
                return self.callout(block)
            case _:
                assert_never(block)

    def anchor(self, block: Section | Equation) -> list[str]:
        """Write the place that a link leads to."""
        name = self.anchors.get(id(block))
        return [f'<a id="{name}"></a>', ""] if name in self.linked else []

    def equation(self, equation: Equation) -> list[str]:
        """Write a formula between double dollars, on a line of its own."""
        tag = rf" \tag{{{_tag(equation.tag)}}}" if equation.tag is not None else ""
        note = ["", line_start(_inline(equation.note.parts))] if equation.note is not None else []
        return [*self.anchor(equation), "$$", formula(equation.latex) + tag, "$$", *note]

    def callout(self, callout: Callout) -> list[str]:
        """Write blocks as a quotation, the mark of the tone in front."""
        lines = self.blocks(callout.blocks)
        if MARKS[callout.tone] and callout.blocks and isinstance(callout.blocks[0], Prose):
            lines[0] = f"**{MARKS[callout.tone]}** {lines[0]}"
        elif MARKS[callout.tone]:
            lines = [f"**{MARKS[callout.tone]}**", "", *lines]
        return [f"> {line}" for line in lines]


def _table(table: Table) -> list[str]:
    """Let tabulate set a pipe table; escaped cells cannot be mistaken for numbers or other columns."""
    rows = [[_cell(cell, table.digits) for cell in row] for row in table.rows]
    if table.total and rows:
        rows[-1] = [f"**{cell}**" if cell and not cell.startswith("**") else cell for cell in rows[-1]]
    heads = [_inline([title]).replace("|", "\\|") for title in table.columns]
    aligns = alignments(table)
    if not rows:
        return [f"| {' | '.join(heads)} |", f"|{'|'.join('---' for _ in heads)}|"]
    lines: str = tabulate(rows, heads, tablefmt="pipe", disable_numparse=True, colalign=aligns)
    return lines.split("\n")


def _cell(cell: Value | Cell, digits: int | None) -> str:
    value, tone = split_cell(cell)
    inner = number_text(value, digits) if isinstance(value, int | float | None) else _inline([value])
    inner = inner.replace("|", "\\|")
    if tone is None:
        return inner
    marked = f"{MARKS[tone]} {inner}".strip()
    return f"**{marked}**" if tone == "bad" else marked


def _inline(parts: Sequence[Inline]) -> str:
    return "".join(map(_part, parts))


def _part(part: Inline) -> str:
    match part:
        case str():
            return text(part)
        case Math():
            return "$" + formula(part.latex).replace("\\\\", r"\cr ") + "$"
        case Strong():
            words = text(part.text)
            return f"**{words.strip()}**" + " " * (len(words) > len(words.rstrip())) if words.strip() else words
        case CodeSpan():
            return code_span(part.text)
        case Link():
            target = safe_target(part.target)
            if target is None:
                return f"{text(part.text)} ({text(part.target)})"
            return f"[{text(part.text)}]({quote(target, safe=TARGET_SAFE)})"
        case _:
            assert_never(part)


def _tag(tag: str) -> str:
    return "".join(character for character in tag if character.isalnum() or character in " .-'")
