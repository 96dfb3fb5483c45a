"""Where a long formula goes on in the next line: at the outermost plus sign that still fits, as a teacher breaks it.

The renderers mark every place where a line may end with a character of its own, one for each depth of brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FIRST, _DEEPEST = 0xE000, 60
PLUS, DOT, SPACE = 0, 1, 2  # what stands at the break, the best first; the next pair of brackets is worse than any
_MARKS = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _DEEPEST)}]")


def mark(kind: int) -> str:
    """A place where the line may end."""
    return chr(_FIRST + kind)


def unmarked(text: str) -> str:
    """The text without marks."""
    return _MARKS.sub("", text)


def deeper(text: str) -> str:
    """The text as it stands inside of one more pair of brackets."""
    return _MARKS.sub(lambda found: chr(min(ord(found.group()) + 3, _FIRST + _DEEPEST)), text)


def broken(text: str, width: int, measure: Callable[[str], int] = len) -> list[str]:
    """The lines of a marked text, each at most ``width`` by ``measure`` wherever a mark allows it."""
    lines, rest = [], text
    while measure(unmarked(rest)) > width:
        cut = _best(rest, width, measure)
        if cut is None:
            break
        lines.append(unmarked(rest[:cut]).rstrip())
        rest = rest[cut + 1 :].lstrip()
    return [*lines, unmarked(rest)]


def _best(text: str, width: int, measure: Callable[[str], int]) -> int | None:
    """The mark to break at: the least deep of those that fill two fifths of the line, of these the last."""
    best: tuple[int, int] | None = None
    first = None
    for found in _MARKS.finditer(text):
        if not unmarked(text[: found.start()]).strip():
            continue
        first = found.start() if first is None else first
        filled = measure(unmarked(text[: found.start()]))
        if filled > width:
            break
        if filled >= 0.4 * width and (best is None or ord(found.group()) <= best[0]):
            best = (ord(found.group()), found.start())
    return best[1] if best else first
