"""Orders and ranks, found by decided comparisons: the place of the largest, sorting, medians and quantiles."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import Undecided, refuse
from gradcheck.certified.numbers.arrays import objects, store, wrap
from gradcheck.certified.numbers.comparisons import compare
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.reductions import Cells, along, along_numbers
from gradcheck.sentences.sentence import Sentence

_empty = np.empty


def place_of_extreme(cells: Cells, sign: int) -> int:
    """Where the first of the largest stands, or of the smallest for sign -1."""
    best = 0
    for k in range(1, len(cells)):
        above = compare(cells[k], cells[best], ">" if sign > 0 else "<")
        if not isinstance(above, bool):
            raise Undecided(Sentence("following.argmax"))
        best = k if above else best
    return best


def _argument(sign: int) -> Callable[..., Any]:
    def argument(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        result = along_numbers(a, axis, keepdims, lambda cells: place_of_extreme(cells, sign))
        return result if isinstance(result, np.ndarray) else np.intp(result)

    return argument


class _Sortable:
    """A number with its place, ordered by decided comparisons, equal ones by place."""

    def __init__(self, cell: Scalar, place: int) -> None:
        self.cell, self.place = cell, place

    def __lt__(self, other: _Sortable) -> bool:
        below = compare(self.cell, other.cell, "<")
        if not isinstance(below, bool):
            raise Undecided(Sentence("following.sorted"))
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


# Where the entry of rank ``q`` stands: at ``n q + alpha + q (1 - alpha - beta) - 1`` (Hyndman and Fan 1996).
_BETWEEN: dict[str, tuple[Any, Any]] = {
    "linear": (1, 1),
    "interpolated_inverted_cdf": (0, 1),
    "hazen": (Fraction(1, 2), Fraction(1, 2)),
    "weibull": (0, 0),
    "median_unbiased": (Fraction(1, 3), Fraction(1, 3)),
    "normal_unbiased": (Fraction(3, 8), Fraction(3, 8)),
}


def _place(level: Any, n: int, method: Any) -> Any:
    """Where a quantile of n entries lies among them in order: a Scalar, or a number that is exact."""
    if method not in _BETWEEN:  # at an entry, or half way between two: NumPy's own choice, for the entries 0, ..., n - 1
        if level.node != CONSTANT:
            refuse("no-rule", Sentence("following.with", function="numpy.quantile", options=(f"method={method!r}",)))
        return float(np.quantile(np.arange(n, dtype=np.float64), float(level.ball.mid()), method=method))
    alpha, beta = _BETWEEN[method]
    return level * (n + 1 - alpha - beta) + (alpha - 1)


def _at_level(level: Any, method: str) -> Callable[[Cells], Scalar]:
    def at(cells: Cells) -> Scalar:
        n, order = len(cells), order_of(cells)
        place = _place(level, n, method)
        middle = float(place.ball.mid()) if isinstance(place, Scalar) else place
        if n == 1 or not 0 <= middle <= n - 1:
            return cells[order[0 if middle < 0 else -1]]
        below = min(int(middle), n - 2)
        low, high = cells[order[below]], cells[order[below + 1]]
        return low + (high - low) * (place - below)

    return at


def quantile_of(adapted: Callable[[Callable[[Cells], Any]], Callable[[Cells], Any]]) -> Callable[..., Any]:
    """``numpy.quantile``, by whichever of its methods; ``adapted`` may choose which cells count."""

    def quantile(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: Any = False,
        *,
        weights: Any = None,
        **_: Any,
    ) -> Any:
        if weights is not None:
            refuse("no-rule", Sentence("following.with", function="numpy.quantile", options=("weights",)))
        levels = objects(q)
        parts = [along(a, axis, keepdims is True, adapted(_at_level(level, method))) for level in levels.ravel().tolist()]
        found = parts[0]
        if levels.ndim:
            found = np.stack(parts)
            found = found.reshape(levels.shape + found.shape[1:])
        return found if out is None else store(out, found)

    return quantile


def middle(cells: Cells) -> Scalar:
    """The middle entry, or the mean of the middle two."""
    order, n = order_of(cells), len(cells)
    return cells[order[n // 2]] if n % 2 else (cells[order[n // 2 - 1]] + cells[order[n // 2]]) / 2


def median_of(function: Callable[[Cells], Any]) -> Callable[..., Any]:
    """``numpy.median``, by a function of some cells."""

    def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
        result = along(a, axis, keepdims is True, function)
        return result if out is None else store(out, result)

    return median


_quantile = quantile_of(lambda function: function)
ARRAY_FUNCTIONS |= {
    np.argmax: _argument(1),
    np.argmin: _argument(-1),
    np.argsort: argsort,
    np.sort: sort,
    np.partition: partition,
    np.median: median_of(middle),
    np.quantile: _quantile,
    np.percentile: lambda a, q, *args, **kw: _quantile(a, wrap(objects(q)) / 100, *args, **kw),
}
