"""The true gradient of a network at a point, enclosed by balls, with the rounding that is allowed, and what vouches for both.

The enclosing program is not believed unseen: over the prime field its delta recursion must equal the direct derivative
of the cost, exactly (once for each network), and at each point its balls must overlap the direct derivative along a
random direction, computed with no delta. If either fails, the checker contradicts itself and says so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import CheckerFault
from gradcheck.rounding.budget import rounding_budget
from gradcheck.witnesses.exact_rules import ball_rules, field_rules
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import LAST_PRECISION, Enclosure, balls, disjoint, enclosure, is_tight, precision
from symbolic.exact.ball_reading import balls_overlap_direct_derivative, enclose, overlap
from symbolic.exact.field import field_point
from symbolic.exact.identity import Identity, claimed_identity, identity_test, layers_identity
from symbolic.exact.layer_readings import ball_derivatives, enclose_layers
from symbolic.programs.build import program
from symbolic.programs.layers import is_wide


@lru_cache(maxsize=256)
def program_identity(spec: NetworkSpec) -> Identity:
    """The exact identity test of this network's program, from a fixed seed; raises CheckerFault if it fails."""
    rng = np.random.default_rng(2**61 - 1)
    identity = layers_identity(spec, rng) if is_wide(spec) else identity_test(program(spec), rng)
    if not identity.holds:
        raise CheckerFault(f"{spec}: the program's {identity.quantity} is not the derivative of its cost")
    return identity


def truth_at(
    spec: NetworkSpec, point: Point, *, dtype: Any = np.float64, dx: bool = False, vouched: bool = True
) -> Truth:
    """The enclosed gradient and its budget at a point whose numbers are finite and of the spec's shapes.

    Without ``vouched`` the direct derivative is not asked again: for the neighbours of a point where it was.
    """
    program_identity(spec)
    if vouched and direct_derivative_agrees(spec, point, np.random.default_rng(2**61 - 1)) is False:
        raise CheckerFault(f"{spec}: the enclosed gradient is not the derivative of the cost at this point")
    gradient, bits = _enclosed(spec, point, dx=dx)
    budget = rounding_budget(spec, point.params, point.x, point.y, dtype=dtype, dx=dx)
    return Truth(gradient, budget, f"certified ({bits} bits)" if bits > 192 else "certified")


def gradient_near(spec: NetworkSpec, point: Point, *, dx: bool = False) -> dict[str, Enclosure]:
    """The enclosed gradient alone, for the neighbours of a point at which everything else was asked."""
    return _enclosed(spec, point, dx=dx)[0]


def _enclosed(spec: NetworkSpec, point: Point, *, dx: bool = False) -> tuple[dict[str, Enclosure], int]:
    """The gradient enclosed, and the bits that it took: of a wide network in matrices, else by its statements."""
    if is_wide(spec):
        return enclose_layers(spec, point.params, point.x, point.y, dx=dx)
    return enclose(program(spec, dx=dx), point.params, point.x, point.y)


def direct_derivative_agrees(spec: NetworkSpec, point: Point, rng: np.random.Generator) -> bool | None:
    """Whether the balls of the recursion overlap those of the direct derivative along a random direction; None: too wide."""
    direction: dict[str, Array] = {key: rng.integers(-8, 9, size=shape) / 8 for key, shape in spec.shapes.items()}
    if is_wide(spec):
        return overlap(lambda: ball_derivatives(spec, point.params, point.x, point.y, direction))
    return balls_overlap_direct_derivative(program(spec), point.params, point.x, point.y, direction)


def reference_encloses(spec: NetworkSpec, point: Point) -> bool:
    """Whether `reference_nets.backward` itself, run on balls, overlaps the enclosure in every entry, tightly.

    The reference is written in matrices and does not know the program: its recursion is tested to some 45 digits, with
    the activations as `symbolic` defines them.
    """
    program_balls, bits = _enclosed(spec, point)
    while True:
        reference = _reference_balls(spec, point, bits)
        if any(disjoint(program_balls[key], reference[key]).any() for key in spec.keys):
            return False
        if bits >= LAST_PRECISION or all(is_tight(value) for value in reference.values()):
            return True
        bits *= 2


def _reference_balls(spec: NetworkSpec, point: Point, bits: int) -> dict[str, Enclosure]:
    with precision(bits):
        params = {key: balls(value) for key, value in point.params.items()}
        grads = backward(spec, params, balls(point.x), balls(point.y), rules=ball_rules())
        return {key: enclosure(value) for key, value in grads.items()}


@lru_cache(maxsize=256)
def reference_identity(spec: NetworkSpec) -> Identity:
    """The exact identity test of `reference_nets.backward`, run over the prime field, against dual numbers."""
    rng = np.random.default_rng(2**61 - 1)
    point = field_point(spec, rng, 3)
    grads = backward(spec, point.params, point.x, point.y, rules=field_rules(point.key))
    return claimed_identity(spec, point, grads, rng)
