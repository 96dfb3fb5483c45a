"""Where each gradient stands in what was returned: pairs, lists, dicts, objects with fields, with a loss beside them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .common import Layout, Net, Problem, Said, letter_and_layer, said

_ARRAY = np.ndarray
Parts = dict[str, Any]


def by_key(returned: Any, net: Net, layout: Layout) -> tuple[Parts, str]:
    """The parts of a gradient by key, and how they were found; raises Problem where there is no gradient in it.

    The reading that was found once (``layout.gives``) is kept: on another network more than one might fit.
    """
    returned = _alone(_without_loss(_plain(returned), net), net)
    if isinstance(returned, Mapping):
        return _from_mapping(returned, net), "by-name"
    if not isinstance(returned, list | tuple):
        raise Problem("wrong-type", "expected-pairs", got=describe(returned))
    readings = READINGS if net.has_biases else OF_WEIGHTS
    found = {words: parts for words, read in readings.items() if (parts := read(returned, net)) is not None}
    if layout.gives in found:
        return found[layout.gives], layout.gives
    for fits in (_shapes_equal, _sizes_equal):
        for words, parts in found.items():
            if fits(parts, net, layout):
                return parts, words
    if not found:
        expected = "expected-so-many-pairs" if net.has_biases else "expected-so-many-weights"
        raise Problem("wrong-type", expected, count=len(net.layers), got=_inventory(returned))
    check_order(found.values(), net, layout)
    return next(iter(found.values())), ""


def check_order(found: Iterable[Parts], net: Net, layout: Layout) -> None:
    """Say so where the layers came in reverse, which is the order in which they are computed."""
    back = {key: f"{letter}{len(net.layers) + 1 - l}" for key in net.shapes for letter, l in [letter_and_layer(key)]}
    for parts in found:
        reverse = {key: parts[back[key]] for key in net.shapes}
        if _shapes_equal(reverse, net, layout) and not _shapes_equal(parts, net, layout):
            got, expected = np.shape(parts["W1"]), layout.shape("W1", net.shapes["W1"])
            raise Problem("wrong-shape", "shape-reversed", name="dW1", got=str(got), expected=str(expected))


# What was returned


def _plain(value: Any) -> Any:
    """Object arrays as lists, and an object with a single dict or list of gradients as that."""
    return list(value) if isinstance(value, _ARRAY) and value.dtype == object and value.ndim else value


def _without_loss(returned: Any, net: Net) -> Any:
    """The gradients where a loss stands before or after them."""
    if not isinstance(returned, tuple) or hasattr(returned, "_fields"):
        return returned
    if len(returned) == 2:
        for number, rest in (returned, returned[::-1]):
            if _is_number(number) and isinstance(rest, Mapping | list | tuple):
                return rest
    if len(returned) == len(net.shapes) + 1:
        return returned[1:] if _is_number(returned[0]) else returned[:-1] if _is_number(returned[-1]) else returned
    return returned


def _alone(returned: Any, net: Net) -> Any:
    """The one array of a network that has no other parameter, in a list."""
    return [returned] if len(net.shapes) == 1 and isinstance(returned, _ARRAY) else returned


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int | np.generic) or (isinstance(value, _ARRAY) and value.ndim == 0)


# Dicts, by the names of their keys


def _from_mapping(returned: Mapping[Any, Any], net: Net) -> Parts:
    plain = {_letters(name): value for name, value in returned.items()}
    named = {key: _named(plain, key) for key in net.shapes}
    if all(value is None for value in named.values()):
        halves = [_named(plain, letter) for letter in net.letters]
        if len(net.layers) == 1 and all(half is not None for half in halves):
            halves = [half if isinstance(half, list) else [half] for half in halves]
        layers = _of_layers(returned, net)
        if net.has_biases:
            named = (_two_lists(halves, net) or (_pairs(layers, net) if layers else None)) or named
        else:
            whole = halves[0] if isinstance(halves[0], list | tuple) else layers or []
            named = _of_weights(whole, net) or named
    missing = [f"d{key}" for key, value in named.items() if value is None]
    if missing:
        there = [str(key)[:40] for key in list(returned)[:20]] or said("nothing")
        raise Problem("wrong-type", "dict-lacks", missing=missing, there=there)
    return named


def _letters(name: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def _named(plain: Mapping[str, Any], key: str) -> Any:
    """The value of a key under any of its spellings; that of a gradient before that of the parameter itself."""
    letter, layer = key[0].lower(), key[1:]
    words = ("w", "weight", "weights") if letter == "w" else ("b", "bias", "biases")
    for prefix in ("d", "grad", "gradient", "nabla", "dl", "dj", "dc", "g", "dloss", ""):
        for word in words:
            names = (f"{prefix}{word}{layer}", f"{prefix}d{word}{layer}", f"{prefix}{layer}{word}", f"{word}{layer}{prefix}")
            for name in (*names, f"{prefix}{word}{layer}s") if not layer else names:
                if name in plain:
                    return plain[name]
    return None


def _of_layers(returned: Mapping[Any, Any], net: Net) -> list[Any] | None:
    """The values of ``{1: ..., 2: ...}`` or ``{"layer1": ...}``, the first layer first."""
    numbers = {key: re.sub(r"\D", "", str(key)) for key in returned}
    if len(returned) != len(net.layers) or not all(numbers.values()):
        return None
    return [returned[key] for key in sorted(returned, key=lambda key: int(numbers[key]))]


# Lists and tuples; each reading gives the parts by key, or None


def _pairs(returned: Sequence[Any], net: Net, first: int = 0) -> Parts | None:
    if len(returned) != len(net.layers):
        return None
    parts: Parts = {}
    for l, pair in zip(net.layers, returned, strict=True):
        halves = _halves(pair, first)
        if halves is None:
            return None
        parts |= {f"W{l}": halves[0], f"b{l}": halves[1]}
    return parts


def _halves(pair: Any, first: int) -> tuple[Any, Any] | None:
    """DW and db of one layer: by the names of keys or fields where it has any, else by place."""
    fields = pair if isinstance(pair, Mapping) else _fields(pair)
    if fields:
        plain = {_letters(name): value for name, value in fields.items()}
        W, b = _named(plain, "W"), _named(plain, "b")
        if W is not None and b is not None:
            return W, b
        pair = list(fields.values())
    if isinstance(pair, list | tuple) and len(pair) == 2:
        return pair[first], pair[1 - first]
    return None


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a named tuple, a dataclass, or any plain object."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    if isinstance(value, list | tuple | _ARRAY | np.generic | float | int | str):
        return {}
    names = getattr(value, "__dict__", None) or dict.fromkeys(getattr(value, "__slots__", ()))
    return {name: getattr(value, name, None) for name in names}


def _two_lists(returned: Sequence[Any], net: Net, letters: str = "Wb") -> Parts | None:
    halves = [_plain(half) for half in returned]
    if len(halves) != 2 or not all(isinstance(half, list | tuple) and len(half) == len(net.layers) for half in halves):
        return None
    return {f"{letter}{l}": half[l - 1] for letter, half in zip(letters, halves, strict=True) for l in net.layers}


def _flat(returned: Sequence[Any], net: Net, keys: Callable[[Net], list[str]]) -> Parts | None:
    if len(returned) != len(net.shapes) or not all(isinstance(part, _ARRAY | list) or _is_number(part) for part in returned):
        return None
    return dict(zip(keys(net), returned, strict=True))


READINGS: dict[str, Callable[[Sequence[Any], Net], Parts | None]] = {
    "[(dW, db), ...]": _pairs,
    "([dW, ...], [db, ...])": _two_lists,
    "[dW1, db1, ...]": lambda returned, net: _flat(returned, net, lambda net: list(net.shapes)),
    "[(db, dW), ...]": lambda returned, net: _pairs(returned, net, 1),
    "([db, ...], [dW, ...])": lambda returned, net: _two_lists(returned, net, "bW"),
    "[dW1, ..., db1, ...]": lambda returned, net: _flat(returned, net, lambda net: sorted(net.shapes, key=letter_and_layer)),
    "[db1, dW1, ...]": lambda returned, net: _flat(returned, net, lambda net: [f"{c}{l}" for l in net.layers for c in "bW"]),
}


def _of_weights(returned: Sequence[Any], net: Net) -> Parts | None:
    """DW of each layer, by itself or alone in a tuple."""
    alone = [one[0] if isinstance(one, tuple | list) and len(one) == 1 else one for one in returned]
    return _flat(alone, net, lambda net: list(net.shapes))


OF_WEIGHTS = {"[dW1, dW2, ...]": _of_weights}


def _shapes_equal(parts: Mapping[str, Any], net: Net, layout: Layout) -> bool:
    return _fits(parts, net, lambda part, key, shape: np.shape(part) == layout.shape(key, shape))


def _sizes_equal(parts: Mapping[str, Any], net: Net, layout: Layout) -> bool:
    return _fits(parts, net, lambda part, key, shape: np.size(part) == np.prod(layout.shape(key, shape)))


def _fits(parts: Mapping[str, Any], net: Net, same: Callable[[Any, str, tuple[int, ...]], bool]) -> bool:
    try:
        return all(same(parts[key], key, shape) for key, shape in net.shapes.items())
    except Exception:
        return False


def _inventory(returned: Sequence[Any]) -> Said:
    parts = [describe(part) for part in returned[:4]]
    return said("inventory", type=type(returned).__name__, count=len(returned), parts=parts)


def describe(value: Any) -> Said:
    """What a value is, in a few words."""
    if value is None:
        return said("none")
    if inspect.isgenerator(value):
        return said("generator")
    if inspect.iscoroutine(value):
        value.close()
        return said("coroutine")
    name = type(value).__name__
    return said("array-of-shape", type=name, shape=str(value.shape)) if isinstance(value, _ARRAY) else said("a-type", type=name)
