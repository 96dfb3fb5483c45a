"""What a printed formula is made of: a tree that keeps the order of the blackboard, where SymPy would sort.

Every format is written from this tree, and the tree itself is evaluated before it is printed, so that no line can be
wrong while the result beside it is right. Indices count from 0, as in code; the renderers count from 1, as a teacher does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Index: TypeAlias = int | str  # a number, or the letter of a general formula: "j", "l", "l+1", "L"


@dataclass(frozen=True)
class Number:
    """A rational number; ``decimal`` is how it is written where it stands for a measured value."""

    value: Fraction
    decimal: str = ""


@dataclass(frozen=True)
class Constant:
    """A number with a name: pi."""

    name: str


@dataclass(frozen=True)
class Name:
    """One entry of a quantity: ``Name("W", 1, (0, 2))`` is W1[0, 2]; x, y, c, C, R, m, lam have no layer."""

    quantity: str
    layer: Index | None = None
    index: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Whole:
    """A vector or a matrix: ``Whole("W", 1)``; vectors are columns, one example at a time."""

    quantity: str
    layer: Index | None = None


@dataclass(frozen=True)
class Negative:
    """``-body``."""

    body: Formula


@dataclass(frozen=True)
class Sum:
    """Terms in the order in which they are said; a `Negative` term is subtracted."""

    terms: tuple[Formula, ...]


@dataclass(frozen=True)
class Product:
    """Factors in the order in which they are said; ``dotted`` puts a point between them, as the chain rule wants it."""

    factors: tuple[Formula, ...]
    dotted: bool = False


@dataclass(frozen=True)
class Quotient:
    """``top / bottom``."""

    top: Formula
    bottom: Formula


@dataclass(frozen=True)
class Power:
    """``base ** exponent``."""

    base: Formula
    exponent: int


@dataclass(frozen=True)
class Call:
    """A function by its name in the program: ``sigmoid``, ``dsigmoid``, ``log``, ``exp``, ``softmax`` (its own index first)."""

    function: str
    arguments: tuple[Formula, ...]


@dataclass(frozen=True)
class Partial:
    """``d of / d by``, as one symbol."""

    of: Formula
    by: Formula


@dataclass(frozen=True)
class OverBatch:
    """The sum of a quantity over the m examples of the batch."""

    body: Formula


@dataclass(frozen=True)
class Running:
    """``sum over index of body``, the index running through the units of a layer; ``without`` is left out."""

    index: str
    layer: Index
    body: Formula
    without: Index | None = None


@dataclass(frozen=True)
class Transposed:
    """A matrix with rows and columns exchanged."""

    body: Formula


@dataclass(frozen=True)
class Applied:
    """A matrix applied to a vector."""

    matrix: Formula
    vector: Formula


@dataclass(frozen=True)
class Outer:
    """``left right^T``: the matrix of all products of two vectors."""

    left: Formula
    right: Formula


@dataclass(frozen=True)
class Hadamard:
    """The product entry by entry."""

    left: Formula
    right: Formula


@dataclass(frozen=True)
class Matrix:
    """Entries in rows; a column vector has rows of one."""

    rows: tuple[tuple[Formula, ...], ...]


@dataclass(frozen=True)
class Cases:
    """A function by pieces: (formula, the variable, upper end); the last piece has none."""

    pieces: tuple[tuple[Formula, Formula | None], ...]
    variable: Formula


Formula: TypeAlias = (
    Number
    | Constant
    | Name
    | Whole
    | Negative
    | Sum
    | Product
    | Quotient
    | Power
    | Call
    | Partial
    | OverBatch
    | Running
    | Transposed
    | Applied
    | Outer
    | Hadamard
    | Matrix
    | Cases
)


@dataclass(frozen=True)
class Line:
    """``left = right = right = ...``: one line of the board; ``assumes`` names what an equality rests on, if anything."""

    left: Formula
    rights: tuple[Formula, ...]


ONE = Number(Fraction(1))
M = Name("m")
AVERAGE = Quotient(ONE, M)


def number(value: int | Fraction) -> Number:
    """A rational number."""
    return Number(Fraction(value))


def total(terms: list[Formula]) -> Formula:
    """The sum of the terms; of one term, that term."""
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def product(*factors: Formula) -> Formula:
    """The product of factors, without ones and without products inside of products."""
    flat: list[Formula] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) and not factor.dotted else [factor]
    kept = [factor for factor in flat if factor != ONE] or [ONE]
    return kept[0] if len(kept) == 1 else Product(tuple(kept))
