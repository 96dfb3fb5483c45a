"""The closed world: every mistake that the search knows, planted alone and in pairs. Is it named, and is nothing invented?

``python -m benchmarks confusion [--pairs N] [--networks N ...]`` writes docs/confusion.md and prints what was missed; exit code
1 where a goal is missed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from time import process_time

import numpy as np

from gradcheck.diagnosis.catalogue_search import explain
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of
from reports.files import write_atomically
from symbolic.mistakes.catalogue import CATALOGUE, Variant, all_variants
from symbolic.mistakes.changes import Changes
from symbolic.mistakes.combined import combined
from symbolic.mistakes.further import further_variants
from symbolic.programs.build import program
from symbolic.programs.compiled import compile_gradient

NETWORKS = ("3-4:tanh-2", "4-5:relu-3/cross_entropy+l2=0.1", "3-3:tanh-3:sigmoid-3/bce")
BATCHES = (5, 7)
PAIRS, SEED = 40, 7
SEEN = 1e-9  # relative: two gradients that differ by less are the same to a reader
GOALS = {"alone": 0.99, "pairs": 0.95}
PAGE = Path(__file__).parents[1] / "docs" / "confusion.md"

ABOUT = """Made by `python -m benchmarks confusion`; do not edit.

Every form of every mistake that the search knows is planted in the program of a network, alone and in pairs drawn at random,
and the search is given the numbers at two points. *Named*: all ids that were planted are told, and no other. *Same numbers*:
other mistakes, no more than were planted, give every number at both points, so that nothing in the numbers tells them apart.
*Missed*: anything else. What changes no number of a network is not planted there."""
COLUMNS = (
    *("network", "alone", "named", "same numbers", "missed", "pairs", "named", "same numbers", "missed"),
    *("seconds, median", "seconds, most"),
)

Gradients = list[dict[str, Array]]


@dataclass(frozen=True)
class Case:
    """What was planted in a network and what was told of it."""

    network: str
    planted: tuple[Variant, ...]
    told: tuple[frozenset[str], ...]  # each cause with its alternatives
    complete: bool
    seconds: float

    @property
    def ids(self) -> set[str]:
        """The ids that were planted."""
        return {variant.mistake for variant in self.planted}

    @property
    def is_named(self) -> bool:
        """Whether every planted id is told, and nothing else."""
        return bool(self.told) and all(any(id in one for one in self.told) for id in self.ids) and all(
            one & self.ids for one in self.told
        )

    @property
    def is_look_alike(self) -> bool:
        """Whether other mistakes, no more of them, give all the same numbers."""
        return not self.is_named and self.complete and 0 < len(self.told) <= len(self.planted)


class World:
    """One network with its points, and the numbers of each set of mistakes."""

    def __init__(self, network: str) -> None:
        self.network, self.spec = network, NetworkSpec.parse(network)
        self.program = program(self.spec)
        rng = np.random.default_rng(SEED)
        self.points: list[Point] = [safe_point(self.spec, rng, m=m) for m in BATCHES]
        self.right = self.gradients({})
        every = [*all_variants(self.spec), *further_variants(self.spec, self.program)]
        self.variants = [v for v in every if self.differs(self.gradients(v.changes), self.right)]

    def gradients(self, changes: Changes) -> Gradients:
        """The gradient with these right sides, at each point."""
        f = compile_gradient(self.program.changed(changes) if changes else self.program)
        return [f(point.params, point.x, point.y) for point in self.points]

    def differs(self, one: Gradients, other: Gradients) -> bool:
        """Whether a reader sees a difference."""
        return any(
            (np.abs(a[key] - b[key]) > SEEN * (np.abs(a[key]) + np.abs(b[key]))).any()
            for a, b in zip(one, other, strict=True)
            for key in a
        )

    def judged(self, planted: tuple[Variant, ...]) -> Case | None:
        """What is told of these mistakes; None where they exclude each other, or one changes nothing beside the others."""
        changes = combined(self.program, planted)
        if changes is None:
            return None
        wrong = self.gradients(changes)
        if not all(np.isfinite(part).all() for one in wrong for part in one.values()):
            return None
        fewer = [(), *combinations(planted, len(planted) - 1)] if len(planted) > 1 else [()]
        if any(not self.differs(wrong, self.gradients(combined(self.program, some) or {})) for some in fewer):
            return None
        start = process_time()
        claims: Sequence[tuple[Point, Mapping[str, Array]]] = list(zip(self.points, wrong, strict=True))
        found = explain(self.spec, claims).told
        told = tuple(frozenset((one.id, *one.alternatives)) for one in found)
        return Case(self.network, planted, told, bool(found) and found[0].complete, process_time() - start)


def pairs(world: World, most: int) -> Iterator[Case]:
    """Pairs of different mistakes drawn at random, so many of them."""
    rng, done, seen = np.random.default_rng(SEED), 0, set[tuple[int, int]]()
    while done < most and len(seen) < 50 * most:
        i, j = sorted(int(k) for k in rng.choice(len(world.variants), 2, replace=False))
        if (i, j) in seen:
            continue
        seen.add((i, j))
        one, other = world.variants[i], world.variants[j]
        if one.mistake == other.mistake:
            continue
        case = world.judged(tuple(sorted((one, other), key=lambda v: -max(quantity_of(name).layer for name in v.changes))))
        if case:
            done += 1
            yield case


def main(words: Sequence[str] = ()) -> int:
    """Plant, search, count; write the page. 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks confusion", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs a network (default: %(default)s)")
    parser.add_argument("--networks", nargs="+", default=NETWORKS, metavar="N")
    parser.add_argument("--output", type=Path, default=PAGE)
    asked = parser.parse_args(words)
    alone: list[Case] = []
    both: list[Case] = []
    for network in asked.networks:
        world = World(network)
        alone += [case for variant in world.variants if (case := world.judged((variant,)))]
        both += list(pairs(world, asked.pairs))
        print(f"{network}: {len(world.variants)} mistakes", flush=True)
    write_atomically(asked.output, page(alone, both).encode())
    for name, cases in (("alone", alone), ("pairs", both)):
        print(f"{name}: {share(cases):.1%} of {len(cases)}")
        for case in cases:
            if not (case.is_named or case.is_look_alike):
                print("   ", case.network, " + ".join(v.label for v in case.planted), "->", [sorted(one) for one in case.told])
    return int(share(alone) < GOALS["alone"] or share(both) < GOALS["pairs"])


