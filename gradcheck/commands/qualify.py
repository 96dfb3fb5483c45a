"""Plant every mistake of the catalogue in a network, one and two at a time, and ask every rule: ours and those of peers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.commands.shared.progress import progress
from gradcheck.commands.shared.workload import foretold
from gradcheck.sentences.sentence import Sentence
from gradcheck.verification.qualification import ALL_PAIRS, FAMILIES, SAMPLE, Qualification, family_point, qualify, scoreboard
from gradcheck.witnesses.points import safe_point
from reference_nets.examples.presets import resolve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    families = ", ".join(map(repr, FAMILIES))
    text = f"a notation, a preset, or a family: {families}; without it all families, and the sum of what every rule did"
    parser.add_argument("network", metavar="NETWORK", nargs="?", help=text)
    parser.add_argument("--seed", type=int, default=5, help="of the point and the pairs (default 5)")
    pairs = f"how many random pairs of mistakes (default: all, or {SAMPLE} where there are more than {ALL_PAIRS})"
    parser.add_argument("--pairs", type=int, help=pairs)
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Qualify and report; exit code 1 where a wrong gradient got through or a correct one was rejected."""
    check_report_options(arguments)
    if arguments.network:
        only = _qualified(arguments.network, arguments)
        emit(only.report(), arguments)
        return int(not only.holds)
    found = {name: _qualified(name, arguments) for name in FAMILIES}
    emit(scoreboard(found), arguments)
    return int(not all(q.holds for q in found.values()))


def _qualified(network: str, arguments: argparse.Namespace) -> Qualification:
    rng = np.random.default_rng(arguments.seed)
    if network in FAMILIES:
        spec, point = family_point(network, rng)
    else:
        spec = resolve(network).spec
        point = safe_point(spec, rng)

    def shown(work: list[Any]) -> Iterator[Any]:
        bar = progress(work, label=network, quiet=arguments.quiet, describe=lambda _: "")
        return foretold(bar, len(work), f"qualify: {network}", Sentence("networks.fewer-pairs"), quiet=arguments.quiet)

    return qualify(spec, point, rng, pairs=arguments.pairs, progress=shown)
