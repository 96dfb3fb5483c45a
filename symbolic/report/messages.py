"""Every sentence of a derivation, by key, in the language of the reader; formulas are put in where the braces are.

``**words**`` are set strong. Both languages have the same keys and the same places; a test holds that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reference_nets.spec import NetworkSpec
from reports.document import Bullets, CodeSpan, Inline, Math, Prose, Strong
from symbolic.formulas.formula import Formula
from symbolic.formulas.latex import formula_latex
from symbolic.formulas.text import formula_text
from symbolic.report.prose_en import PROSE as ENGLISH
from symbolic.report.prose_zh import PROSE as CHINESE

LANGUAGES = {"en": ENGLISH, "zh": CHINESE}
_PARTS = re.compile(r"(\{\w+\}|\*\*.+?\*\*|`.+?`)")

Put = Inline | Formula | int


@dataclass(frozen=True)
class Voice:
    """The messages in one language; ``variant`` is that of the network, for sentences that say more than holds of it."""

    language: str = "en"
    variant: str = ""

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"there is no language {self.language!r}, expected one of {', '.join(LANGUAGES)}")

    def message(self, key: str) -> str:
        """The text of a message: of this network's variant where one is written."""
        messages = LANGUAGES[self.language]
        return messages.get(key + self.variant) or messages[key]

    def words(self, key: str, **put: str | int) -> str:
        """A message without formulas: a title, a column, a caption."""
        return self.message(key).format(**put)

    def known(self, key: str, otherwise: str) -> str:
        """The key, or another one where no message of it is written."""
        return key if key in LANGUAGES[self.language] else otherwise

    def parts(self, key: str, **put: Put) -> list[Inline]:
        """A message as the parts of a paragraph."""
        return [_part(piece, put) for piece in _PARTS.split(self.message(key)) if piece]

    def say(self, key: str, **put: Put) -> Prose:
        """A message as a paragraph."""
        return Prose(self.parts(key, **put))

    def bullets(self, *items: list[Inline]) -> Bullets:
        """Messages as a list."""
        return Bullets([Prose(item) for item in items])


NO_BIASES, BIASES_REGULARISED = "+nobias", "+l2b"  # the ends of keys: bp34.title+nobias


def variant_of(spec: NetworkSpec) -> str:
    """Which sentences a network has of its own."""
    return NO_BIASES if not spec.has_biases else BIASES_REGULARISED if spec.l2_on_biases else ""


def math(formula: Formula) -> Math:
    """A formula within a line."""
    return Math(formula_latex(formula), formula_text(formula))


def _part(piece: str, put: dict[str, Put]) -> Inline:
    if piece[0] == "{":
        value = put[piece[1:-1]]
        return str(value) if isinstance(value, int) else value if isinstance(value, Inline) else math(value)
    if piece.startswith("**"):
        return Strong(piece[2:-2])
    return CodeSpan(piece[1:-1]) if piece[0] == "`" else piece
