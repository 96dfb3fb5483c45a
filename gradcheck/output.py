"""Where a report goes: to standard output, or to the files that the user named; never both, never half a file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from reports.document import Document
from reports.files import check_writable
from reports.render import FORMATS, format_of, render, wants_color, write


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command with a report shares."""
    formats = [name for name, row in FORMATS.items() if not row.binary]
    parser.add_argument("--format", choices=formats, help="format on standard output (default: text)")
    suffixes = " ".join(row.suffix for row in FORMATS.values())
    parser.add_argument(
        "--output", metavar="PATH", type=Path, action="append", default=[], help=f"write to a file instead: {suffixes}"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, no remarks")


def check_report_options(arguments: argparse.Namespace) -> None:
    """Raise ValueError before any work where a report could not be written afterwards."""
    if sys.stdout is None and not arguments.output:
        raise ValueError("standard output is closed; name a file for the report with --output")
    for path in arguments.output:
        if not arguments.format:
            format_of(path)
    check_places(arguments.output)
    if arguments.output and all(not arguments.format and format_of(path) == "pdf" for path in arguments.output):
        _check_tex()


def check_places(paths: Sequence[Path | None]) -> None:
    """Raise before any work where a file could not be written afterwards, or two would be the same one."""
    given = [path for path in paths if path is not None]
    for path in given:
        check_writable(path)
    kept = [os.path.realpath(path) for path in given if path.is_file() or not path.exists()]
    if twice := next((path for path in kept if kept.count(path) > 1), None):
        raise ValueError(f"{twice} is named for two files; give each a name of its own")


def _check_tex() -> None:
    from reports.pdf import NoTexEngineError, engine

    try:
        engine()
    except NoTexEngineError as error:
        raise ValueError(str(error)) from None


def emit(document: Document, arguments: argparse.Namespace) -> None:
    """Write the report where the options say; one file that cannot be written keeps none of the others from it."""
    failed: list[Exception] = []
    for path in arguments.output:
        try:
            _written(document, path, arguments.format)
            say(f"wrote {path}", arguments)
        except (OSError, RuntimeError, ValueError) as error:
            failed.append(error)
    for another in failed[1:]:
        print(another, file=sys.stderr)
    if failed:
        raise failed[0]
    if not arguments.output:
        format = arguments.format or "text"
        text = render(document, format, color=wants_color(sys.stdout))
        sys.stdout.write(_writable(text, format, arguments))
        sys.stdout.flush()


def _written(document: Document, path: Path, format: str | None) -> None:
    from reports.pdf import NoTexEngineError

    try:
        write(document, path, format=format)
    except NoTexEngineError as error:  # what is missing on this machine is no fault of ours
        raise ValueError(f"{path} was not written: {error}") from None


def _writable(text: str, format: str, arguments: argparse.Namespace) -> str:
    """The text as standard output can write it: for a reader, question marks are better than nothing; for a program, not."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        advice = f"standard output is {encoding}, which lacks signs of the report; set PYTHONIOENCODING=utf-8"
        if format != "text":
            raise ValueError(f"{advice}, or name a file with --output") from None
        say(advice, arguments)
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
        print(text, file=sys.stderr)
