"""How quantities and functions are written: their letters in LaTeX and in Unicode, indices counted from 1."""

from __future__ import annotations

from reference_nets.spec import ACTIVATIONS
from symbolic.formulas.formula import Index

# quantity -> (LaTeX, Unicode); those that are not listed are written as they are.
LETTERS = {"delta": (r"\delta", "δ"), "lam": (r"\lambda", "λ")}
# function -> (LaTeX, Unicode); others are written by their names. d before the name is the prime behind it.
FUNCTIONS = {
    "phi": (r"\varphi", "φ"),
    "identity": (r"\operatorname{id}", "id"),
    "sigmoid": (r"\sigma", "σ"),
    "tanh": (r"\tanh", "tanh"),
    "leaky_relu": (r"\operatorname{lrelu}", "lrelu"),
    "huber": ("H", "H"),
    "log": (r"\ln", "ln"),
    "exp": (r"\exp", "exp"),
    "sqrt": (r"\sqrt", "√"),
}
_SUBSCRIPTS = dict(zip("0123456789+-ijkelm,", "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₑₗₘ,", strict=True))
_SUPERSCRIPTS = dict(zip("0123456789+-lL", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˡᴸ", strict=True))


def subscript(text: str) -> str:
    """Lowered, in Unicode: ``subscript("12")`` is ``₁₂``."""
    return "".join(_SUBSCRIPTS[character] for character in text)


def superscript(text: str) -> str:
    """Raised, in Unicode."""
    return "".join(_SUPERSCRIPTS[character] for character in text)


def one_based(index: tuple[Index, ...]) -> str:
    """Indices as on the board, with a comma where one has two digits: ``(0, 2)`` is ``13``, ``(0, 9)`` is ``1,10``."""
    shown = [str(i + 1) if isinstance(i, int) else i for i in index]
    return ("," if any(len(part) > 1 for part in shown) else "").join(shown)


def letter_latex(quantity: str) -> str:
    """The letter of a quantity in LaTeX."""
    return LETTERS.get(quantity, (quantity, quantity))[0]


def letter_text(quantity: str) -> str:
    """The letter of a quantity in Unicode."""
    return LETTERS.get(quantity, (quantity, quantity))[1]


def name_latex(quantity: str, layer: Index | None, index: tuple[Index, ...]) -> str:
    """An entry in LaTeX: ``W^{1}_{13}``; a gradient's entry as the derivative that it is."""
    if quantity[0] == "d" and quantity[1:] in ("W", "b"):
        return rf"\frac{{\partial C}}{{\partial {name_latex(quantity[1:], layer, index)}}}"
    if quantity == "gW":
        return rf"G^{{{layer}}}_{{{one_based(index)}}}"
    raised = "" if layer is None else f"^{{{layer}}}"
    return letter_latex(quantity) + raised + (f"_{{{one_based(index)}}}" if index else "")


def name_text(quantity: str, layer: Index | None, index: tuple[Index, ...]) -> str:
    """An entry in Unicode: ``W¹₁₃``."""
    if quantity[0] == "d" and quantity[1:] in ("W", "b"):
        return f"∂C/∂{name_text(quantity[1:], layer, index)}"
    letter = "G" if quantity == "gW" else letter_text(quantity)
    return letter + ("" if layer is None else superscript(str(layer))) + subscript(one_based(index))


def function_latex(function: str) -> str:
    """A function in LaTeX, its derivative with a prime."""
    return _written(function, 0, "'")


def function_text(function: str) -> str:
    """A function in Unicode, its derivative with a prime."""
    return _written(function, 1, "′")


def _written(function: str, form: int, prime: str) -> str:
    """As the table says, or by its name; a derivative, ``dtanh``, with a prime."""
    if function in FUNCTIONS:
        return FUNCTIONS[function][form]
    if function[:1] == "d" and function[1:] in (*FUNCTIONS, *ACTIVATIONS):
        return _written(function[1:], form, prime) + prime
    return (rf"\operatorname{{{function}}}", function)[form]
