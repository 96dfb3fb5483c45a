"""Derive backpropagation for one network: formulas, chain rule, delta, BP1 to BP4, the proof, numbers beside the symbols.

Examples: gradcheck derive 2-3-1
          gradcheck derive mazur --numbers --output mazur.html
          gradcheck derive 3-4:tanh-2:softmax/cross_entropy --weight W1[0,1] --lang zh --output bericht.pdf
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.commands.shared.progress import stages
from gradcheck.commands.shared.workload import Task, announce, check_feasible
from reference_nets.spec import NetworkSpec
from reports.render import format_of

SECONDS_A_STEP = 5e-4  # of the JSON report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("network", metavar="NETWORK", help="a notation such as 2-3-1, or a preset's name")
    parser.add_argument("--numbers", action="store_true", help="a point's numbers beside the symbols, and one step of descent")
    parser.add_argument(
        "--point", type=Path, metavar="FILE", help="the point, .npz or .json with W1 b1 ... x y (implies --numbers)"
    )
    parser.add_argument("--batch", type=int, metavar="M", help="examples of a drawn point (default: 1)")
    parser.add_argument(
        "--learning-rate", type=float, metavar="ETA", help="of the step of descent (default: the preset's, or 0.5)"
    )
    parser.add_argument("--weight", metavar="W1[0,1]", help="the parameter to follow along all its paths, counted from 0")
    parser.add_argument("--level", choices=("full", "brief"), default="full", help="brief: the rules and the checks only")
    parser.add_argument("--expand", action="store_true", help="write every closed form out in x, W and b")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the prose (default: en)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of whatever is drawn (default: 0)")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Derive and report; 0 if the recursion is proven (or passed its test), 4 if it is refuted: it is our own."""
    check_report_options(arguments, reads=[arguments.point])
    from gradcheck.commands.derivation_document import DerivationOptions, derivation_document
    from reference_nets.examples.presets import resolve

    preset = resolve(arguments.network)
    check_feasible(Task.DERIVE, preset.spec)
    extra = _listing_seconds(arguments, preset.spec)
    announce(Task.DERIVE, [preset.spec], quiet=arguments.quiet, extra=extra, language=arguments.lang)
    with stages(quiet=arguments.quiet) as tell:
        wanted = DerivationOptions(
            language=arguments.lang,
            level=arguments.level,
            weight=arguments.weight,
            expand=arguments.expand,
            numbers=arguments.numbers,
            point=arguments.point,
            batch=arguments.batch,
            learning_rate=arguments.learning_rate,
            seed=arguments.seed,
        )
        document, holds = derivation_document(preset, wanted, tell)
        emit(document, arguments)
    return 0 if holds else 4


def _listing_seconds(arguments: argparse.Namespace, spec: NetworkSpec) -> float:
    """What the JSON report takes besides, which has every step of a network up to a size."""
    from symbolic.report.derivation import LISTED

    formats = [arguments.format] if arguments.format else [format_of(path) for path in arguments.output]
    return SECONDS_A_STEP * spec.n_params if "json" in formats and spec.n_params <= LISTED else 0.0
