"""BP1 step by step: how the delta of an output follows from this cost and this activation, and what cancels.

Every right side is taken from SymPy's derivative of the cost and of the activation; the simplifications are SymPy's too.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symbolic.derivation.local_derivatives import link
from symbolic.derivation.slopes import slope_by_output
from symbolic.formulas.formula import (
    AVERAGE,
    Formula,
    Line,
    Matrix,
    Name,
    Negative,
    Partial,
    Product,
    Quotient,
    Running,
    Whole,
    product,
    total,
)
from symbolic.formulas.teaching_order import formula_of
from symbolic.programs.statements import Program, entry, symbol

_C = Name("C")


@dataclass(frozen=True)
class BoardLine:
    """A line with the reason that is said before it (a message key); ``real`` where it uses what phi' is."""

    line: Line
    reason: str
    real: bool = False


def kind(program: Program) -> str:
    """Which story BP1 tells: matched sigmoid or softmax, their neighbours, or the plain product."""
    pair = (program.spec.activations[-1], program.spec.cost)
    named = {
        ("sigmoid", "bce"): "sigmoid-bce",
        ("softmax", "cross_entropy"): "softmax-cross-entropy",
        ("sigmoid", "cross_entropy"): "sigmoid-cross-entropy",
        ("softmax", "bce"): "softmax-bce",
    }
    return named.get(pair, "softmax" if pair[0] == "softmax" else "identity" if pair[0] == "identity" else "product")


def output_delta_steps(program: Program, unit: int = 0) -> list[BoardLine]:
    """The chain from ``dC/da dC/dz`` to the delta of one output, each equality on a line of its own."""
    return _softmax_steps(program, unit) if program.spec.activations[-1] == "softmax" else _elementwise_steps(program, unit)


def _elementwise_steps(program: Program, unit: int) -> list[BoardLine]:
    L = program.spec.L
    a, z, delta = (Name(quantity, L, (unit,)) for quantity in ("a", "z", "delta"))
    result = formula_of(program.by_name[entry(f"delta{L}", unit)].rhs)
    gradient, slope = _gradient(program, unit), formula_of(link(program, entry(f"a{L}", unit), entry(f"z{L}", unit)))
    by_output = slope_by_output(program.spec.activations[-1], symbol(f"a{L}", unit))
    steps = [
        BoardLine(Line(delta, (Product((Partial(_C, a), Partial(a, z)), dotted=True),)), "bp1.chain"),
        BoardLine(Line(Partial(_C, a), gradient), "bp1.cost-derivative"),
        BoardLine(
            Line(Partial(a, z), (slope, formula_of(by_output)) if by_output is not None else (slope,)), "bp1.slope", True
        ),
    ]
    if program.spec.cost in ("bce", "cross_entropy"):
        assert by_output is not None
        multiplied = _sign_out(Product((gradient[-1], formula_of(by_output)), dotted=True))
        return [*steps, BoardLine(Line(delta, (multiplied, result)), f"bp1.{kind(program)}", True)]
    rights = [result]
    if by_output is not None:
        rights.append(product(gradient[-1], formula_of(by_output)))
    return [*steps, BoardLine(Line(delta, tuple(rights)), f"bp1.{kind(program)}", True)]


def _gradient(program: Program, unit: int) -> tuple[Formula, ...]:
    """``dC/da`` as the derivative gives it, and over one denominator where it has two."""
    spec = program.spec
    a, y, rest = symbol(f"a{spec.L}", unit), symbol("y", unit), sp.Symbol("rest")
    plain = link(program, "c", entry(f"a{spec.L}", unit))
    as_derived = formula_of(plain / sp.Symbol("m"))
    if spec.cost != "bce":
        return (as_derived,)
    over = sp.expand(sp.expand(plain.subs(1 - a, rest) * a * rest).subs(rest, 1 - a))  # (a - y), over a (1 - a)
    terms = total([Negative(Quotient(formula_of(y), formula_of(a))), Quotient(formula_of(1 - y), formula_of(1 - a))])
    return product(AVERAGE, terms), product(AVERAGE, Quotient(formula_of(over), formula_of(a * (1 - a))))


