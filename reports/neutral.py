r"""How text from a stranger is made harmless before any format sees it.

A student's text may hold terminal escapes, characters that reverse the direction of writing, or halves of characters
that no file can hold. All of them are spelled out, as Python would spell them, so that a reader sees they are there:

>>> print(visible("\x1b[31mred\u202etxt"))
\x1b[31mred\u202etxt
"""

import re
import unicodedata
from functools import cache

# Control, format (bidi, zero width, tags), surrogate, private use, unassigned; line and paragraph separator.
HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
WHITE = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
SAFE_TARGET = re.compile(r"(?:https?://|mailto:)[^\s]+|#[^\s]*|(?!//)[^\s:\\]+", re.IGNORECASE)


def visible(text: str) -> str:
    """Return the text as one line: every kind of white space is a blank, harmful characters are spelled out."""
    return "".join(map(_shown, re.sub(r"[\t\n\v\f\r]+", " ", text)))


def visible_lines(text: str) -> list[str]:
    """Return the lines of a longer text: ends of line and tabs are kept as such, harmful characters are spelled out."""
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return ["".join(map(_shown, line.expandtabs(4))) for line in lines]


def spelled(text: str) -> str:
    r"""Return the text as one line with nothing lost: harmful characters are spelled out, ends of line and tabs, too.

    >>> print(spelled("a\nb\x1b[31m.csv"))
    a\nb\x1b[31m.csv
    """
    return "".join(WHITE.get(character) or _shown(character) for character in text)


def is_harmful(character: str) -> bool:
    """Tell whether a character could steer a terminal or a browser, or mislead a reader."""
    return unicodedata.category(character) in HARMFUL


def safe_target(target: str) -> str | None:
    """Return the address of a link if it leads to a page, a mailbox, a file beside this one or an anchor; else None.

    >>> safe_target("javascript:alert(1)"), safe_target("#bp1")
    (None, '#bp1')
    """
    shown = visible(target)
    return shown if shown == target and SAFE_TARGET.fullmatch(target) else None


@cache
def _shown(character: str) -> str:
    if not is_harmful(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
