"""Standard output and standard error, whatever they are: closed, full, or a pipe whose reader has gone.

What is told there may hold a stranger's words (a file's name, a column's): characters that could steer a terminal are
spelled out.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from typing import TextIO

from reports.neutral import spelled

OUTPUT = "standard output"
NOWHERE = "the current directory is gone; change to one that exists, and try again"


@contextmanager
def standard_streams() -> Iterator[None]:
    """Around a whole command line: no file that is opened meanwhile gets the number of a stream that was closed.

    Where standard error is closed its sentences are lost, and nothing else is.
    """
    _occupy()
    if sys.stderr is not None:
        try:
            yield
        finally:
            _settle(sys.stderr)
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        yield


def _occupy() -> None:
    """Open the numbers 0, 1, 2 where they are closed: for reading, so that who writes there gets an error, not silence."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)  # a new file gets the lowest number that is free


def put(text: str) -> None:
    """Write to standard output. A reader that has gone is no error; whatever else fails is an OSError that names it."""
    check_output()
    stream: TextIO = sys.stdout
    with suppress(OSError, ValueError):  # no stream of the system
        os.set_blocking(stream.fileno(), True)  # a pipe that another program has set to refuse what does not fit at once
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _give_up(stream)
    except OSError as error:
        _give_up(stream)
        raise OSError(error.errno, error.strerror or str(error), OUTPUT) from None


def check_output() -> None:
    """Raise ValueError where standard output was closed from the start."""
    if sys.stdout is None:
        raise ValueError(f"{OUTPUT} is closed; name a file for the report with --output, or open it")


def tell(*lines: str) -> None:
    """Tell the user something on standard error, line by line; where that cannot be written there is nobody to tell."""
    text = "".join(f"{spelled(line)}\n" for line in lines)
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def _settle(stream: TextIO) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):
        _give_up(stream)


def _give_up(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: Python would complain about it at its end, with an exit code of its own."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # no stream of the system: one that a test has put in its place
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def sentence(error: Exception) -> list[str]:
    """What is told of an error of the user's: one line, or a notation with a caret under what is wrong in it."""
    if isinstance(error, OSError):
        return [_of_system(error)]
    return str(error).splitlines() if getattr(error, "has_lines", False) else [str(error)]


def _of_system(error: OSError) -> str:
    if error.filename and error.errno == errno.ENOSPC:
        return f"{error.filename}: there is no space left to write it; free some, or name a file in another place"
    if error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, FileNotFoundError) and not is_somewhere():
        return NOWHERE
    return error.strerror or str(error)


def check_somewhere() -> int:
    """Raise ValueError where the current directory is gone; what asks for everything that works needs one."""
    if not is_somewhere():
        raise ValueError(NOWHERE)
    return 0


def is_somewhere() -> bool:
    """Whether the current directory exists."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True