def jacobian(program: Program) -> Line:
    """The derivatives of the softmax outputs by their weighted inputs, row by row."""
    L = program.spec.L
    units = range(program.spec.sizes[-1])
    left = Partial(Whole("a", L), Whole("z", L))
    rows = tuple(tuple(formula_of(link(program, entry(f"a{L}", k), entry(f"z{L}", j))) for j in units) for k in units)
    return Line(left, (Matrix(rows),))


def _softmax_steps(program: Program, unit: int) -> list[BoardLine]:
    spec = program.spec
    L, outputs = spec.L, range(spec.sizes[-1])
    delta, z = Name("delta", L, (unit,)), Name("z", L, (unit,))
    chain = Running("j", L, Product((Partial(_C, Name("a", L, ("j",))), Partial(Name("a", L, ("j",)), z)), dotted=True))
    steps = [BoardLine(Line(delta, (chain,)), "bp1.softmax-chain")]
    g = [link(program, "c", entry(f"a{L}", j)) for j in outputs]
    links = [link(program, entry(f"a{L}", j), entry(f"z{L}", unit)) for j in outputs]
    steps.append(BoardLine(Line(Partial(_C, Name("a", L, (unit,))), _gradient(program, unit)), "bp1.cost-derivative"))
    if spec.cost == "cross_entropy":
        return [*steps, *_cross_entropy_steps(program, unit, delta, g, links)]
    if spec.cost != "bce":
        named = [symbol(f"g{L}", j) for j in outputs]
        written = total([product(formula_of(named[j]), formula_of(links[j])) for j in outputs])
        result = formula_of(program.by_name[entry(f"delta{L}", unit)].rhs)
        return [*steps, BoardLine(Line(delta, (_signs_out(written), result)), "bp1.softmax")]
    return [
        *steps,
        BoardLine(Line(delta, (formula_of(program.by_name[entry(f"delta{L}", unit)].rhs),)), "bp1.softmax-bce", True),
    ]


def _cross_entropy_steps(program: Program, unit: int, delta: Name, g: list[sp.Expr], links: list[sp.Expr]) -> list[BoardLine]:
    """Insert, cancel a_j, collect a_k, and use that the targets of an example sum to one."""
    inserted = _signs_out(
        total([Product((formula_of(g_j), formula_of(l_j)), dotted=True) for g_j, l_j in zip(g, links, strict=True)])
    )
    cancelled = [sp.cancel(g_j * l_j) for g_j, l_j in zip(g, links, strict=True)]
    a, y = symbol(f"a{program.spec.L}", unit), [symbol("y", j) for j in range(len(g))]
    own = -y[unit] * (1 - a)
    assert sp.expand(own - cancelled[unit]) == 0
    terms = total([Negative(formula_of(-own)), *(formula_of(cancelled[j]) for j in range(len(g)) if j != unit)])
    collected = total([product(formula_of(a), total([formula_of(y_j) for y_j in y])), Negative(formula_of(y[unit]))])
    result = formula_of(program.by_name[name_of_delta(program, unit)].rhs)
    return [
        BoardLine(
            Line(delta, (product(AVERAGE, inserted), product(AVERAGE, terms), product(AVERAGE, collected))),
            "bp1.softmax-insert",
        ),
        BoardLine(Line(delta, (result,)), "bp1.softmax-cross-entropy"),
    ]


def name_of_delta(program: Program, unit: int) -> str:
    """The name of an output's delta in the program."""
    return entry(f"delta{program.spec.L}", unit)


def _signs_out(formula: Formula) -> Formula:
    """Each term's minus signs multiplied out to its front: ``-y/a . -a b`` is ``y/a . a b``."""
    terms = getattr(formula, "terms", (formula,))
    return total([_sign_out(term) for term in terms])


def _sign_out(term: Formula) -> Formula:
    if not isinstance(term, Product):
        return term
    negative = sum(isinstance(factor, Negative) for factor in term.factors) % 2 == 1
    factors = tuple(factor.body if isinstance(factor, Negative) else factor for factor in term.factors)
    positive = Product(factors, term.dotted) if term.dotted else product(*factors)
    return Negative(positive) if negative else positive
