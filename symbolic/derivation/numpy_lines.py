"""The recursion in NumPy: the right expression for each quantity, in any names and in any layout of the arrays.

The slopes are those that `slopes` proves, the slope of the cost is SymPy's. How an array lies in memory (an example a row or a
column, W as (n_out, n_in) or (n_in, n_out)) decides only what is transposed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.derivation.slopes import slope
from symbolic.programs.functions import COST_TERMS, OPAQUE

FUSED = (("sigmoid", "bce"), ("softmax", "cross_entropy"))  # pairs whose slopes cancel: delta_L = (a - y) / m


@dataclass(frozen=True)
class ArrayOrder:
    """How the arrays lie: ``columns`` where an example is a column, ``in_out`` where W is (n_in, n_out).

    ``late_average`` where 1/m stands in dW and db, as in dW = dZ @ A.T / m, and not in the delta of the output.
    """

    columns: bool = False
    in_out: bool = False
    late_average: bool = False


@dataclass(frozen=True)
class CodeLine:
    """``dC/dz1 = dC/da1 * da1/dz1 = (delta2 @ W2) * tanh'(z1)``, below it ``tanh'(z1) = 1 - a1**2``; ``code``: all at once."""

    quantity: str  # as the notation has it: delta1, dW1, db1
    left: str
    chain: tuple[str, ...]
    code: str
    where: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The line as it is read, and below it what the slope in it is."""
        return "\n".join([" = ".join([self.left, *self.chain]), *self.where])


