"""Does code that is given float64 mention a shorter float format, in its names or in the arrays that it holds?"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.certified.replacements.namespaces import closure, is_foreign
from gradcheck.judge.float_formats import FloatFormat, named, of_dtype

SHORT = frozenset({"float32", "float16", "single", "half", "f4", "f2", "<f4", "<f2"})
DEEP = 4


def mentions_short_format(function: Callable[..., Any]) -> bool:
    """Whether the code, or the user's code that it calls, mentions float32 or float16, or holds such an array."""
    return any(_is_short(item) for item in _items(function, DEEP, set()))


def mentioned_formats(function: Callable[..., Any]) -> set[FloatFormat]:
    """The formats shorter than float64 that the code names, or of which it holds arrays."""
    found = {
        named(item) if isinstance(item, str) else of_dtype(item.dtype)
        for item in _items(function, DEEP, set())
        if isinstance(item, str) or isinstance(getattr(item, "dtype", None), np.dtype)
    }
    return {form for form in found if form is not None}


def _is_short(item: Any) -> bool:
    if isinstance(item, str):
        return item in SHORT
    dtype = getattr(item, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize < 8


def _items(value: Any, deep: int, seen: set[int]) -> Iterator[Any]:
    """The names that code mentions, and the arrays and numbers that it sees."""
    if id(value) in seen or deep < 0:
        return
    seen.add(id(value))
    if isinstance(value, types.CodeType):
        yield from value.co_names
        for constant in value.co_consts:
            yield from _items(constant, deep, seen) if isinstance(constant, types.CodeType) else (constant,)
    elif isinstance(value, types.FunctionType):
        if is_foreign(value):
            return
        yield from _items(value.__code__, deep, seen)
        inner = [value.__globals__[name] for name in value.__code__.co_names if name in value.__globals__]
        for part in [*inner, *closure(value).values(), *(value.__defaults__ or ())]:
            yield from _items(part, deep - 1, seen)
    elif isinstance(value, functools.partial):
        for part in (value.func, *value.args, *value.keywords.values()):
            yield from _items(part, deep, seen)
    elif isinstance(value, types.MethodType):
        yield from _items(value.__func__, deep, seen)
        yield from _items(value.__self__, deep - 1, seen)
    elif isinstance(value, np.ndarray | np.generic):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in list(value.values() if isinstance(value, dict) else value)[:64]:
            yield from _items(part, deep - 1, seen)
    elif isinstance(value, type) and issubclass(value, np.generic):
        yield value.__name__
    elif not isinstance(value, type | types.ModuleType | types.BuiltinFunctionType | np.ufunc):
        for part in (*getattr(value, "__dict__", {}).values(), vars(type(value)).get("__call__")):
            yield from _items(part, deep - 1, seen)
