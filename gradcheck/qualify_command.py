"""Plant every mistake of the catalogue in a network, one and two at a time, and ask every rule: ours and those of peers."""

from __future__ import annotations

import argparse

import numpy as np

from gradcheck.output import add_report_options, check_report_options, emit
from gradcheck.points import safe_point
from gradcheck.qualification import FAMILIES, ON_BALLS, OURS, family_point, qualify
from reference_nets.presets import resolve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    families = ", ".join(map(repr, FAMILIES))
    parser.add_argument("network", metavar="NETWORK", help=f"a notation, a preset, or a family: {families}")
    parser.add_argument("--seed", type=int, default=5, help="of the point and the pairs (default 5)")
    parser.add_argument("--pairs", type=int, default=20, help="how many pairs of mistakes (default 20)")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Qualify and report; exit code 1 where a wrong gradient got through or a correct one was rejected."""
    check_report_options(arguments)
    rng = np.random.default_rng(arguments.seed)
    if arguments.network in FAMILIES:
        spec, point = family_point(arguments.network, rng)
    else:
        spec = resolve(arguments.network).spec
        point = safe_point(spec, rng)
    found = qualify(spec, point, rng, pairs=arguments.pairs)
    emit(found.report(), arguments)
    ours = {score.rule: score for score in found.scores if score.rule in (OURS, ON_BALLS)}
    return int(ours[ON_BALLS].killed < ours[ON_BALLS].wrong or any(score.alarms for score in ours.values()))
