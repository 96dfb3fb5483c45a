"""What each activation is, and its slope in the form that a textbook prints, proven equal to SymPy's derivative."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic import balls
from symbolic.exact import ball_reading
from symbolic.formulas.formula import Call, Cases, Constant, Formula, Line, Name, Quotient, number
from symbolic.formulas.teaching_order import formula_of
from symbolic.formulas.values import Surroundings, value_of
from symbolic.programs.functions import DEFINITIONS, PiecewiseFunction, z
from symbolic.programs.interpret import evaluate

_A, _S = sp.Symbol("a"), sp.Symbol("sigma")  # phi(z), sigmoid(z)
_U, _K = sp.Symbol("u"), sp.Symbol("k")  # the gate of gelu, and the constant in it
_CUBE = z + sp.Rational(44715, 10**6) * z**3
_MEANING = {_K: sp.sqrt(2 / sp.pi), _U: sp.sqrt(2 / sp.pi) * _CUBE, _S: 1 / (1 + sp.exp(-z))}
_HALF = sp.Rational(1, 2)
# What SymPy would write otherwise than a textbook: proven equal like the slopes.
_WRITTEN = {
    "tanh": (sp.exp(z) - sp.exp(-z)) / (sp.exp(z) + sp.exp(-z)),
    "gelu": sp.Mul(_HALF, z, 1 + sp.tanh(_U), evaluate=False),
}
# The slope of each piece as textbooks write it, in z and in a = phi(z); of others SymPy's derivative is printed. Only
# candidates: `slope` refuses one that SymPy cannot prove.
_FORMS: dict[str, tuple[sp.Expr, ...]] = {
    "identity": (sp.Integer(1),),
    "sigmoid": (_A * (1 - _A),),
    "tanh": (1 - _A**2,),
    "elu": (_A + 1, sp.Integer(1)),
    "softplus": (_S,),
    "silu": (_A + _S * (1 - _A),),
    "gelu": (
        sp.Mul(_HALF, 1 + sp.tanh(_U), evaluate=False)
        + sp.Mul(_HALF, _K, z, 1 - sp.tanh(_U) ** 2, sp.diff(_CUBE, z), evaluate=False),
    ),
}

_BITS = 128
_POINT = {"z": 0.375, "a": -1.625, "u": 0.875, "k": 1.25}  # where printed forms are evaluated: any values do
_ANY = NetworkSpec.parse("1-1")


class FalseFormError(Exception):
    """A printed form is not the expression it was made from: a fault of this program, never of the reader."""


def _no_partial(of: Formula, by: Formula) -> None:
    raise TypeError(f"no derivative, such as that of {of} by {by}, stands in the definition of an activation")


@dataclass(frozen=True)
class Slope:
    """``phi(z)`` and ``phi'(z)`` as lines; ``where`` says what other letters are, ``kinks`` where there is no derivative.

    ``forms`` are the pieces of ``phi'`` as they are printed, in z, a, and the letters of ``meaning``; ``ends`` where they end.
    """

    name: str
    definition: Line
    derivative: Line
    where: tuple[Line, ...]
    kinks: tuple[Formula, ...]
    by_output: sp.Expr | None  # phi' in terms of a alone, where it is: a (1 - a)
    forms: tuple[sp.Expr, ...]
    ends: tuple[sp.Expr, ...]

    @property
    def meaning(self) -> dict[sp.Symbol, sp.Expr]:
        """What the letters beside z and a are that stand in the forms."""
        used = set().union(*(form.free_symbols for form in self.forms))
        return {letter: _MEANING[letter] for letter in (_K, _U, _S) if letter in used}


@cache
def slope(name: str) -> Slope:
    """The activation (or huber), its slope proven: raises ValueError where SymPy does not find them equal."""
    definition = DEFINITIONS[name]
    forms = _FORMS.get(name) or tuple(formula for formula, _ in definition.derivative.pieces)
    formulas = [formula for formula, _ in definition.pieces]
    written = [_WRITTEN[name]] if name in _WRITTEN else formulas
    for formula, (derivative, _), form, shown in zip(formulas, definition.derivative.pieces, forms, written, strict=True):
        _prove(name, form.subs(_A, formula), derivative)
        _prove(name, shown, formula)
    where = (Line(Name("u"), (_printed(sp.Mul(_K, _CUBE, evaluate=False)),)), Line(Name("k"), (Call("sqrt", (_TWO_OVER_PI,)),)))
    return Slope(
        name,
        Line(Call(name, (Name("z"),)), (_by_pieces(definition, [_printed(formula) for formula in written]),)),
        Line(Call(f"d{name}", (Name("z"),)), (_by_pieces(definition, [_printed(form) for form in forms]),)),
        where if name == "gelu" else (),
        tuple(formula_of(kink) for kink in definition.kinks),
        forms[0] if name in ("sigmoid", "tanh") else None,
        tuple(forms),
        definition.ends,
    )


_TWO_OVER_PI = Quotient(number(2), Constant("pi"))


def _prove(name: str, claimed: sp.Expr, derived: sp.Expr) -> None:
    if sp.simplify((claimed.subs(_MEANING) - derived).rewrite(sp.exp)) != 0:
        raise ValueError(f"{name}: SymPy derives {derived}, which is not the form that would be printed, {claimed}")


def _by_pieces(definition: PiecewiseFunction, formulas: list[Formula]) -> Formula:
    if len(formulas) == 1:
        return formulas[0]
    ends = [formula_of(end) for end in definition.ends]
    return Cases(tuple(zip(formulas, [*ends, None], strict=True)), Name("z"))


def _printed(expression: sp.Expr) -> Formula:
    """An expression in z, a, u, k as a formula, evaluated once before it is shown; sigma stands for sigmoid(z)."""
    plain = expression.xreplace({_S: sp.Function("sigmoid")(sp.Symbol("z")), z: sp.Symbol("z")})
    formula = formula_of(plain)
    with balls.precision(_BITS):
        env = {name: ball_reading.ball(value) for name, value in _POINT.items()}
        printed = value_of(formula, Surroundings(_ANY, env, ball_reading.scalar_numbers(), _no_partial))
        if not printed.overlaps(evaluate(plain, env, ball_reading.scalar_numbers())):
            raise FalseFormError(f"{expression} is not what would be printed: {formula}")
    return formula


def slope_by_output(name: str, output: sp.Symbol) -> sp.Expr | None:
    """``phi'`` in terms of the activation itself, ``a (1 - a)``, for the functions that have such a form."""
    form = slope(name).by_output if name in DEFINITIONS else None
    return None if form is None else form.subs(_A, output)
