"""Quantities and formulas as code names them: ``z1``, ``W2[0, 1]``, ``delta1``; without an index where there is one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.spec import NetworkSpec
from symbolic.derivation.slopes import slope_by_output
from symbolic.formulas.formula import (
    Call,
    Formula,
    Name,
    Number,
    Outer,
    OverBatch,
    Power,
    Product,
    Quotient,
    Transposed,
    Whole,
    product,
)
from symbolic.formulas.teaching_order import formula_of
from symbolic.formulas.text import formula_text
from symbolic.formulas.walk import rebuilt
from symbolic.programs.statements import symbol
from symbolic.report.point_values import decimal, shown

SQUARE = "²"


def number_text(value: float) -> str:
    """A number as the derivations print it: as short as it is exact, else to six significant digits."""
    return formula_text(shown(value))


def array_text(array: Array) -> str:
    """Numbers in the brackets that they stand in."""
    if array.ndim == 0:
        return number_text(float(array))
    return f"[{', '.join(array_text(part) for part in array)}]"


def plain_shape(array: Array) -> Array:
    """Without the axes that have a single entry: one unit, one example."""
    return np.squeeze(np.asarray(array))


def index_text(shape: tuple[int, ...], index: tuple[int, ...]) -> str:
    """``[0, 1]``, without the axes that have a single entry; nothing where all have."""
    kept = [str(i) for i, size in zip(index, shape, strict=True) if size > 1]
    return f"[{', '.join(kept)}]" if kept else ""


@dataclass(frozen=True)
class Writing:
    """Formulas of one network and so many examples, in the names that the code has for its quantities where they are known."""

    spec: NetworkSpec
    m: int
    names: Mapping[str, str]

    def text(self, formula: Formula) -> str:
        """A formula of names as one line."""
        return formula_text(self._in_code(formula))

    def numbers(self, formula: Formula) -> str:
        """A formula of numbers as one line, the slopes in it worked out."""
        return formula_text(_worked_out(formula))

    def name(self, quantity: str) -> str:
        """What the code calls a quantity; one without a name there is told by its layer, if its name means another there."""
        if quantity not in self.names and quantity in self.names.values():
            letters = quantity.rstrip("0123456789")
            layer = quantity[len(letters) :]
            return f"δ{layer}" if letters == "delta" else f"{letters}[layer {layer}]"
        return self.names.get(quantity, quantity)

    def _in_code(self, formula: Formula) -> Formula:
        """The names of code; of a single example no sum over the batch, and no 1/m."""
        inner = self._in_code
        match formula:
            case Name():
                return Name(self._entry(formula))
            case Whole():
                return Name(self.name(_base(formula)))
            case OverBatch() if self.m == 1:
                return inner(formula.body)
            case Quotient() if self.m == 1 and formula.bottom == Name("m"):
                return inner(formula.top)
            case Product() if not formula.dotted:
                return product(*map(inner, formula.factors))
            case Transposed():
                return Name(_transposed(inner(formula.body)))
            case Outer():
                return product(inner(formula.left), Name(_transposed(inner(formula.right))))
            case Power() if formula.exponent == 2 and isinstance(formula.base, Name):
                return Name(self._entry(formula.base) + SQUARE)
            case Call() if form := _slope_of_whole_layer(formula):
                return inner(form)
            case Call(function="sigmoid"):
                return Name(f"sigmoid({formula_text(inner(formula.arguments[0]))})")
            case _:
                return rebuilt(formula, inner)

    def _entry(self, name: Name) -> str:
        base = self.name(_base(name))
        if not name.index or any(isinstance(i, str) for i in name.index):
            return "λ" if base == "lam" else base
        return base + index_text(self._shape(name), tuple(int(i) for i in name.index))

    def _shape(self, name: Name) -> tuple[int, ...]:
        if name.quantity in ("x", "y"):
            return (self.spec.sizes[0 if name.quantity == "x" else -1],)
        layer = int(name.layer or 0)
        return (self.spec.sizes[layer], self.spec.sizes[layer - 1])[: len(name.index)]


def _transposed(body: Formula) -> str:
    text = formula_text(body)
    return f"{text}ᵀ" if isinstance(body, Name) else f"({text})ᵀ"


def _base(name: Name | Whole) -> str:
    return name.quantity + ("" if name.layer is None else str(name.layer))


def _slope_of_whole_layer(formula: Call) -> Formula | None:
    """``phi'(z)`` of a layer or of a unit j as ``a (1 - a)``, where it has such a form."""
    argument = formula.arguments[0]
    if formula.function[:1] != "d" or not isinstance(argument, Name | Whole) or argument.quantity != "z":
        return None
    form = slope_by_output(formula.function[1:], symbol(f"a{argument.layer}"))
    return None if form is None else formula_of(form)


def _worked_out(formula: Formula) -> Formula:
    match formula:
        case Call(function, (Number() as z,)) if function[0] == "d" and function[1:] in ACTIVATIONS:
            value = float(ACTIVATIONS[function[1:]].dphi(np.array([float(z.value)]))[0])
            return Number(Fraction(value), decimal(value))
        case Call(function="sigmoid"):
            return Name(f"sigmoid({formula_text(_worked_out(formula.arguments[0]))})")
        case Power(Number() as base, 2) if base.value >= 0:
            return Number(base.value**2, (base.decimal or str(base.value)) + SQUARE)
        case Product() if not formula.dotted:
            return product(*map(_worked_out, formula.factors))
        case _:
            return rebuilt(formula, _worked_out)
