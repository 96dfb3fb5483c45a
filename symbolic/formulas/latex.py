r"""Formulas in LaTeX: no ``\left``, no ``\right``, so that a long line may be broken inside of brackets."""

from __future__ import annotations

import re
from fractions import Fraction

from symbolic.formulas.formula import (
    Applied,
    Call,
    Cases,
    Constant,
    Formula,
    Hadamard,
    Line,
    Matrix,
    Name,
    Negative,
    Number,
    Outer,
    OverBatch,
    Partial,
    Power,
    Product,
    Quotient,
    Running,
    Sum,
    Transposed,
    Whole,
)
from symbolic.formulas.line_breaks import DOT, PLUS, SPACE, broken, deeper, mark, unmarked
from symbolic.formulas.notation import function_latex, letter_latex, name_latex, one_based
from symbolic.formulas.text import chosen_terms, has_brackets, signed

WIDTH = 62  # of a line on paper, in signs
_SUM, _PRODUCT, _ATOM = 1, 2, 4


def formula_latex(formula: Formula) -> str:
    """A formula as LaTeX, in one line."""
    return unmarked(_latex(formula))


def line_latex(line: Line, *, width: int = WIDTH) -> str:
    """``left = right``, or ``aligned`` rows where there are several equalities or one is long."""
    return aligned(line_rows(line, width=width))


def aligned(rows: list[str]) -> str:
    r"""Rows set under each other at their ``&``."""
    if len(rows) == 1:
        return rows[0].replace("&= ", "= ", 1)
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


def line_rows(line: Line, *, width: int = WIDTH) -> list[str]:
    """The rows of a line, with ``&`` before each equality sign."""
    left = formula_latex(line.left)
    room = max(width - measure(left) - 2, 20)
    rows: list[str] = []
    if measure(left) > 12 and any(measure(formula_latex(right)) > room for right in line.rights):
        rows, room = [f"&{left}"], width - 4  # a long left side stands alone
    for right in line.rights:
        pieces = broken(_latex(right), room, measure)
        rows.append(f"{'' if rows else left + ' '}&= {pieces[0]}")
        rows += [rf"&\quad {piece}" for piece in pieces[1:]]
    return rows


def measure(latex: str) -> int:
    """About how many signs wide a formula is set: of a fraction the wider half counts, raised signs count half."""
    text = re.sub(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}", lambda f: max(f[1], f[2], key=len), latex)
    text = re.sub(r"\^\{([^{}]*)\}_\{([^{}]*)\}", lambda f: max(f[1], f[2], key=len), text)
    text = re.sub(r"\\(?:bigl|bigr|Bigl|Bigr|operatorname|,|quad|partial)", "", text)
    return len(re.sub(r"[{}^_ &]", "", re.sub(r"\\[a-z]+", "x", text)))


def _level(formula: Formula) -> int:
    match formula:
        case Sum() | Negative():
            return _SUM
        case Number():
            return _SUM if formula.value < 0 else _PRODUCT if "e" in formula.decimal else _ATOM
        case Product() | OverBatch() | Running() | Applied() | Outer() | Hadamard():
            return _PRODUCT
        case _:
            return _ATOM


def _bracketed(latex: str, pair: str = "()") -> str:
    size = "Big" if r"\sum" in latex else "big" if r"\frac" in latex else ""
    left, right = (rf"\{size}l", rf"\{size}r") if size else ("", "")
    return left + pair[0] + deeper(latex) + right + pair[1]


def _inside(formula: Formula, level: int) -> str:
    latex = _latex(formula)
    if _level(formula) >= level:
        return latex
    return _bracketed(latex, "[]" if has_brackets(formula) else "()")


