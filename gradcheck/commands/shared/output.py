"""Where a report goes: to standard output, or to the files that the user named; never both, never half a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gradcheck.commands.shared.places import check_places
from gradcheck.commands.shared.streams import check_output, put, sentence, tell
from gradcheck.sentences.sentence import retold, sentences_of, told
from reports.document import Document
from reports.render import FORMATS, format_of, render, wants_color, write

_say = sentences_of("commands/options")


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command with a report shares."""
    formats = [name for name, row in FORMATS.items() if not row.binary]
    parser.add_argument("--format", choices=formats, help="format on standard output (default: text)")
    suffixes = " ".join(row.suffix for row in FORMATS.values())
    parser.add_argument(
        "--output", metavar="PATH", type=Path, action="append", default=[], help=f"write to a file instead: {suffixes}"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, no remarks")


def check_report_options(
    arguments: argparse.Namespace, *, reads: Sequence[Path | None] = (), writes: Sequence[Path | None] = ()
) -> None:
    """Raise ValueError or OSError before any work where a report could not be written afterwards, or would do harm.

    ``reads`` are the files that the command reads, ``writes`` those that it writes beside its reports.
    """
    if not arguments.output:
        check_output()
    for path in arguments.output:
        if not arguments.format:
            format_of(path)
    check_places([*arguments.output, *writes], reads, to_output=not arguments.output)
    if arguments.output and all(not arguments.format and format_of(path) == "pdf" for path in arguments.output):
        _check_tex()


def _check_tex() -> None:
    from reports.formats.pdf import NoTexEngineError, engine

    try:
        engine()
    except NoTexEngineError as error:
        raise ValueError(str(error)) from None


def emit(document: Document, arguments: argparse.Namespace, *, first: Callable[[], None] | None = None) -> None:
    """Write the report where the options say; one file that cannot be written keeps none of the others from it.

    ``first`` writes what goes into a file of its own (a model, a certificate).
    """
    failed: list[Exception] = []
    writers = [first] if first else []
    writers += [partial(_write, document, path, arguments) for path in arguments.output]
    writers += [] if arguments.output else [partial(show, document, format=arguments.format or "text", quiet=arguments.quiet)]
    for writer in writers:
        try:
            writer()
        except (OSError, RuntimeError, ValueError) as error:
            failed.append(error)
    for another in failed[1:]:
        tell(*sentence(retold(another, _language(arguments))))
    if failed:
        raise failed[0]


def _write(document: Document, path: Path, arguments: argparse.Namespace) -> None:
    from reports.formats.pdf import NoTexEngineError

    try:
        write(document, path, format=arguments.format)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        return
    except NoTexEngineError as error:  # what is missing on this machine is no fault of ours
        raise ValueError(_say("not-written", path=path, error=error)) from None
    say(_say("wrote", path=path), arguments)


def show(document: Document, *, format: str = "text", quiet: bool = False) -> None:
    """Write the report to standard output, in colours where they are seen."""
    text = render(document, format, color=sys.stdout is not None and wants_color(sys.stdout))
    put(_writable(text, format, quiet))


def _writable(text: str, format: str, quiet: bool) -> str:
    """The text as standard output can write it: for a reader, question marks are better than nothing; for a program, not."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        advice = f"standard output is {encoding}, which lacks signs of the report; set PYTHONIOENCODING=utf-8"
        if format != "text":
            raise ValueError(f"{advice}, or name a file with --output") from None
        if not quiet:
            tell(advice)
    return text.encode(encoding, "replace").decode(encoding)


@contextmanager
def own_work() -> Iterator[None]:
    """From here on a ValueError is the checker's own fault: whatever the user gave has been looked at before."""
    try:
        yield
    except ValueError as error:
        raise RuntimeError(str(error)) from error


def say(text: str, arguments: argparse.Namespace) -> None:
    """A remark to the user: on standard error, so that a report can be piped."""
    if not arguments.quiet:
        tell(told(text, _language(arguments)))


def _language(arguments: argparse.Namespace) -> str:
    return getattr(arguments, "lang", "en")
