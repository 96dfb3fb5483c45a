"""Reading what a gradient function returned, of whatever type: structure, shapes, types and finiteness, leaf by leaf."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import NoNumbers, real
from gradcheck.arrays.pytree import Array, leaf_name, leaves
from gradcheck.sentences.sentence import Sentence


def read_claim(returned: Any, x: Any, jacobian: tuple[int, ...] | None = None) -> list[Array]:
    """The claimed gradient as arrays, leaf by leaf; ValueError says what was expected, what came, what to try."""
    shapes = [(path, (jacobian or ()) + np.shape(known)) for path, known in leaves(x)]
    if returned is None:
        raise ValueError(Sentence("functions.gradient-is-none"))
    parts = parts_of(returned, [path for path, _ in shapes])
    return [_read_leaf(leaf_name(path), value, shape) for value, (path, shape) in zip(parts, shapes, strict=True)]


def parts_of(returned: Any, paths: list[Any]) -> list[Any]:
    """The leaves of what was returned, as many as x has; a list or tuple of numbers, for one array, is that array."""
    got = leaves(returned)
    if [path for path, _ in got] == paths:
        return [value for _, value in got]
    if paths == [()] and isinstance(returned, list | tuple) and _is_one_array(returned):
        return [returned]
    names = ", ".join(leaf_name(path, "grad") for path, _ in got) or "nothing"
    wanted = ", ".join(leaf_name(path, "grad") for path in paths)
    pair = isinstance(returned, tuple) and len(returned) == 2 and np.ndim(_number_or_array(returned[0])) == 0
    guess = Sentence("functions.take-the-second") if pair and len(paths) != 2 else ""
    raise ValueError(Sentence("functions.other-structure", names=names, wanted=wanted, guess=guess))


def read_as_numbers(returned: Any, x: Any) -> tuple[str, ...]:
    """A remark on each part of a claim that holds no floats, and was read as such: truth values."""
    paths = [path for path, _ in leaves(x)]
    parts = zip(paths, parts_of(returned, paths), strict=True)
    held = [leaf_name(path) for path, part in parts if _holds_truth_values(part)]
    return tuple(Sentence("functions.truth-values", name=name) for name in held)


def _holds_truth_values(part: Any) -> bool:
    dtype = getattr(part, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind == "b"


def _is_one_array(returned: list[Any] | tuple[Any, ...]) -> bool:
    """Whether rows of equal shape came: one array, and no pair of a cost and an array."""
    try:
        return isinstance(returned, list) or len({np.shape(item) for item in returned}) <= 1
    except ValueError:
        return False


def _number_or_array(value: Any) -> Any:
    return value if isinstance(value, np.ndarray | np.generic | int | float) else [value]


def _read_leaf(name: str, value: Any, shape: tuple[int, ...]) -> Array:
    try:
        array = real(value)
    except NoNumbers as error:
        raise ValueError(Sentence("inputs.part", name=f"d{name}", problem=error)) from error
    if array.shape != shape:
        raise ValueError(
            Sentence("functions.other-shape", name=name, got=array.shape, expected=shape, guess=_shape_guess(array, shape))
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            Sentence("functions.not-a-finite-number", name=name, index=list(index) if index else "", value=float(array[index]))
        )
    return np.array(array)


def _shape_guess(array: Array, shape: tuple[int, ...]) -> str:
    if [n for n in array.shape if n != 1] == [n for n in shape if n != 1]:
        return Sentence("functions.guess-axis", shape=shape)
    if array.shape == shape[::-1]:
        return Sentence("functions.guess-transposed")
    if array.size == int(np.prod(shape)):
        return Sentence("functions.guess-flattened")
    if array.ndim == 0:
        return Sentence("functions.guess-summed")
    if array.shape[1:] == shape:
        return Sentence("functions.guess-not-summed")
    return ""
