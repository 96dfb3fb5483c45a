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

Function = Callable[..., Any]
# How to hand over a function of another library's arrays.
ADAPTERS = {"torch": "torch_pair", "jax": "jax_pair", "jaxlib": "jax_pair", "autograd": "autograd_pair"}


@dataclass(frozen=True)
class Point:
    """x with leaves that are floats or arrays of floats; ``converted`` names the leaves that came as something else."""

    x: Any
    converted: tuple[str, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was handed on in another form."""
        return tuple(f"{leaf}: handed to the code as float64" for leaf in self.converted)


def read_point(x: Any) -> Point:
    """Read x as plain floats; ValueError names the leaf that is none."""
    if isinstance(x, list) and (whole := _as_one_array(x)) is not None:
        return Point(whole, ("x, a list of numbers",))
    if not leaves(x):
        raise ValueError("x holds no array: there is nothing to differentiate by")
    converted = []
    values = []
    for path, leaf in leaves(x):
        name = leaf_name(path)
        values.append(_read(name, leaf))
        if not is_plain(leaf):
            converted.append(f"{name}, {_described(leaf)}")
    remaining = iter(values)
    return Point(mapped(x, lambda _: next(remaining)), tuple(converted))


def _read(name: str, leaf: Any) -> Any:
    """One leaf: as it is, or as a plain array of floats."""
    try:
        array = real(leaf)
    except NoNumbers as error:
        raise ValueError(f"{name} {error}") from error
    if array.dtype.kind == "b" or array.dtype.itemsize > 8 or plain(leaf).dtype.kind == "O":
        held = plain(leaf).dtype
        raise ValueError(f"{name} holds {held}, expected real numbers (float64 or float32); try {name}.astype(float)")
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
    return f"{leaf.dtype}" if type(leaf) is np.ndarray else f"a {kind}" if not isinstance(leaf, int) else "an integer"


def value_at(f: Function, given: Any, point: Point, copied: Callable[[Any], Any]) -> Any:
    """Call f at the point; where the point was converted it must give there what it gives at x as it was given."""
    if not callable(f):
        raise ValueError(f"f is a {type(f).__name__}, expected a function of x")
    if not point.converted:
        return _read_value(f(copied(point.x)))
    told = "; ".join(point.converted)
    adapters = {ADAPTERS[name] for _, leaf in leaves(given) if (name := library_of(leaf)) in ADAPTERS}
    advice = f"check_grad(*{min(adapters)}(f), x) with x as NumPy arrays" if adapters else "hand over plain float arrays"
    labels = "; what is not differentiated (labels, sizes) belongs into the function, not into x" if not adapters else ""
    try:
        value = _read_value(f(copied(point.x)))
    except (TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"f fails where {told} is a NumPy array of floats ({error}): {advice}{labels}") from error
    try:
        original = _read_value(f(copied(given)))
    except Exception:
        return value  # such as integers to a negative power
    if not _alike(value, original):
        raise ValueError(f"f gives another value where {told} is a NumPy array of floats: {advice}")
    return value


def _alike(value: Any, original: Any) -> bool:
    pairs = [[np.asarray(leaf, dtype=np.float64) for _, leaf in leaves(one)] for one in (value, original)]
    return len(pairs[0]) == len(pairs[1]) and all(
        p.shape == q.shape and np.allclose(p, q, rtol=1e-4, atol=1e-6, equal_nan=True) for p, q in zip(*pairs, strict=True)
    )


def _read_value(value: Any) -> Any:
    """What f returned, with plain leaves; ValueError where that is no real number, no array, no structure of them."""
    several = isinstance(value, tuple) and len(value) > 1
    advice = f"; of the {len(value)} parts, is the first the cost? then check lambda x: f(x)[0]" if several else ""
    if value is None:
        raise ValueError("f returned None, expected a number or an array: is a return missing?")
    if not leaves(value):
        raise ValueError("f returned nothing, expected a number or an array")
    for path, leaf in leaves(value):
        try:
            array = real(leaf)
        except NoNumbers as error:
            raise ValueError(f"{leaf_name(path, 'f(x)')} {error}{advice}") from error
        if array.dtype.kind == "b":
            raise ValueError(f"{leaf_name(path, 'f(x)')} is a truth value, expected a real number{advice}")
    return mapped(value, lambda leaf: leaf if is_plain(leaf) else real(leaf))


def check_arguments(grad: Function, value: Any, *, cotangent: bool) -> None:
    """ValueError where grad cannot be called with x alone, or with x and a cotangent, as what f returned asks for."""
    if not callable(grad):
        raise ValueError(f"grad is a {type(grad).__name__}, expected a function that returns the gradient")
    if _can_be_called(grad, 2 if cotangent else 1):
        return
    if not cotangent:
        raise ValueError(
            "f returned one number, and grad cannot be called with x alone; a backward pass that is given a cotangent is "
            "judged by check_vjp, further arguments are bound by functools.partial"
        )
    if isinstance(value, tuple):
        raise ValueError(
            f"f returned a tuple of {len(value)} parts, and grad is given x alone: if the first is the cost, check "
            "lambda x: f(x)[0]; if the second is the gradient, give f_and_grad=True and grad=None"
        )
    shapes = ", ".join(str(np.shape(leaf)) for _, leaf in leaves(value))
    raise ValueError(
        f"f returned an array of shape {shapes}, expected one number for a grad that is given x alone: sum it up to a cost; or "
        "give grad a second argument, the cotangent v (it returns the gradient of sum(v * f(x))), or jacobian=True"
    )


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
