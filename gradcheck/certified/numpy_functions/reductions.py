"""Functions of a list of Scalars along the axes of an array."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import elementwise, objects, store, truths, wrap
from gradcheck.certified.numbers.scalars import Scalar
from symbolic.balls import NAN_BALL, Ball

_empty = np.empty
_array = np.array
Cells = list[Scalar]


def along(value: Any, axis: Any, keepdims: Any, function: Callable[[Cells], Any]) -> Any:
    """``function(list of Scalars) -> Scalar`` along one axis, several, or all of them."""
    array = objects(value)
    axes = tuple(range(array.ndim)) if axis is None else tuple(int(i) for i in np.atleast_1d(axis))
    axes = tuple(i + array.ndim if i < 0 else i for i in axes)
    if any(not 0 <= i < array.ndim for i in axes):
        raise np.exceptions.AxisError(f"axis {axis} is out of bounds for an array of {array.ndim} axes")
    kept = [i for i in range(array.ndim) if i not in axes]
    shape = tuple(array.shape[i] for i in kept)
    rows = array.transpose(kept + list(axes)).reshape(int(np.prod(shape, dtype=np.int64)), -1)
    result = _empty(rows.shape[0], dtype=object)
    for k, row in enumerate(rows.tolist()):
        result[k] = function(row)
    result = result.reshape(shape)
    if keepdims is True:
        result = np.expand_dims(result, sorted(axes))
    return wrap(result) if result.ndim else result[()]


def along_numbers(value: Any, axis: Any, keepdims: Any, function: Callable[[Cells], int]) -> Any:
    """As `along`, for a function that gives integers."""
    result = along(value, axis, keepdims, lambda cells: Scalar(Ball(function(cells))))
    return _array([int(cell) for cell in result.flat], dtype=np.intp).reshape(result.shape) if result.shape else int(result)


_LEFT_OUT = Scalar(NAN_BALL)


def _chosen(a: Any, where: Any) -> Any:
    """The entries where the mask holds; a mark in the places of the others."""
    array, mask = np.broadcast_arrays(objects(a), truths(where).astype(bool))
    chosen = array.copy()
    chosen[~mask] = _LEFT_OUT
    return wrap(chosen)


def _kept(cells: Cells) -> Cells:
    return [cell for cell in cells if cell is not _LEFT_OUT]


def reduction(function: Callable[[Cells], Any]) -> Callable[..., Any]:
    """A NumPy reduction from a function of a list of Scalars."""

    def reduce(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        given = a if where is True else _chosen(a, where)
        result = along(given, axis, keepdims, function if where is True else lambda cells: function(_kept(cells)))
        if initial is not None and not no_value(initial):
            combined = elementwise(lambda cell, first: first if cell is _LEFT_OUT else function([first, cell]), 2)
            result = wrap(combined(objects(result), objects(initial)))
        return result if out is None else store(out, result)

    return reduce


_NO_VALUE = inspect.signature(np.sum).parameters["initial"].default  # it has no public name


def no_value(value: Any) -> bool:
    """Whether an argument is what NumPy hands on where its caller gave none."""
    return value is _NO_VALUE
