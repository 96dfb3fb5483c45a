r"""How a formula of LaTeX becomes MathML: the one place that uses latex2mathml.

That library leaves text unescaped, so that ``\text{<script>}`` would become a script. Its tree is therefore taken
apart and written anew here: known elements and attributes only, every text escaped. On the way the spacing becomes that
of TeX where browsers and the library differ.
"""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from reports.neutral import visible

ELEMENTS = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "msub", "msup"}
    | {"msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "menclose"}
)
ATTRIBUTES = frozenset(
    {"accent", "accentunder", "align", "columnalign", "columnlines", "columnspacing", "displaystyle", "fence", "form"}
    | {"largeop", "linethickness", "lspace", "mathcolor", "mathvariant", "maxsize", "minsize", "movablelimits"}
    | {"notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "stretchy", "symmetric", "width"}
)
PLAIN_VALUE = re.compile(r"[\w#%. +-]*")
ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split|gathered)\}")
BOLD = {ord("A"): 0x1D400, ord("a"): 0x1D41A, ord("0"): 0x1D7CE}  # the first of each run of bold letters in Unicode
TALL = frozenset({"mfrac", "mtable", "munder", "mover", "munderover", "msqrt", "mroot"})
BARS = frozenset("|‖∥")
NAME = re.compile("[A-Za-z][A-Za-z0-9 ]+")
OPENING = frozenset("([{⟨⌊⌈|‖∥")
CLOSE_SET = frozenset("/()[]{}⟨⟩|‖")  # signs that TeX sets without space around them
NO_SPACE = ' lspace="0" rspace="0"'
THIN_SPACE = '<mspace width="0.1667em"></mspace>'


def to_mathml(latex: str, *, display: bool = False) -> str | None:
    r"""Return the formula as a ``<math>`` element, or None where the library does not know a command in it.

    >>> to_mathml("x^{2}")
    '<math display="inline"><mrow><msup><mi>x</mi><mrow><mn>2</mn></mrow></msup></mrow></math>'
    >>> to_mathml(r"\unheardof{x}") is None
    True
    """
    source = ALIGNED.sub(r"\\\1{align*}", visible(latex))
    try:
        tree = convert_to_element(source, display="block" if display else "inline")
        return f'<math display="{tree.attrib["display"]}">{_children(tree)}</math>'
    except Exception:  # the library raises its own errors and, on odd input, IndexError, StopIteration and others
        return None


def _children(element: Element) -> str:
    """Write the children, with a thin space on either side of a function's name, but none before its parenthesis."""
    parts = []
    row = element.tag in {"mrow", "mtd", "mstyle", "math"}
    before: Element | None = None
    for child in element:
        if row and before is not None and _needs_space(before, child):
            parts.append(THIN_SPACE)
        parts.append(_written(child, element))
        before = child
    return "".join(parts)


def _written(element: Element, parent: Element) -> str:
    if element.tag not in ELEMENTS:
        raise ValueError(f"the element {element.tag} is not one of presentation MathML")
    if _is_function(element):
        return f"<mi>{escape(_text(element))}</mi>"
    text = _text(element)
    if text == "′":
        return '<mo class="prime" lspace="0" rspace="0">′</mo>'
    if element.tag == "mo" and text in CLOSE_SET and not _stretches(element, text, parent):
        element.set("stretchy", "false")
    close = NO_SPACE if element.tag == "mo" and text in CLOSE_SET else ""
    return f"<{element.tag}{_attributes(element)}{close}>{escape(text)}{_children(element)}</{element.tag}>"


def _stretches(element: Element, text: str, parent: Element) -> bool:
    """Tell whether a fence grows: around what is tall only, for browsers put space around one that might have grown."""
    if "fence" not in element.attrib and text in BARS:  # as TeX does: without \left these grow around a table only
        return any(child.tag == "mtable" for child in parent)
    return any(inner.tag in TALL for inner in parent.iter())


def _attributes(element: Element) -> str:
    return "".join(
        f' {name}="{escape(value)}"'
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and PLAIN_VALUE.fullmatch(value)
    )


def _needs_space(left: Element, right: Element) -> bool:
    if _is_function(_head(left)):
        return _text(_first_leaf(right)) not in OPENING and right.tag not in {"mo", "mspace"}
    return _is_function(_head(right)) and left.tag not in {"mo", "mspace"}


def _is_function(element: Element) -> bool:
    """Tell whether this is a name such as tanh or softmax, which the library takes for an operator or a variable."""
    return element.tag in {"mi", "mo"} and NAME.fullmatch(_text(element)) is not None


def _head(element: Element) -> Element:
    return _head(element[0]) if element.tag in {"msup", "msub", "msubsup", "munder"} and len(element) else element


def _first_leaf(element: Element) -> Element:
    return _first_leaf(element[0]) if len(element) else element


def _text(element: Element) -> str:
    return _shown(element.text or "", element.tag == "mtext", "bold" in element.attrib.get("mathvariant", ""))


@lru_cache(maxsize=4096)  # a formula has few different signs, many times each
def _shown(text: str, is_prose: bool, is_bold: bool) -> str:
    text = visible(unescape(text))
    if not is_prose and re.match(r"\\[A-Za-z]|&$", text):
        raise ValueError(f"the command {text} is unknown")
    return "".join(map(_bold, text)) if is_bold else text


def _bold(character: str) -> str:
    """Return the bold letter itself: browsers no longer heed ``mathvariant`` except to turn italics off."""
    for first, bold in BOLD.items():
        if first <= ord(character) < first + (10 if first == ord("0") else 26):
            return chr(bold + ord(character) - first)
    return character