def share(cases: Sequence[Case]) -> float:
    """The share that was named, or told by what gives the same numbers."""
    return sum(case.is_named or case.is_look_alike for case in cases) / max(len(cases), 1)


def page(alone: Sequence[Case], both: Sequence[Case]) -> str:
    """The page, as Markdown."""
    lines = [
        "# Which mistake is named for which",
        "",
        ABOUT,
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{' --- |' * len(COLUMNS)}",
    ]
    for network in dict.fromkeys(case.network for case in alone):
        row = [f"`{network}`"]
        here = [[case for case in cases if case.network == network] for cases in (alone, both)]
        for cases in here:
            row += [str(n) for n in _counts(cases)]
        seconds = sorted(case.seconds for cases in here for case in cases)
        row += [f"{seconds[len(seconds) // 2]:.2f}", f"{seconds[-1]:.2f}"]
        lines.append(f"| {' | '.join(row)} |")
    for name, cases in (("Each mistake alone", alone), ("Pairs", both)):
        total = _counts(cases)
        alike = f"{total[2]} told by what gives the same numbers, {total[3]} missed"
        lines += ["", f"{name}: {total[1]} of {total[0]} named, {alike}: {share(cases):.1%}."]
    lines += ["", "## Each mistake alone", "", "| planted | times | told as |", "| --- | --- | --- |"]
    for mistake in CATALOGUE:
        cases = [case for case in alone if case.planted[0].mistake == mistake]
        told = Counter("itself" if case.is_named else _list(case) for case in cases)
        if cases:
            words = ", ".join(f"{name} {count}" for name, count in told.most_common())
            lines.append(f"| `{mistake}` | {len(cases)} | {words} |")
    lines += ["", "## What was missed", ""]
    missed = [case for case in (*alone, *both) if not (case.is_named or case.is_look_alike)]
    lines += [
        f"- `{case.network}`: {' and '.join(v.label for v in case.planted)}: told {_list(case)}" for case in missed
    ] or ["Nothing."]
    return "\n".join(lines) + "\n"


def _counts(cases: Sequence[Case]) -> tuple[int, int, int, int]:
    named, alike = sum(case.is_named for case in cases), sum(case.is_look_alike for case in cases)
    return len(cases), named, alike, len(cases) - named - alike


def _list(case: Case) -> str:
    return " and ".join(f"`{' or '.join(sorted(one))}`" for one in case.told) or "nothing"
