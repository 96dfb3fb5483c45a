"""One line of a derivation worked out with numbers: symbol = formula = numbers = value."""

from __future__ import annotations

import sympy as sp

from symbolic.derivation.slopes import slope_by_output
from symbolic.formulas.formula import Call, Formula, Line, Name, Negative, Number, Product, Quotient, product, total
from symbolic.formulas.teaching_order import formula_of, name_of
from symbolic.formulas.walk import rebuilt
from symbolic.programs.statements import symbol
from symbolic.report.derivation import Derivation
from symbolic.report.point_values import AtPoint, shown

DIGITS = 9  # of the value at the end of a line


def worked_formula(derivation: Derivation, name: str) -> Line:
    """The line of a quantity in the form that one works with: sigma'(z) as a (1 - a), a penalty in the same line."""
    left = name_of(name)
    line = derivation.step(name).line
    if left.quantity in ("dW", "db"):
        line = derivation.derivative(f"{left.quantity[1:]}{left.layer}", tuple(int(i) for i in left.index))
    return Line(left, (_by_output(line.rights[0]),))


def with_numbers(line: Line, point: AtPoint, name: str) -> Line:
    """``symbol = formula = numbers = value``."""
    (formula,) = line.rights
    inserted, value = point.inserted(formula), shown(point.number(name), DIGITS)
    alone = isinstance(inserted.body if isinstance(inserted, Negative) else inserted, Number)
    return Line(line.left, (formula, value) if alone else (formula, inserted, value))


def _by_output(formula: Formula) -> Formula:
    """sigma'(z) as a (1 - a), because with numbers the activation is there already; softmax as a quotient."""
    if isinstance(formula, Call) and formula.function == "softmax":
        return _shares(formula)
    if isinstance(formula, Call) and formula.function[0] == "d" and isinstance(formula.arguments[0], Name):
        z = formula.arguments[0]
        form = slope_by_output(formula.function[1:], _activation_of(z))
        return formula if form is None or z.quantity != "z" else formula_of(form)
    changed = rebuilt(formula, lambda part: _by_output(part))
    return product(*changed.factors) if isinstance(changed, Product) and not changed.dotted else changed


def _shares(formula: Call) -> Formula:
    """``softmax_k(z)`` as ``e^z_k / sum e^z``, which a pocket calculator can follow."""
    own, *z = formula.arguments
    assert isinstance(own, Number)
    powers = [Call("exp", (argument,)) for argument in z]
    return Quotient(powers[int(own.value)], total([*powers]))


def _activation_of(z: Name) -> sp.Symbol:
    """The symbol of the activation of the same unit."""
    return symbol(f"a{z.layer or ''}", *(int(i) for i in z.index))
