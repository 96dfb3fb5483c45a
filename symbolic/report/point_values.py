"""Every quantity of a derivation at one point, on balls: the numbers beside the symbols, right to the last printed digit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from symbolic import balls
from symbolic.exact.layer_values import gradient_arrays, values_on_balls
from symbolic.formulas.formula import Formula, Name, Negative, Number, OverBatch, Product, Quotient, total
from symbolic.formulas.values import identifier
from symbolic.formulas.walk import rebuilt
from symbolic.programs.interpret import Array
from symbolic.programs.statements import Program
from symbolic.report.options import Values

BITS = 192
DIGITS = 6  # significant digits of a number within a formula


@dataclass(frozen=True)
class AtPoint:
    """A program at a point."""

    program: Program
    values: Values

    @property
    def m(self) -> int:
        """How many examples."""
        return len(self.values.x)

    @cached_property
    def env(self) -> Mapping[str, Any]:
        """The balls of every name."""
        with balls.precision(BITS):
            return values_on_balls(self.program, self.values.params, self.values.x, self.values.y)

    def number(self, name: str, example: int = 0) -> float:
        """The value of a name for one example."""
        array = np.atleast_1d(self.env[name])
        return float(array[example if len(array) > 1 else 0].mid())

    @property
    def cost(self) -> float:
        """The cost of the batch."""
        return self.number("C")

    def gradient(self) -> dict[str, Array]:
        """The partial derivatives as floats."""
        with balls.precision(BITS):
            return {key: balls.enclosure(array).mid for key, array in gradient_arrays(self.program, self.env).items()}

    def inserted(self, formula: Formula, example: int = 0) -> Formula:
        """The formula with its numbers in the place of its names; a sum over the batch is written out."""
        if isinstance(formula, Name):
            value = self.number(identifier(formula), example)
            return Number(Fraction(value), decimal(value))
        if isinstance(formula, OverBatch):
            return total([self.inserted(formula.body, e) for e in range(self.m)])
        if isinstance(formula, Quotient) and formula.bottom == Name("m") and self.m == 1:
            return self.inserted(formula.top, example)
        if isinstance(formula, Product):
            return _without_ones([self.inserted(factor, example) for factor in formula.factors], formula.dotted)
        return rebuilt(formula, lambda part: self.inserted(part, example))


def _without_ones(factors: list[Formula], dotted: bool) -> Formula:
    kept = [factor for factor in factors if factor != Number(Fraction(1))]
    return Product(tuple(kept), dotted) if len(kept) > 1 else kept[0] if kept else Number(Fraction(1))


def decimal(value: float, digits: int = DIGITS) -> str:
    """A number as it stands in a formula: as short as it is exact, else to so many significant digits."""
    short = repr(float(value)).removesuffix(".0")
    text = short if len(short.lstrip("-0.").replace(".", "")) <= digits and "e" not in short else f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def shown(value: float, digits: int = DIGITS) -> Formula:
    """A number as a formula."""
    number = Number(Fraction(value), decimal(value, digits))
    return Negative(Number(-number.value, number.decimal.removeprefix("-"))) if value < 0 else number
