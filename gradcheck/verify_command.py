"""Verify networks: for each of them the witnesses (symbolic, backprop, numeric, certified), every pair compared.

Without NETWORK: every preset, and a spread over all activations and costs, 0 to 4 hidden layers, with and without L2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gradcheck.cli import EXIT_FAULT
from gradcheck.output import add_report_options, check_report_options, emit, own_work, say
from gradcheck.points import load_point
from gradcheck.progress import progress
from gradcheck.spread import default_networks
from gradcheck.verdicts import Verdict, exit_code
from gradcheck.verification import Verification, check_range, check_size, verify_network
from gradcheck.verify_report import overall, verify_document
from reference_nets.presets import resolve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="a notation such as 3-4:tanh-2, or a preset's name")
    parser.add_argument("--point", metavar="FILE", type=Path, help="parameters and batch from an .npz or .json file")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random points (default: 0)")
    parser.add_argument("--verbose", action="store_true", help="every network's quantities, pairs and properties, too")
    parser.add_argument("--strict", action="store_true", help="take inaccurate for wrong")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Verify and report; raises ValueError for a bad notation or point, before any work."""
    check_report_options(arguments)
    specs = [resolve(name).spec for name in arguments.networks]
    if arguments.seed < 0:
        raise ValueError(f"--seed is {arguments.seed}, expected a whole number >= 0")
    if arguments.point and len(specs) != 1:
        raise ValueError(f"--point belongs to one network, got {len(specs)}; name the one it is a point of")
    for spec in specs:
        check_size(spec)
    point = load_point(arguments.point, specs[0]) if arguments.point else None
    if point:
        check_range(specs[0], point)
    names = arguments.networks or default_networks()
    with own_work():
        verifications = [
            verify_network(name, seed=arguments.seed, point=point)
            for name in progress(names, label="verifying", quiet=arguments.quiet)
        ]
        document = verify_document(verifications, seed=arguments.seed, verbose=arguments.verbose)
    emit(document, arguments)
    verdict = overall(verifications)
    if verdict is Verdict.MISMATCH:
        print(f"gradcheck verify: {contradiction(verifications)}", file=sys.stderr)
    if verdict is Verdict.INACCURATE:
        say("digits were lost: see the networks marked inaccurate", arguments)
    return verify_exit_code(verdict, strict=arguments.strict)


def verify_exit_code(verdict: Verdict, *, strict: bool = False) -> int:
    """The exit code; no gradient of a user's is in it, so that a mismatch is one among our own witnesses: our fault."""
    return EXIT_FAULT if verdict is Verdict.MISMATCH else exit_code(verdict, strict=strict)


def contradiction(verifications: Sequence[Verification]) -> str:
    """The sentence for witnesses that contradict each other."""
    wrong = [v for v in verifications if v.verdict is Verdict.MISMATCH]
    more = f" (and on {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return (
        f"the checker's own fault: its witnesses contradict each other on {wrong[0].name}{more}, {wrong[0].trouble}; please "
        "report it"
    )
