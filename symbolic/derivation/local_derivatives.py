"""The derivative of one statement by one name in it: the single links from which every chain of the chain rule is made."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from symbolic.programs.functions import softmax
from symbolic.programs.statements import Program, symbol


def link(program: Program, of: str, by: str) -> sp.Expr:
    """``d of / d by`` for a name that stands in the right side of ``of``; outputs of softmax by their own names."""
    statement = program.by_name[of]
    rhs = statement.rhs
    if of == "C":  # m, lambda and the batch: C = 1/m sum c + R, by the c of one example
        return sp.Integer(1) if by == "R" else 1 / sp.Symbol("m")
    variable = sp.Symbol(by)
    if rhs.is_Add:  # the other terms do not count, and there may be hundreds
        rhs = sp.Add(*(term for term in rhs.args if variable in term.free_symbols))
    return outputs_by_name(sp.diff(rhs, variable), statement.layer)


def term_slope(term: sp.Expr, by: sp.Symbol) -> sp.Expr:
    """``d term / d by``; terms that differ in their names alone, as W x does thousands of times, are derived once."""
    names = [by, *sorted(term.free_symbols - {by}, key=str)]
    stand_ins = _STAND_INS[: len(names)]
    if len(stand_ins) < len(names):
        return sp.diff(term, by)
    derived = _derived(term.xreplace(dict(zip(names, stand_ins, strict=True))))
    return derived.xreplace(dict(zip(stand_ins, names, strict=True)))


_STAND_INS = sp.symbols("stand_in_0:4")


@lru_cache(maxsize=256)
def _derived(pattern: sp.Expr) -> sp.Expr:
    return sp.diff(pattern, _STAND_INS[0])


def outputs_by_name(expression: sp.Expr, layer: int) -> sp.Expr:
    """``softmax(k, z...)`` replaced by the name of the output, ``a_k``."""
    calls = {call: symbol(f"a{layer}", int(call.args[0])) for call in expression.atoms(softmax)}
    return expression.xreplace(calls) if calls else expression
