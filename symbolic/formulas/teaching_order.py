"""From a SymPy expression to a formula in the order of the blackboard: SymPy sorts factors, a teacher does not.

Constants and 1/m first, then lambda, W, delta, other names, brackets, functions: ``1/m (a - y) sigma'(z)``, ``W delta``,
``delta a``. What is subtracted comes last, except where everything is.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from reference_nets.spec import quantity_of
from symbolic.formulas.formula import (
    Call,
    Constant,
    Formula,
    Name,
    Negative,
    Number,
    OverBatch,
    Power,
    Quotient,
    number,
    product,
    total,
)
from symbolic.formulas.formula import Sum as FormulaSum

_CONSTANTS = ("m",)
_RANKS = {"lam": 1, "W": 2, "delta": 3}


def name_of(identifier: str) -> Name:
    """The name behind an identifier of a program.

    >>> name_of("W1_0_2")
    Name(quantity='W', layer=1, index=(0, 2))
    """
    kind, layer, index = quantity_of(identifier)
    return Name(kind, layer or None, index)


def formula_of(expression: sp.Expr) -> Formula:
    """The formula of an expression, in teaching order."""
    if expression.is_Symbol:
        return name_of(expression.name)
    if expression.is_Rational:
        return _rational(Fraction(int(expression.p), int(expression.q)))
    if expression is sp.pi:
        return Constant("pi")
    if expression.is_Add:
        return _sum(expression)
    if expression.is_Mul:
        return _product(expression)
    if expression.is_Pow:
        return _power(expression)
    if expression.func.__name__ == "batch_sum":
        return OverBatch(formula_of(expression.args[0]))
    if expression.func.__name__ == "softmax":
        return Call("softmax", tuple(map(formula_of, expression.args)))
    return Call(expression.func.__name__, tuple(map(formula_of, expression.args)))


def _rational(value: Fraction) -> Number:
    """A rational number; one with many decimals but finitely many, such as 0.044715, is written with them."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return Number(value, str(float(value)) if rest == 1 and value.denominator >= 100 else "")


def _sum(expression: sp.Expr) -> Formula:
    content, rest = expression.primitive()
    if content != 1:  # 2/3 a - 2/3 y is 2/3 (a - y)
        return product(_rational(Fraction(int(content.p), int(content.q))), formula_of(rest))
    terms = [inner for term in expression.args for inner in _spliced(formula_of(term))]
    if not any(term.is_Add for term in expression.args):  # sums within a sum are in order already
        terms.sort(key=_term_rank)
    if all(_is_subtracted(term) for term in terms):
        if any(isinstance(term, Number) for term in terms):  # -z - 1/2
            return FormulaSum(tuple(sorted(terms, key=lambda term: isinstance(term, Number))))
        return Negative(total([_turned(term) for term in terms]))
    return FormulaSum(tuple(terms))


def _spliced(term: Formula) -> tuple[Formula, ...]:
    """The terms of a sum within a sum."""
    if isinstance(term, Negative) and isinstance(term.body, FormulaSum):
        return tuple(_turned(inner) for inner in term.body.terms)
    return term.terms if isinstance(term, FormulaSum) else (term,)


def _is_subtracted(term: Formula) -> bool:
    return isinstance(term, Negative) or (isinstance(term, Number) and term.value < 0)


def _turned(term: Formula) -> Formula:
    return term.body if isinstance(term, Negative) else Number(-term.value) if isinstance(term, Number) else Negative(term)


def _term_rank(term: Formula) -> tuple[bool, bool, bool]:
    """Added before subtracted, a number first, as in 1 - a, the l2 term last: an order that SymPy does not keep."""
    last = isinstance(term, Name) and term.quantity == "R"
    return last, _is_subtracted(term), not isinstance(term, Number) and not _starts_with_y(term)


def _starts_with_y(term: Formula) -> bool:
    inner = term.body if isinstance(term, Negative) else term
    factors = getattr(inner, "factors", (inner,))
    return isinstance(factors[0], Name) and factors[0].quantity == "y"


def _product(expression: sp.Expr) -> Formula:
    """Sign, leading fraction of constants, then a quotient or the factors."""
    coefficient, rest = Fraction(1), []
    for factor in expression.args:
        content, inner = factor.primitive() if factor.is_Add else (factor, None) if factor.is_Rational else (sp.S.One, factor)
        coefficient *= Fraction(int(content.p), int(content.q))
        rest += [] if inner is None else [inner]
    above = [formula_of(factor) for factor in rest if not _is_below(factor)]
    below = [formula_of(1 / factor) for factor in rest if _is_below(factor)]
    lead_below = [part for part in below if isinstance(part, Name) and part.quantity in _CONSTANTS]
    lead_above = (
        [part for part in above if isinstance(part, Name) and part.quantity == "lam"] if coefficient.denominator > 1 else []
    )
    lead = _fraction(abs(coefficient), lead_above, lead_below)
    top = product(*sorted((part for part in above if part not in lead_above), key=_factor_rank))
    bottom = [part for part in below if part not in lead_below]
    body = product(lead, Quotient(top, product(*sorted(bottom, key=_factor_rank))) if bottom else top)
    return Negative(body) if coefficient < 0 else body


def _is_below(factor: sp.Expr) -> bool:
    return bool(factor.is_Pow and factor.exp.is_Rational and factor.exp < 0)


def _fraction(coefficient: Fraction, above: Sequence[Formula], below: Sequence[Formula]) -> Formula:
    if not above and not below and (decimal := _rational(coefficient)).decimal:
        return decimal
    top = product(number(coefficient.numerator), *above)
    bottom = product(number(coefficient.denominator), *below)
    return top if bottom == number(1) else Quotient(top, bottom)


def _power(expression: sp.Expr) -> Formula:
    base, exponent = expression.args
    if base is sp.E or not exponent.is_Rational:
        raise ValueError(f"{expression} is a power that no formula here has")
    if exponent == sp.Rational(1, 2):
        return Call("sqrt", (formula_of(base),))
    if exponent < 0:
        return Quotient(number(1), formula_of(1 / expression))
    if exponent.q == 2:
        return Power(Call("sqrt", (formula_of(base),)), int(exponent.p))
    if exponent.q != 1:
        raise ValueError(f"{expression} is a root that no formula here has")
    return Power(formula_of(base), int(exponent))


def _factor_rank(factor: Formula) -> int:
    match factor:
        case Number() | Quotient():
            return 0
        case Name():
            return _RANKS.get(factor.quantity, 4)
        case FormulaSum() | Power():
            return 5
        case OverBatch():
            return 7
        case _:
            return 6
