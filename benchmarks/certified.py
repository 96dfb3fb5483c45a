"""The certified gradient of a network's cost, and a whole `check_grad`, against peers: ratios of time, with goals."""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from benchmarks.gradient_peers import Case, Timed, scipy_differences, torch_gradcheck
from benchmarks.gradients import OURS_A_ROUND, _ratio, _seconds
from gradcheck.certified.witness import certify
from gradcheck.functions.check import check_grad
from gradcheck.functions.enclosed_gradient import certified_gradient
from gradcheck.witnesses.second_witness import second_witness
from reports.document import Document, Table, prose
from reports.render import render

NETWORKS = ("10-16-4", "20-32-10")
GREATEST_RADIUS = 1e-30
SECOND_GOAL = 1.2  # what the second witness may make of the time without it

# At most so many times slower than the peer, who finds 10 digits, or 3.
GOALS = {"scipy 3-point": 3.0, "torch gradcheck": 1.5}
PEERS: dict[str, Callable[[Case], Timed]] = {
    "scipy 3-point": scipy_differences("3-point"),
    "torch gradcheck": torch_gradcheck(fast_mode=False),
}


def main() -> int:
    """Print the ratios; 1 where a goal is missed in this run."""
    cases = {name: Case.of(name) for name in NETWORKS}
    rows, missed = [], []
    for peer, prepare in PEERS.items():
        print(f"certified: {peer} ...", file=sys.stderr, flush=True)
        found = {name: _compared(prepare, case) for name, case in cases.items()}
        rows.append([peer, *("NOT RUN" if ratio is None else f"{ratio:.2f} x" for ratio in found.values())])
        missed += [_missed(peer, name, ratio) for name, ratio in found.items()]
    small = _compared(_numdifftools, None, _check)
    rows.append(["numdifftools, check_grad of 10 parameters", "NOT RUN" if small is None else f"{small:.2f} x", ""])
    missed.append("" if small is None or small <= 1 else f"MISSED: check_grad takes {small:.2f} x numdifftools.Gradient")
    own = [f"{median(_seconds(_certified(case)) for _ in range(OURS_A_ROUND)) * 1e3:.1f} ms" for case in cases.values()]
    seconds = [_with_second(case) for case in cases.values()]
    missed += [f"MISSED: {ratio:.2f} x with the second witness" for ratio in seconds if ratio > SECOND_GOAL]
    radii = [_radius(case) for case in cases.values()]
    wide = [f"{radius:.0e} on {name}" for name, radius in zip(cases, radii, strict=True) if radius > GREATEST_RADIUS]
    missed += [f"MISSED: radius {where}" for where in wide]
    table = Table(
        ["", *cases],
        [
            ["certified_gradient", *own],
            ["with over without second witness", *(f"{ratio:.2f} x" for ratio in seconds)],
            ["largest radius", *(f"{radius:.0e}" for radius in radii)],
            *rows,
        ],
        "Time of the certified gradient over that of a peer: below 1 it is faster",
        ["left", *["right"] * len(cases)],
    )
    told = [line for line in missed if line] or ["every goal is met in this run"]
    print(render(Document("The certified gradient", [table, prose("Batch 8, one thread, float64.")])))
    print("\n".join(told))
    return int(any("MISSED" in line for line in told))


def _certified(case: Case) -> Timed:
    vector = case.flat(case.params)
    return lambda: certified_gradient(case.cost, vector)


def _with_second(case: Case) -> float:
    """The time of the certified gradient over what it would be if no differences of floats were asked beside it."""
    vector = case.flat(case.params)
    truth = certify(case.cost, vector)
    whole = median(_seconds(_certified(case)) for _ in range(OURS_A_ROUND))
    alone = median(_seconds(lambda: second_witness(case.cost, vector, truth, float)) for _ in range(OURS_A_ROUND))
    return whole / (whole - alone)


def _radius(case: Case) -> float:
    _, grad = certified_gradient(case.cost, case.flat(case.params))
    return float(np.max(grad.rad))


def _compared(prepare: Callable[[Any], Timed], case: Any, ours: Callable[[Any], Timed] = _certified) -> float | None:
    """Our time over the peer's; None where the peer is not installed."""
    try:
        theirs = prepare(case)
    except ImportError:
        return None
    mine = ours(case)
    theirs()  # the first call of either pays for imports and caches, and is not counted
    mine()
    return 1 / _ratio(theirs, mine)


def _missed(peer: str, name: str, ratio: float | None) -> str:
    if ratio is None:
        return f"NOT RUN: {peer} on {name}"
    return f"MISSED: {ratio:.2f} x {peer} on {name}, the goal is {GOALS[peer]:g} x" if ratio > GOALS[peer] else ""


def _wave(x: np.ndarray) -> Any:
    return np.sum(np.exp(-(x**2)) * np.sin(x))


def _slope(x: np.ndarray) -> np.ndarray:
    return np.exp(-(x**2)) * (np.cos(x) - 2 * x * np.sin(x))


def _check(_: Any) -> Timed:
    x = np.linspace(0.1, 1, 10)
    return lambda: check_grad(_wave, _slope, x)


def _numdifftools(_: Any) -> Timed:
    import numdifftools as nd

    x = np.linspace(0.1, 1, 10)
    return lambda: nd.Gradient(_wave)(x)
