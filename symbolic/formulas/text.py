"""Formulas in Unicode, for terminals and for wherever mathematics cannot be set."""

from __future__ import annotations

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
from symbolic.formulas.notation import function_text, letter_text, name_text, one_based, subscript, superscript
from symbolic.formulas.walk import parts

WIDTH = 74  # of a line of the report, its indent taken off
SHOWN, ENDS = 9, (3, 1)  # terms of a sum that are written out; of more, so many at each end
_SUM, _PRODUCT, _ATOM = 1, 2, 4


def formula_text(formula: Formula) -> str:
    """A formula as one line of Unicode."""
    return unmarked(_text(formula))


def line_lines(line: Line, width: int = WIDTH) -> list[str]:
    """``left = right = ...`` as lines, each equality under the first."""
    left = formula_text(line.left)
    rows: list[str] = []
    if any(len(left) + 3 + len(row) > width for right in line.rights for row in _rows(right, width - 5)) and len(left) > 16:
        rows.append(left)  # a long left side stands alone
        left = "  "
    for right in line.rights:
        head = left if not rows else " " * len(left)
        rows += _equality(head, right, width)
    return rows


def _equality(head: str, right: Formula, width: int) -> list[str]:
    """``head = right``; a matrix keeps its rows together, other long formulas go on a little further in."""
    pieces = _rows(right, width - len(head) - 5)
    if isinstance(right, Matrix):
        middle = (len(pieces) - 1) // 2
        return [(f"{head} = " if n == middle else " " * (len(head) + 3)) + row for n, row in enumerate(pieces)]
    return [f"{head} = {row}" if n == 0 else " " * (len(head) + 5) + row for n, row in enumerate(pieces)]


def _rows(formula: Formula, width: int) -> list[str]:
    if isinstance(formula, Matrix):
        return matrix_rows(formula)
    return broken(_text(formula), max(width, 24))


