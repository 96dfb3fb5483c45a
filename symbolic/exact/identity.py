"""The exact identity test: is what a program calls the gradient the derivative of what it calls the cost?

At a random point of the prime field the delta recursion gives a gradient g, and dual numbers through the forward
statements give the derivative of C along a random direction v, with no delta. ``sum v g`` must equal it: exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic.exact.duals import Dual, dual_numbers
from symbolic.exact.field import PRIME, FieldPoint, Residue, constant, field_numbers, field_point, random_residues
from symbolic.exact.layer_readings import residue_derivative, residue_gradient
from symbolic.programs.build import program
from symbolic.programs.interpret import Array, collect, point_inputs, run
from symbolic.programs.layers import is_wide
from symbolic.programs.statements import Program, entry, parameter_entries


@dataclass(frozen=True)
class Identity:
    """The outcome: ``holds``, else the first quantity (from the output backwards) and the entry that differ.

    ``error_probability`` bounds the chance that a wrong recursion agrees all the same.
    """

    holds: bool
    quantity: str | None
    index: tuple[int, ...] | None
    error_probability: float


def identity_test(program: Program, rng: np.random.Generator) -> Identity:
    """The program's own backward statements against dual numbers through its forward statements.

    The batch has at least two examples and is as large as no layer, so that no two counts are confused.
    """
    point = field_point(program.spec, rng, _batch(program.spec))
    inputs = point_inputs(program.spec, point.params, point.x, point.y, constant)
    env = run(program.statements, inputs, field_numbers(point.key))
    return gradient_identity(program, point, collect(program.spec, env), rng)


def layers_identity(spec: NetworkSpec, rng: np.random.Generator) -> Identity:
    """The same of a wide network's recursion, in matrices."""
    point = field_point(spec, rng, _batch(spec))
    return _identity(spec, partial(residue_derivative, spec, point), residue_gradient(spec, point), rng)


def claimed_identity(
    spec: NetworkSpec, point: FieldPoint, grads: Mapping[str, Array], rng: np.random.Generator
) -> Identity:
    """Any gradient over the field, claimed at this point for the cost of a network, against dual numbers."""
    if is_wide(spec):
        return _identity(spec, partial(residue_derivative, spec, point), grads, rng)
    return gradient_identity(program(spec), point, grads, rng)


def gradient_identity(
    program: Program, point: FieldPoint, grads: Mapping[str, Array], rng: np.random.Generator
) -> Identity:
    """Any gradient over the field, claimed at this point for this program's cost, against dual numbers."""
    return _identity(program.spec, partial(directional_derivative, program, point), grads, rng)


def _batch(spec: NetworkSpec) -> int:
    return next(m for m in range(2, len(spec.sizes) + 3) if m not in spec.sizes)


Derivative = Callable[[Mapping[str, Array]], Residue]  # of the cost along a direction, for some of the parameters


def _identity(spec: NetworkSpec, derivative: Derivative, grads: Mapping[str, Array], rng: np.random.Generator) -> Identity:
    direction = {key: random_residues(rng, *shape) for key, shape in spec.shapes.items()}
    bound = _degree(spec) / PRIME
    if _agree(derivative, grads, direction):
        return Identity(True, None, None, bound)
    for key in reversed(spec.keys):
        only = {key: direction[key]}
        if not _agree(derivative, grads, only):
            return Identity(False, f"d{key}", _first_entry(derivative, grads, only), bound)
    return Identity(False, None, None, bound)


def _agree(derivative: Derivative, grads: Mapping[str, Array], direction: Mapping[str, Array]) -> bool:
    """``sum v g == dC(v)`` in the field, for a direction given for some of the parameters."""
    claimed = sum((direction[key] * grads[key]).sum() for key in direction)
    return bool(claimed == derivative(direction))


def directional_derivative(program: Program, point: FieldPoint, direction: Mapping[str, Array]) -> Residue:
    """``d/dt C(params + t v)`` at t = 0, by dual numbers through the forward statements alone."""
    spec = program.spec
    inputs = point_inputs(spec, point.params, point.x, point.y, constant)
    for key, index in parameter_entries(spec):
        name = entry(key, *index)
        if key in direction:
            inputs[name] = Dual(inputs[name], direction[key][(*index, np.newaxis)])
    cost = run(program.forward, inputs, dual_numbers(field_numbers(point.key)))["C"]
    tangent = cost.tangent[0]
    assert isinstance(tangent, Residue)
    return tangent


def _first_entry(
    derivative: Derivative, grads: Mapping[str, Array], direction: Mapping[str, Array]
) -> tuple[int, ...]:
    """The first entry of the one parameter in direction that differs: bisection over its entries."""
    ((key, values),) = direction.items()
    indices = list(np.ndindex(*values.shape))
    while len(indices) > 1:
        half = indices[: len(indices) // 2]
        indices = indices[len(half) :] if _agree(derivative, grads, {key: _masked(values, half)}) else half
    return indices[0]


def _masked(values: Array, indices: Iterable[tuple[int, ...]]) -> Array:
    masked = np.full(values.shape, Residue(0), dtype=object)
    for index in indices:
        masked[index] = values[index]
    return masked


def _degree(spec: NetworkSpec) -> int:
    """A bound on the total degree of the difference of both sides: each layer multiplies a few factors, twice over."""
    return 8 * spec.L + 4 * spec.sizes[-1] + 8
