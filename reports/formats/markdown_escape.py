r"""How text and formulas are written so that Markdown shows them as they are.

>>> print(text("a*b, cross_entropy, <script>, $5"))
a\*b, cross_entropy, &lt;script&gt;, \$5
"""

import re

from reports.neutral import visible, visible_lines

ESCAPES = {
    **{sign: "\\" + sign for sign in "\\`*[]~$"},
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "@": "&#64;",
}
# GitHub's Markdown eats a backslash before punctuation, also in formulas; these say the same in letters.
FORMULA = {
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    r"\|": r"\Vert ",
    r"\,": r"\thinspace ",
    r"\;": r"\thickspace ",
    r"\:": r"\medspace ",
    r"\!": r"\negthinspace ",
    "<": r"\lt ",
    ">": r"\gt ",
    "|": r"\vert ",
}


def text(source: str) -> str:
    """Write a text so that nothing in it is taken for markup, HTML or the address of a page."""
    shown = "".join(ESCAPES.get(character, character) for character in visible(source))
    shown = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", shown)  # within a word it means nothing and stays readable
    return shown.replace("://", "&#58;//").replace("www.", "www&#46;")


def line_start(source: str) -> str:
    r"""Escape what would make a list, a heading or a rule of the first words of a paragraph.

    >>> print(line_start("1. April"), line_start("- 3"), line_start("# 3"))
    1\. April \- 3 \# 3
    """
    return re.sub(r"^(\s*)(\d+)([.)])(?=\s|$)", r"\1\2\\\3", re.sub(r"^(\s*)([-+=#|])", r"\1\\\2", source))


def formula(latex: str) -> str:
    """Write a formula on one line, without anything that Markdown itself would act on."""
    pattern = "|".join(map(re.escape, sorted(FORMULA, key=len, reverse=True)))
    shown = re.sub(r"\\\\|(?<!\\)\$|" + pattern, lambda found: _sign(found.group()), visible(latex))
    return re.sub(r" {2,}", " ", shown).strip()


def _sign(found: str) -> str:
    return {"\\\\": r"\\", "$": ""}.get(found) or FORMULA.get(found, "")


def code_span(source: str) -> str:
    """Write code between as many backticks as it takes.

    >>> code_span("a`b")
    '``a`b``'
    """
    shown = visible(source) or " "
    fence = "`" * _fence(shown, 1)
    gap = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def code_block(source: str, language: str = "") -> list[str]:
    """Write lines of code between fences longer than any in it."""
    lines = visible_lines(source)
    fence = "`" * max(3, _fence("\n".join(lines), 3))
    return [fence + re.sub(r"[^\w+-]", "", language), *lines, fence]


def _fence(source: str, least: int) -> int:
    return max([least, *(len(run) + 1 for run in re.findall("`+", source))])
