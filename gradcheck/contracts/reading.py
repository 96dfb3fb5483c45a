"""Reading what a submission returned: leniently where the meaning is plain, strictly otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from .common import Array, Layout, Net, Problem
from .containers import by_key, describe

# Taken before any submission runs: what it does to NumPy's names afterwards changes nothing here.
_ARRAY, _ASARRAY, _ISFINITE, _ARGWHERE = np.ndarray, np.asarray, np.isfinite, np.argwhere
_NOT_PLAIN = ("matrix", "MaskedArray")
_exact: tuple[type, ...] = ()  # what numbers are made of while code runs on balls


@contextmanager
def taking(types: tuple[type, ...]) -> Iterator[None]:
    """Within the block numbers of these types are read as they are."""
    global _exact
    _exact = types
    try:
        yield
    finally:
        _exact = ()


def read_gradient(returned: Any, net: Net, layout: Layout) -> dict[str, Array]:
    """The gradient's arrays by key, in the network's own layout; raises Problem."""
    parts, _ = by_key(returned, net, layout)
    return in_layout(parts, net, layout)


def in_layout(parts: Mapping[str, Any], net: Net, layout: Layout) -> dict[str, Array]:
    """Each part as an array of its parameter's shape, in the network's own layout."""
    grads = {}
    for key, shape in net.shapes.items():
        array = read_array(f"d{key}", parts[key], layout.shape(key, shape))
        grads[key] = layout.back(key, array, shape)
    return grads


def read_array(name: str, value: Any, shape: tuple[int, ...]) -> Array:
    """One array of finite floats of a shape; a row or column for a vector is meant plainly."""
    array = as_floats(name, value)
    if array.size == 1 == np.prod(shape):
        array = array.reshape(shape)  # a single number where there is a single entry
    if array.shape != shape and _is_vector(shape) and _is_vector(array.shape) and array.size == np.prod(shape):
        array = array.reshape(shape)
    if array.shape != shape:
        raise Problem("wrong-shape", _guess(array.shape, shape), name=name, got=str(array.shape), expected=str(shape))
    if not _ISFINITE(array).all():
        index = tuple(int(i) for i in _ARGWHERE(~_ISFINITE(array))[0])
        raise Problem("not-finite", "not-finite", name=f"{name}{list(index) if index else ''}", value=str(array[index]))
    return array


def read_number(name: str, value: Any) -> Array:
    """A single finite number, also where it stands alone in an array."""
    array = as_floats(name, value)
    if array.size != 1:
        raise Problem("wrong-shape", "expected-number", name=name, got=str(array.shape))
    return read_array(name, array.reshape(()), ())


def as_floats(name: str, value: Any) -> Array:
    """The numbers of a value as float64 or float32; raises Problem with clear words for what holds none."""
    if _exact and isinstance(value, _exact):
        return cast(Array, value)
    if any(base.__name__ in _NOT_PLAIN and base.__module__.startswith("numpy") for base in type(value).__mro__):
        raise Problem("wrong-type", "not-plain", name=name, type=type(value).__name__)
    if isinstance(value, _ARRAY):
        array = _ARRAY.view(value, _ARRAY)
    elif isinstance(value, float | int | list | tuple | np.generic):
        array = _from_list(name, value)
    else:
        raise Problem("wrong-type", "expected-array", name=name, got=describe(value))
    if array.dtype.kind == "c":
        raise Problem("wrong-type", "complex", name=name)
    if array.dtype.kind not in "fiu":
        raise Problem("wrong-type", "expected-floats", name=name, dtype=str(array.dtype))
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _from_list(name: str, value: Any) -> Array:
    try:
        array = _ASARRAY(value)
        return array if isinstance(array, _exact) else _ARRAY.view(array, _ARRAY)
    except (ValueError, TypeError) as error:
        raise Problem("wrong-type", "no-array", name=name, error=str(error)[:300]) from None


def _is_vector(shape: tuple[int, ...]) -> bool:
    return len(shape) == 1 or (len(shape) == 2 and 1 in shape)


def _guess(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """The sentence about a wrong shape: what it is most often a sign of."""
    if got == expected[::-1]:
        return "shape-transposed"
    if got == () or (len(expected) == 1 and got in ((1,), (1, 1))):
        return "shape-over-all-entries"
    if len(got) == 1 and got[0] == int(np.prod(expected)):
        return "shape-flattened"
    if got[1:] == expected and len(got) > len(expected):
        return "shape-not-summed"
    if len(expected) == 1 or 1 in expected:
        return "shape-wrong-axis"
    return "shape"
