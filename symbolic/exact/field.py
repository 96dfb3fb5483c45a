"""The prime field of 2^61 - 1: numbers without rounding, in which an identity either holds or does not.

Activations cannot be computed there, and need not be: phi and phi' are two keyed hash functions. What the recursion may
use of a phi is kept: sigmoid' = sigmoid (1 - sigmoid), sigmoid(z) + sigmoid(-z) = 1, exp' = exp, ln' = 1/z. If two
programs of total degree d agree at a random point, they differ as polynomials with probability below d / 2^61 (Schwartz
1980, Zippel 1979).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from typing import Any

import numpy as np
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.programs.batch import BATCH_FUNCTIONS
from symbolic.programs.functions import DEFINITIONS
from symbolic.programs.interpret import Array, Numbers, as_array

PRIME = 2**61 - 1


class Residue:
    """An integer modulo 2^61 - 1. Ints, floats and fractions meet it as the rational numbers that they are."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value % PRIME

    def __add__(self, other: Any) -> Residue:
        return Residue(self.value + (other.value if type(other) is Residue else _value(other)))

    def __sub__(self, other: Any) -> Residue:
        return Residue(self.value - _value(other))

    def __rsub__(self, other: Any) -> Residue:
        return Residue(_value(other) - self.value)

    def __mul__(self, other: Any) -> Residue:
        return Residue(self.value * (other.value if type(other) is Residue else _value(other)))

    def __truediv__(self, other: Any) -> Residue:
        return Residue(self.value * pow(_value(other), -1, PRIME))

    def __rtruediv__(self, other: Any) -> Residue:
        return Residue(_value(other) * pow(self.value, -1, PRIME))

    def __pow__(self, exponent: int) -> Residue:
        return Residue(pow(self.value, exponent, PRIME))

    def __neg__(self) -> Residue:
        return Residue(-self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Residue | int | float | Fraction) and self.value == _value(other) % PRIME

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Residue({self.value})"

    __radd__ = __add__
    __rmul__ = __mul__


def _value(number: Any) -> int:
    if type(number) is Residue:
        return number.value
    if isinstance(number, int):
        return number
    ratio = Fraction(number)
    return ratio.numerator * pow(ratio.denominator, -1, PRIME) % PRIME


def residue(number: Any) -> Residue:
    """An int, float, fraction or SymPy rational as an element of the field."""
    return Residue(_value(Fraction(int(number.p), int(number.q)) if isinstance(number, sp.Rational) else number))


constant = as_array(residue)


def _keyed_hash(key: bytes, name: str) -> Callable[[Residue], Residue]:
    salt = blake2b(name.encode(), key=key, digest_size=16).digest()

    def value(number: Residue) -> Residue:
        digest = blake2b(number.value.to_bytes(8, "little"), key=salt, digest_size=8).digest()
        return Residue(int.from_bytes(digest, "little"))

    return value


def _hashed_sigmoid(key: bytes) -> Callable[[Residue], Residue]:
    """``h(z) / (h(z) + h(-z))``, which keeps ``sigmoid(z) + sigmoid(-z) = 1``."""
    h = _keyed_hash(key, "sigmoid")
    return lambda z: h(z) / (h(z) + h(-z))


def _elementwise(function: Callable[[Residue], Residue]) -> Callable[[Any], Any]:
    return np.frompyfunc(function, 1, 1)


def field_functions(key: bytes) -> dict[str, Callable[..., Any]]:
    """Every function a program may use, over arrays of residues; another key gives other functions."""
    functions = {name: _elementwise(_keyed_hash(key, name)) for base in DEFINITIONS for name in (base, f"d{base}")}
    sigmoid = _elementwise(_hashed_sigmoid(key))
    functions |= {"sigmoid": sigmoid, "dsigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z))}
    functions |= {"exp": _elementwise(_keyed_hash(key, "exp")), "log": _elementwise(_keyed_hash(key, "log"))}

    def softmax(k: int, *z: Any) -> Any:
        e = [functions["exp"](z_j) for z_j in z]
        return e[k] / sum(e)

    table: dict[str, Callable[..., Any]] = dict(functions)
    return table | {"softmax": softmax, **BATCH_FUNCTIONS}


def field_numbers(key: bytes) -> Numbers:
    """The field as a kind of numbers for the interpreter."""
    return Numbers(constant, field_functions(key))


@dataclass(frozen=True)
class FieldPoint:
    """A random point of the field for a network: parameters, a batch, and the key of its functions."""

    params: dict[str, Array]
    x: Array
    y: Array
    key: bytes


def random_residues(rng: np.random.Generator, *shape: int) -> Array:
    """An array of uniformly random residues."""
    return np.frompyfunc(lambda value: Residue(int(value)), 1, 1)(rng.integers(PRIME, size=shape)).astype(object)


def field_point(spec: NetworkSpec, rng: np.random.Generator, m: int = 2) -> FieldPoint:
    """A random point; targets of cross_entropy keep what its delta assumes: each row sums to one."""
    params = {key: random_residues(rng, *shape) for key, shape in spec.shapes.items()}
    y = random_residues(rng, m, spec.sizes[-1])
    if spec.cost == "cross_entropy":
        y[:, -1] = 1 - y[:, :-1].sum(axis=1)
    return FieldPoint(params, random_residues(rng, m, spec.sizes[0]), y, rng.bytes(16))
