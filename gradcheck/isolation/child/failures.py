"""What an exception of a submission means: its kind, one sentence, and the line of the submission where it arose."""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Container
from typing import Any

# An exception may carry the numbers that it was about: a report for students need not show the inputs by accident.
_DECIMAL = re.compile(r"[-+]?\d+\.\d+(e[-+]?\d+)?")


class StandInUsed(Exception):  # noqa: N818 - it reads as a sentence in a report
    """A module that is not there was used, not only imported."""


_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (StandInUsed, "import"),
    (ImportError, "import"),
    (MemoryError, "memory"),
    ((SystemExit, GeneratorExit), "exit"),
    (PermissionError, "forbidden"),
    (SyntaxError, "syntax"),
)


def kind_of(error: BaseException) -> str:
    """The kind of an exception; what is none of the known ones is an ``exception``. Its own word for its class is not asked."""
    return next((kind for types, kind in _KINDS if issubclass(type(error), types)), "exception")


def sentence(error: BaseException) -> str:
    """``Type: message``, at most a few thousand characters; the message is the submission's own and is not trusted."""
    name = type.__dict__["__name__"].__get__(type(error))[:100]
    try:
        words = _DECIMAL.sub("#", f"{error.msg if isinstance(error, SyntaxError) else error}"[:4000])
        code = str(error.text or "") if isinstance(error, SyntaxError) else _code_of(error)
    except BaseException:
        words, code = "(its message cannot be printed)", ""
    return (f"{name}: {words}" if words else name) + (f", at `{code.strip()[:120]}`" if code.strip() else "")


def _code_of(error: BaseException) -> str:
    """The innermost line of the submission: its files are those whose lines were remembered, they lie nowhere."""
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [(name, line) for name, line in frames if linecache.cache.get(name, ())[1:2] == (None,)]
    return linecache.getline(*own[-1]) if own else ""


def line_of(error: BaseException, files: Container[str]) -> int:
    """The innermost line in the submission's own files; 0 where there is none."""
    try:
        frames = traceback.walk_tb(error.__traceback__)
        lines: list[Any] = [line for frame, line in frames if frame.f_code.co_filename in files]
        if isinstance(error, SyntaxError) and error.filename in files:
            lines = [error.lineno]
    except BaseException:  # its attributes may be anything
        return 0
    return lines[-1] if lines and type(lines[-1]) is int else 0
