"""What a file defines, and which of it ran: so that a report can say what nobody looked at."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from .source import parse

Place = tuple[str, int]  # the file and the first line of a function, which its code object knows as well
MOST = 400  # definitions that are told
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Entered:
    """While it is on, notes which functions of these files are entered, in every thread that starts meanwhile."""

    def __init__(self, files: Mapping[str, Any], places: set[Place]) -> None:
        self.files, self.places = files, places

    def __enter__(self) -> None:
        threading.setprofile(self._event)
        sys.setprofile(self._event)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _event(self, frame: FrameType, event: str, argument: Any) -> None:
        del argument
        if event == "call" and frame.f_code.co_filename in self.files:
            self.places.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))


@dataclass(frozen=True)
class Definition:
    """A function or method of a file: ``pair`` where it returns several things, as a loss with its gradient does."""

    file: str
    line: int
    name: str
    pair: bool


def definitions(texts: Mapping[str, str]) -> list[Definition]:
    """The functions at the top level of the files and the methods of their classes; what is left to be written is none."""
    found = [one for name, text in texts.items() for one in _in_body(parse(text, name)[0], name, "")]
    return list({(one.file, one.name): one for one in found}.values())[:MOST]  # a later definition takes an earlier one's place


def _in_body(body: list[ast.stmt], file: str, inside: str) -> Iterator[Definition]:
    for statement in body:
        if isinstance(statement, ast.ClassDef) and not inside:
            yield from _in_body(statement.body, file, f"{statement.name}.")
        elif isinstance(statement, Function) and not _is_unwritten(statement):
            line = min([statement.lineno, *(one.lineno for one in statement.decorator_list)])
            yield Definition(file, line, inside + statement.name, _returns_several(statement))
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
            several = isinstance(statement.value.body, ast.Tuple)
            named = (target.id for target in statement.targets if isinstance(target, ast.Name))
            yield from (Definition(file, statement.value.lineno, inside + name, several) for name in named)


def _is_unwritten(function: Function) -> bool:
    """Nothing but a docstring, ``pass``, ``...`` or a raise: a base class's method, or one that is not begun."""
    return all(
        isinstance(statement, ast.Pass | ast.Raise)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in function.body
    )


def _returns_several(function: Function) -> bool:
    return any(isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) for node in ast.walk(function))
