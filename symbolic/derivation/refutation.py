"""A wrong recursion, caught in the act: its gradient and the direct derivative on balls that do not meet."""

from __future__ import annotations

import numpy as np

from symbolic.balls import precision
from symbolic.exact.ball_reading import ball_inputs, ball_numbers, constant
from symbolic.exact.duals import Dual, dual_numbers
from symbolic.programs.interpret import run
from symbolic.programs.statements import Program, entry, parameter_entries

BITS, REFUTATION_POINTS = 192, 3


def differs_on_balls(program: Program, seed: int = 0) -> bool:
    """Whether, at some of a few random points, recursion and direct derivative are certainly different."""
    return any(_differ_at(program, np.random.default_rng((seed, number))) for number in range(REFUTATION_POINTS))


def _differ_at(program: Program, rng: np.random.Generator) -> bool:
    """Along one random direction; the batch is as large as no layer is wide, so that a confusion of sizes shows."""
    spec = program.spec
    m = next(m for m in range(3, 10**6) if m not in spec.sizes)
    params = {key: rng.integers(-96, 97, shape) / 64 for key, shape in spec.shapes.items()}
    y = np.eye(spec.sizes[-1])[rng.integers(spec.sizes[-1], size=m)]
    direction = {entry(key, *index): float(rng.integers(1, 65)) / 64 for key, index in parameter_entries(spec)}
    with precision(BITS):
        inputs = ball_inputs(spec, params, rng.integers(-96, 97, (m, spec.sizes[0])) / 64, y)
        env = run(program.statements, inputs, ball_numbers())
        claimed = sum(np.asarray(env[f"d{name}"]).sum() * slope for name, slope in direction.items())
        tangents = {name: Dual(value, constant(direction.get(name, 0.0))) for name, value in inputs.items()}
        tangent = run(program.forward, tangents, dual_numbers(ball_numbers()))["C"].tangent.sum()
        return not bool(claimed.overlaps(tangent))
