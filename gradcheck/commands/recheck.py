"""Check a certificate again, by an independent short routine: its form, its hash, every derivative, budget and verdict.

What can be recomputed is recomputed, with nothing that wrote the certificate; what is taken on trust is listed.
Exit code 0: the verdict was found again, whatever it is; 1: something does not hold; 2: this is no certificate;
3: nothing speaks against it, but what its verdict rests on could not be recomputed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit, say
from gradcheck.commands.shared.progress import stages
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.recheck.function import is_of_function, recheck_function
from gradcheck.recheck.network import recheck
from gradcheck.recheck.reading import Outcome, Recheck
from gradcheck.recheck.subject import load_function
from gradcheck.recheck.watch import MAX_SECONDS, TimeAllowance
from gradcheck.sentences.durations import duration
from reference_nets.reading.strict_json import DamagedFile, read_file
from reports.document import Block, Bullets, Callout, Document, Section, Tone, prose

_CODES = {
    Outcome.HOLDS: ExitCode.MATCH,
    Outcome.REFUTED: ExitCode.MISMATCH,
    Outcome.UNCONFIRMED: ExitCode.INCONCLUSIVE,
}
_TONES: dict[Outcome, Tone] = {Outcome.HOLDS: "good", Outcome.REFUTED: "bad", Outcome.UNCONFIRMED: "warn"}
_SENTENCES = {
    Outcome.HOLDS: "the certificate holds",
    Outcome.REFUTED: "the certificate does not hold",
    Outcome.UNCONFIRMED: "nothing speaks against the certificate, but not all of it could be confirmed",
}
MOST_TOLD = 10  # sentences of one kind that are printed; JSON has them all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("certificate", metavar="FILE", type=Path, help="a certificate written by gradcheck")
    parser.add_argument(
        "--function",
        metavar="PLACE:NAME",
        help="the function that a certificate is of (module:name or path.py:name): its derivatives are taken again",
    )
    parser.add_argument(
        "--gradient",
        metavar="PLACE:NAME",
        help="the gradient code that it judges: called again, and its formula compared in 80 digits (with --function)",
    )
    parser.add_argument(
        "--max-seconds",
        type=float,
        default=MAX_SECONDS,
        metavar="N",
        help="processor seconds; what they do not suffice for is not confirmed, exit code 3 (default: %(default)g)",
    )
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Report what holds, what does not, and what is taken on trust."""
    named = [_file_of(name) for name in (arguments.function, arguments.gradient) if name]
    check_report_options(arguments, reads=[arguments.certificate, *named])
    content = read_file(arguments.certificate)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise DamagedFile(arguments.certificate, "is no certificate: it is no text in UTF-8") from None
    if arguments.gradient and not arguments.function:
        raise ValueError("--gradient goes with --function: its formula is compared with the derivatives of the function")
    if not 0 < arguments.max_seconds < inf:
        raise ValueError(f"--max-seconds is {arguments.max_seconds:g}, expected a number of seconds above 0")
    if arguments.function and not is_of_function(text):
        raise ValueError(
            "this certificate is of a network, which it describes itself: --function goes with those of functions"
        )
    f, gradient = (load_function(name) if name else None for name in (arguments.function, arguments.gradient))
    with stages(quiet=arguments.quiet) as bar:
        watch = TimeAllowance(
            arguments.max_seconds,
            lambda seconds: say(_beforehand(seconds, arguments.max_seconds), arguments),
            lambda done, total: bar("derivatives", done, total),
        )
        found = recheck_function(text, f, gradient, watch) if is_of_function(text) else recheck(text, watch)
    emit(recheck_document(found), arguments)
    return _CODES[found.outcome]


def _beforehand(seconds: float, most: float) -> str:
    """What is said before something takes long."""
    bound = "" if seconds <= most else f", more than the {most:g} seconds allowed: what is left then is not confirmed"
    return f"gradcheck recheck: taking the derivatives again takes about {duration(seconds)} (bound: --max-seconds){bound}"


def _file_of(name: str) -> Path | None:
    """The file that ``path.py:name`` names; of ``module:name`` none."""
    place = name.rpartition(":")[0]
    return Path(place) if place.endswith(".py") else None


def recheck_document(found: Recheck) -> Document:
    """What was found, for a reader and as data."""
    outcome = found.outcome
    first = f"{_SENTENCES[outcome]}: {found.entries} derivatives, {found.how}"
    lines = [first]
    if outcome is Outcome.HOLDS:
        lines.append(f"confirmed verdict: {found.verdict} ({', '.join(f'{name} {v}' for name, v in _first(found.verdicts))})")
    blocks: list[Block] = [Callout(_TONES[outcome], [prose(line) for line in (*lines, *_shortened(found.faults))])]
    for title, sentences in (("Not confirmed", found.open), ("Taken on trust", found.trusted)):
        if sentences:
            blocks.append(Section(title, [Bullets([prose(line) for line in _shortened(sentences)])]))
    return Document("Certificate checked again", blocks, data=_data(found))


def _data(found: Recheck) -> dict[str, Any]:
    holds = found.outcome is Outcome.HOLDS
    return {
        "schema": "gradcheck.recheck/1",
        "kind": found.kind,
        "outcome": str(found.outcome),
        "verdict": found.verdict if holds else None,  # the one that was confirmed
        "claimed_verdicts": dict(found.verdicts),
        "entries": found.entries,
        "how": found.how,
        "faults": list(found.faults),
        "unconfirmed": list(found.open),
        "trusted": list(found.trusted),
    }


def _first(verdicts: Any) -> list[tuple[str, str]]:
    pairs = list(verdicts.items())
    return pairs[:MOST_TOLD] + ([("...", f"{len(pairs) - MOST_TOLD} more")] if len(pairs) > MOST_TOLD else [])


def _shortened(sentences: Sequence[str]) -> list[str]:
    more = [f"and {len(sentences) - MOST_TOLD} more"] if len(sentences) > MOST_TOLD else []
    return [*sentences[:MOST_TOLD], *more]
