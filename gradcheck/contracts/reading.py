"""Reading what a submission returned: leniently where the meaning is plain, strictly otherwise."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from .common import Array, Layout, Net, Problem

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
    parts = _by_key(returned, net, layout)
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


def describe(value: Any) -> str:
    """What a value is, in a few words."""
    if value is None:
        return "None (is a return missing?)"
    if inspect.isgenerator(value):
        return "a generator (yield where return was meant?)"
    if inspect.iscoroutine(value):
        value.close()
        return "a coroutine (async def where def was meant?)"
    shape = f" of shape {value.shape}" if isinstance(value, _ARRAY) else ""
    return f"{type(value).__name__}{shape}"


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


# Containers


def _by_key(returned: Any, net: Net, layout: Layout) -> dict[str, Any]:
    if (
        isinstance(returned, tuple)
        and len(returned) == 2
        and _is_number(returned[0])
        and isinstance(returned[1], Mapping | list | tuple)
    ):
        returned = returned[1]  # (loss, gradients)
    if isinstance(returned, Mapping):
        return _from_mapping(returned, net)
    if not isinstance(returned, list | tuple):
        raise Problem("wrong-type", f"expected a list of (dW, db), one pair a layer, got {describe(returned)}")
    readings = [read for reader in (_pairs, _two_lists, _flat) if (read := reader(returned, net)) is not None]
    fitting = (parts for parts in readings if _shapes_fit(parts, net, layout))
    best = next(fitting, readings[0] if readings else None)
    if best is None:
        raise Problem("wrong-type", f"expected {len(net.layers)} pairs (dW, db), one a layer, got {_inventory(returned)}")
    return best


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int | np.generic) or (isinstance(value, _ARRAY) and value.ndim == 0)


def _from_mapping(returned: Mapping[Any, Any], net: Net) -> dict[str, Any]:
    named = {key: next((returned[n] for n in _spellings(key) if n in returned), None) for key in net.shapes}
    missing = [f"d{key}" for key, value in named.items() if value is None]
    if missing:
        there = ", ".join(str(key)[:40] for key in list(returned)[:20]) or "nothing"
        raise Problem("wrong-type", f"the returned dict lacks {', '.join(missing)}; it has {there}")
    return named


def _spellings(key: str) -> tuple[str, ...]:
    letter, layer = key[0], key[1:]
    return f"d{key}", key, f"d{letter}_{layer}", f"{letter}_{layer}", f"grad_{key}", f"d{key.lower()}", f"nabla_{key.lower()}"


def _pairs(returned: Any, net: Net) -> dict[str, Any] | None:
    if len(returned) != len(net.layers) or not all(
        isinstance(pair, list | tuple | Mapping) and len(pair) == 2 for pair in returned
    ):
        return None
    parts: dict[str, Any] = {}
    for l, pair in zip(net.layers, returned, strict=True):
        W, b = pair.values() if isinstance(pair, Mapping) else pair
        parts |= {f"W{l}": W, f"b{l}": b}
    return parts


def _two_lists(returned: Any, net: Net) -> dict[str, Any] | None:
    if len(returned) != 2 or not all(isinstance(half, list | tuple) and len(half) == len(net.layers) for half in returned):
        return None
    return {f"{letter}{l}": half[l - 1] for letter, half in zip("Wb", returned, strict=True) for l in net.layers}


def _flat(returned: Any, net: Net) -> dict[str, Any] | None:
    if len(returned) != len(net.shapes) or not all(isinstance(part, _ARRAY | list) for part in returned):
        return None
    return dict(zip(net.shapes, returned, strict=True))


def _shapes_fit(parts: Mapping[str, Any], net: Net, layout: Layout) -> bool:
    try:
        return all(np.size(parts[key]) == np.prod(layout.shape(key, shape)) for key, shape in net.shapes.items())
    except Exception:
        return False


def _inventory(returned: Any) -> str:
    return f"{type(returned).__name__} of {len(returned)}: {', '.join(describe(part) for part in returned[:4])}"


# Arguments


def by_name(call: Callable[..., Any], meanings: Mapping[str, Any], order: list[Any]) -> Any:
    """Call a function whose parameters have known names in any order; else the arguments in the given order."""
    try:
        parameters = [
            p for p in inspect.signature(call).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return call(*order)
    required = [p for p in parameters if p.default is p.empty or p.name in meanings]
    if all(p.name in meanings for p in required):
        return (
            call(*[meanings[p.name] for p in required])
            if not _gap(parameters, required)
            else call(**{p.name: meanings[p.name] for p in required})
        )
    return call(*order)


def _gap(parameters: list[Any], required: list[Any]) -> bool:
    return parameters[: len(required)] != required


def accepts(call: Callable[..., Any], count: int) -> bool:
    """Whether a function takes so many positional arguments."""
    try:
        inspect.signature(call).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return count <= 3
    return True
