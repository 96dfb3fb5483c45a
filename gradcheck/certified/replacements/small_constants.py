"""Small constants that keep a logarithm or a quotient finite: the 1e-12 of ``log(p + 1e-12)``, found in code with its line.

The textbook's gradient is that of the cost without it. Where a gradient differs from the truth, both codes run once more
with such constants anywhere between nothing and themselves: in sums, as bounds of maximum, minimum and clip.
"""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.certified.replacements.namespaces import closure, is_foreign
from gradcheck.sentences.sentence import Sentence

LARGEST_SMALL_CONSTANT = 1e-6  # a larger one is part of the formula
MACHINE = frozenset({"finfo", "float_info"})  # where code takes the unit of a format from
ATTRIBUTES = frozenset({"eps", "epsilon", "tiny", "min", "smallest_normal", "smallest_subnormal"})
DEEP = 4


@dataclass(frozen=True)
class ConstantPlace:
    """A small constant and the line of code that names it."""

    value: float
    file: str
    line: int

    def __str__(self) -> str:
        return Sentence("following.the-constant", value=self.value, line=self.line, file=Path(self.file).name)


def is_small(value: Any) -> bool:
    """Whether a number is a float near 0 or near 1, and none of them."""
    if not isinstance(value, float | np.floating):
        return False
    number = float(value)
    return number not in (0.0, 1.0) and min(abs(number), abs(number - 1)) <= LARGEST_SMALL_CONSTANT


def small_constants(functions: tuple[Callable[..., Any], ...]) -> dict[float, ConstantPlace]:
    """Those that the functions name, literally or by a variable, with the first line that does so."""
    found: dict[float, ConstantPlace] = {}
    for function in functions:
        for value, place in _constants(function, DEEP, set()):
            found.setdefault(value, place)
    return found


def _constants(value: Any, deep: int, seen: set[int]) -> Iterator[tuple[float, ConstantPlace]]:
    if id(value) in seen or deep < 0:
        return
    seen.add(id(value))
    if isinstance(value, functools.partial):
        for part in (value.func, *value.args):
            yield from _constants(part, deep, seen)
    elif isinstance(value, types.MethodType) and isinstance(value.__func__, types.FunctionType):
        yield from _in_function(value.__func__, _attributes(value.__self__), deep, seen)
        yield from _of_object(value.__self__, deep, seen)
    elif isinstance(value, types.FunctionType):
        if not is_foreign(value):
            yield from _in_function(value, {}, deep, seen)
    elif callable(value) and not isinstance(value, type | types.BuiltinFunctionType | np.ufunc):
        yield from _of_object(value, deep, seen)


def _attributes(owner: Any) -> dict[str, Any]:
    """What an object and its class hold, by name."""
    held: dict[str, Any] = {}
    for kind in reversed(type(owner).__mro__):
        held |= vars(kind)
    return held | getattr(owner, "__dict__", {})


def _of_object(owner: Any, deep: int, seen: set[int]) -> Iterator[tuple[float, ConstantPlace]]:
    """In the methods of an object that code under test belongs to."""
    attributes = _attributes(owner)
    for method in vars(type(owner)).values():
        if isinstance(method, types.FunctionType) and id(method) not in seen and not is_foreign(method):
            seen.add(id(method))
            yield from _in_function(method, attributes, deep - 1, seen)
    for held in getattr(owner, "__dict__", {}).values():
        for part in held if isinstance(held, list | tuple) else [held]:
            if callable(part):
                yield from _constants(part, deep - 1, seen)


def _in_function(
    function: types.FunctionType, attributes: dict[str, Any], deep: int, seen: set[int]
) -> Iterator[tuple[float, ConstantPlace]]:
    """In one function, and in what it calls by name."""
    known = {**function.__globals__, **closure(function)}
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for value in (*defaults, *_inside(defaults), *_inside(closure(function).values())):
        if is_small(value):
            yield float(value), ConstantPlace(float(value), function.__code__.co_filename, function.__code__.co_firstlineno)
    yield from _in_code(function.__code__, known, attributes)
    for name in (*function.__code__.co_names, *function.__code__.co_freevars):
        if name in known:
            yield from _constants(known[name], deep - 1, seen)


def _inside(values: Any) -> list[Any]:
    return [item for value in values if isinstance(value, dict) for item in value.values()]


def _in_code(code: types.CodeType, known: dict[str, Any], attributes: dict[str, Any]) -> Iterator[tuple[float, ConstantPlace]]:
    line, machine = code.co_firstlineno, bool(MACHINE & set(code.co_names))
    for step in dis.get_instructions(code):
        position = step.positions.lineno if step.positions else None
        line = position or line
        values: list[Any] = [step.argval] if step.opname in ("LOAD_CONST", "LOAD_SMALL_INT") else []
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"):
            values = [known.get(step.argval)]
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            values = [attributes.get(step.argval)]
            if machine and step.argval in ATTRIBUTES:
                values += [float(np.finfo(np.float64).eps), float(np.finfo(np.float32).eps), float(np.finfo(np.float64).tiny)]
        for value in values:
            if is_small(value):
                yield float(value), ConstantPlace(float(value), code.co_filename, line)
            elif isinstance(value, types.CodeType):
                yield from _in_code(value, known, attributes)
