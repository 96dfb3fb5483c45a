"""How a document reads in a browser: one file that needs nothing else, not even a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import assert_never

from reports.anchors import anchors_of
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
from reports.formats.html_style import STYLE
from reports.formats.mathml import to_mathml
from reports.marks import MARKS, alignments, contents_word, split_cell
from reports.neutral import safe_target, visible, visible_lines
from reports.number_text import number_text

# Nothing is fetched and no script runs, whatever a text contains that we failed to foresee.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body class="report-page">
{body}
</body>
</html>
"""


def render(document: Document) -> str:
    """Write the document as a whole page."""
    return PAGE.format(
        language=_attribute(document.language),
        policy=POLICY,
        title=_text(document.title),
        style=STYLE,
        body=_body(document, contents=True),
    )


def fragment(document: Document) -> str:
    """Write the document for a notebook: no page around it, no contents, a style that touches nothing else."""
    return f"<style>\n{STYLE}\n</style>\n{_body(document, contents=False)}"


def _body(document: Document, contents: bool) -> str:
    page = Html(anchors_of(document))
    nav = page.contents(document) if contents else ""
    main = f"<main>\n<h1>{_text(document.title)}</h1>\n{page.blocks(document.blocks)}\n</main>"
    kind = "report with-contents" if nav else "report"
    return f'<div class="{kind}" lang="{_attribute(document.language)}">\n{nav}{main}\n</div>'


MOST_LISTED = 15  # subsections of one section in the contents


@dataclass(frozen=True)
class Html:
    """The elements of each kind of block, at some depth of the document."""

    anchors: Mapping[int, str]
    depth: int = 2

    def contents(self, document: Document) -> str:
        """List the sections that are not folded, two levels deep, if there is more than one; no long row of subsections."""
        entries = self._entries(document.blocks, 2)
        if entries.count("<li>") < 2:
            return ""
        word = contents_word(document.language)
        return f'<nav aria-label="{word}">\n<p class="contents">{word}</p>\n{entries}\n</nav>\n'

    def _entries(self, blocks: Sequence[Block], levels: int) -> str:
        sections = [block for block in blocks if isinstance(block, Section) and not block.folded] if levels else []
        if levels == 1 and len(sections) > MOST_LISTED:
            return ""
        items = "\n".join(
            f'<li><a href="#{self.anchors[id(section)]}">{_text(section.title)}</a>'
            f"{self._entries(section.blocks, levels - 1)}</li>"
            for section in sections
        )
        return f"<ol>\n{items}\n</ol>" if items else ""

    def blocks(self, blocks: Sequence[Block]) -> str:
        """Write blocks one after the other."""
        return "\n".join(map(self.block, blocks))

    def block(self, block: Block) -> str:
        """Write one block."""
        match block:
            case Section():
                return self.section(block)
            case Prose():
                return f"<p>{_inline(block.parts)}</p>"
            case Bullets():
                kind = "ol" if block.ordered else "ul"
                items = "\n".join(f"<li><div>{_inline(item.parts)}</div></li>" for item in block.items)
                return f"<{kind}>\n{items}\n</{kind}>"
            case Table():
                return _table(block)
            case Equation():
                return self.equation(block)
            case Figure():
                return _figure(block)
            case Code():
                language = f' data-language="{_attribute(block.language)}"' if block.language else ""
                return f'<pre tabindex="0"{language}><code>{_lines(block.text)}</code></pre>'
            case Callout():
                return self.callout(block)
            case _:
                assert_never(block)

    def section(self, section: Section) -> str:
        """Write a heading with its anchor, and what it heads."""
        anchor = self.anchors[id(section)]
        level = min(self.depth, 6)
        link = f'<a class="anchor" href="#{anchor}" aria-hidden="true" tabindex="-1">#</a>'
        inner = replace(self, depth=self.depth + 1).blocks(section.blocks)
        heading = f"<h{level}>{_text(section.title)}{link}</h{level}>"
        if section.folded:
            return f'<section id="{anchor}">\n<details>\n<summary>{heading}</summary>\n{inner}\n</details>\n</section>'
        return f'<section id="{anchor}">\n{heading}\n{inner}\n</section>'

    def equation(self, equation: Equation) -> str:
        """Write a formula in a box of its own that scrolls if it must, its name beside it."""
        anchor = self.anchors.get(id(equation))
        name = f"({_text(equation.tag)})" if equation.tag is not None else ""
        if name and anchor is not None:
            name = f'<a href="#{anchor}">{name}</a>'
        tag = f'<span class="tag">{name}</span>' if name else ""
        note = f'<p class="note">{_inline(equation.note.parts)}</p>' if equation.note is not None else ""
        formula = to_mathml(equation.latex, display=True) or f"<pre>{_lines(equation.text)}</pre>"
        place = f' id="{anchor}"' if anchor is not None else ""
        row = f'<div class="row"><div class="scroll" tabindex="0">{formula}</div>{tag}</div>'
        return f'<div class="equation"{place}>{row}{note}</div>'

    def callout(self, callout: Callout) -> str:
        """Write blocks that stand out, the mark of the tone beside them."""
        mark = f'<span class="mark" aria-hidden="true">{MARKS[callout.tone]}</span>' if MARKS[callout.tone] else ""
        return f'<div class="callout {callout.tone}">{mark}<div>\n{self.blocks(callout.blocks)}\n</div></div>'


