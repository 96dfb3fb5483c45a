"""A program read over balls: the true gradient of a network at a point whose numbers are exact floats.

Each elementary function is evaluated from its definition, each derivative from SymPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.balls import FIRST_PRECISION, LAST_PRECISION, TIGHT, Ball, Enclosure, balls, enclosure, is_tight, precision
from symbolic.exact.duals import Dual, dual_numbers
from symbolic.exact.pieces import scalar_function
from symbolic.programs.batch import BATCH_FUNCTIONS
from symbolic.programs.functions import DEFINITIONS, PiecewiseFunction
from symbolic.programs.interpret import Array, Numbers, as_array, collect, point_inputs, run
from symbolic.programs.statements import Program, entry, parameter_entries


def ball(number: Any) -> Ball:
    """A float exactly, a SymPy rational or pi as the smallest ball around it."""
    if isinstance(number, sp.Rational):
        return Ball(int(number.p)) / int(number.q)
    if number is sp.pi:
        return Ball.pi()
    return Ball(number)


constant = as_array(ball)
_ELEMENTARY: dict[str, Callable[[Ball], Ball]] = {
    "exp": Ball.exp,
    "log": Ball.log,
    "tanh": Ball.tanh,
    "sqrt": Ball.sqrt,
}
_SCALARS = Numbers(ball, _ELEMENTARY)


def _softmax(k: int, *z: Array) -> Array:
    """``1 / sum_j exp(z_j - z_k)``: no term is divided by another that is lost beside it."""
    return 1 / sum(_array_functions()["exp"](z_j - z[k]) for z_j in z)


def _union(left: Ball, right: Ball) -> Ball:
    return left.union(right)


def _derivative(definition: PiecewiseFunction) -> Callable[[Ball], Ball]:
    """``d phi/dz`` on balls, derived when it is first asked for: SymPy takes milliseconds for each."""
    made: list[Callable[[Ball], Ball]] = []

    def value_at(value: Ball) -> Ball:
        if not made:
            made.append(scalar_function(definition.derivative, _SCALARS, _union))
        return made[0](value)

    return value_at


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


def enclose(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, *, eta: float = 0.5
) -> tuple[dict[str, Enclosure], int]:
    """The true gradient at a float point, and the bits that it took: doubled until every enclosure is tight."""
    return until_tight(lambda bits: ball_gradient(program, params, x, y, bits, eta))


def until_tight(gradient_at: Callable[[int], Mapping[str, Array]]) -> tuple[dict[str, Enclosure], int]:
    """The gradient's balls with as many bits as it takes."""
    bits = FIRST_PRECISION
    while True:
        result = {key: enclosure(value) for key, value in gradient_at(bits).items()}
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


def balls_overlap_direct_derivative(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, direction: Mapping[str, Array]
) -> bool | None:
    """Whether ``sum v g`` of the recursion overlaps dC along v from the forward statements alone, both balls tight.

    None where the last precision does not suffice (an output so saturated that 1 - a needs more bits: ln(1 - a) at z = 1e4).
    """
    return overlap(lambda: _both_derivatives(program, params, x, y, direction))


def overlap(both: Callable[[], tuple[Ball, Ball]]) -> bool | None:
    """Whether two balls overlap, with as many bits as it takes until both are tight; None where the last do not suffice."""
    bits = FIRST_PRECISION
    while True:
        with precision(bits):
            claimed, direct = both()
            scale = abs(claimed) + Ball(1)
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
) -> tuple[Ball, Ball]:
    """``sum v g`` from the backward statements, and the tangent of C from dual numbers through the forward ones."""
    spec, numbers = program.spec, ball_numbers()
    inputs = ball_inputs(spec, params, x, y)
    grads = collect(spec, run(program.statements, inputs, numbers))
    v = {key: balls(value) for key, value in direction.items()}
    claimed = sum(((v[key] * grads[key]).sum() for key in v), start=Ball(0))
    duals = dict(inputs)
    for key, index in parameter_entries(spec):
        duals[entry(key, *index)] = Dual(inputs[entry(key, *index)], v[key][(*index, np.newaxis)])
    return claimed, run(program.forward, duals, dual_numbers(numbers))["C"].tangent[0]
