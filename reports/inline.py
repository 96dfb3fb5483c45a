"""How the parts of a paragraph or a cell read as plain text, for the formats that are made of characters."""

from reports.document import CodeSpan, Inline, Link, Math, Strong
from reports.neutral import safe_target, visible
from reports.wrapping import Glyph, glyphs

STYLES = {Strong: "1", CodeSpan: "36", Link: "4"}


def plain(part: Inline) -> str:
    """Read one part as text: a formula in Unicode, a link with its address behind it."""
    if isinstance(part, str):
        return visible(part)
    if isinstance(part, Link):
        return visible(part.text) + _address(part)
    return visible(part.text)


def styled(part: Inline) -> list[Glyph]:
    """Read one part as the glyphs of a terminal line."""
    if isinstance(part, str | Math):
        return glyphs(plain(part))
    if isinstance(part, Link):
        return glyphs(visible(part.text), STYLES[Link]) + glyphs(_address(part))
    return glyphs(plain(part), STYLES[type(part)])


def _address(link: Link) -> str:
    if link.target.startswith("#") or link.target == link.text:
        return ""
    return f" ({safe_target(link.target) or visible(link.target)})"
