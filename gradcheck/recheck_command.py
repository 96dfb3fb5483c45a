"""Check a certificate again, by an independent short routine: its hash, every enclosure, every verdict."""

from __future__ import annotations

import argparse
from pathlib import Path

from gradcheck.places import check_places
from gradcheck.recheck import recheck
from gradcheck.recheck_function import is_of_function, load_function, recheck_function
from gradcheck.streams import check_output, put
from reports.neutral import spelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("certificate", metavar="FILE", type=Path, help="a certificate written by gradcheck")
    parser.add_argument(
        "--function",
        metavar="PLACE:NAME",
        help="the function that a certificate is of (module:name or path.py:name): its derivatives are taken again",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what holds or does not; exit code 1 where something does not."""
    check_output()
    check_places([], [arguments.certificate], to_output=True)
    text = arguments.certificate.read_text(encoding="utf-8")
    if is_of_function(text):
        f = load_function(arguments.function) if arguments.function else None
        entries, faults, how = recheck_function(text, f)
    else:
        found = recheck(text)
        entries, faults, how = found.entries, list(found.faults), "each recomputed from the cost in decimals of 150 digits"
    if not faults:
        put(f"the certificate holds: {entries} derivatives, {how}\n")
        return 0
    more = [f"and {len(faults) - 10} more"] if len(faults) > 10 else []
    put("".join(f"{spelled(line)}\n" for line in [*faults[:10], *more]))
    return 1
