r"""How text is written so that every TeX engine shows it as it is.

>>> print(text("50 % of x_1 & δ ≤ 3"))
50 \% of x\_1 \& \ensuremath{\delta} \ensuremath{\leq} 3
"""

import re
import unicodedata

from reports.neutral import visible

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "-{}",  # never a ligature: two hyphens stay two hyphens
    "\u00a0": "~",
}
TYPOGRAPHY = {"–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}", "•": r"\textbullet{}"}
GREEK_NAMES = """alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
    varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega phi epsilon vartheta"""
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϕϵϑ", GREEK_NAMES.split(), strict=True))
SIGN_NAMES = """partial nabla sum prod surd infty approx neq leq geq pm times cdot div - in notin rightarrow leftarrow
    leftrightarrow Rightarrow Leftarrow Leftrightarrow mapsto odot otimes oplus circ forall exists langle rangle Vert
    parallel prime equiv propto sim cdot cdots ll gg int uparrow downarrow ell emptyset top checkmark times lfloor
    rfloor lceil rceil setminus wedge vee neg"""
SIGN_CHARACTERS = "∂∇∑∏√∞≈≠≤≥±×·÷−∈∉→←↔⇒⇐⇔↦⊙⊗⊕∘∀∃⟨⟩‖∥′≡∝∼⋅⋯≪≫∫↑↓ℓ∅⊤✓✗⌊⌋⌈⌉∖∧∨¬"
SIGNS = dict(zip(SIGN_CHARACTERS, SIGN_NAMES.split(), strict=True))
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀᵐˡ", "0123456789+-()nTml", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙ", "0123456789+-()ijklmn", strict=True))
LETTERS = {"ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "½": r"\tfrac{1}{2}", "″": "''"}
FRAME = dict(zip("─│┌┐└┘├┤┬┴┼━┃═║╭╮╰╯▌█▶◀▲▼●○", "-|+++++++++-|=|++++|#><^vo*", strict=True))
FRAME |= dict(zip("⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪", "(((" ")))" "[[[" "]]]" "{{{|", strict=True))
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
}
WHOLE = {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}"}
WHOLE |= {"ł": r"\l{}", "Ł": r"\L{}", "§": r"\S{}", "¶": r"\P{}", "©": r"\textcopyright{}", "°": r"\textdegree{}"}
WHOLE |= {"ı": r"\i{}", "¿": r"\textquestiondown{}", "¡": r"\textexclamdown{}", "€": r"\texteuro{}"}
BREAK = "\n"  # a place where a line may end; `visible` leaves none of these in a text
LONG_WORD = re.compile(r"[/:+,=_](?=\S)|[^\W\d]{8}|\d{60}")
CHINESE = re.compile("[\u3001-\u301f\u3040-\u30ff\u4e00-\u9fff\uff00-\uffee]")


def text(source: str, breakable: bool = False) -> str:
    """Write one line of text; ``breakable`` allows a long word to end a line after its punctuation."""
    plain = unicodedata.normalize("NFC", visible(source))
    if breakable:
        plain = LONG_WORD.sub(lambda found: found.group() + BREAK, plain)
    return "".join(r"\allowbreak{}" if sign == BREAK else character(sign) for sign in plain)


def verbatim(line: str) -> str:
    """Write one line of code: blanks count, frames are drawn in ASCII."""
    cells = (FRAME.get(sign, sign) for sign in unicodedata.normalize("NFC", line))
    return "".join("~" if sign == " " else character(sign) for sign in cells)


def formula(latex: str) -> str:
    """Write a formula of ours: what is not ASCII in it becomes a command, the dollar that would end it goes."""
    shown = re.sub(r"(?<!\\)\$", "", visible(latex))
    return "".join(sign if sign.isascii() else character(sign) for sign in shown)


def is_chinese(source: str) -> bool:
    """Tell whether a text needs fonts for Chinese."""
    return CHINESE.search(source) is not None


def character(sign: str) -> str:
    """Write one character; what no font of TeX is sure to have becomes its code point."""
    if sign in SPECIAL:
        return SPECIAL[sign]
    if sign.isascii() or is_chinese(sign):
        return sign
    for table in (TYPOGRAPHY, WHOLE):
        if sign in table:
            return table[sign]
    return _mathematical(sign) or _accented(sign) or rf"\texttt{{[U+{ord(sign):04X}]}}"


def _mathematical(sign: str) -> str:
    if sign in GREEK or sign in SIGNS:
        name = GREEK.get(sign) or SIGNS[sign]
        return rf"\ensuremath{{\{name}}}" if name.isalpha() else rf"\ensuremath{{{name}}}"
    if sign in RAISED:
        return rf"\ensuremath{{^{{{RAISED[sign]}}}}}"
    if sign in LOWERED:
        return rf"\ensuremath{{_{{{LOWERED[sign]}}}}}"
    return rf"\ensuremath{{{LETTERS[sign]}}}" if sign in LETTERS else ""


def _accented(sign: str) -> str:
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in ACCENTS:
        return rf"\{ACCENTS[parts[1]]}{{{parts[0]}}}"
    return ""
