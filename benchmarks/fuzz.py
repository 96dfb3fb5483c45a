"""Random programs in NumPy against the certified witness and everything that judges by it.

``python -m benchmarks fuzz [PROGRAMS] [--seed S] [--only K]`` draws programs over every rule, asks every entry point about
their right derivative and about spoiled ones, and prints what came of it; the first failures as programs that run by
themselves, made as small as they fail. Exit code 1 where there is a contradiction, a wrong verdict or a crash, or where more
than 3 % could not be followed.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.programs.cases import Case, case_of
from benchmarks.programs.drawing import ROWS, available, random_program
from benchmarks.programs.hessians import hessian_findings
from benchmarks.programs.jax_oracle import jax_agrees
from benchmarks.programs.judging import Finding, Outcome, findings
from benchmarks.programs.program import Program
from benchmarks.programs.shrinking import shrunk

FAILURES = (Outcome.CONTRADICTION, Outcome.FALSE_ALARM, Outcome.MISSED, Outcome.CRASH)
MOST_FALLBACKS = 0.03
SHOWN = 5
HESSIANS = 5  # after so many programs a product with a Hessian is asked about


@dataclass
class Counts:
    """What came of all programs."""

    programs: int = 0
    unfit: int = 0  # rows that could not be fitted in
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    numbers: dict[str, list[int]] = field(default_factory=dict)  # of the programs that gave an outcome or a reason
    jax: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, Program, Finding]] = field(default_factory=list)
    hessians: list[str] = field(default_factory=list)  # programs for which check_hvp does not say what it should

    def add(self, number: int, program: Program, found: list[Finding]) -> None:
        """Count one program; a fallback once, however many entry points met it."""
        self.programs += 1
        kinds = {finding.outcome for finding in found}
        self.outcomes.update(kinds)
        for kind in kinds:
            self.numbers.setdefault(kind, []).append(number)
        for finding in found:
            if finding.outcome in (*FAILURES, Outcome.UNCONFIRMED):
                self.failures.append((number, program, finding))
        if reasons := [finding.said for finding in found if finding.outcome is Outcome.FALLBACK]:
            reason = reasons[0].partition("\n")[0]
            self.reasons[reason] += 1
            self.numbers.setdefault(reason, []).append(number)

    @property
    def failed(self) -> bool:
        """Whether a goal is missed."""
        return any(self.outcomes[kind] for kind in FAILURES) or self.outcomes[Outcome.FALLBACK] > MOST_FALLBACKS * self.programs


def drawn(programs: int, seed: int) -> Iterator[tuple[int, Program | None, np.random.Generator]]:
    """Programs by number, each with a row that it must hold: every row comes up as often as any other."""
    ready = [row for row in ROWS if available(row)]
    order = np.random.default_rng(seed).permutation(len(ready))
    for number in range(programs):
        rng = np.random.default_rng([seed, number])
        yield number, random_program(rng, ready[order[number % len(ready)]], number=bool(rng.integers(3))), rng


def judged(program: Program, rng: np.random.Generator) -> tuple[Case | None, list[Finding]]:
    """What comes of one program; warnings of our own code are failures, too."""
    case = case_of(program, rng)
    if case is None:
        return None, [Finding(Outcome.UNCONFIRMED, "oracle", "", "differences do not confirm the tangents")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return case, findings(case, rng)


def run(programs: int, seed: int, only: int | None = None, progress: bool = True) -> Counts:
    """Draw and judge so many programs."""
    counts = Counts()
    with suppress(KeyboardInterrupt):  # what was found up to there is told
        for number, program, rng in drawn(programs, seed):
            if only is None or number == only:
                _counted(counts, number, program, rng)
            if progress and number % 100 == 99:
                print(f"fuzz: {number + 1} of {programs}", file=sys.stderr, flush=True)
    return counts


def _counted(counts: Counts, number: int, program: Program | None, rng: np.random.Generator) -> None:
    if program is None:
        counts.unfit += 1
        return
    case, found = judged(program, rng)
    if case is not None:
        agrees = jax_agrees(case, number)
        counts.jax["not asked" if agrees is None else "agrees" if agrees else "disagrees"] += 1
        if agrees is False:
            found.append(Finding(Outcome.CONTRADICTION, "jax", "", "JAX gives another derivative"))
    counts.add(number, program, found)
    if number % HESSIANS == 0:
        for finding, text in hessian_findings(rng):
            counts.outcomes[finding.outcome] += 1
            counts.hessians.append(f"# {finding.outcome} by check_hvp, seed {finding.seed}\n{text}")


def report(counts: Counts, seconds: float) -> str:
    """The counts as text."""
    lines = [f"{counts.programs} programs in {seconds:.0f} s; {counts.unfit} rows did not fit what was drawn before them"]
    lines += [f"  {counts.outcomes[kind]:6d}  {kind}{_first(counts, kind)}" for kind in Outcome]
    lines.append("not followed, by reason:")
    lines += [f"  {n:6d}  {reason[:150]}{_first(counts, reason)}" for reason, n in counts.reasons.most_common()]
    if set(counts.jax) != {"not asked"}:
        lines.append("JAX: " + ", ".join(f"{n} {kind}" for kind, n in counts.jax.items()))
    return "\n".join(lines)


def _first(counts: Counts, what: str) -> str:
    """The first programs that gave it, for ``--only``."""
    numbers = counts.numbers.get(what, [])
    return f" (program {', '.join(map(str, numbers[:3]))}{' ...' if len(numbers) > 3 else ''})" if numbers else ""


def shown(number: int, program: Program, finding: Finding) -> str:
    """A failure as a program of its own, made small."""
    small = program if finding.entry == "jax" else shrunk(program, finding)
    changed = finding.changed if finding.changed.startswith("g") else ""
    head = f"# program {number}: {finding.outcome} by {finding.entry} {finding.changed}\n"
    said = "".join(f"# {line}\n" for line in finding.said.splitlines()[-12:])
    return head + said + small.text(changed=changed)


def main(arguments: Sequence[str] = ()) -> int:
    """Run, print, and say by the exit code whether all goals were met."""
    parser = argparse.ArgumentParser(prog="benchmarks fuzz", description="Random programs against the certified witness.")
    parser.add_argument("programs", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the number of one program")
    asked: Any = parser.parse_args(list(arguments))
    start = perf_counter()
    counts = run(asked.programs, asked.seed, asked.only)
    print(report(counts, perf_counter() - start))
    kinds: Counter[Outcome] = Counter()
    for number, program, finding in counts.failures:
        kinds[finding.outcome] += 1
        if kinds[finding.outcome] <= SHOWN:
            print("\n" + shown(number, program, finding))
    print("\n".join(counts.hessians[:SHOWN]))
    return int(counts.failed)
