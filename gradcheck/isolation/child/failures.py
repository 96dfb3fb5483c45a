"""What an exception of a submission means: its kind, one sentence, and the line of the submission where it arose."""

from __future__ import annotations

import json
import linecache
import re
import traceback
from collections.abc import Container
from typing import Any, TypeVar

# An exception may carry the numbers that it was about: a report for students need not show the inputs by accident.
_DECIMAL = re.compile(r"[-+]?\d+\.\d+(e[-+]?\d+)?")


Said = dict[str, Any]
_E = TypeVar("_E", bound=BaseException)
_DUMPS = json.dumps


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


def sentence(error: BaseException) -> Said:
    """``Type: message, at code`` as data; the message is the submission's own, or a sentence of ours, and is not trusted."""
    told = raised(error, 4000)
    try:
        code = (str(error.text or "") if isinstance(error, SyntaxError) else _code_of(error)).strip()[:120]
    except BaseException:
        code = ""
    return said("raised-at", what=told, code=code) if code else told


def raised(error: BaseException, most: int) -> Said:
    """``Type: message``, of so many characters."""
    name = type.__dict__["__name__"].__get__(type(error))[:100]
    try:
        own = vars(error).get("said")
        words = own or _DECIMAL.sub("#", f"{error.msg if isinstance(error, SyntaxError) else error}"[:most])
    except BaseException:
        words = said("cannot-be-printed")
    return said("raised", type=name, words=words) if words else said("a-type", type=name)


def said(key: str, /, **values: Any) -> Said:
    """A sentence as data: its key in the judge's table of contracts, and plain values (or sentences) for its places."""
    return {"say": key, "values": values}


def saying(error: _E, key: str, /, **values: Any) -> _E:
    """The exception with a sentence of ours in the place of its message."""
    error.__dict__["said"] = said(key, **values)
    return error


def written(told: Any) -> str:
    """A sentence as it crosses the border; nothing where a submission has put there what cannot be written."""
    try:
        return _DUMPS(told, ensure_ascii=False)
    except BaseException:
        return ""


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