def _latex(formula: Formula) -> str:
    match formula:
        case Number():
            return _number(formula)
        case Constant():
            return r"\pi"
        case Name():
            return name_latex(formula.quantity, formula.layer, formula.index)
        case Whole():
            return _whole(formula)
        case Negative():
            return _negative(_inside(formula.body, _PRODUCT))
        case Sum():
            return _sum(formula)
        case Product():
            return _product(formula)
        case Quotient():
            return rf"\frac{{{formula_latex(formula.top)}}}{{{formula_latex(formula.bottom)}}}"
        case Power():
            base = _latex(formula.base)
            bare = isinstance(formula.base, Name) and formula.base.layer is None
            return (base if bare else _bracketed(base)) + f"^{{{formula.exponent}}}"
        case Call():
            return _call(formula)
        case Partial():
            return rf"\frac{{\partial {formula_latex(formula.of)}}}{{\partial {formula_latex(formula.by)}}}"
        case OverBatch():
            return r"\sum_{e} " + _inside(formula.body, _PRODUCT)
        case Running():
            without = "" if formula.without is None else rf" \ne {one_based((formula.without,))}"
            return rf"\sum_{{{formula.index}{without}}} " + _inside(formula.body, _PRODUCT)
        case Transposed():
            body = _latex(formula.body)
            return (body if body in ("x", "y") else f"({body})") + r"^{\top}"
        case Applied():
            return rf"{_inside(formula.matrix, _ATOM)}\, {_inside(formula.vector, _ATOM)}"
        case Outer():
            return rf"{_inside(formula.left, _ATOM)}\, {_latex(Transposed(formula.right))}"
        case Hadamard():
            return rf"{_inside(formula.left, _PRODUCT)} \odot {_inside(formula.right, _PRODUCT)}"
        case Matrix():
            rows = r" \\ ".join(" & ".join(map(formula_latex, row)) for row in formula.rows)
            return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
        case Cases():
            return _cases(formula)


def _negative(latex: str) -> str:
    """A minus sign that is no subtraction, in braces with what it stands before, so that MathML leaves no gap."""
    return f"{{-{latex}}}" if unmarked(latex) == latex else f"-{latex}"


def _number(formula: Number) -> str:
    negative, positive = signed(formula)
    assert isinstance(positive, Number)
    latex = _decimal(positive.decimal) if positive.decimal else _fraction(positive.value)
    return _negative(latex) if negative else latex


def _decimal(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if e else mantissa


def _fraction(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"


def _whole(formula: Whole) -> str:
    quantity = formula.quantity
    if quantity in ("dW", "db"):
        return rf"\frac{{\partial C}}{{\partial {quantity[1]}^{{{formula.layer}}}}}"
    letter = "G" if quantity == "gW" else letter_latex(quantity)
    return letter + ("" if formula.layer is None else f"^{{{formula.layer}}}")


def _sum(formula: Sum) -> str:
    pieces: list[str] = []
    for term in chosen_terms(formula.terms):
        negative, body = (False, None) if term is None else signed(term)
        latex = r"\cdots" if body is None else _inside(body, _PRODUCT)
        if not pieces:
            pieces.append(_negative(latex) if negative else latex)
        else:
            pieces.append(mark(PLUS) + ("- " if negative else "+ ") + latex)
    return " ".join(pieces)


def _product(formula: Product) -> str:
    pieces = [_factor(factor, last=n == len(formula.factors) - 1) for n, factor in enumerate(formula.factors)]
    numbers = any(isinstance(factor, Number) and factor.decimal for factor in formula.factors)
    joint = rf" {mark(DOT)}\cdot " if formula.dotted else r" \cdot " if numbers else rf"\, {mark(SPACE)}"
    return joint.join(pieces)


def _factor(factor: Formula, last: bool) -> str:
    open_ended = isinstance(factor, OverBatch | Running) and not last
    return (
        _bracketed(_latex(factor))
        if open_ended or (isinstance(factor, Product) and factor.dotted)
        else _inside(factor, _PRODUCT)
    )


def _call(formula: Call) -> str:
    name = function_latex(formula.function)
    if formula.function == "softmax":
        own, *z = formula.arguments
        if isinstance(own, Number):
            return rf"{name}_{{{one_based((int(own.value),))}}}" + _bracketed(f", {mark(PLUS)}".join(map(_latex, z)))
        return f"{name}({formula_latex(own)})"
    (argument,) = formula.arguments
    if formula.function == "exp":
        return f"e^{{{formula_latex(argument)}}}"
    if formula.function == "sqrt":
        return rf"\sqrt{{{formula_latex(argument)}}}"
    if formula.function == "log" and isinstance(argument, Name):
        return rf"\ln {_latex(argument)}"
    return name + _bracketed(_latex(argument))


def _cases(formula: Cases) -> str:
    variable, rows, lower = formula_latex(formula.variable), [], ""
    for piece, upper in formula.pieces:
        end = "" if upper is None else formula_latex(upper)
        if upper is not None:
            condition = rf"{lower} < {variable} \le {end}" if lower else rf"{variable} \le {end}"
        else:
            condition = f"{variable} > {lower}"
        rows.append(f"{formula_latex(piece)} & {condition}")
        lower = end
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
