r"""How a formula of LaTeX becomes MathML: the one place that uses latex2mathml.

That library leaves text unescaped, so that ``\text{<script>}`` would become a script. Its tree is therefore taken apart
and written anew here: known elements and attributes only, every text escaped.
"""

import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from reports.neutral import visible

ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover munderover mtable mtr mtd "
    "mpadded mphantom menclose mmultiscripts".split()
)
ATTRIBUTES = frozenset(
    "accent accentunder align columnalign columnlines columnspacing displaystyle fence form largeop linethickness lspace "
    "mathcolor mathvariant maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel stretchy "
    "symmetric width".split()
)
PLAIN_VALUE = re.compile(r"[\w#%. +-]*")
ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split|gathered)\}")
BOLD = {ord("A"): 0x1D400, ord("a"): 0x1D41A, ord("0"): 0x1D7CE}  # the first of each run of bold letters in Unicode


def to_mathml(latex: str, *, display: bool = False) -> str | None:
    """Return the formula as a ``<math>`` element, or None where the library does not know a command in it.

    >>> to_mathml("x^{2}")
    '<math display="inline"><mrow><msup><mi>x</mi><mrow><mn>2</mn></mrow></msup></mrow></math>'
    >>> to_mathml(r"\\unheardof{x}") is None
    True
    """
    try:
        tree = convert_to_element(ALIGNED.sub(r"\\\1{align*}", visible(latex)), display="block" if display else "inline")
        return _written(tree)
    except Exception:  # the library raises its own errors and, on odd input, IndexError, StopIteration and others
        return None


def _written(element: Element) -> str:
    if element.tag not in ELEMENTS:
        raise ValueError(f"the element {element.tag} is not one of presentation MathML")
    text = _text(element)
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in element.attrib.items()
        if (name in ATTRIBUTES or (element.tag == "math" and name == "display")) and PLAIN_VALUE.fullmatch(value)
    )
    return f"<{element.tag}{attributes}>{escape(text)}{''.join(map(_written, element))}</{element.tag}>"


def _text(element: Element) -> str:
    text = visible(unescape(element.text or ""))
    if element.tag != "mtext" and re.match(r"\\[A-Za-z]|&$", text):
        raise ValueError(f"the command {text} is unknown")
    if "bold" in element.attrib.get("mathvariant", ""):
        return "".join(map(_bold, text))
    return text


def _bold(character: str) -> str:
    """Return the bold letter itself: browsers no longer heed ``mathvariant`` except to turn italics off."""
    for first, bold in BOLD.items():
        if first <= ord(character) < first + (10 if first == ord("0") else 26):
            return chr(bold + ord(character) - first)
    return character
