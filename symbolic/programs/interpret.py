"""Running a program over whatever numbers it is given: floats, balls, values with errors, a finite field, fractions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any

import numpy as np
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.programs.statements import Statement, entry, parameter_entries

Array = np.ndarray[Any, np.dtype[Any]]
Env = dict[str, Any]


def _add_all(terms: list[Any]) -> Any:
    return reduce(add, terms)


@dataclass(frozen=True)
class Numbers:
    """A kind of numbers: how a constant becomes one, what the functions mean, and how many terms are added at once.

    Products, integer powers and quotients are those of the values themselves.
    """

    constant: Callable[[sp.Expr], Any]
    functions: Mapping[str, Callable[..., Any]]
    add: Callable[[list[Any]], Any] = _add_all


def as_array(scalar: Callable[[Any], Any]) -> Callable[[Any], Array]:
    """The same constants as arrays of one object: a number class of its own must not meet an array unwrapped."""

    def value(constant: Any) -> Array:
        array = np.empty(1, dtype=object)
        array[0] = scalar(constant)
        return array

    return value


def evaluate(expression: sp.Expr, env: Mapping[str, Any], numbers: Numbers) -> Any:
    """The value of an expression whose names stand in env."""
    kind = type(expression)
    if kind is sp.Symbol:
        return env[expression.name]
    if kind is sp.Mul:
        return reduce(mul, [evaluate(factor, env, numbers) for factor in expression.args])
    if kind is sp.Add:
        return numbers.add([evaluate(term, env, numbers) for term in expression.args])
    if not expression.args:
        return numbers.constant(expression)
    if kind is sp.Pow:
        base, exponent = expression.args
        if exponent.is_Integer:
            return evaluate(base, env, numbers) ** int(exponent)
        return numbers.functions["sqrt"](evaluate(base, env, numbers)) ** int(2 * exponent)  # nothing else occurs
    arguments = [int(arg) if arg.is_Integer else evaluate(arg, env, numbers) for arg in expression.args]
    return numbers.functions[kind.__name__](*arguments)


def run(statements: Iterable[Statement], inputs: Mapping[str, Any], numbers: Numbers) -> Env:
    """The value of every name, one statement after the other."""
    env: Env = dict(inputs)
    for statement in statements:
        env[statement.name] = evaluate(statement.rhs, env, numbers)
    return env


def point_inputs(
    spec: NetworkSpec,
    params: Mapping[str, Array],
    x: Array,
    y: Array,
    number: Callable[[Any], Any],
    *,
    eta: float = 0.5,
) -> Env:
    """The names that a program starts from. The batch is the last axis of every value; parameters have length 1 there.

    Axes before the usual ones (``W (..., n_out, n_in)``, ``x (..., m, n_0)``) run many networks at once. ``number``
    makes m, lambda and the learning rate eta (which only mistakes know) numbers of the same kind.
    """
    env: Env = {entry(key, *index): params[key][(..., *index, np.newaxis)] for key, index in parameter_entries(spec)}
    env |= {entry("x", i): x[..., i] for i in range(spec.sizes[0])}
    env |= {entry("y", k): y[..., k] for k in range(spec.sizes[-1])}
    return env | {"m": number(x.shape[-2]), "lam": number(spec.l2), "eta": number(eta)}


def _one_network(values: list[Array]) -> Array:
    """The first of each: a network by itself, which is what mostly occurs, takes no broadcasting."""
    flat = np.empty(len(values), dtype=np.result_type(*{value.dtype for value in values}))
    flat[:] = [value[0] for value in values]
    return flat


def _many(values: list[Array], shape: tuple[int, ...]) -> Array:
    """The same where axes before the usual ones run many networks at once."""
    broadcast = np.broadcast_arrays(*(value[..., 0] for value in values))
    return np.stack(broadcast, axis=-1).reshape(*broadcast[0].shape, *shape)


def collect(spec: NetworkSpec, env: Mapping[str, Any], *, prefix: str = "d") -> dict[str, Array]:
    """The gradient's arrays from its entries, with the keys and shapes of the parameters; "x", too, if it is there."""
    grads: dict[str, Array] = {}
    for key, shape in spec.shapes.items():
        values = [np.atleast_1d(env[entry(prefix + key, *i)]) for i in np.ndindex(*shape)]
        grads[key] = _one_network(values).reshape(shape) if all(value.ndim == 1 for value in values) else _many(values, shape)
    if entry(f"{prefix}x", 0) in env:
        columns = np.broadcast_arrays(*(np.atleast_1d(env[entry(f"{prefix}x", i)]) for i in range(spec.sizes[0])))
        grads["x"] = np.stack(columns, axis=-1)
    return grads
