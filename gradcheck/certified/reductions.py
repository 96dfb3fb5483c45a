"""Sums, products, extremes, orders and counts along axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.active import active
from gradcheck.certified.arrays import (
    ARRAY_FUNCTIONS,
    Mask,
    elementwise,
    objects,
    store,
    truths,
    wrap,
)
from gradcheck.certified.nodes import CONSTANT, DERIVED
from gradcheck.certified.piecewise import either
from gradcheck.certified.reasons import Undecided
from gradcheck.certified.scalars import ELEMENTWISE, Scalar, compare, node_of, place_of, refuse
from symbolic.balls import UNIT_INTERVAL, Ball, magnitude, widened

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
        if where is not True:
            refuse("no-rule", "a reduction with where is not followed")
        result = along(a, axis, keepdims, function)
        if initial is not None and not isinstance(initial, type(np._NoValue)):
            combined = elementwise(lambda cell, first: function([first, cell]), 2)
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
        key = ("extreme", sign, *(place_of(c) if c.node >= 0 else float(c.ball.mid()) for c in candidates))
        return candidates[active.choices.choose(key, len(candidates), "max" if sign > 0 else "min")]
    return node_of(sign * largest, [(cell, UNIT_INTERVAL) for cell in candidates])


def _mean(cells: Cells) -> Scalar:
    return total(cells) / len(cells)


def _variance(ddof: float) -> Callable[[Cells], Scalar]:
    def variance(cells: Cells) -> Scalar:
        center = _mean(cells)
        return total([ELEMENTWISE["square"](cell - center) for cell in cells]) / (len(cells) - ddof)

    return variance


def _no_value(value: Any) -> bool:
    return isinstance(value, type(np._NoValue))


def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **kw: Any) -> Any:
    """``numpy.var``."""
    ddof = kw.get("correction", ddof)
    return _reduction(_variance(0 if _no_value(ddof) else ddof))(a, axis, dtype, out, keepdims)


def std(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **kw: Any) -> Any:
    """``numpy.std``."""
    return np.sqrt(var(a, axis, dtype, None, ddof, keepdims, **kw))


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
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


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
        return wrap(np.moveaxis(result, 0, axis))

    return cumulate


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


def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle entry, or the mean of the middle two."""

    def middle(cells: Cells) -> Scalar:
        order, n = _order(cells), len(cells)
        return cells[order[n // 2]] if n % 2 else (cells[order[n // 2 - 1]] + cells[order[n // 2]]) / 2

    return along(a, axis, keepdims, middle)


# Truth


def _truth_reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, **_: Any) -> Any:
        return function(truths(a).astype(bool), axis=axis, keepdims=keepdims is True)

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
    low, high = kwargs.get("min", a_min), kwargs.get("max", a_max)
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
