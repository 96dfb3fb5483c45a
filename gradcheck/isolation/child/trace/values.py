"""The numbers that a variable holds, found without running anything of the file's."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from types import FrameType, MappingProxyType
from typing import Any

import numpy as np

LARGEST, MOST_PARTS = 2048, 64
_CONTAINERS = (list, tuple, dict)


def value_of_node(frame: FrameType, node: ast.AST) -> Any:
    """What a name, an attribute or an element by a plain index holds, without running anything."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        return (_attributes(value_of_node(frame, node.value)) or {}).get(node.attr)
    if isinstance(node, ast.Subscript):
        held = value_of_node(frame, node.value)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else value_of_node(frame, node.slice)
        if type(held) in _CONTAINERS and type(key) in (int, str):
            try:
                return held[key]
            except (LookupError, TypeError):
                return None
    return None


def held_by(frame: FrameType, target: ast.expr) -> tuple[str, Any, bool] | None:
    """The name as code writes it, its value, and whether the statement gave that name a new value, not a part of one."""
    if isinstance(target, ast.Name):
        found = frame.f_locals.get(target.id, frame.f_globals.get(target.id))
        return target.id, found, True
    if isinstance(target, ast.Attribute):
        inner = held_by(frame, target.value)
        held = _attributes(inner[1]) if inner else None
        return (f"{inner[0]}.{target.attr}", held.get(target.attr), True) if inner and held is not None else None
    if isinstance(target, ast.Subscript | ast.Starred):
        inner = held_by(frame, target.value)
        return (inner[0], inner[1], False) if inner else None
    if isinstance(target, ast.Call):  # what may be changed in a call
        inner = held_by(frame, target.func)
        return (inner[0], inner[1], False) if inner else None
    return None


def _attributes(value: Any) -> Mapping[str, Any] | None:
    """The attributes of an object, without asking it: no property of its class runs."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if isinstance(found, dict | MappingProxyType) else None


def as_array(value: Any) -> Any:
    """A copy as an array of floats, of an array, a list of numbers that is rectangular, or a float; None of all else."""
    kind = type(value)
    if kind is float or isinstance(value, np.floating):
        return np.array(value, dtype="<f8")
    if isinstance(value, np.ndarray):
        plain = value.dtype.kind in "fbiu" and value.ndim <= 3 and 0 < value.size <= LARGEST
        return np.array(value, dtype="<f8") if plain and (value.ndim or value.dtype.kind == "f") else None
    if kind in (list, tuple) and 0 < len(value) <= MOST_PARTS and _is_of_floats(value, 3):
        try:
            return np.array(value, dtype="<f8")
        except (ValueError, TypeError):
            return None
    return None


def as_matrix(value: Any) -> Any:
    """A list of rows, each an array, as a matrix; None of all else."""
    if type(value) not in (list, tuple) or not 2 <= len(value) <= MOST_PARTS or not isinstance(value[0], np.ndarray):
        return None
    shape = value[0].shape
    alike = all(isinstance(row, np.ndarray) and row.shape == shape and row.dtype.kind == "f" for row in value)
    plain = len(shape) == 1 and alike
    return np.array(value, dtype="<f8") if plain and len(value) * shape[0] <= LARGEST else None


def _is_of_floats(value: Any, depth: int) -> bool:
    """Whether lists hold nothing but floats, one of them at least; rows are lists, too."""
    first = value[0]
    if type(first) is list:
        lengths = {len(row) if type(row) is list and row else -1 for row in value}
        return bool(depth) and len(lengths) == 1 and lengths != {-1} and all(_is_of_floats(row, depth - 1) for row in value)
    return any(isinstance(one, float) for one in value) and all(isinstance(one, float | int) for one in value)


def parts_of(value: Any, depth: int, files: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a container or an object of the file's own classes holds, with what code writes behind its name."""
    if not depth:
        return
    if type(value) in _CONTAINERS or (isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.ndim == 1):
        if len(value) <= MOST_PARTS:
            items = value.items() if type(value) is dict else enumerate(value)
            yield from ((f"[{key!r}]", part) for key, part in list(items) if isinstance(key, str | int | tuple))
    elif (held := _attributes(value)) is not None and _is_own(value, files) and len(held) <= MOST_PARTS:
        yield from ((f".{key}", part) for key, part in list(held.items()) if type(key) is str)


def _is_own(value: Any, files: Mapping[str, Any]) -> bool:
    """Whether the class of an object is defined in one of the files."""
    module = sys.modules.get(str(getattr(value if isinstance(value, type) else type(value), "__module__", "")))
    return getattr(module, "__file__", None) in files
