"""Check a certificate again, by an independent short routine: its hash, every enclosure, every verdict."""

from __future__ import annotations

import argparse
from pathlib import Path

from gradcheck.recheck import recheck


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("certificate", metavar="FILE", type=Path, help="a certificate written by gradcheck")


def run(arguments: argparse.Namespace) -> int:
    """Print what holds or does not; exit code 1 where something does not."""
    found = recheck(arguments.certificate.read_text(encoding="utf-8"))
    if found.ok:
        print(f"the certificate holds: {found.entries} derivatives, each recomputed from the cost in decimals of 150 digits")
        return 0
    print("\n".join(found.faults[:10]))
    if len(found.faults) > 10:
        print(f"and {len(found.faults) - 10} more")
    return 1
