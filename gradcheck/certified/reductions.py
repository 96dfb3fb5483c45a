"""Sums, products, extremes, orders and counts along axes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.active import active
from gradcheck.certified.arrays import Mask, elementwise, objects, store, truths, wrap
from gradcheck.certified.comparisons import compare, place_of
from gradcheck.certified.nodes import CONSTANT, DERIVED
from gradcheck.certified.operations import node_of
from gradcheck.certified.piecewise import either
from gradcheck.certified.reasons import Undecided, refuse
from gradcheck.certified.scalars import Scalar, lift
from gradcheck.certified.tables import ARRAY_FUNCTIONS, ELEMENTWISE, METHODS
from symbolic.balls import NAN_BALL, UNIT_INTERVAL, Ball, magnitude, widened

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


def total(cells: Cells) -> Scalar:
    """The sum of some numbers: one node with an edge to each."""
    if len(cells) == 1:
        return cells[0]
    ball = sum((cell.ball for cell in cells), start=Ball(0))
    if active.unit:
        ball = widened(ball, len(cells) * active.unit * sum(magnitude(cell.ball) for cell in cells))
    nodes = [cell.node for cell in cells]
    if max(nodes, default=CONSTANT) == CONSTANT:
        return Scalar(ball)
    tape = active.tape
    if tape is None:
        return Scalar(ball, DERIVED)
    nodes = [node for node in nodes if node >= 0]
    tape.parents.extend(nodes)
    tape.partials.extend([None] * len(nodes))
    return Scalar(ball, tape.close())


_LEFT_OUT = Scalar(NAN_BALL)


def _chosen(a: Any, where: Any) -> Any:
    """The entries where the mask holds; a mark in the places of the others."""
    array, mask = np.broadcast_arrays(objects(a), truths(where).astype(bool))
    chosen = array.copy()
    chosen[~mask] = _LEFT_OUT
    return wrap(chosen)


def _kept(cells: Cells) -> Cells:
    return [cell for cell in cells if cell is not _LEFT_OUT]


def _reduction(function: Callable[[Cells], Any]) -> Callable[..., Any]:
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
        if initial is not None and not _no_value(initial):
            combined = elementwise(lambda cell, first: first if cell is _LEFT_OUT else function([first, cell]), 2)
            result = wrap(combined(objects(result), objects(initial)))
        return result if out is None else store(out, result)

    return reduce


def _product(cells: Cells) -> Scalar:
    result = Scalar(Ball(1)) if not cells else cells[0]
    for cell in cells[1:]:
        result = ELEMENTWISE["multiply"](result, cell)
    return result


def _extreme(cells: Cells, sign: int) -> Scalar:
    """The largest (or smallest, sign -1); where several may be, each counts with a weight in [0, 1], or one is chosen."""
    if not cells:
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    bounds = [(cell.ball if sign > 0 else -cell.ball) for cell in cells]
    if any(ball.is_nan() for ball in bounds):
        refuse("not-finite", "max or min of a value that is not finite, or not known to be")
    largest = bounds[0]
    for ball in bounds[1:]:
        largest = largest.max(ball)
    may_be = {
        cell.node if cell.node > DERIVED else id(cell): cell for cell, b in zip(cells, bounds, strict=True) if not b < largest
    }
    candidates = list(may_be.values())
    if len(candidates) == 1:
        return candidates[0]
    if active.tape is None or all(cell.node == CONSTANT for cell in candidates):
        derived = any(cell.node != CONSTANT for cell in candidates)
        return Scalar(sign * largest, DERIVED if derived else CONSTANT)
    exact = all(cell.ball.is_exact() for cell in candidates)
    active.choices.asked += 1
    active.choices.note("max" if sign > 0 else "min", exact=exact)
    if active.choices.mode == "midpoint":
        return max(candidates, key=lambda cell: float(sign * cell.ball.mid()))
    if active.choices.apart:
        places = ("extreme", sign, *(place_of(c) if c.node >= 0 else float(c.ball.mid()) for c in candidates))
        return candidates[active.choices.choose(places, len(candidates), "max" if sign > 0 else "min")]
    key = (sign, *(cell.node if cell.node > DERIVED else id(cell) for cell in candidates))
    if key not in active.choices.extremes:
        found = node_of(sign * largest, [(cell, UNIT_INTERVAL) for cell in candidates])
        active.choices.extremes[key] = (found, candidates)  # which keeps their id from being used again
    result: Scalar = active.choices.extremes[key][0]
    return result


def _mean(cells: Cells) -> Scalar:
    return total(cells) / len(cells)


def _variance(ddof: float) -> Callable[[Cells], Scalar]:
    def variance(cells: Cells) -> Scalar:
        center = _mean(cells)
        return total([ELEMENTWISE["square"](cell - center) for cell in cells]) / (len(cells) - ddof)

    return variance


def _no_value(value: Any) -> bool:
    return isinstance(value, type(np._NoValue))


def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = 0,
) -> Any:
    """``numpy.var``; a mean that is given is the one of the values, and is taken again."""
    ddof = correction if _no_value(ddof) or not ddof else ddof
    return _reduction(_variance(0 if _no_value(ddof) else ddof))(
        a, axis, dtype, out, keepdims is True, where=True if _no_value(where) else where
    )


def std(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **kw: Any) -> Any:
    """``numpy.std``."""
    result = np.sqrt(var(a, axis, dtype, None, ddof, keepdims, **kw))
    return result if out is None else store(out, result)


def _swapped(name: str, sign: int) -> Callable[..., Any]:
    """Max and min: their third argument is out, not dtype."""
    reduce = _reduction(lambda cells: _extreme(cells, sign))

    def extreme(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
    ) -> Any:
        return reduce(a, axis, None, out, keepdims, initial, where)

    return extreme


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """The largest minus the smallest."""
    result = np.max(a, axis=axis, keepdims=keepdims is True) - np.min(a, axis=axis, keepdims=keepdims is True)
    return result if out is None else store(out, result)


def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False) -> Any:
    """``numpy.average``."""
    if weights is None:
        mean = np.mean(wrap(objects(a)), axis=axis, keepdims=keepdims is True)
        return mean if not returned else (mean, objects(a).size // max(objects(mean).size, 1))
    values, w = wrap(objects(a)), wrap(objects(weights))
    if values.shape != w.shape and w.ndim == 1 and isinstance(axis, int):
        w = wrap(np.moveaxis(objects(w).reshape((-1,) + (1,) * (values.ndim - 1)), 0, axis))
    scale = np.sum(w * np.ones(values.shape), axis=axis, keepdims=keepdims is True)
    result = np.sum(values * w, axis=axis, keepdims=keepdims is True) / scale
    return (result, scale) if returned else result


def _cumulative(step: Callable[[Scalar, Scalar], Scalar]) -> Callable[..., Any]:
    def cumulate(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        array = objects(a)
        array, axis = (array.reshape(-1), 0) if axis is None else (array, axis)
        result = np.moveaxis(array, axis, 0).copy()
        rest = elementwise(step, 2)
        for k in range(1, result.shape[0]):
            result[k] = rest(result[k - 1, ...], result[k, ...])
        moved = wrap(np.moveaxis(result, 0, axis))
        return moved if out is None else store(out, moved)

    return cumulate


def folded(ufunc: Any, a: Any, axis: Any = 0, **options: Any) -> Any:
    """``ufunc.reduce``, from left to right."""
    step = ELEMENTWISE[ufunc.__name__]

    def fold(cells: Cells) -> Scalar:
        if not cells:
            refuse("no-rule", f"numpy.{ufunc.__name__}.reduce of nothing is not followed")
        return functools.reduce(step, cells)

    return _reduction(fold)(a, axis, **options)


def accumulated(ufunc: Any, a: Any, axis: Any = 0, **options: Any) -> Any:
    """``ufunc.accumulate``."""
    return _cumulative(ELEMENTWISE[ufunc.__name__])(a, axis, **options)


def reduced_at(ufunc: Any, a: Any, indices: Any, axis: Any = 0, **_: Any) -> Any:
    """``ufunc.reduceat``: from each index to the next, the entry itself where the next is no larger."""
    array, starts = np.moveaxis(objects(a), axis, 0), [int(i) for i in indices]
    ends = [*starts[1:], len(array)]
    parts = [
        objects(ufunc.reduce(wrap(array[i:j]), axis=0)) if i < j else array[i, ...] for i, j in zip(starts, ends, strict=True)
    ]
    return wrap(np.moveaxis(np.stack(parts), 0, axis))


METHODS |= {
    "reduce": folded,
    "accumulate": accumulated,
    "reduceat": reduced_at,
}


# Orders: indices, found by comparisons


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


def along_numbers(value: Any, axis: Any, keepdims: Any, function: Callable[[Cells], int]) -> Any:
    """As `along`, for a function that gives integers."""
    result = along(value, axis, keepdims, lambda cells: Scalar(Ball(function(cells))))
    return _array([int(cell) for cell in result.flat], dtype=np.intp).reshape(result.shape) if result.shape else int(result)


class _Sortable:
    """A number with its place, ordered by decided comparisons, equal ones by place."""

    def __init__(self, cell: Scalar, place: int) -> None:
        self.cell, self.place = cell, place

    def __lt__(self, other: _Sortable) -> bool:
        below = compare(self.cell, other.cell, "<")
        if not isinstance(below, bool):
            raise Undecided("values are sorted that cannot be told apart")
        return below


def _order(cells: Cells) -> list[int]:
    return [item.place for item in sorted(_Sortable(cell, place) for place, cell in enumerate(cells))]


def argsort(a: Any, axis: Any = -1, **_: Any) -> Any:
    """The places of the entries in ascending order, equal ones as they come."""
    array = objects(a)
    array, axis = (array.reshape(-1), 0) if axis is None else (array, axis)
    rows = np.moveaxis(array, axis, -1)
    result = _empty(rows.shape, dtype=np.intp)
    for place in np.ndindex(*rows.shape[:-1]):
        result[place] = _order(rows[place].tolist())
    return np.moveaxis(result, -1, axis)


def sort(a: Any, axis: Any = -1, **_: Any) -> Any:
    """The entries in ascending order."""
    array = objects(a)
    array, axis = (array.reshape(-1), 0) if axis is None else (array, axis)
    return wrap(np.take_along_axis(array, argsort(array, axis), axis=axis))


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    *,
    fweights: Any = None,
    aweights: Any = None,
    dtype: Any = None,
) -> Any:
    """``numpy.cov`` without weights."""
    if fweights is not None or aweights is not None:
        refuse("no-rule", "numpy.cov with weights is not followed")
    rows = [np.atleast_2d(wrap(objects(part))) for part in (m, y) if part is not None]
    rows = [part if rowvar or np.ndim(given) < 2 else part.T for part, given in zip(rows, (m, y), strict=False)]
    x = np.concatenate(rows)
    x = x - np.mean(x, axis=1, keepdims=True)
    result = (x @ x.T) / (x.shape[1] - (ddof if ddof is not None else int(not bias)))
    return result[0, 0] if result.shape == (1, 1) else result


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, **_: Any) -> Any:
    """``numpy.corrcoef``."""
    c = cov(x, y, rowvar)
    if not np.ndim(c):
        return c / c
    spread = np.sqrt(np.diag(c))
    return c / spread[:, None] / spread[None, :]


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
        order = _order(cells)
        low, high = cells[order[below]], cells[order[min(below + 1, len(cells) - 1)]]
        return low + (high - low) * (place - below)

    return along(a, axis, keepdims, between)


def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle entry, or the mean of the middle two."""

    def middle(cells: Cells) -> Scalar:
        order, n = _order(cells), len(cells)
        return cells[order[n // 2]] if n % 2 else (cells[order[n // 2 - 1]] + cells[order[n // 2]]) / 2

    result = along(a, axis, keepdims, middle)
    return result if out is None else store(out, result)


# Truth


def _truth_reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, **options: Any) -> Any:
        return function(truths(a).astype(bool), axis=axis, out=out, keepdims=keepdims is True, **options)

    return reduce


def where(condition: Any, *branches: Any) -> Any:
    """``numpy.where``: both branches at once where the condition is open."""
    if not branches:
        return np.nonzero(truths(condition).astype(bool))
    a, b = (objects(branch) for branch in branches)
    holds = truths(condition)
    result = elementwise(either, 3)(holds, a, b)
    return wrap(result)


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """How many entries are not zero: for open ones an interval."""
    if isinstance(a, Mask):
        return np.sum(wrap(objects(a)), axis=axis, keepdims=keepdims)
    return np.count_nonzero(truths(a).astype(bool), axis=axis, keepdims=keepdims)


def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **kwargs: Any) -> Any:
    """``minimum(maximum(a, a_min), a_max)``."""
    low, high = kwargs.pop("min", a_min), kwargs.pop("max", a_max)
    if kwargs.keys() - {"dtype"}:
        refuse("no-rule", f"numpy.clip with {', '.join(kwargs)} is not followed")
    result = wrap(objects(a))
    result = result if low is None or _no_value(low) else np.maximum(result, low)
    result = result if high is None or _no_value(high) else np.minimum(result, high)
    return result if out is None else store(out, result)


