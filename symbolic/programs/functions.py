"""What each activation and cost is, in SymPy: elementary definitions, written independently of the NumPy side.

In a program an activation stands as an opaque function, ``tanh(z)``, whose derivative is another, ``dtanh(z)``: so that
nothing is expanded before someone asks, and an identity between programs is an identity between polynomials. What the
opaque names mean is said here once, as pieces of elementary formulas; each derivative is SymPy's, taken piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from reference_nets.spec import HUBER_THRESHOLD

z = sp.Symbol("z", real=True)
_HALF = sp.Rational(1, 2)
_GELU_GATE = sp.sqrt(2 / sp.pi) * (z + sp.Rational(44715, 10**6) * z**3)  # Hendrycks and Gimpel 2016, the tanh form


@dataclass(frozen=True)
class PiecewiseFunction:
    """A function of one variable z by pieces ``(formula, upper end)``: each holds up to and including its upper end."""

    name: str
    pieces: tuple[tuple[sp.Expr, sp.Expr], ...]

    @cached_property
    def derivative(self) -> PiecewiseFunction:
        """``d phi/dz``, piece by piece; at the ends the left piece counts: relu'(0) = 0."""
        return PiecewiseFunction(f"d{self.name}", tuple((sp.diff(formula, z), end) for formula, end in self.pieces))

    @property
    def ends(self) -> tuple[sp.Expr, ...]:
        """Where one piece ends and the next begins."""
        return tuple(end for _, end in self.pieces[:-1])

    @cached_property
    def kinks(self) -> tuple[sp.Expr, ...]:
        """The ends at which the left and the right derivative differ."""
        formulas = [formula for formula, _ in self.derivative.pieces]
        sides = zip(formulas, formulas[1:], self.ends, strict=False)
        return tuple(end for left, right, end in sides if left.subs(z, end) != right.subs(z, end))

    @cached_property
    def is_homogeneous(self) -> bool:
        """``phi(c z) = c phi(z)`` for c > 0, hence ``phi'(z) z = phi(z)``: a line through zero on either side of it."""
        return all(end == 0 for end in self.ends) and all(formula.subs(z, 2 * z) == 2 * formula for formula, _ in self.pieces)

    @cached_property
    def is_odd(self) -> bool:
        """``phi(-z) = -phi(z)``, where SymPy sees it at once."""
        return len(self.pieces) == 1 and self.expression.subs(z, -z) == -self.expression

    @cached_property
    def is_rational(self) -> bool:
        """Whether fractions have fractions as values."""
        return all(formula.is_polynomial(z) and not formula.has(sp.NumberSymbol) for formula, _ in self.pieces)

    @property
    def expression(self) -> sp.Expr:
        """The definition as one SymPy expression in z, a Piecewise where there is more than one piece."""
        *first, (last, _) = self.pieces
        return sp.Piecewise(*((formula, z <= end) for formula, end in first), (last, True)) if first else last


def _smooth(name: str, formula: sp.Expr) -> PiecewiseFunction:
    return PiecewiseFunction(name, ((formula, sp.oo),))


_DEFINITIONS = (
    _smooth("identity", z),
    _smooth("sigmoid", 1 / (1 + sp.exp(-z))),
    _smooth("tanh", sp.tanh(z)),
    PiecewiseFunction("relu", ((sp.Integer(0), sp.Integer(0)), (z, sp.oo))),
    PiecewiseFunction("leaky_relu", ((z / 100, sp.Integer(0)), (z, sp.oo))),
    PiecewiseFunction("elu", ((sp.exp(z) - 1, sp.Integer(0)), (z, sp.oo))),
    _smooth("softplus", sp.log(1 + sp.exp(z))),
    _smooth("silu", z / (1 + sp.exp(-z))),
    _smooth("gelu", z / 2 * (1 + sp.tanh(_GELU_GATE))),
    PiecewiseFunction(
        "huber",
        (
            (HUBER_THRESHOLD * (-z - HUBER_THRESHOLD * _HALF), sp.Integer(-HUBER_THRESHOLD)),
            (z**2 / 2, sp.Integer(HUBER_THRESHOLD)),
            (HUBER_THRESHOLD * (z - HUBER_THRESHOLD * _HALF), sp.oo),
        ),
    ),
)
DEFINITIONS: dict[str, PiecewiseFunction] = {row.name: row for row in _DEFINITIONS}


def _opaque(name: str) -> tuple[type[sp.Function], type[sp.Function]]:
    """The functions ``name`` and ``dname``, the second the derivative of the first."""
    derivative = type(f"d{name}", (sp.Function,), {"nargs": 1})
    fdiff: Callable[..., Any] = lambda self, argindex=1: derivative(self.args[0])
    return type(name, (sp.Function,), {"nargs": 1, "fdiff": fdiff}), derivative


OPAQUE: dict[str, type[sp.Function]] = {}
for _name in DEFINITIONS:
    if _name != "identity":
        OPAQUE[_name], OPAQUE[f"d{_name}"] = _opaque(_name)


class softmax(sp.Function):  # type: ignore[misc]  # noqa: N801 - the name under which every reading looks it up
    """``softmax(k, z_0, ..., z_{K-1}) = exp(z_k) / sum_j exp(z_j)``; ``d a_k/d z_j = a_k (1[k = j] - a_j)``."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """``d a_k / d z_j`` by the quotient rule, in terms of the outputs."""
        k, j = self.args[0], argindex - 2
        other = self.func(j, *self.args[1:])
        return self * (1 - other) if k == j else -self * other


class log_sum_exp(sp.Function):  # type: ignore[misc]  # noqa: N801
    """``ln sum_j exp(z_j)``: its partial derivatives are the softmax of its arguments."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """``exp(z_k) / sum_j exp(z_j)``."""
        return softmax(argindex - 1, *self.args)


class batch_sum(sp.Function):  # type: ignore[misc]  # noqa: N801
    """The sum of a quantity over the examples of the batch."""

    nargs = 1


def activation(name: str, argument: sp.Expr) -> sp.Expr:
    """``phi(argument)``, opaque; the identity is its argument."""
    return argument if name == "identity" else OPAQUE[name](argument)


def derivative(name: str, argument: sp.Expr) -> sp.Expr:
    """``phi'(argument)``, opaque; 1 for the identity."""
    return sp.Integer(1) if name == "identity" else OPAQUE[f"d{name}"](argument)


# The costs of one example, before the 1/m: from outputs a and targets y.


def _log_loss(a: sp.Expr, y: sp.Expr) -> sp.Expr:
    return -(y * sp.log(a) + (1 - y) * sp.log(1 - a))


COST_TERMS: dict[str, Callable[[sp.Expr, sp.Expr, int], sp.Expr]] = {
    "quadratic": lambda a, y, outputs: (a - y) ** 2 / 2,
    "mse": lambda a, y, outputs: (a - y) ** 2 / outputs,
    "bce": lambda a, y, outputs: _log_loss(a, y),
    "cross_entropy": lambda a, y, outputs: -y * sp.log(a),
    "huber": lambda a, y, outputs: OPAQUE["huber"](a - y),
}


def cost_in_words(name: str) -> str:
    """The cost in a line of text; K is the number of outputs.

    >>> cost_in_words("mse")
    '1/m sum (a - y)**2/K'
    """
    a, y, outputs = sp.symbols("a y K")
    term = COST_TERMS[name](a, y, outputs)
    return f"1/m sum [{term}]" if term.is_Add else f"1/m sum {term}"
