"""What a report is made of: a title and a tree of blocks, the same for every format.

A document says what is meant (a table, an equation, a verdict); how it looks is the business of the renderers. Every
text may come from a stranger: the renderers escape it and make control characters visible. Three kinds of field are
markup of our own and never built from a stranger's text: the ``latex`` of `Math` and `Equation`, the ``svg`` and the
``tikz`` of `Figure`.

>>> Document("A sum", [prose("Here ", Math("x^{2}", "x²"), " is ", Strong("squared"), ".")]).blocks
(Prose(parts=('Here ', Math(latex='x^{2}', text='x²'), ' is ', Strong(text='squared'), '.')),)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

Tone: TypeAlias = Literal["good", "bad", "warn", "muted"]
Align: TypeAlias = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Math:
    """A formula within a line: LaTeX for the formats that set mathematics, Unicode text for the others."""

    latex: str
    text: str


@dataclass(frozen=True)
class Strong:
    """Words that a hurried reader must not miss."""

    text: str


@dataclass(frozen=True)
class CodeSpan:
    """A name or expression as it stands in code."""

    text: str


@dataclass(frozen=True)
class Link:
    """A reference: to ``#anchor`` in this document, or to an address."""

    text: str
    target: str


Inline: TypeAlias = str | Math | Strong | CodeSpan | Link
Value: TypeAlias = str | int | float | Math | Strong | CodeSpan | Link | None


@dataclass(frozen=True)
class Cell:
    """A table cell with a tone; the tone is shown as colour where there is one, and as a mark everywhere."""

    value: Value
    tone: Tone

    def __post_init__(self) -> None:
        _check_choice("tone", self.tone, Tone)


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    parts: Sequence[Inline]

    def __post_init__(self) -> None:
        if isinstance(self.parts, str):
            raise TypeError(f"Prose takes a sequence of parts, got the text {self.parts!r}; write prose(...)")
        _freeze(self, "parts", self.parts)
        for part in self.parts:
            if not isinstance(part, Inline):
                raise TypeError(f"a paragraph holds text, Math, Strong, CodeSpan or Link, got {part!r}")


@dataclass(frozen=True)
class Bullets:
    """A list; ``ordered`` numbers it."""

    items: Sequence[Prose]
    ordered: bool = False

    def __post_init__(self) -> None:
        _freeze(self, "items", self.items)
        for item in self.items:
            if not isinstance(item, Prose):
                raise TypeError(f"a list holds paragraphs, got {item!r}; write bullets({item!r})")


@dataclass(frozen=True)
class Table:
    """Rows under named columns.

    ``align`` names an alignment for each column; without it columns of numbers stand right, others left. ``digits``
    shows floats to that many significant digits instead of the compact form. ``total`` sets the last row apart.
    """

    columns: Sequence[str | Math]
    rows: Sequence[Sequence[Value | Cell]]
    caption: str = ""
    align: Sequence[Align] | None = None
    digits: int | None = None
    total: bool = False

    def __post_init__(self) -> None:
        _freeze(self, "columns", self.columns)
        _freeze(self, "rows", (tuple(row) for row in self.rows))
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, expected {len(self.columns)}: {self.columns}")
        if self.align is not None:
            _freeze(self, "align", self.align)
            if len(self.align) != len(self.columns):
                raise ValueError(f"align names {len(self.align)} columns, the table has {len(self.columns)}")
            for align in self.align:
                _check_choice("align", align, Align)


@dataclass(frozen=True)
class Equation:
    """A displayed formula; ``tag`` is its name at the margin (BP1), ``note`` a sentence under it."""

    latex: str
    text: str
    anchor: str | None = None
    tag: str | None = None
    note: Prose | None = None


@dataclass(frozen=True)
class Figure:
    """A drawing: SVG for HTML, TikZ for LaTeX, characters for everything else; without characters it is left out there."""

    svg: str
    text: str
    tikz: str | None = None
    caption: str = ""


@dataclass(frozen=True)
class Code:
    """Lines shown exactly as they are."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Callout:
    """The blocks that must be read first: a verdict, a warning."""

    tone: Tone
    blocks: "Sequence[Block]"

    def __post_init__(self) -> None:
        _check_choice("tone", self.tone, Tone)
        _freeze(self, "blocks", checked_blocks(self.blocks))


@dataclass(frozen=True)
class Section:
    """Blocks under a heading; sections nest. Without an ``anchor`` one is made from the title.

    A ``folded`` section is for whoever wants to know more: a browser shows its heading until it is opened.
    """

    title: str
    blocks: "Sequence[Block]"
    anchor: str | None = None
    folded: bool = False

    def __post_init__(self) -> None:
        _freeze(self, "blocks", checked_blocks(self.blocks))


Block: TypeAlias = Section | Prose | Bullets | Table | Equation | Figure | Code | Callout


@dataclass(frozen=True)
class Document:
    """A whole report. ``data`` is what its JSON rendering contains; without it that shows the blocks themselves."""

    title: str
    blocks: Sequence[Block]
    data: Mapping[str, Any] | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        _freeze(self, "blocks", checked_blocks(self.blocks))


def prose(*parts: Inline) -> Prose:
    """Write a paragraph part by part: ``prose("where ", Math(...), " is small")``."""
    return Prose(parts)


def bullets(*items: Inline | Prose | Sequence[Inline], ordered: bool = False) -> Bullets:
    """Write a list whose items are a text, a part, several parts, or a paragraph."""
    return Bullets([_item(item) for item in items], ordered)


def _item(item: Inline | Prose | Sequence[Inline]) -> Prose:
    if isinstance(item, Prose):
        return item
    return Prose([item] if isinstance(item, Inline) else item)


def checked_blocks(blocks: "Sequence[Block]") -> "tuple[Block, ...]":
    """Take the blocks as a tuple, or say which of them is none."""
    for block in blocks:
        if not isinstance(block, Block):
            raise TypeError(f"expected a block, got {block!r}; a text becomes one by prose(...)")
    return tuple(blocks)


def _freeze(record: object, name: str, values: Iterable[object]) -> None:
    """Keep a sequence as a tuple, so that the caller's later changes do not reach the document."""
    object.__setattr__(record, name, tuple(values))


def _check_choice(name: str, value: object, allowed: object) -> None:
    if value not in get_args(allowed):
        raise ValueError(f"{name} is {value!r}, expected one of {', '.join(get_args(allowed))}")
