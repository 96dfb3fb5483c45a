"""Dual numbers ``v + t eps``, ``eps^2 = 0``, over any other numbers: a derivative along a direction, without a delta.

The forward statements run on them as they are; the tangent of C is the direct derivative of the cost (Griewank and
Walther 2008, ch. 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symbolic.functions import DEFINITIONS
from symbolic.interpret import Numbers


@dataclass(frozen=True)
class Dual:
    """``value + tangent eps``; both are arrays of the numbers below."""

    value: Any
    tangent: Any

    __array_ufunc__ = None  # array * dual is a dual, not an array of duals

    def __add__(self, other: Any) -> Dual:
        other = _lift(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other: Any) -> Dual:
        other = _lift(other)
        return Dual(self.value * other.value, self.value * other.tangent + self.tangent * other.value)

    def __pow__(self, exponent: int) -> Dual:
        return Dual(self.value**exponent, exponent * self.value ** (exponent - 1) * self.tangent)

    __radd__ = __add__
    __rmul__ = __mul__


def _lift(number: Any) -> Dual:
    return number if isinstance(number, Dual) else Dual(number, 0)


def dual_numbers(base: Numbers) -> Numbers:
    """The dual numbers over another kind; its functions need their derivatives there under the name ``d...``."""
    functions = base.functions

    def chain(name: str) -> Callable[[Dual], Dual]:
        return lambda d: Dual(functions[name](d.value), functions[f"d{name}"](d.value) * d.tangent)

    def exp(d: Dual) -> Dual:
        value = functions["exp"](d.value)
        return Dual(value, value * d.tangent)

    def softmax(k: int, *z: Dual) -> Dual:
        e = [exp(z_j) for z_j in z]
        return e[k] * sum(e[1:], start=e[0]) ** -1

    def batch_sum(d: Dual) -> Dual:
        return Dual(functions["batch_sum"](d.value), functions["batch_sum"](d.tangent))

    table: dict[str, Callable[..., Any]] = {name: chain(name) for name in DEFINITIONS if name in functions}
    table |= {"log": lambda d: Dual(functions["log"](d.value), d.tangent * d.value**-1), "exp": exp}
    return Numbers(base.constant, table | {"softmax": softmax, "batch_sum": batch_sum})
