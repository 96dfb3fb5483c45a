"""Arguments and gradients as lists of named arrays: an array, a number, or a dict, list or tuple of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.judge.float_formats import is_extension
from gradcheck.sentences.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]
Path = tuple[Any, ...]


def leaves(x: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """The arrays of a structure, with the keys and places that lead to each.

    >>> [path for path, _ in leaves({"W": 1.0, "b": [2.0, 3.0]})]
    [('W',), ('b', 0), ('b', 1)]
    """
    if isinstance(x, Mapping):
        return [leaf for key, item in x.items() for leaf in leaves(item, (*path, key))]
    if isinstance(x, list | tuple):
        return [leaf for place, item in enumerate(x) for leaf in leaves(item, (*path, place))]
    return [(path, x)]


def leaf_name(path: Path, root: str = "x") -> str:
    """The name of a leaf as code writes it: ``W1`` for a key at the top, ``x[0]`` for a place.

    >>> leaf_name(("W1",)), leaf_name((0, "b")), leaf_name(())
    ('W1', "x[0]['b']", 'x')
    """
    if path and isinstance(path[0], str) and path[0].isidentifier():
        root, path = path[0], path[1:]
    return root + "".join(f"[{part!r}]" for part in path)


def entry_names(x: Any) -> list[str]:
    """The name of every entry of every leaf, in order, as code writes it.

    >>> entry_names({"W": np.zeros((1, 2)), "b": 0.0})
    ['W[0, 0]', 'W[0, 1]', 'b']
    """
    return [
        leaf_name(path) + (f"[{', '.join(map(str, index))}]" if index else "")
        for path, leaf in leaves(x)
        for index in np.ndindex(np.shape(leaf))
    ]


def rebuilt(x: Any, values: list[Any]) -> Any:
    """The structure of x with other values in the places of its leaves."""
    remaining = iter(values)
    return mapped(x, lambda _: next(remaining))


def flattened(arrays: Iterable[Any]) -> Array:
    """The entries of some arrays one after the other, as float64."""
    return np.concatenate([np.asarray(array, dtype=np.float64).ravel() for array in arrays])


def filled(x: Any, entries: Any) -> Any:
    """The structure of x with these entries one after the other in its leaves; a number stays a number.

    >>> filled({"W": np.zeros((1, 2)), "b": np.zeros(1)}, np.array([1.0, 2.0, 3.0]))
    {'W': array([[1., 2.]]), 'b': array([3.])}
    """
    values, start = [], 0
    for _, leaf in leaves(x):
        shape, end = np.shape(leaf), start + np.size(leaf)
        values.append(entries[start:end].reshape(shape) if shape else entries[start])
        start = end
    return rebuilt(x, values)


def nested(paths: Sequence[Path], values: Sequence[Any]) -> Any:
    """Values in a structure of dicts in which each path leads to its own.

    >>> nested([("W",), ("b", 1)], [1.0, 3.0])
    {'W': 1.0, 'b': {1: 3.0}}
    """
    if list(paths) == [()]:
        return values[0]
    made: dict[Any, Any] = {}
    for path, value in zip(paths, values, strict=True):
        inner = made
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = value
    return made


def mapped(x: Any, function: Callable[[Any], Any]) -> Any:
    """The structure of x with a function of each leaf in its place."""
    if isinstance(x, Mapping):
        items = {key: mapped(item, function) for key, item in x.items()}
        try:
            return type(x)(items)  # type: ignore[call-arg]
        except TypeError:
            return items
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(mapped(item, function) for item in x))
    if isinstance(x, list | tuple):
        return type(x)(mapped(item, function) for item in x)
    return function(x)


def in_order_of(like: Any, value: Any) -> Any:
    """A value with the keys of each dict in the order of ``like``, which holds the same ones; anything else as it is.

    >>> in_order_of({"W": 1, "b": 2}, {"b": 20, "W": 10})
    {'W': 10, 'b': 20}
    """
    if isinstance(like, Mapping) and isinstance(value, Mapping) and like.keys() == value.keys():
        return {key: in_order_of(part, value[key]) for key, part in like.items()}
    if type(like) in (list, tuple) and type(value) is type(like) and len(like) == len(value):
        return type(like)(in_order_of(part, one) for part, one in zip(like, value, strict=True))
    return value


def copied(x: Any) -> Any:
    """The same structure with a copy of each array: code that is handed it may spoil it."""
    return mapped(x, lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf)


def unequal_leaves(x: Any, other: Any) -> list[Path]:
    """Where two values of the same structure differ."""
    pairs = zip(leaves(x), leaves(other), strict=True)
    return [path for (path, a), (_, b) in pairs if not np.array_equal(a, b)]


def float_leaves(x: Any) -> list[tuple[Path, Array]]:
    """The leaves of an argument as float arrays; raises ValueError for what is not made of finite real numbers."""
    found = []
    for path, value in leaves(x):
        array = np.asarray(value)
        name = leaf_name(path)
        if (array.dtype.kind not in "fiu" and not is_extension(array.dtype)) or array.dtype.itemsize > 8:
            raise ValueError(Sentence("inputs.holds", name=name, dtype=array.dtype))
        if not np.isfinite(array).all():
            raise ValueError(Sentence("inputs.holds-not-finite", name=name))
        found.append((path, array))
    if not found:
        raise ValueError(Sentence("inputs.no-array"))
    return found