def _table(table: Table) -> str:
    aligns = [f' class="{align}"' for align in alignments(table)]
    heads = "".join(
        f'<th scope="col"{align}>{_inline([title])}</th>' for title, align in zip(table.columns, aligns, strict=True)
    )
    lines = [f"<tr>{_cells(row, aligns, table.digits)}</tr>" for row in table.rows]
    if table.total and lines:
        lines[-1] = lines[-1].replace("<tr>", '<tr class="total">', 1)
    caption = f'<p class="caption">{_text(table.caption)}</p>' if table.caption else ""
    body = "\n".join(lines)
    return (
        f'<div class="table"><div class="scroll" tabindex="0"><table>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>{caption}</div>"
    )


def _cells(row: Sequence[Value | Cell], aligns: list[str], digits: int | None) -> str:
    return "".join(f"<td{align}>{_cell(cell, digits)}</td>" for cell, align in zip(row, aligns, strict=True))


def _cell(cell: Value | Cell, digits: int | None) -> str:
    value, tone = split_cell(cell)
    if value is None:
        inner = f'<span class="muted">{number_text(None)}</span>'
    elif isinstance(value, int | float):
        inner = f'<span class="number">{_text(number_text(value, digits))}</span>'
    else:
        inner = _inline([value])
    if tone is None:
        return inner
    mark = f'<span class="mark">{MARKS[tone]}</span>&nbsp;' if MARKS[tone] else ""
    return f'<span class="{tone}">{mark}{inner}</span>'


def _figure(figure: Figure) -> str:
    caption = f"<figcaption>{_text(figure.caption)}</figcaption>" if figure.caption else ""
    drawing = figure.svg if figure.svg else f"<pre>{_lines(figure.text)}</pre>"
    return f'<figure><div class="scroll" tabindex="0">{drawing}</div>{caption}</figure>'


def _inline(parts: Sequence[Inline]) -> str:
    return "".join(map(_part, parts))


def _part(part: Inline) -> str:
    match part:
        case str():
            return _breakable(part)
        case Math():
            return to_mathml(part.latex) or f'<span class="formula">{_text(part.text)}</span>'
        case Strong():
            return f"<strong>{_breakable(part.text)}</strong>"
        case CodeSpan():
            return f"<code>{_breakable(part.text)}</code>"
        case Link():
            target = safe_target(part.target)
            if target is None:
                return f"{_text(part.text)} ({_text(part.target)})"
            return f'<a href="{_attribute(target)}">{_breakable(part.text)}</a>'
        case _:
            assert_never(part)


def _text(text: str) -> str:
    return escape(visible(text), quote=False)


def _breakable(text: str) -> str:
    """Escape a text and let long words, such as the notation of a network, break after a slash, a colon, a plus or a dot."""
    words = _text(text).split(" ")
    return " ".join(_with_breaks(word) if len(word) > 20 else word for word in words)


def _with_breaks(word: str) -> str:
    for sign in "/:+·":
        word = word.replace(sign, f"{sign}<wbr>")
    return word


def _lines(text: str) -> str:
    return escape("\n".join(visible_lines(text)), quote=False)


def _attribute(text: str) -> str:
    return escape(visible(text), quote=True)
