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
        raise Problem("wrong-shape", f"{name} has shape {array.shape}, expected {shape}{_guess(array.shape, shape)}")
    if not _ISFINITE(array).all():
        index = tuple(int(i) for i in _ARGWHERE(~_ISFINITE(array))[0])
        raise Problem("not-finite", f"{name}{list(index) if index else ''} is {array[index]}, expected a finite number")
    return array


def read_number(name: str, value: Any) -> Array:
    """A single finite number, also where it stands alone in an array."""
    array = as_floats(name, value)
    if array.size != 1:
        raise Problem("wrong-shape", f"{name} has shape {array.shape}, expected a single number")
    return read_array(name, array.reshape(()), ())


def as_floats(name: str, value: Any) -> Array:
    """The numbers of a value as float64 or float32; raises Problem with clear words for what holds none."""
    if _exact and isinstance(value, _exact):
        return cast(Array, value)
    if any(base.__name__ in _NOT_PLAIN and base.__module__.startswith("numpy") for base in type(value).__mro__):
        raise Problem("wrong-type", f"{name} is a {type(value).__name__}, expected a plain numpy array; try np.array({name})")
    if isinstance(value, _ARRAY):
        array = _ARRAY.view(value, _ARRAY)
    elif isinstance(value, float | int | list | tuple | np.generic):
        array = _from_list(name, value)
    else:
        raise Problem("wrong-type", f"{name} is {describe(value)}, expected an array of numbers")
    if array.dtype.kind == "c":
        raise Problem("wrong-type", f"{name} is complex; a gradient is real: take the real or the imaginary part that you mean")
    if array.dtype.kind not in "fiu":
        raise Problem("wrong-type", f"{name} holds {array.dtype}, expected floats")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _from_list(name: str, value: Any) -> Array:
    try:
        array = _ASARRAY(value)
        return array if isinstance(array, _exact) else _ARRAY.view(array, _ARRAY)
    except (ValueError, TypeError) as error:
        raise Problem("wrong-type", f"{name} is no array of numbers: {error}") from None


def _is_vector(shape: tuple[int, ...]) -> bool:
    return len(shape) == 1 or (len(shape) == 2 and 1 in shape)


def _guess(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if got == expected[::-1]:
        return ": transposed?"
    if got == () or (len(expected) == 1 and got in ((1,), (1, 1))):
        return ": summed over all entries?"
    if len(got) == 1 and got[0] == int(np.prod(expected)):
        return ": flattened?"
    if got[1:] == expected and len(got) > len(expected):
        return ": not summed over the batch?"
    if len(expected) == 1 or 1 in expected:
        return ": summed over the wrong axis, or not summed over the batch?"
    return ""