def _close(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    distance = np.abs(np.subtract(wrap(objects(a)), wrap(objects(b))))
    return distance <= atol + rtol * np.abs(wrap(objects(b)))


def _lifted(name: str) -> Callable[..., Any]:
    """A NumPy function that is a function of each entry."""
    return lambda value, **_: wrap(elementwise(ELEMENTWISE[name], 1)(objects(value)))


def rounded_to(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """``numpy.round``: a step function, whose values are floats."""

    def step(cell: Scalar) -> Scalar:
        scale = 10**decimals if decimals >= 0 else Scalar(Ball(1)) / 10**-decimals
        found = ELEMENTWISE["rint"](cell * scale)
        return lift(float(np.round(float(cell.ball.mid()), decimals))) if decimals > 0 else found / scale

    result = wrap(elementwise(step, 1)(objects(a)))
    return result if out is None else store(out, result)


def _same(value: Any, *_: Any, **__: Any) -> Any:
    return wrap(objects(value).copy())


def _checked_finite(value: Any, *_: Any, **__: Any) -> Any:
    if not np.all(np.isfinite(wrap(objects(value)))):
        refuse("not-finite", "nan_to_num of a value that is not finite is not followed")
    return _same(value)


_sum, _prod = _reduction(total), _reduction(_product)
_max, _min = _swapped("max", 1), _swapped("min", -1)
ARRAY_FUNCTIONS |= {
    np.sum: _sum,
    np.mean: _reduction(_mean),
    np.var: var,
    np.std: std,
    np.prod: _prod,
    np.max: _max,
    np.min: _min,
    np.amax: _max,
    np.amin: _min,
    np.ptp: ptp,
    np.average: average,
    np.median: median,
    np.quantile: quantile,
    np.percentile: lambda a, q, *args, **kw: quantile(a, wrap(objects(q)) / 100, *args, **kw),
    np.partition: partition,
    np.round: rounded_to,
    np.around: rounded_to,
    np.i0: lambda x: wrap(elementwise(ELEMENTWISE["i0"], 1)(objects(x))),
    np.cov: cov,
    np.corrcoef: corrcoef,
    np.nanvar: var,
    np.nanstd: std,
    np.nanmedian: median,
    np.isreal: lambda a: np.ones(np.shape(a), dtype=bool)[()],
    np.nansum: _sum,
    np.nanmean: _reduction(_mean),
    np.nanmax: _max,
    np.nanmin: _min,
    np.cumsum: _cumulative(lambda a, b: a + b),
    np.cumprod: _cumulative(lambda a, b: a * b),
    np.argmax: _argument(1),
    np.argmin: _argument(-1),
    np.argsort: argsort,
    np.sort: sort,
    np.any: _truth_reduction(np.any),
    np.all: _truth_reduction(np.all),
    np.nonzero: lambda a: np.nonzero(truths(a).astype(bool)),
    np.flatnonzero: lambda a: np.flatnonzero(truths(a).astype(bool)),
    np.argwhere: lambda a: np.argwhere(truths(a).astype(bool)),
    np.count_nonzero: count_nonzero,
    np.where: where,
    np.clip: clip,
    np.isclose: _close,
    np.allclose: lambda a, b, *args, **kw: bool(np.all(_close(a, b, *args, **kw))),
    np.array_equal: lambda a, b, **_: np.shape(a) == np.shape(b) and bool(np.all(wrap(objects(a)) == wrap(objects(b)))),
    np.sinc: _lifted("sinc"),
    np.real: _same,
    np.nan_to_num: _checked_finite,
    np.trace: lambda a, offset=0, axis1=0, axis2=1, **_: np.sum(wrap(np.diagonal(objects(a), offset, axis1, axis2)), axis=-1),
    np.iscomplexobj: lambda a: False,
    np.isrealobj: lambda a: True,
}
