"""Dual numbers ``v + t eps``, ``eps^2 = 0``, over any other numbers: a derivative along a direction, without a delta.

The forward statements run on them as they are; the tangent of C is the direct derivative of the cost (Griewank and
Walther 2008, ch. 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symbolic.programs.functions import DEFINITIONS
from symbolic.programs.interpret import Numbers


@dataclass(frozen=True)
class Dual:
    """``value + tangent eps``; both are arrays of the numbers below."""

    value: Any
    tangent: Any

    __array_ufunc__ = None  # array * dual is a dual, not an array of duals

    def __add__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.tangent)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, self.tangent * other)
        return Dual(self.value * other.value, self.value * other.tangent + self.tangent * other.value)

    def __pow__(self, exponent: int) -> Dual:
        return Dual(self.value**exponent, exponent * self.value ** (exponent - 1) * self.tangent)

    __radd__ = __add__
    __rmul__ = __mul__


def dual_numbers(base: Numbers) -> Numbers:
    """The dual numbers over another kind; its functions need their derivatives there under the name ``d...``.

    Whatever does not move along the direction may stay a plain number of that kind.
    """
    functions = base.functions

    slopes: dict[str, Callable[[Any], Any]] = {n: functions[f"d{n}"] for n in DEFINITIONS if f"d{n}" in functions}
    slopes |= {"log": lambda value: value**-1, "exp": lambda value: functions["exp"](value)}

    def chain(name: str) -> Callable[[Any], Any]:
        def value(d: Any) -> Any:
            if not isinstance(d, Dual):
                return functions[name](d)
            return Dual(functions[name](d.value), slopes[name](d.value) * d.tangent)

        return value

    def batch_sum(d: Any) -> Any:
        total = functions["batch_sum"]
        return Dual(total(d.value), total(d.tangent)) if isinstance(d, Dual) else total(d)

    def softmax(k: int, *z: Any) -> Any:
        e = [table["exp"](z_j) for z_j in z]
        return e[k] * sum(e[1:], start=e[0]) ** -1

    table: dict[str, Callable[..., Any]] = {name: chain(name) for name in slopes}
    table |= {"softmax": softmax, "batch_sum": batch_sum}
    return Numbers(base.constant, table)
