"""What a printed formula is worth: its tree evaluated over any numbers, the batch as the last axis of every value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any, Protocol, runtime_checkable

import numpy as np
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.formulas.formula import (
    Applied,
    Call,
    Cases,
    Constant,
    Formula,
    Hadamard,
    Matrix,
    Name,
    Negative,
    Number,
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
)
from symbolic.formulas.walk import instantiated
from symbolic.programs.interpret import Array, Numbers
from symbolic.programs.statements import entry


@runtime_checkable
class WholeArrays(Protocol):
    """Values that lie in whole arrays already, as those of a wide network do."""

    def whole(self, quantity: str, layer: int) -> Array:
        """A vector (n, m) or (n, 1), or a matrix (n, n_in, 1)."""


@dataclass(frozen=True)
class Surroundings:
    """What the names of a formula stand for: values by program name, the kind of numbers, and partial derivatives."""

    spec: NetworkSpec
    env: Mapping[str, Any]
    numbers: Numbers
    partial: Callable[[Formula, Formula], Any]

    def units(self, layer: int) -> int:
        """How many units a layer has."""
        return self.spec.sizes[layer]


def identifier(name: Name) -> str:
    """The name in the program: ``Name("W", 1, (0, 2))`` is ``W1_0_2``."""
    return entry(name.quantity + ("" if name.layer is None else str(name.layer)), *(int(i) for i in name.index))


def value_of(formula: Formula, here: Surroundings) -> Any:
    """The value of a formula: (m,) or (1,) for a number, (n, m) for a vector, (n, k, m) for a matrix."""

    def inner(part: Formula) -> Any:
        return value_of(part, here)

    match formula:
        case Number():
            return here.numbers.constant(sp.Rational(formula.value.numerator, formula.value.denominator))
        case Constant():
            return here.numbers.constant(sp.S.Pi)
        case Name():
            return here.env[identifier(formula)]
        case Whole():
            return _whole(formula, here)
        case Negative():
            return -inner(formula.body)
        case Sum():
            return reduce(add, map(inner, formula.terms))
        case Product():
            return reduce(mul, map(inner, formula.factors))
        case Quotient():
            return inner(formula.top) / inner(formula.bottom)
        case Power():
            return inner(formula.base) ** formula.exponent
        case Call():
            return _call(formula, here)
        case Partial():
            return here.partial(formula.of, formula.by)
        case OverBatch():
            return inner(formula.body).sum(axis=-1, keepdims=True)
        case Running():
            return _running(formula, here)
        case Transposed():
            return inner(formula.body).swapaxes(0, 1)
        case Applied():
            return (inner(formula.matrix) * inner(formula.vector)[np.newaxis]).sum(axis=1)
        case Outer():
            return inner(formula.left)[:, np.newaxis] * inner(formula.right)[np.newaxis]
        case Hadamard():
            return inner(formula.left) * inner(formula.right)
        case Matrix():
            return _matrix(formula, here)
        case Cases():
            raise TypeError("a function by pieces is evaluated by its definition, not by its printed form")
        case _:
            raise TypeError(f"{formula!r} is no formula")


def _whole(formula: Whole, here: Surroundings) -> Array:
    """The entries of a vector or matrix, stacked."""
    quantity, layer = formula.quantity, formula.layer
    if isinstance(here.env, WholeArrays):
        assert not isinstance(layer, str)
        return here.env.whole(quantity, layer or 0)
    if quantity in ("x", "y"):
        size = here.units(0 if quantity == "x" else here.spec.L)
        return _stack([here.env[entry(quantity, i)] for i in range(size)])
    assert isinstance(layer, int)
    rows = range(here.units(layer))
    if quantity.endswith("W"):
        return _stack(
            [_stack([here.env[entry(f"{quantity}{layer}", j, i)] for i in range(here.units(layer - 1))]) for j in rows]
        )
    return _stack([here.env[entry(f"{quantity}{layer}", j)] for j in rows])


def _stack(values: list[Any]) -> Array:
    return np.stack(np.broadcast_arrays(*values))


def _call(formula: Call, here: Surroundings) -> Any:
    function = here.numbers.functions[_activation(formula, here.spec)]
    if formula.function != "softmax":
        return function(*(value_of(argument, here) for argument in formula.arguments))
    own, *z = formula.arguments
    if isinstance(own, Number):
        return function(int(own.value), *(value_of(argument, here) for argument in z))
    vector = value_of(own, here)  # softmax of a whole vector
    return _stack([function(k, *vector) for k in range(len(vector))])


def _activation(formula: Call, spec: NetworkSpec) -> str:
    """The function's own name; the general phi is that of the layer of its argument."""
    if formula.function.removeprefix("d") != "phi":
        return formula.function
    (argument,) = formula.arguments
    assert isinstance(argument, Name | Whole) and isinstance(argument.layer, int)
    return formula.function.replace("phi", spec.activations[argument.layer - 1])


def _running(formula: Running, here: Surroundings) -> Any:
    assert isinstance(formula.layer, int)
    chosen = [k for k in range(here.units(formula.layer)) if k != formula.without]
    return reduce(add, (value_of(instantiated(formula.body, {formula.index: k}), here) for k in chosen))


def _matrix(formula: Matrix, here: Surroundings) -> Array:
    rows = [[value_of(item, here) for item in row] for row in formula.rows]
    shape = np.broadcast_shapes(*(np.shape(value) for row in rows for value in row))
    return _stack([_stack([np.broadcast_to(value, shape) for value in row]) for row in rows])