@dataclass(frozen=True)
class NumpyLines:
    """The expressions for one network; ``names`` are the reader's own, by those of the notation: ``{"delta2": "dz2"}``."""

    spec: NetworkSpec
    names: Mapping[str, str] = field(default_factory=dict)
    layout: ArrayOrder = ArrayOrder()
    opaque: bool = False  # a slope that a alone does not give stays the function dphi(z), as in a program

    def name(self, quantity: str, layer: int | None = None) -> str:
        """A quantity by the reader's name, or as the notation has it; a_0 is x."""
        key = quantity if layer is None else "x" if (quantity, layer) == ("a", 0) else f"{quantity}{layer}"
        return self.names.get(key, key)

    def delta(self, layer: int) -> CodeLine:
        """(BP1) or (BP2)."""
        return self._output_delta() if layer == self.spec.L else self._hidden_delta(layer)

    @property
    def is_summed(self) -> bool:
        """Whether ``g = dC/da`` stands in delta_L by a name of its own: softmax mixes the outputs."""
        pair = (self.spec.activations[-1], self.spec.cost)
        return pair[0] == "softmax" and pair not in FUSED

    def weight(self, layer: int) -> CodeLine:
        """(BP4): ``dC/dW = delta.T @ a``, plus lambda W."""
        delta, a = self.name("delta", layer), self.name("a", layer - 1)
        left, right = (a, delta) if self.layout.in_out else (delta, a)
        code = f"{left} @ {right}.T" if self.layout.columns else f"{left}.T @ {right}"
        if self.layout.late_average:
            code += f" / {self.name('m')}"
        return self._parameter("W", layer, code)

    def _parameter(self, letter: str, layer: int, code: str) -> CodeLine:
        """The line of a parameter's gradient, with lambda times the parameter where it is regularised."""
        theta = self.name(letter, layer)
        if f"{letter}{layer}" in self.spec.regularised:
            code += f" + {self.name('lam')} * {theta}"
        return CodeLine(f"d{letter}{layer}", f"dC/{_d(theta)}", (code,), code)

    def bias(self, layer: int) -> CodeLine:
        """(BP3): ``dC/db`` is the sum of delta over the examples."""
        over = "axis=1, keepdims=True" if self.layout.columns else "axis=0"
        code = f"{self.name('delta', layer)}.sum({over})" + (f" / {self.name('m')}" if self.layout.late_average else "")
        return self._parameter("b", layer, code)

    def forward(self, layer: int) -> CodeLine:
        """``z = x @ W.T + b``."""
        x, W = self.name("a", layer - 1), self.name("W", layer)
        if self.layout.columns:
            code = f"{W}{'.T' if self.layout.in_out else ''} @ {x}"
        else:
            code = f"{x} @ {W}{'' if self.layout.in_out else '.T'}"
        if self.spec.has_biases:
            code += f" + {self.name('b', layer)}"
        return CodeLine(f"z{layer}", self.name("z", layer), (code,), code)

    def output(self, layer: int) -> CodeLine:
        """``a = phi(z)``."""
        z, phi = self.name("z", layer), self.spec.activations[layer - 1]
        code = z if phi == "identity" else f"{phi}({z})"
        if phi == "softmax":
            e = f"np.exp({z})"
            code = f"{e} / {e}.sum({self._over_units()})"
        return CodeLine(f"a{layer}", self.name("a", layer), (code,), code)

    def back(self, layer: int) -> str:
        """``delta_{l+1} W_{l+1}``: what arrives at the activations of a hidden layer."""
        delta, W = self.name("delta", layer + 1), self.name("W", layer + 1)
        if self.layout.columns:
            return f"{W}{'' if self.layout.in_out else '.T'} @ {delta}"
        return f"{delta} @ {W}{'.T' if self.layout.in_out else ''}"

    def slope(self, layer: int) -> str:
        """``phi'(z)`` of a layer, in a where a gives it; empty for the identity, whose slope is 1."""
        return self._slope(layer)[1]

    def cost_slope(self) -> str:
        """``dC/da`` of the outputs, without the 1/m where that stands in dW and db."""
        a, y, K, e = sp.symbols("a y K e")
        derived = sp.diff(COST_TERMS[self.spec.cost](a, y, K), a)
        if derived.has(OPAQUE["dhuber"]):
            low, _, high = slope("huber").forms
            text = "dhuber(a - y)" if self.opaque else f"np.clip(a - y, {low}, {high})"
        elif derived.is_polynomial(a):
            text = _code(derived.subs(y, a - e)).replace("e", "(a - y)", 1)
        else:
            text = _code(derived)
        names = {"a": self.name("a", self.spec.L), "y": self.name("y"), "m": self.name("m"), "K": str(self.spec.sizes[-1])}
        if self.layout.late_average:
            return _renamed(text, names)
        top, over, below = text.rpartition(" / K")
        text = f"{top} / (m * K){below}" if over else f"{_factor(text)} / m"
        return _renamed(text, names)

    def _hidden_delta(self, layer: int) -> CodeLine:
        back = self.back(layer)
        written, whole, where = self._slope(layer)
        if not written:
            return self._line(layer, f"({back}) * 1", back)
        named = f"{self.spec.activations[layer - 1]}'({self.name('z', layer)})"
        return self._line(layer, f"({back}) * {named}", f"({back}) * {_factor(whole)}", (f"{named} = {written}", *where))

    def _output_delta(self) -> CodeLine:
        L, phi, cost = self.spec.L, self.spec.activations[-1], self.spec.cost
        a, y = self.name("a", L), self.name("y")
        over_m = "" if self.layout.late_average else f" / {self.name('m')}"
        if (phi, cost) in FUSED:
            return self._line(L, f"({a} - {y}){over_m}" if over_m else f"{a} - {y}")
        if (phi, cost) == ("sigmoid", "cross_entropy"):
            return self._line(L, f"-{y} * (1 - {a}){over_m}")
        gradient = self.cost_slope()
        if self.is_summed:
            shown = f"{a} * (g - (g * {a}).sum({self._over_units()}))"
            return self._line(L, shown, re.sub(r"\bg\b", f"({gradient})", shown), (f"g = dC/d{a} = {gradient}",))
        written, whole, where = self._slope(L)
        if not written:
            return self._line(L, gradient)
        named = f"{phi}'({self.name('z', L)})"
        return self._line(L, f"{gradient} * {named}", f"{gradient} * {_factor(whole)}", (f"{named} = {written}", *where))

    def _line(self, layer: int, shown: str, code: str | None = None, where: tuple[str, ...] = ()) -> CodeLine:
        """A delta: by the chain rule, as it is read, and with all that is said below it put in."""
        a, z, delta = self.name("a", layer), self.name("z", layer), self.name("delta", layer)
        if self.layout.late_average:  # then it is m times that derivative
            return CodeLine(f"delta{layer}", delta, (shown,), code or shown, where)
        chain = f"dC/{_d(a)} * {_d(a)}/{_d(z)}"
        return CodeLine(f"delta{layer}", f"dC/{_d(z)}", (chain, shown), code or shown, where)

    def _over_units(self) -> str:
        return f"axis={0 if self.layout.columns else 1}, keepdims=True"

    def _slope(self, layer: int) -> tuple[str, str, tuple[str, ...]]:
        """``phi'`` as it is written, with every letter in it put in, and lines that say what those letters are."""
        name = self.spec.activations[layer - 1]
        if name in ("identity", "softmax"):
            return "", "", ()
        here = {"a": self.name("a", layer), "z": self.name("z", layer)}
        found = slope(name)
        if self.opaque and found.by_output is None:
            opaque = f"d{name}({here['z']})"
            return opaque, opaque, ()
        letters = {str(letter): _code(what) for letter, what in found.meaning.items() if letter not in _SIGMOID}
        pieces = [_code(form.xreplace(_SIGMOID)) for form in found.forms]
        if len(pieces) == 1:
            written = pieces[0]
        elif pieces == ["0", "1"]:
            written = f"(z > {_code(found.ends[0])})"
        else:
            written = f"np.where(z > {_code(found.ends[0])}, {pieces[1]}, {pieces[0]})"
        whole = _renamed(written, {letter: f"({text})" for letter, text in letters.items()})
        where = tuple(f"{letter} = {_renamed(text, here)}" for letter, text in letters.items())
        return _renamed(written, here), _renamed(whole, here), where


_SIGMOID = {sp.Symbol("sigma"): sp.Function("sigmoid")(sp.Symbol("z"))}


LONG = 10  # denominators from here on are written as decimals: 0.01, 0.044715


def _d(name: str) -> str:
    """``da1``, and ``d(acts[2])`` of what is no single name."""
    return f"d{name}" if name.isidentifier() else f"d({name})"


def _code(expression: sp.Expr) -> str:
    """An expression in Python, with spaces around the signs."""
    long = [number for number in expression.atoms(sp.Rational) if number.q > LONG]
    plain = expression.xreplace({number: sp.Symbol(repr(float(number))) for number in long})
    text = re.sub(r"(?<!\*)([*/])(?!\*)", r" \1 ", str(plain))
    return re.sub(r"\b(tanh|sqrt|exp|log|pi)\b", r"np.\1", text)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"(?<![\w.])(\w+)\b", lambda found: names.get(found[1], found[1]), text)


def _factor(text: str) -> str:
    """A slope as a factor: in parentheses where it is a sum."""
    depth, is_sum = 0, False
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        is_sum |= depth == 0 and sign in "+-"
    return f"({text})" if is_sum else text
