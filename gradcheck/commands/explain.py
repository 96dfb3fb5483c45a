"""Explain one mistake: both formulas, why, a worked example with small numbers, and where it hides. Without an id: all of them.

Examples: gradcheck explain missing-hidden-activation-derivative
          gradcheck explain weight-transpose-missing --network 3-4-4-2 --lang zh
          gradcheck explain
"""

from __future__ import annotations

import argparse

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.sentences.sentence import LANGUAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("id", nargs="?", metavar="ID", help="a mistake; without it all are listed by group")
    parser.add_argument("--network", metavar="N", help="what it changes in this network, too: a notation or a preset's name")
    parser.add_argument("--lang", choices=tuple(LANGUAGES), default="en", help="language of the page (default: %(default)s)")
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the page, or the list."""
    check_report_options(arguments)
    from gradcheck.explanations.mistake_page import check_id, list_of_mistakes, mistake_page
    from reference_nets.examples.presets import resolve

    if arguments.id is None:
        emit(list_of_mistakes(arguments.lang), arguments)
        return 0
    check_id(arguments.id)
    spec = resolve(arguments.network).spec if arguments.network else None
    emit(mistake_page(arguments.id, spec, arguments.lang), arguments)
    return 0
