"""The rules of a layer with letters for its units, and in matrices: what a textbook frames, at this network's sizes."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.formulas.formula import (
    AVERAGE,
    Applied,
    Call,
    Formula,
    Hadamard,
    Line,
    Name,
    Negative,
    Outer,
    OverBatch,
    Partial,
    Power,
    Product,
    Quotient,
    Running,
    Sum,
    Transposed,
    Whole,
    number,
    product,
    total,
)
from symbolic.formulas.teaching_order import formula_of
from symbolic.formulas.walk import rebuilt
from symbolic.programs.functions import COST_TERMS
from symbolic.programs.statements import Program

_C = Name("C")


def output(layer: int, unit: str) -> Name:
    """``a^l_i``, the inputs of the network for layer 0."""
    return Name("x", None, (unit,)) if layer == 0 else Name("a", layer, (unit,))


def outputs(layer: int) -> Whole:
    """``a^l`` as a vector, the inputs for layer 0."""
    return Whole("x") if layer == 0 else Whole("a", layer)


def general_rule(program: Program, rule: str, layer: int) -> Line:
    """``affine``, ``activation``, ``BP1`` to ``BP4`` of one layer, for unit j."""
    spec = program.spec
    name = spec.activations[layer - 1]
    z, a, delta = (Name(quantity, layer, ("j",)) for quantity in ("z", "a", "delta"))
    match rule:
        case "affine":
            weighted = Running("i", layer - 1, product(Name("W", layer, ("j", "i")), output(layer - 1, "i")))
            return Line(z, (total([weighted, *([Name("b", layer, ("j",))] if spec.has_biases else [])]),))
        case "activation":
            if name == "softmax":
                return Line(a, (Quotient(Call("exp", (z,)), Running("i", layer, Call("exp", (Name("z", layer, ("i",)),)))),))
            return Line(a, (_applied(name, z),))
        case "BP1":
            return Line(delta, _bp1(program))
        case "BP2":
            back = Running("k", layer + 1, product(Name("W", layer + 1, ("k", "j")), Name("delta", layer + 1, ("k",))))
            return Line(delta, (back if name == "identity" else product(back, Call(f"d{name}", (z,))),))
        case "BP3":
            bias = Name("b", layer, ("j",))
            return Line(Partial(_C, bias), (total([OverBatch(delta), *_decay(spec, bias)]),))
        case "BP4":
            data = OverBatch(product(delta, output(layer - 1, "i")))
            weight = Name("W", layer, ("j", "i"))
            return Line(Partial(_C, weight), (total([data, *_decay(spec, weight)]),))
    raise ValueError(f"there is no rule {rule!r}, expected affine, activation, BP1, BP2, BP3 or BP4")


def rules_of(spec: NetworkSpec, layer: int) -> tuple[str, ...]:
    """The rules of a layer's backward pass: BP1 or BP2, BP3 where there are biases, BP4."""
    return ("BP1" if layer == spec.L else "BP2", *(["BP3"] if spec.has_biases else []), "BP4")


def _decay(spec: NetworkSpec, parameter: Name | Whole) -> list[Formula]:
    """``lambda theta`` where the parameter is regularised."""
    return [product(Name("lam"), parameter)] if f"{parameter.quantity}{parameter.layer}" in spec.regularised else []


def _applied(name: str, argument: Formula) -> Formula:
    return argument if name == "identity" else Call(name, (argument,))


def _bp1(program: Program) -> tuple[Formula, ...]:
    """``dC/da_j da_j/dz_j``, or the sum over all outputs for softmax, and what it comes to for this cost."""
    spec, L = program.spec, program.spec.L
    z, a, y = Name("z", L, ("j",)), Name("a", L, ("j",)), Name("y", None, ("j",))
    name = spec.activations[-1]
    if name == "softmax":
        other = Name("a", L, ("k",))
        chain: Formula = Running("k", L, Product((Partial(_C, other), Partial(other, z)), dotted=True))
    else:
        chain = Product((Partial(_C, a), Partial(a, z)), dotted=True)
    difference = product(AVERAGE, Sum((a, Negative(y))))
    if (name, spec.cost) in (("sigmoid", "bce"), ("softmax", "cross_entropy")):
        return chain, difference
    if (name, spec.cost) == ("sigmoid", "cross_entropy"):
        return chain, Negative(product(AVERAGE, y, Call("sigmoid", (Negative(z),))))
    if name == "softmax":
        own, others = Partial(_C, a), Running("k", L, product(Name("a", L, ("k",)), Partial(_C, Name("a", L, ("k",)))))
        return chain, product(a, Sum((own, Negative(others))))
    slope = number(1) if name == "identity" else Call(f"d{name}", (z,))
    if spec.cost == "mse":
        return chain, product(_factor(2, spec.sizes[-1]), Sum((a, Negative(y))), slope)
    return chain, product(AVERAGE, _for_unit(sp.diff(_cost_term(spec), _A), L, "j"), slope)


