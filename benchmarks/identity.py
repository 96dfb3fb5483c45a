"""The exact identity test of digits beside one full central difference of its cost, in one run."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from gradcheck.witnesses.differences import central_difference
from gradcheck.witnesses.network_differences import numeric_gradient
from reference_nets.examples.presets import PRESETS
from reference_nets.network import cost
from symbolic.exact.identity import identity_test
from symbolic.programs.build import program

GOAL = 10  # times faster than the plain central difference, on the data of digits


def main() -> int:
    """Print the times and their ratio; 1 where the goal is missed."""
    preset, rng = PRESETS["digits"], np.random.default_rng(0)
    spec, table = preset.spec, preset.table()
    assert table is not None
    point = preset.point(rows=len(table))
    assert point is not None
    params, x, y = dict(point.params), point.x, point.y
    built = program(spec)
    assert identity_test(built, rng).holds
    exact = median(_seconds(lambda: identity_test(built, rng)) for _ in range(5))
    part = {key: params[key] for key in ("W2", "b2")}
    seconds = _seconds(lambda: central_difference(lambda p: cost(spec, params | p, x, y), part))
    plain = seconds * spec.n_params / sum(value.size for value in part.values())  # every entry costs two evaluations
    batched = median(_seconds(lambda: numeric_gradient(spec, params, x, y, method="central")) for _ in range(3))
    print(f"{spec}, {spec.n_params} parameters, {len(x)} examples")
    print(f"exact identity test        {1e3 * exact:8.1f} ms")
    print(f"central difference, plain  {1e3 * plain:8.1f} ms  {plain / exact:6.2f} x (goal: {GOAL} x)")
    print(f"central difference, ours   {1e3 * batched:8.1f} ms  {batched / exact:6.2f} x (all parameters in one batched pass)")
    return 0 if plain / exact >= GOAL else 1


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
