"""The point and the function that `check_grad` is handed, of whatever type: read as plain floats, or refused in a sentence."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import NoNumbers, is_plain, library_of, plain, real
from gradcheck.arrays.pytree import leaf_name, leaves, mapped
from gradcheck.judge.float_formats import is_extension
from gradcheck.sentences.sentence import Sentence

Function = Callable[..., Any]
# How to hand over a function of another library's arrays.
ADAPTERS = {"torch": "torch_pair", "jax": "jax_pair", "jaxlib": "jax_pair", "autograd": "autograd_pair"}


@dataclass(frozen=True)
class Argument:
    """x with leaves that are floats or arrays of floats; ``converted`` names the leaves that came as something else."""

    x: Any
    converted: tuple[str, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was handed on in another form."""
        return tuple(Sentence("arguments.as-float64", leaf=leaf) for leaf in self.converted)


def read_point(x: Any) -> Argument:
    """Read x as plain floats; ValueError names the leaf that is none."""
    if isinstance(x, list) and (whole := _as_one_array(x)) is not None:
        return Argument(whole, (Sentence("arguments.list-of-numbers"),))
    if not leaves(x):
        raise ValueError(Sentence("inputs.no-array"))
    converted = []
    values = []
    for path, leaf in leaves(x):
        name = leaf_name(path)
        values.append(_read(name, leaf))
        if not is_plain(leaf):
            converted.append(f"{name}, {_described(leaf)}")
    remaining = iter(values)
    return Argument(mapped(x, lambda _: next(remaining)), tuple(converted))


def _read(name: str, leaf: Any) -> Any:
    """One leaf: as it is, or as a plain array of floats."""
    try:
        array = real(leaf)
    except NoNumbers as error:
        raise ValueError(f"{name} {error}") from error
    if array.dtype.kind == "b" or array.dtype.itemsize > 8 or plain(leaf).dtype.kind == "O":
        held = plain(leaf).dtype
        raise ValueError(Sentence("arguments.holds", name=name, held=held))
    if is_plain(leaf):
        return leaf
    return array if array.dtype.kind == "f" or is_extension(array.dtype) else array.astype(np.float64)


def _as_one_array(x: list[Any]) -> Any:
    """A list of Python numbers, or of lists of them, as an array; None for any other list."""
    if not x or not all(type(leaf) in (int, float) for _, leaf in leaves(x)):
        return None
    try:
        return np.array(x, dtype=np.float64)
    except ValueError:
        return None


def _described(leaf: Any) -> str:
    kind = type(leaf).__name__
    if type(leaf) is np.ndarray:
        return str(leaf.dtype)
    return Sentence("inputs.an-integer") if isinstance(leaf, int) else Sentence("inputs.a-type", type=kind)


def value_at(f: Function, given: Any, point: Argument, copied: Callable[[Any], Any]) -> Any:
    """Call f at the point; where the point was converted it must give there what it gives at x as it was given."""
    if not callable(f):
        raise ValueError(Sentence("arguments.f-is", type=type(f).__name__))
    if not point.converted:
        return _read_value(f(copied(point.x)))
    told = "; ".join(point.converted)
    adapters = {ADAPTERS[name] for _, leaf in leaves(given) if (name := library_of(leaf)) in ADAPTERS}
    advice = Sentence("arguments.by-adapter", adapter=min(adapters)) if adapters else Sentence("arguments.plain-floats")
    labels = Sentence("arguments.labels") if not adapters else ""
    try:
        value = _read_value(f(copied(point.x)))
    except (TypeError, IndexError, AttributeError) as error:
        raise ValueError(Sentence("arguments.f-fails", told=told, error=error, advice=advice, labels=labels)) from error
    try:
        original = _read_value(f(copied(given)))
    except Exception:
        return value  # such as integers to a negative power
    if not _alike(value, original):
        raise ValueError(Sentence("arguments.other-value", told=told, advice=advice))
    return value


def _alike(value: Any, original: Any) -> bool:
    pairs = [[np.asarray(leaf, dtype=np.float64) for _, leaf in leaves(one)] for one in (value, original)]
    return len(pairs[0]) == len(pairs[1]) and all(
        p.shape == q.shape and np.allclose(p, q, rtol=1e-4, atol=1e-6, equal_nan=True) for p, q in zip(*pairs, strict=True)
    )


def _read_value(value: Any) -> Any:
    """What f returned, with plain leaves; ValueError where that is no real number, no array, no structure of them."""
    several = isinstance(value, tuple) and len(value) > 1
    advice = Sentence("arguments.first-the-cost", count=len(value)) if several else ""
    if value is None:
        raise ValueError(Sentence("arguments.returned-none"))
    if not leaves(value):
        raise ValueError(Sentence("arguments.returned-nothing"))
    for path, leaf in leaves(value):
        try:
            array = real(leaf)
        except NoNumbers as error:
            raise ValueError(
                Sentence("arguments.in-f-of-x", name=leaf_name(path, "f(x)"), problem=error, advice=advice)
            ) from error
        if array.dtype.kind == "b":
            raise ValueError(Sentence("arguments.a-truth-value", name=leaf_name(path, "f(x)"), advice=advice))
    return mapped(value, lambda leaf: leaf if is_plain(leaf) else real(leaf))


def check_arguments(grad: Function, value: Any, *, cotangent: bool) -> None:
    """ValueError where grad cannot be called with x alone, or with x and a cotangent, as what f returned asks for."""
    if not callable(grad):
        raise ValueError(Sentence("arguments.grad-is", type=type(grad).__name__))
    if _can_be_called(grad, 2 if cotangent else 1):
        return
    if not cotangent:
        raise ValueError(Sentence("arguments.grad-needs-more"))
    if isinstance(value, tuple):
        raise ValueError(Sentence("arguments.returned-a-tuple", count=len(value)))
    shapes = ", ".join(str(np.shape(leaf)) for _, leaf in leaves(value))
    raise ValueError(Sentence("arguments.returned-an-array", shapes=shapes))


def _can_be_called(function: Function, arguments: int) -> bool:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        return False
    return True