def matrix_rows(matrix: Matrix) -> list[str]:
    """A matrix as so many lines between tall brackets."""
    cells = [[formula_text(item) for item in row] for row in matrix.rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    if len(rows) == 1:
        return [f"[ {rows[0]} ]"]
    sides = [("⎡", "⎤"), *[("⎢", "⎥")] * (len(rows) - 2), ("⎣", "⎦")]
    return [f"{left} {row} {right}" for (left, right), row in zip(sides, rows, strict=True)]


def signed(term: Formula) -> tuple[bool, Formula]:
    """Whether a term is subtracted, and what."""
    if isinstance(term, Negative):
        return True, term.body
    if isinstance(term, Number) and term.value < 0:
        return True, Number(-term.value, term.decimal.removeprefix("-"))
    if isinstance(term, Product) and isinstance(term.factors[0], Number) and term.factors[0].value < 0:
        negative, first = signed(term.factors[0])
        return negative, Product((first, *term.factors[1:]), term.dotted)
    return False, term


def chosen_terms(terms: tuple[Formula, ...]) -> list[Formula | None]:
    """The terms that are written; None stands for those left out."""
    if len(terms) <= SHOWN:
        return list(terms)
    return [*terms[: ENDS[0]], None, *terms[-ENDS[1] :]]


def _level(formula: Formula) -> int:
    match formula:
        case Sum() | Negative():
            return _SUM
        case Number():
            return _SUM if formula.value < 0 else _ATOM if formula.decimal or formula.value.denominator == 1 else _PRODUCT
        case Product() | Quotient() | OverBatch() | Running() | Applied() | Outer() | Hadamard():
            return _PRODUCT
        case _:
            return _ATOM


def _bracketed(text: str) -> str:
    return f"({deeper(text)})"


def _inside(formula: Formula, level: int) -> str:
    text = _text(formula)
    if _level(formula) >= level:
        return text
    return f"[{deeper(text)}]" if has_brackets(formula) else _bracketed(text)


def has_brackets(formula: Formula) -> bool:
    """Whether brackets stand inside, apart from those around the argument of a function: the outer ones are square then."""
    return any(
        isinstance(part, Power)
        or (isinstance(formula, Product) and isinstance(part, Sum | Negative))
        or (not isinstance(part, Call) and has_brackets(part))
        for part in parts(formula)
    )


def _text(formula: Formula) -> str:
    match formula:
        case Number():
            return formula.decimal.replace("-", "−") or _fraction(formula.value)
        case Constant():
            return "π"
        case Name():
            return name_text(formula.quantity, formula.layer, formula.index)
        case Whole():
            return _whole(formula)
        case Negative():
            return "−" + _inside(formula.body, _PRODUCT)
        case Sum():
            return _sum(formula)
        case Product():
            return _product(formula)
        case Quotient():
            return _quotient(formula)
        case Power():
            base = _text(formula.base)
            bare = isinstance(formula.base, Name) and formula.base.layer is None
            return (base if bare else _bracketed(base)) + superscript(str(formula.exponent))
        case Call():
            return _call(formula)
        case Partial():
            return f"∂{formula_text(formula.of)}/∂{formula_text(formula.by)}"
        case OverBatch():
            return "Σₑ " + _inside(formula.body, _PRODUCT)
        case Running():
            without = "" if formula.without is None else "≠" + subscript(one_based((formula.without,)))
            return f"Σ{subscript(formula.index)}{without} " + _inside(formula.body, _PRODUCT)
        case Transposed():
            body = _text(formula.body)
            return (body if body in ("x", "y") else f"({body})") + "ᵀ"
        case Applied():
            return f"{_inside(formula.matrix, _ATOM)} {_inside(formula.vector, _ATOM)}"
        case Outer():
            return f"{_inside(formula.left, _ATOM)} {_text(Transposed(formula.right))}"
        case Hadamard():
            return f"{_inside(formula.left, _PRODUCT)} ⊙ {_inside(formula.right, _PRODUCT)}"
        case Matrix():
            return "[" + "; ".join(", ".join(map(formula_text, row)) for row in formula.rows) + "]"
        case Cases():
            return _cases(formula)


def _fraction(value: Fraction) -> str:
    return str(value).replace("-", "−").replace("1/2", "½")


def _quotient(formula: Quotient) -> str:
    if (formula.top, formula.bottom) == (Number(Fraction(1)), Number(Fraction(2))):
        return "½"
    return f"{unmarked(_inside(formula.top, _PRODUCT))}/{unmarked(_inside(formula.bottom, _ATOM))}"


def _whole(formula: Whole) -> str:
    quantity = formula.quantity
    if quantity in ("dW", "db"):
        return f"∂C/∂{quantity[1]}{superscript(str(formula.layer))}"
    letter = "G" if quantity == "gW" else letter_text(quantity)
    return letter + ("" if formula.layer is None else superscript(str(formula.layer)))


def _sum(formula: Sum) -> str:
    pieces: list[str] = []
    for term in chosen_terms(formula.terms):
        negative, body = (False, None) if term is None else signed(term)
        text = "⋯" if body is None else _inside(body, _PRODUCT)
        pieces.append((mark(PLUS) + ("− " if negative else "+ ") if pieces else "−" if negative else "") + text)
    return " ".join(pieces)


def _product(formula: Product) -> str:
    pieces = [_factor(factor, last=n == len(formula.factors) - 1) for n, factor in enumerate(formula.factors)]
    numbers = any(isinstance(factor, Number) and factor.decimal for factor in formula.factors)
    if formula.dotted:
        return f" {mark(DOT)}· ".join(pieces)
    joint = "·" if numbers else f"{mark(SPACE)} "
    if isinstance(formula.factors[0], Quotient) and pieces[0] != "½":  # 1/m (a - y) might be read as 1/(m (a - y))
        return f"{pieces[0]} · " + joint.join(pieces[1:])
    return joint.join(pieces)


def _factor(factor: Formula, last: bool) -> str:
    open_ended = isinstance(factor, OverBatch | Running) and not last
    return (
        _bracketed(_text(factor))
        if open_ended or (isinstance(factor, Product) and factor.dotted)
        else _inside(factor, _PRODUCT)
    )


def _call(formula: Call) -> str:
    name = function_text(formula.function)
    if formula.function == "softmax":
        own, *z = formula.arguments
        if isinstance(own, Number):
            return f"softmax{subscript(one_based((int(own.value),)))}" + _bracketed(f", {mark(PLUS)}".join(map(_text, z)))
        return f"softmax({formula_text(own)})"
    (argument,) = formula.arguments
    if formula.function == "log" and isinstance(argument, Name):
        return f"ln {_text(argument)}"
    return name + _bracketed(_text(argument))


def _cases(formula: Cases) -> str:
    variable = formula_text(formula.variable)
    shown, lower = [], None
    for piece, upper in formula.pieces:
        if upper is not None and lower is None:
            condition = f"{variable} ≤ {formula_text(upper)}"
        elif upper is not None:
            condition = f"{lower} < {variable} ≤ {formula_text(upper)}"
        else:
            condition = f"{variable} > {lower}"
        shown.append(f"{formula_text(piece)}  ({condition})")
        lower = lower if upper is None else formula_text(upper)
    return "{ " + ";  ".join(shown)
