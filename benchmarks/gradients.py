"""Every partial derivative of a network's cost: `numeric_gradient` against peers, ratios of time and errors."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.gradient_peers import PEERS, Case, Timed, ours, ours_central
from reports.document import Document, Table, prose
from reports.render import render

CENTRAL = "the same, central"
NETWORKS = ("4-5-3", "10-16-4", "20-32-10", "64-64-10")
ROUNDS = 7  # at most, and at least one, of peer and ours in turn
PEER_SECONDS = 4.0  # no further round once a peer has taken so long on a network
OURS_A_ROUND = 9

# What is claimed: at least so many times faster, from that network on; and the error of the complex step.
GOALS = {"scipy complex step": (10, "4-5-3"), "torch gradcheck": (30, "10-16-4")}
GREATEST_ERROR = 1e-14


@dataclass(frozen=True)
class Result:
    """One peer on one network; ``ratio`` is its time over ours, None where it could not run."""

    ratio: float | None
    error: float | None
    reason: str = ""


def main() -> int:
    """Print the ratios and the errors; 1 where a claim does not hold in this run."""
    cases = {name: Case.of(name) for name in NETWORKS}
    baselines = {name: ours(case) for name, case in cases.items()}
    results: dict[str, dict[str, Result]] = {}
    for peer, prepare, _ in ((CENTRAL, ours_central, True), *PEERS):
        print(f"gradients: {peer} ...", file=sys.stderr, flush=True)
        results[peer] = {name: _run(case, prepare, baselines[name]) for name, case in cases.items()}
    errors = {name: case.error(baselines[name]()) for name, case in cases.items()}
    print(render(_document(cases, baselines, results, errors)))
    missed = _missed(results, errors)
    print("\n".join(missed or ["every goal is met in this run"]))
    return int(any("MISSED" in line for line in missed))


def _run(case: Case, prepare: Any, baseline: Timed) -> Result:
    try:
        timed = prepare(case)
    except ImportError as error:
        return Result(None, None, f"NOT RUN ({error})")
    gradient = timed()  # the first call pays for imports, compilation and caches, and is not counted
    baseline()
    error = None if gradient is None else case.error(gradient)
    return Result(_ratio(timed, baseline), error)


def _ratio(peer: Timed, baseline: Timed) -> float:
    """Median over rounds of peer's time over ours, taken next to each other so that a busy moment hurts both."""
    ratios: list[float] = []
    start = time.perf_counter()
    while not ratios or (len(ratios) < ROUNDS and time.perf_counter() - start < PEER_SECONDS):
        before = [_seconds(baseline) for _ in range(OURS_A_ROUND)]
        theirs = _seconds(peer)
        after = [_seconds(baseline) for _ in range(OURS_A_ROUND)]
        ratios.append(theirs / median(before + after))
    return median(ratios)


def _seconds(run: Timed) -> float:
    gc.disable()  # a collection belongs to neither
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    gc.enable()
    return seconds


def _document(
    cases: dict[str, Case], baselines: dict[str, Timed], results: dict[str, dict[str, Result]], errors: dict[str, float]
) -> Document:
    columns = ["", *cases]
    sizes = ["parameters", *(f"{case.spec.n_params:,}" for case in cases.values())]
    own = [f"{median(_seconds(run) for _ in range(OURS_A_ROUND)) * 1e3:.2f} ms" for run in baselines.values()]
    every = {peer for peer, _, every in PEERS if every} | {CENTRAL}
    ratios = [[_label(peer, every), *(_ratio_text(one) for one in row.values())] for peer, row in results.items()]
    accuracy = [
        [peer, *("-" if one.error is None else f"{one.error:.0e}" for one in row.values())]
        for peer, row in results.items()
        if any(one.error is not None for one in row.values())
    ]
    own_accuracy = ["numeric_gradient", *(f"{error:.0e}" for error in errors.values())]
    timing = "Time over that of numeric_gradient (complex step)"
    align = ["left", *["right"] * len(cases)]
    return Document(
        "All partial derivatives of a network's cost",
        [
            Table(columns, [sizes, ["numeric_gradient", *own], *ratios], timing, align),
            prose("(1) tries one random direction instead of every partial derivative. Batch 8, one thread, float64."),
            Table(columns, [own_accuracy, *accuracy], "Largest error over the parameter's largest entry", align),
            *(prose(line) for line in _not_run(results)),
        ],
    )


def _label(peer: str, every: set[str]) -> str:
    return peer if peer in every else f"{peer} (1)"


def _ratio_text(result: Result) -> str:
    if result.ratio is None:
        return "NOT RUN"
    return f"{result.ratio:.0f} x" if result.ratio >= 10 else f"{result.ratio:.1f} x"


def _not_run(results: dict[str, dict[str, Result]]) -> list[str]:
    reasons = {peer: next(iter(row.values())).reason for peer, row in results.items()}
    return [f"{peer}: {reason}" for peer, reason in reasons.items() if reason]


def _missed(results: dict[str, dict[str, Result]], errors: dict[str, float]) -> list[str]:
    """One line for each claim that this run contradicts (MISSED) or could not test (NOT RUN)."""
    lines = []
    for peer, (goal, first) in GOALS.items():
        for name in NETWORKS[NETWORKS.index(first) :]:
            ratio = results[peer][name].ratio
            if ratio is None:
                lines.append(f"NOT RUN: {goal} x faster than {peer} on {name}")
            elif ratio < goal:
                lines.append(f"MISSED: {ratio:.1f} x faster than {peer} on {name}, the goal is {goal} x")
    for name, error in errors.items():
        if error > GREATEST_ERROR:
            lines.append(f"MISSED: error {error:.0e} on {name}, the goal is {GREATEST_ERROR:.0e}")
    return lines