_A, _Y = sp.symbols("a y")


def _cost_term(spec: NetworkSpec) -> sp.Expr:
    return COST_TERMS[spec.cost](_A, _Y, spec.sizes[-1])


def _for_unit(expression: sp.Expr, L: int, unit: str) -> Formula:
    """What stands in a and y as a formula of this output's."""
    names = {Name("a"): Name("a", L, (unit,)), Name("y"): Name("y", None, (unit,))}

    def named(part: Formula) -> Formula:
        return names[part] if isinstance(part, Name) else rebuilt(part, named)

    return named(formula_of(expression))


def _factor(above: int, below: int) -> Formula:
    """``above / (below m)``, shortened."""
    value = Fraction(above, below)
    bottom = product(number(value.denominator), Name("m"))
    return Quotient(number(value.numerator), bottom)


def matrix_rule(program: Program, rule: str, layer: int) -> Line:
    """The same for a whole layer, one example as a column."""
    spec = program.spec
    name = spec.activations[layer - 1]
    z, a, delta = Whole("z", layer), Whole("a", layer), Whole("delta", layer)
    match rule:
        case "affine":
            weighted = Applied(Whole("W", layer), outputs(layer - 1))
            return Line(z, (total([weighted, *([Whole("b", layer)] if spec.has_biases else [])]),))
        case "activation":
            return Line(a, (_applied(name, z),))
        case "BP1":
            gradient = Partial(_C, a)
            if name == "softmax":
                return Line(delta, (Applied(Transposed(Partial(a, z)), gradient),))
            return Line(delta, (gradient if name == "identity" else Hadamard(gradient, Call(f"d{name}", (z,))),))
        case "BP2":
            back = Applied(Transposed(Whole("W", layer + 1)), Whole("delta", layer + 1))
            return Line(delta, (back if name == "identity" else Hadamard(back, Call(f"d{name}", (z,))),))
        case "BP3":
            return Line(Whole("db", layer), (total([OverBatch(delta), *_decay(spec, Whole("b", layer))]),))
        case "BP4":
            data = OverBatch(Outer(delta, outputs(layer - 1)))
            return Line(Whole("dW", layer), (total([data, *_decay(spec, Whole("W", layer))]),))
    raise ValueError(f"there is no rule {rule!r}, expected affine, activation, BP1, BP2, BP3 or BP4")


def cost_in_general(program: Program) -> Line:
    """The cost of one example as a sum over the outputs."""
    spec, L = program.spec, program.spec.L
    a, y = Name("a", L, ("k",)), Name("y", None, ("k",))
    one = number(1)
    difference = Sum((a, Negative(y)))
    term: Formula = {
        "quadratic": product(Quotient(one, number(2)), _over(L, _square(difference))),
        "mse": product(Quotient(one, number(spec.sizes[-1])), _over(L, _square(difference))),
        "bce": Negative(_over(L, Sum((product(y, _log(a)), product(_rest(y), _log(_rest(a))))))),
        "cross_entropy": Negative(_over(L, product(y, _log(a)))),
    }.get(spec.cost) or _over(L, _for_unit(_cost_term(spec), L, "k"))
    return Line(Name("c"), (term,))


def penalty_in_general(program: Program) -> Line:
    """``R = lambda/2 sum W^2``, layer by layer as a sum over its rows and columns."""
    squares: list[Formula] = []
    for l in program.spec.layers:
        if f"W{l}" in program.spec.regularised:
            squares.append(Running("j", l, Running("i", l - 1, Power(Name("W", l, ("j", "i")), 2))))
        if f"b{l}" in program.spec.regularised:
            squares.append(Running("j", l, Power(Name("b", l, ("j",)), 2)))
    return Line(Name("R"), (product(Quotient(Name("lam"), number(2)), total(squares)),))


def _log(formula: Formula) -> Formula:
    return Call("log", (formula,))


def _rest(formula: Formula) -> Formula:
    """``1 - formula``."""
    return Sum((number(1), Negative(formula)))


def _over(layer: int, body: Formula) -> Formula:
    return Running("k", layer, body)


def _square(formula: Formula) -> Formula:
    return Power(formula, 2)
