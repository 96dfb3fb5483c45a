"""The arrays that an object holds, wherever it keeps them: in attributes, lists, dicts, and objects of its own."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..common import Array

Path = tuple[tuple[str, Any], ...]  # ("attribute", name) or ("item", key), from the object to an array in it
DEEPEST, MOST = 7, 4000
_NOT_LOOKED_INTO = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, str, bytes)


def leaves(root: Any) -> Iterator[tuple[Path, Any]]:
    """Every array and number below an object, nearest first; an object that is reached twice is looked into once."""
    seen: set[int] = set()
    level: list[tuple[Path, Any]] = [((), root)]
    count = 0
    while level:
        below: list[tuple[Path, Any]] = []
        for path, value in level:
            count += 1
            if count > MOST:
                return
            if _is_leaf(value):
                yield path, value
            elif len(path) < DEEPEST and id(value) not in seen and not isinstance(value, _NOT_LOOKED_INTO):
                seen.add(id(value))
                below += [((*path, step), part) for step, part in children(value)]
        level = below


def arrays(root: Any) -> list[tuple[Path, Array]]:
    """The arrays among them, in order; those of a list of plain numbers are none."""
    return [(path, value) for path, value in leaves(root) if isinstance(value, np.ndarray)]


def _is_leaf(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float) and not (
        isinstance(value, np.ndarray) and value.dtype == object
    )


def children(value: Any) -> Iterator[tuple[tuple[str, Any], Any]]:
    """What stands directly in an object, each with the step that leads there."""
    if isinstance(value, Mapping):
        yield from ((("item", key), part) for key, part in value.items())
    elif isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 1):
        yield from ((("item", n), part) for n, part in enumerate(value))
    else:
        held = getattr(value, "__dict__", None) or {}
        yield from ((("attribute", name), part) for name, part in held.items())
        for name in _slots(value):
            if hasattr(value, name):
                yield ("attribute", name), getattr(value, name)


def _slots(value: Any) -> tuple[str, ...]:
    found = getattr(type(value), "__slots__", ())
    return (found,) if isinstance(found, str) else tuple(found)


def at(root: Any, path: Path) -> Any:
    """What stands at a path; raises LookupError or AttributeError where nothing does."""
    for kind, key in path:
        root = getattr(root, key) if kind == "attribute" else root[key]
    return root


def put(root: Any, path: Path, value: Any) -> bool:
    """Let a value stand at a path; False where it cannot be replaced there, in a tuple."""
    *before, (kind, key) = path
    parent = at(root, tuple(before))
    try:
        if kind == "attribute":
            setattr(parent, key, value)
        else:
            parent[key] = value
    except (TypeError, AttributeError):
        return False
    return True


def name_of(path: Path) -> str:
    """A path as it is written: ``layers[0].weights``."""
    text = "".join(f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in path)
    return text.lstrip(".")
