"""Deriving and compiling every closed form, beside what SymPy does when everything is substituted first.

The peer is SymPy itself, used as a first attempt would use it: the cost written out in x, W and b, ``diff`` for each
parameter, ``lambdify`` of the results. Both are run here, on the same machine, in the same minute.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from gradcheck.witnesses.points import safe_point
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from reports.document import Document, Table, Value, prose
from reports.render import render
from symbolic.derivation.proof import prove
from symbolic.programs.build import built, program
from symbolic.programs.compiled import compile_gradient
from symbolic.programs.statements import entry, parameter_entries
from symbolic.report.derivation import derive
from symbolic.report.options import Values

SMALL, LARGE = "4-8-8-3", "784-30-10"
SECONDS = {SMALL: 1.0, LARGE: 10.0}  # goals for deriving and compiling
FASTER, FASTER_TO_RUN, POINTS = 50, 100, 1000


@dataclass(frozen=True)
class Naive:
    """The first attempt: seconds to differentiate, to compile, and to evaluate at all points."""

    derive: float
    compile: float
    run: float
    gradient: Any


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def ours(notation: str) -> tuple[float, Any]:
    """Every statement derived and compiled, from nothing."""
    spec = NetworkSpec.parse(notation)
    built.cache_clear()
    return timed(lambda: compile_gradient(program(spec)))


def naive(notation: str, inputs: dict[str, Any]) -> Naive:
    """Substitute, differentiate, compile, evaluate; sigmoid as 1/(1 + exp(-z)), one example at a time."""
    spec = NetworkSpec.parse(notation)
    values: list[sp.Expr] = [sp.Symbol(entry("x", i)) for i in range(spec.sizes[0])]
    for layer in spec.layers:
        z = [
            sum(sp.Symbol(entry(f"W{layer}", j, i)) * a for i, a in enumerate(values)) + sp.Symbol(entry(f"b{layer}", j))
            for j in range(spec.sizes[layer])
        ]
        values = [1 / (1 + sp.exp(-z_j)) for z_j in z]
    cost = sum((a - sp.Symbol(entry("y", k))) ** 2 for k, a in enumerate(values)) / 2
    parameters = [entry(key, *index) for key, index in parameter_entries(spec)]
    deriving, partials = timed(lambda: [sp.diff(cost, sp.Symbol(name)) for name in parameters])
    names = [name for name in inputs if name not in ("m", "lam")]
    compiling, function = timed(lambda: sp.lambdify(sp.symbols(names), partials, modules="numpy"))
    arguments = [inputs[name] for name in names]
    running, gradient = timed(lambda: function(*arguments))
    return Naive(deriving, compiling, running, np.array(np.broadcast_arrays(*gradient)))


def many_points(spec: NetworkSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    """One example for each of many networks of the same sizes: as arrays by name, and as leading axes."""
    rng = np.random.default_rng(0)
    params = [init_params(spec, rng) for _ in range(POINTS)]
    stacked = {key: np.stack([one[key] for one in params]) for key in spec.keys}
    x, y = random_batch(spec, rng, POINTS)
    by_name = {entry(key, *index): stacked[key][(slice(None), *index)] for key, index in parameter_entries(spec)}
    by_name |= {entry("x", i): x[:, i] for i in range(spec.sizes[0])}
    by_name |= {entry("y", k): y[:, k] for k in range(spec.sizes[-1])}
    return by_name, {**stacked, "x": x[:, np.newaxis], "y": y[:, np.newaxis]}


def largest_difference(spec: NetworkSpec, gradient: dict[str, Any], other: Any) -> float:
    """Between our arrays and the naive list, relative to the largest entry."""
    flat = np.stack([gradient[key][(slice(None), *index)] for key, index in parameter_entries(spec)])
    return float(np.abs(flat - other).max() / np.abs(flat).max())


def main() -> int:
    rows: list[list[Value]] = []
    missed: list[str] = []
    for notation, goal in SECONDS.items():
        seconds, _ = ours(notation)
        rows.append([f"{notation}: derive and compile", seconds, f"at most {goal:g} s"])
        missed += [] if seconds < goal else [f"MISSED: {notation} took {seconds:.2f} s, the goal is {goal:g} s"]
    spec = NetworkSpec.parse(SMALL)
    by_name, stacked = many_points(spec)
    seconds, gradient = ours(SMALL)
    params = {key: stacked[key] for key in spec.keys}
    gradient(params, stacked["x"], stacked["y"])
    running, values = timed(lambda: gradient(params, stacked["x"], stacked["y"]))
    first = naive(SMALL, by_name)
    faster, faster_to_run = (first.derive + first.compile) / seconds, first.run / running
    rows += [
        [f"{SMALL}: naive diff", first.derive, ""],
        [f"{SMALL}: naive lambdify", first.compile, ""],
        [f"{SMALL}: how many times faster", faster, f"at least {FASTER}"],
        [f"{SMALL}: ours at {POINTS} points", running, ""],
        [f"{SMALL}: naive at {POINTS} points", first.run, ""],
        [f"{SMALL}: how many times faster to run", faster_to_run, f"at least {FASTER_TO_RUN}"],
        ["largest relative difference between the two", largest_difference(spec, values, first.gradient), ""],
        *proofs(),
    ]
    missed += [] if faster >= FASTER else [f"MISSED: {faster:.0f} times faster, the goal is {FASTER}"]
    missed += (
        []
        if faster_to_run >= FASTER_TO_RUN
        else [f"MISSED: {faster_to_run:.0f} times faster to run, the goal is {FASTER_TO_RUN}"]
    )
    table = Table(["what", "seconds or ratio", "goal"], rows)
    print(render(Document("Derivation", [table, *(prose(line) for line in missed)]), "text", width=100))
    sys.stdout.flush()
    return 1 if missed else 0


def proofs() -> list[list[Value]]:
    """How long a proof and a report with numbers take."""
    rows: list[list[Value]] = []
    for notation in ("3-4-2", SMALL, "64-30:relu-10/cross_entropy+l2=0.001", LARGE):
        spec = NetworkSpec.parse(notation)
        seconds, proof = timed(lambda spec=spec: prove(program(spec)))
        rows.append([f"{notation}: proof by {proof.method}", seconds, ""])
    spec = NetworkSpec.parse("2-3-1")
    point = safe_point(spec, np.random.default_rng(0), m=1)
    values = Values(dict(point.params), point.x, point.y)
    seconds, _ = timed(lambda: derive(spec).report(values=values))
    return [*rows, ["2-3-1: report with numbers", seconds, ""]]


if __name__ == "__main__":
    raise SystemExit(main())
