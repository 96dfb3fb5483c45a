"""A program as Python source: one line a statement, in its own names, which NumPy runs over a batch.

SymPy's lambdify would do the same through its printers; for tens of thousands of statements that takes most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sympy as sp


def source(expression: sp.Expr) -> str:
    """An expression as Python, in the order in which it stands.

    >>> x, y = sp.symbols("x y")
    >>> source(sp.Rational(1, 2) * x**2 / y)
    'x**2/(2*y)'
    """
    if expression.is_Symbol:
        return str(expression.name)
    if expression.is_Integer:
        return f"({expression})" if expression < 0 else str(expression)
    if expression.is_Rational:
        return f"({expression.p}/{expression.q})"
    if expression.is_Add:
        return "(" + " + ".join(map(source, expression.args)) + ")"
    if expression.is_Mul:
        return _product(expression)
    if expression.is_Pow:
        return _power(expression)
    if not expression.args:
        return repr(float(expression))
    return f"{expression.func.__name__}({', '.join(map(source, expression.args))})"


def _product(expression: sp.Expr) -> str:
    above, below = [], []
    for factor in expression.args:
        if factor.is_Rational and not factor.is_Integer:
            above += [str(factor.p)] if factor.p not in (1, -1) else ["-1"] * (factor.p == -1)
            below.append(str(factor.q))
        elif factor.is_Pow and factor.exp.is_Integer and factor.exp < 0:
            below.append(source(1 / factor))
        else:
            above.append(source(factor))
    sign = "-" if above[:1] in (["(-1)"], ["-1"]) and len(above) > 1 else ""
    top = "*".join(above[1:] if sign else above) or "1"
    bottom = "*".join(below)
    return f"{sign}{top}" + (f"/({bottom})" if len(below) > 1 else f"/{bottom}" if below else "")


def _power(expression: sp.Expr) -> str:
    base, exponent = expression.args
    inner = source(base)
    inner = inner if base.is_Symbol or base.is_Add else f"({inner})"
    if exponent.is_Integer and exponent < 0:
        return f"(1/{inner})" if exponent == -1 else f"(1/{inner}**{-exponent})"
    return f"{inner}**{source(exponent)}"


def compiled(
    arguments: Iterable[str],
    assignments: Iterable[tuple[str, sp.Expr]],
    outputs: Iterable[str],
    functions: Mapping[str, Callable[..., Any]],
) -> Callable[..., Any]:
    """A function of the arguments that runs the assignments in order and returns the outputs as a list."""
    body = "\n".join(f"    {name} = {source(rhs)}" for name, rhs in assignments)
    text = f"def program({', '.join(arguments)}):\n{body}\n    return [{', '.join(outputs)}]\n"
    names: dict[str, Any] = dict(functions)
    exec(compile(text, "<program>", "exec"), names)
    function: Callable[..., Any] = names["program"]
    return function
