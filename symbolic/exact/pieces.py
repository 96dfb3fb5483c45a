"""An activation at a number of any kind: by the one piece of its definition that applies there, or by all that may."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import Any

import sympy as sp

from symbolic.programs.functions import PiecewiseFunction
from symbolic.programs.interpret import Numbers, evaluate

Function = Callable[[Any], Any]


def scalar_function(definition: PiecewiseFunction, numbers: Numbers, union: Callable[[Any, Any], Any]) -> Function:
    """``value -> definition(value)``; where a ball lies across an end, the union of the pieces on both sides."""
    functions = {formula: of_z(formula, numbers) for formula, _ in definition.pieces}
    if len(functions) == 1:
        return next(iter(functions.values()))

    def value_at(value: Any) -> Any:
        return reduce(union, [functions[formula](value) for formula in _applicable(definition, value, numbers)])

    return value_at


def of_z(formula: sp.Expr, numbers: Numbers) -> Function:
    """The formula as a function of z, taken apart once and not at each value.

    >>> of_z(sp.Symbol("z") ** 2 + 1, Numbers(float, {}))(3.0)
    10.0
    """
    return _part(formula, numbers) if formula.free_symbols else lambda _: evaluate(formula, {}, numbers)


def _part(formula: sp.Expr, numbers: Numbers) -> Function:
    """What `evaluate` does with each kind of formula; whole numbers stay those of Python, which are exact beside any number."""
    if formula.is_Symbol:
        return lambda z: z
    if formula.is_Integer:
        whole = int(formula)
        return lambda _: whole
    if not formula.free_symbols:
        return lambda _: evaluate(formula, {}, numbers)  # 1/100 or pi depend on the precision in force
    if formula.is_Pow:
        base, root = _part(formula.base, numbers), numbers.functions.get("sqrt")
        if formula.exp.is_Integer:
            whole = int(formula.exp)
            return lambda z: base(z) ** whole
        assert root is not None
        twice = int(2 * formula.exp)  # nothing else occurs
        return lambda z: root(base(z)) ** twice
    parts = [_part(part, numbers) for part in formula.args]
    if formula.is_Mul:
        return lambda z: reduce(mul, [part(z) for part in parts])
    if formula.is_Add:
        return lambda z: numbers.add([part(z) for part in parts])
    function = numbers.functions[formula.func.__name__]
    return lambda z: function(*(part(z) for part in parts))


def _applicable(definition: PiecewiseFunction, value: Any, numbers: Numbers) -> list[Any]:
    """The formulas of the pieces that this value may lie in; comparisons are true only where they are certain."""
    formulas, lower = [], None
    for (formula, _), end in zip(definition.pieces, [*definition.ends, None], strict=True):
        upper = None if end is None else numbers.constant(end)
        if lower is not None and value <= lower:
            break
        if upper is None or not value > upper:
            formulas.append(formula)
        lower = upper
    return formulas
