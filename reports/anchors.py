"""Which name each section and equation can be linked by: unique, and safe in every format."""

import re
from collections.abc import Iterator, Sequence

from reports.document import Block, Callout, Document, Equation, Section


def anchors_of(document: Document) -> dict[int, str]:
    """Give every section, and every equation that asks for one, its anchor; keys are ``id(block)``.

    The anchors that the author named come first, so that a link to one always finds it.

    >>> part = Section("Back propagation", [])
    >>> anchors_of(Document("t", [part]))[id(part)]
    'back-propagation'
    """
    taken: set[str] = set()
    found: dict[int, str] = {}
    blocks = [block for block in walk(document.blocks) if isinstance(block, Section | Equation)]
    for block in sorted(blocks, key=lambda block: block.anchor is None):
        if block.anchor is not None:
            found.setdefault(id(block), _unique(slug(block.anchor), taken))
        elif isinstance(block, Section):
            found.setdefault(id(block), _unique(slug(block.title), taken))
    return found


def walk(blocks: Sequence[Block]) -> Iterator[Block]:
    """Go through all blocks, those inside of sections and callouts included, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, Section | Callout):
            yield from walk(block.blocks)


def slug(text: str) -> str:
    """Reduce a text to letters, digits and hyphens, as a link may hold them."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-") or "section"


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}-{count}"
    taken.add(candidate)
    return candidate
