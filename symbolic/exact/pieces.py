"""Evaluating an elementary definition at a number of any ordered kind, by the pieces that may apply there."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from symbolic.programs.functions import Definition
from symbolic.programs.interpret import Numbers, evaluate


def scalar_function(definition: Definition, numbers: Numbers, union: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """``value -> definition(value)``; where a ball lies across an end, the union of the pieces on both sides."""

    def value_at(value: Any) -> Any:
        results = [evaluate(formula, {"z": value}, numbers) for formula in _applicable(definition, value, numbers)]
        return reduce(union, results)

    return value_at


def _applicable(definition: Definition, value: Any, numbers: Numbers) -> list[Any]:
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
