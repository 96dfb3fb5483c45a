"""The truth at a point: the gradient enclosed by balls, with the budget of the format in use, and what vouches for it.

The enclosing program is not believed unseen: over the prime field its delta recursion must equal the direct derivative
of the cost, exactly (once for each network), and at each point its balls must overlap the direct derivative along a
random direction, computed with no delta. If either fails, the checker contradicts itself and says so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.budget import rounding_budget
from gradcheck.judge import Truth
from gradcheck.points import Point
from gradcheck.verdicts import CheckerFault
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from symbolic.balls import balls_overlap_direct_derivative, enclose
from symbolic.build import program
from symbolic.identity import Identity, identity_test


@lru_cache(maxsize=256)
def program_identity(spec: NetworkSpec) -> Identity:
    """The exact identity test of this network's program, from a fixed seed; raises CheckerFault if it fails."""
    identity = identity_test(program(spec), np.random.default_rng(2**61 - 1))
    if not identity.holds:
        raise CheckerFault(f"{spec}: the program's {identity.quantity} is not the derivative of its cost")
    return identity


def truth_at(spec: NetworkSpec, point: Point, *, dtype: Any = np.float64, dx: bool = False) -> Truth:
    """The enclosed gradient and its budget at a point whose numbers are finite and of the spec's shapes."""
    program_identity(spec)
    gradient, bits = enclose(program(spec, dx=dx), point.params, point.x, point.y)
    budget = rounding_budget(spec, point.params, point.x, point.y, dtype=dtype, dx=dx)
    return Truth(gradient, budget, f"certified ({bits} bits)" if bits > 192 else "certified")


def direct_derivative_agrees(spec: NetworkSpec, point: Point, rng: np.random.Generator) -> bool:
    """Whether the balls of the recursion overlap those of the direct derivative along a random direction."""
    direction: dict[str, Array] = {key: rng.integers(-8, 9, size=shape) / 8 for key, shape in spec.shapes.items()}
    return balls_overlap_direct_derivative(program(spec), point.params, point.x, point.y, direction)
