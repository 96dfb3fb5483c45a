"""Orders and ranks, found by decided comparisons: the place of the largest, sorting, medians and quantiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.arrays import objects, store, wrap
from gradcheck.certified.comparisons import compare
from gradcheck.certified.reasons import Undecided, refuse
from gradcheck.certified.reductions import Cells, along, along_numbers
from gradcheck.certified.scalars import Scalar
from gradcheck.certified.tables import ARRAY_FUNCTIONS

_empty = np.empty


def _place_of(cells: Cells, sign: int) -> int:
    best = 0
    for k in range(1, len(cells)):
        above = compare(cells[k], cells[best], ">" if sign > 0 else "<")
        if not isinstance(above, bool):
            raise Undecided("argmax or argmin of values of which several may be the largest")
        best = k if above else best
    return best


def _argument(sign: int) -> Callable[..., Any]:
    def argument(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        result = along_numbers(a, axis, keepdims, lambda cells: _place_of(cells, sign))
        return result if isinstance(result, np.ndarray) else np.intp(result)

    return argument


class _Sortable:
    """A number with its place, ordered by decided comparisons, equal ones by place."""

    def __init__(self, cell: Scalar, place: int) -> None:
        self.cell, self.place = cell, place

    def __lt__(self, other: _Sortable) -> bool:
        below = compare(self.cell, other.cell, "<")
        if not isinstance(below, bool):
            raise Undecided("values are sorted that cannot be told apart")
        return below


def order_of(cells: Cells) -> list[int]:
    """The places in ascending order of their numbers."""
    return [item.place for item in sorted(_Sortable(cell, place) for place, cell in enumerate(cells))]


def argsort(a: Any, axis: Any = -1, **_: Any) -> Any:
    """The places of the entries in ascending order, equal ones as they come."""
    array = objects(a)
    array, axis = (array.reshape(-1), 0) if axis is None else (array, axis)
    rows = np.moveaxis(array, axis, -1)
    result = _empty(rows.shape, dtype=np.intp)
    for place in np.ndindex(*rows.shape[:-1]):
        result[place] = order_of(rows[place].tolist())
    return np.moveaxis(result, -1, axis)


def sort(a: Any, axis: Any = -1, **_: Any) -> Any:
    """The entries in ascending order."""
    array = objects(a)
    array, axis = (array.reshape(-1), 0) if axis is None else (array, axis)
    return wrap(np.take_along_axis(array, argsort(array, axis), axis=axis))


def partition(a: Any, kth: Any, axis: Any = -1, **_: Any) -> Any:
    """``numpy.partition``: the ranks of the entries arranged as NumPy arranges floats, and the entries with them."""
    array = objects(a)
    array, axis = (array.reshape(-1), 0) if axis is None else (array, axis)
    ranks = np.argsort(argsort(array, axis), axis=axis)
    places = np.argsort(ranks, axis=axis)
    arranged = np.partition(ranks.astype(np.float64), kth, axis=axis).astype(np.intp)
    return wrap(np.take_along_axis(array, np.take_along_axis(places, arranged, axis), axis))


def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    **_: Any,
) -> Any:
    """``numpy.quantile``: on the line between the two entries around ``q (n - 1)``."""
    if method != "linear" or out is not None:
        refuse("no-rule", "numpy.quantile with out, or with a method other than linear, is not followed")
    levels = objects(q)
    if levels.ndim:
        found = np.stack([quantile(a, level, axis, keepdims=keepdims) for level in levels.ravel().tolist()])
        return found.reshape(levels.shape + found.shape[1:])
    level: Any = levels[()]

    def between(cells: Cells) -> Scalar:
        place: Scalar = level * (len(cells) - 1)
        below = min(int(float(place.ball.mid())), len(cells) - 2) if len(cells) > 1 else 0
        order = order_of(cells)
        low, high = cells[order[below]], cells[order[min(below + 1, len(cells) - 1)]]
        return low + (high - low) * (place - below)

    return along(a, axis, keepdims, between)


def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle entry, or the mean of the middle two."""

    def middle(cells: Cells) -> Scalar:
        order, n = order_of(cells), len(cells)
        return cells[order[n // 2]] if n % 2 else (cells[order[n // 2 - 1]] + cells[order[n // 2]]) / 2

    result = along(a, axis, keepdims, middle)
    return result if out is None else store(out, result)


ARRAY_FUNCTIONS |= {
    np.argmax: _argument(1),
    np.argmin: _argument(-1),
    np.argsort: argsort,
    np.sort: sort,
    np.partition: partition,
    np.median: median,
    np.nanmedian: median,
    np.quantile: quantile,
    np.percentile: lambda a, q, *args, **kw: quantile(a, wrap(objects(q)) / 100, *args, **kw),
}
