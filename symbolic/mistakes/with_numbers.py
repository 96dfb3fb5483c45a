"""Mistakes with a number in them that no table can list: a factor, something added, a bound."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from symbolic.mistakes.changes import Changes
from symbolic.programs.build import BATCH_SIZE
from symbolic.programs.statements import Statement, symbol


class clipped(sp.Function):  # type: ignore[misc]  # noqa: N801
    """``clipped(c, q)``: the quantity q cut off below -c and above c."""

    nargs = 2


def factored(statements: Sequence[Statement], number: Fraction, power: int) -> Changes:
    """``number m^power`` times each right side."""
    factor = sp.Rational(number.numerator, number.denominator) * BATCH_SIZE**power
    return {s.name: factor * s.rhs for s in statements}


def with_number_added(statements: Sequence[Statement], c: float) -> Changes:
    """C added to each right side."""
    return {s.name: s.rhs + _decimal(c) for s in statements}


def with_multiple_added(statements: Sequence[Statement], key: str, c: float, power: int) -> Changes:
    """``c m^power`` times the entry of the parameter added to each entry of its gradient."""
    factor = _decimal(c) * BATCH_SIZE**power
    return {s.name: s.rhs + factor * symbol(key, *s.index) for s in statements}


def cut(statements: Sequence[Statement], c: float) -> Changes:
    """Each right side cut off beyond c, above and below."""
    return {s.name: s.rhs if s.rhs.is_number else clipped(_decimal(c), s.rhs) for s in statements}


def nothing(statements: Sequence[Statement]) -> Changes:
    """0 in the place of each right side."""
    return {s.name: sp.Integer(0) for s in statements}


def _decimal(c: float) -> sp.Expr:
    """The number as it is in decimal: 0.1 is 1/10."""
    return sp.Rational(repr(c))
