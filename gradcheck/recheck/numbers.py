"""Numbers of 80 digits for code that was written for NumPy's floats; each operation can be moved by its rounding."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import mpmath
import numpy as np

DIGITS = 80
FUNCTION_UNITS = 4  # what an elementary function may be off by, in units of the roundoff


class _Roundings:
    """The rounding errors of one run: drawn in the order of its operations, so that the same run has the same ones."""

    def __init__(self) -> None:
        self.unit: Any = None
        self.draw = random.Random()

    def moved(self, value: Any, units: int = 1) -> Any:
        """A result with its rounding error; as it is where none are made."""
        if self.unit is None or not isinstance(value, mpmath.mpf):
            return value
        return value + value * units * (self.unit if self.draw.getrandbits(1) else -self.unit)


_roundings = _Roundings()


@contextmanager
def rounded(unit: float, seed: int) -> Iterator[None]:
    """Within the block every operation is off by this unit roundoff, up or down at random; same seed, same errors."""
    _roundings.unit, _roundings.draw = mpmath.mpf(unit), random.Random(seed)
    try:
        yield
    finally:
        _roundings.unit = None


class LongNumber:
    """A number of 80 digits with the methods that NumPy calls on the objects of an array; it never becomes a float."""

    def __init__(self, value: Any) -> None:
        self.value: Any = value.value if isinstance(value, LongNumber) else mpmath.mpf(value)

    def __float__(self) -> float:
        raise TypeError("80 digits are not to become a float")

    def __abs__(self) -> LongNumber:
        return LongNumber(abs(self.value))

    def __neg__(self) -> LongNumber:
        return LongNumber(-self.value)

    def __pos__(self) -> LongNumber:
        return self

    def __bool__(self) -> bool:
        return bool(self.value)

    __hash__ = object.__hash__


def _binary(name: str) -> Callable[..., Any]:
    def method(self: LongNumber, other: Any) -> Any:
        if isinstance(other, np.ndarray) or not isinstance(other, LongNumber | int | float | np.number):
            return NotImplemented
        plain = other.item() if isinstance(other, np.number) else other
        found = getattr(self.value, name)(plain.value if isinstance(plain, LongNumber) else mpmath.mpf(plain))
        return found if isinstance(found, bool) else LongNumber(_roundings.moved(found))

    return method


def _unary(function: Callable[[Any], Any]) -> Callable[[LongNumber], LongNumber]:
    return lambda self: LongNumber(_roundings.moved(function(self.value), FUNCTION_UNITS))


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(LongNumber, f"__{_name}__", _binary(f"__{_name}__"))
    setattr(LongNumber, f"__r{_name}__", _binary(f"__r{_name}__"))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(LongNumber, f"__{_name}__", _binary(f"__{_name}__"))
_SAME_NAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log10", "expm1", "log1p")
for _name, _function in {
    **{name: getattr(mpmath, name) for name in _SAME_NAME},
    **{f"arc{n}": getattr(mpmath, f"a{n}") for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "square": lambda v: v * v,
    "reciprocal": lambda v: 1 / v,
    "conjugate": lambda v: v,
    "sign": mpmath.sign,
}.items():
    setattr(LongNumber, _name, _unary(_function))
