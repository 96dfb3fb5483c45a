"""Balls: a midpoint and a rigorous radius, so that every result encloses the true value (Johansson 2017, Arb).

The only module that imports python-flint. A program read over balls gives the true gradient of a network at a point
whose numbers are exact floats: each elementary function is evaluated from its definition, each derivative from SymPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import flint
import numpy as np
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.duals import Dual, dual_numbers
from symbolic.functions import DEFINITIONS, Definition
from symbolic.interpret import BATCH_FUNCTIONS, Array, Numbers, as_array, collect, point_inputs, run
from symbolic.pieces import scalar_function
from symbolic.statements import Program, entry, parameter_entries

FIRST_PRECISION = 192  # bits; doubled until the enclosure is tight
LAST_PRECISION = 6144
TIGHT = 2.0**-90  # an enclosure is tight when its radius is below this part of the quantity's largest entry


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Ball arithmetic at this many bits, within the block."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def ball(number: Any) -> flint.arb:
    """A float exactly, a SymPy rational or pi as the smallest ball around it."""
    if isinstance(number, sp.Rational):
        return flint.arb(int(number.p)) / int(number.q)
    if number is sp.pi:
        return flint.arb.pi()
    return flint.arb(number)


constant = as_array(ball)


def decimal_ball(text: str) -> flint.arb:
    """The number that a decimal such as "0.15" means, not the nearest float."""
    return flint.arb(text)


_ELEMENTARY: dict[str, Callable[[flint.arb], flint.arb]] = {
    "exp": flint.arb.exp,
    "log": flint.arb.log,
    "tanh": flint.arb.tanh,
    "sqrt": flint.arb.sqrt,
}
_SCALARS = Numbers(ball, _ELEMENTARY)


def _softmax(k: int, *z: Array) -> Array:
    """``1 / sum_j exp(z_j - z_k)``: no term is divided by another that is lost beside it."""
    return 1 / sum(_array_functions()["exp"](z_j - z[k]) for z_j in z)


def _union(left: flint.arb, right: flint.arb) -> flint.arb:
    return left.union(right)


def _derivative(definition: Definition) -> Callable[[flint.arb], flint.arb]:
    """``d phi/dz`` on balls, derived when it is first asked for: SymPy takes milliseconds for each."""
    return lambda value: scalar_function(definition.derivative, _SCALARS, _union)(value)


@lru_cache(maxsize=1)
def _array_functions() -> dict[str, Callable[..., Any]]:
    scalars = dict(_ELEMENTARY)
    for name, definition in DEFINITIONS.items():
        scalars[name] = scalar_function(definition, _SCALARS, _union)
        scalars[f"d{name}"] = _derivative(definition)
    return {name: np.frompyfunc(function, 1, 1) for name, function in scalars.items()}


def ball_numbers() -> Numbers:
    """Balls as a kind of numbers for the interpreter, at the precision in force when it runs."""
    functions: dict[str, Callable[..., Any]] = dict(_array_functions())
    return Numbers(constant, functions | {"softmax": _softmax, **BATCH_FUNCTIONS})


def scalar_numbers() -> Numbers:
    """Single balls as a kind of numbers: exp, log, tanh, sqrt and the activations, no batch."""
    functions: dict[str, Callable[..., Any]] = dict(_ELEMENTARY)
    for definition in DEFINITIONS.values():
        functions.setdefault(definition.name, scalar_function(definition, _SCALARS, _union))
    return Numbers(ball, functions)


def balls(array: Array) -> Array:
    """An array of exact balls with the values of a float array."""
    return np.asarray(np.frompyfunc(ball, 1, 1)(np.asarray(array, dtype=np.float64).astype(object)))


@dataclass(frozen=True)
class Enclosure:
    """Arrays of true values, each within ``rad`` of ``mid + low``; ``mid`` is the nearest float64, ``low`` the rest."""

    mid: Array
    low: Array
    rad: Array

    def distance(self, values: Array) -> Array:
        """``|values - true value|`` up to ``rad``, without cancellation: subtracted before it is rounded."""
        return np.abs(self.signed_error(values))

    def signed_error(self, values: Array) -> Array:
        """``values - true value`` up to ``rad``."""
        return np.asarray((np.asarray(values, dtype=np.float64) - self.mid) - self.low)


def enclosure(values: Array) -> Enclosure:
    """The floats of an object array of balls."""
    parts = np.array([_parts(value) for value in values.ravel()], dtype=np.float64).reshape(*values.shape, 3)
    return Enclosure(parts[..., 0], parts[..., 1], parts[..., 2])


def _parts(value: flint.arb) -> tuple[float, float, float]:
    mid = float(value.mid())
    low = float(value.mid() - mid) if np.isfinite(mid) else 0.0
    radius = float(value.rad()) if value.is_finite() else np.inf
    return mid, low, radius * (1 + 2**-50) + abs(low) * 2**-50


def enclose(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, *, eta: float = 0.5
) -> tuple[dict[str, Enclosure], int]:
    """The true gradient at a float point, and the bits that it took: doubled until every enclosure is tight."""
    bits = FIRST_PRECISION
    while True:
        grads = ball_gradient(program, params, x, y, bits, eta)
        result = {key: enclosure(value) for key, value in grads.items()}
        if bits >= LAST_PRECISION or all(is_tight(value) for value in result.values()):
            return result, bits
        bits *= 2


def ball_gradient(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, bits: int, eta: float
) -> dict[str, Array]:
    """The gradient's balls at one precision, as the program's backward statements give them."""
    with precision(bits):
        inputs = ball_inputs(program.spec, params, x, y, eta)
        return collect(program.spec, run(program.statements, inputs, ball_numbers()))


def ball_inputs(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, eta: float = 0.5) -> dict[str, Any]:
    """A float point as exact balls under the names that a program starts from."""
    exact = {key: balls(value) for key, value in params.items()}
    return point_inputs(spec, exact, balls(x), balls(y), constant, eta=eta)


def disjoint(left: Enclosure, right: Enclosure) -> Array:
    """Where two enclosures certainly differ, entry by entry."""
    distance = np.abs((left.mid - right.mid) + (left.low - right.low))
    return np.asarray(distance > left.rad + right.rad)


def is_tight(value: Enclosure) -> bool:
    """Whether every radius is far below the quantity's largest entry."""
    largest = np.abs(value.mid).max(initial=0.0)
    return bool((value.rad <= TIGHT * largest).all() or not value.rad.any())


def balls_overlap_direct_derivative(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, direction: Mapping[str, Array]
) -> bool | None:
    """Whether ``sum v g`` of the recursion overlaps dC along v from the forward statements alone, both balls tight.

    Precision is doubled until they are; None where the last precision does not suffice (an output so saturated that
    1 - a needs more bits: ln(1 - a) at z = 1e4).
    """
    bits = FIRST_PRECISION
    while True:
        with precision(bits):
            claimed, direct = _both_derivatives(program, params, x, y, direction)
            scale = abs(claimed) + flint.arb(1)
            tight = claimed.rad() + direct.rad() < scale * TIGHT
            if not claimed.overlaps(direct):
                return False
            if tight:
                return True
        if bits >= LAST_PRECISION:
            return None
        bits *= 2


def _both_derivatives(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, direction: Mapping[str, Array]
) -> tuple[flint.arb, flint.arb]:
    """``sum v g`` from the backward statements, and the tangent of C from dual numbers through the forward ones."""
    spec, numbers = program.spec, ball_numbers()
    inputs = ball_inputs(spec, params, x, y)
    grads = collect(spec, run(program.statements, inputs, numbers))
    v = {key: balls(value) for key, value in direction.items()}
    claimed = sum(((v[key] * grads[key]).sum() for key in v), start=flint.arb(0))
    duals = dict(inputs)
    for key, index in parameter_entries(spec):
        duals[entry(key, *index)] = Dual(inputs[entry(key, *index)], v[key][(*index, np.newaxis)])
    return claimed, run(program.forward, duals, dual_numbers(numbers))["C"].tangent[0]


# What the certified witness needs of the library besides the operators of a ball.

Ball = flint.arb
BallMatrix = flint.arb_mat

NAN_BALL = flint.arb.nan()
UNIT_INTERVAL = flint.arb(0.5, 0.5)  # any weight that a choice may give to one of two sides
SIGN_INTERVAL = flint.arb(0, 1)


def widened(value: flint.arb, radius: float) -> flint.arb:
    """The ball with its radius enlarged."""
    return value + flint.arb(0, radius)


def magnitude(value: flint.arb) -> float:
    """An upper bound of ``|value|`` as a float; infinite where the ball is not finite."""
    return float(value.abs_upper()) * (1 + 2**-50) if value.is_finite() else float("inf")


def is_constant_zero(value: flint.arb) -> bool:
    """Whether the ball is exactly the number 0."""
    return bool(value.is_zero())
