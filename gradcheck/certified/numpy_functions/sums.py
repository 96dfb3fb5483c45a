"""Sums and products along axes, and what is made of them: means, variances, covariances, running sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import elementwise, objects, store, wrap
from gradcheck.certified.numbers.nodes import CONSTANT, DERIVED
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, ELEMENTWISE
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.reductions import Cells, no_value, reduction
from symbolic.balls import Ball, magnitude, widened


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


def product(cells: Cells) -> Scalar:
    """The product of some numbers, 1 of none."""
    result = Scalar(Ball(1)) if not cells else cells[0]
    for cell in cells[1:]:
        result = ELEMENTWISE["multiply"](result, cell)
    return result


def mean(cells: Cells) -> Scalar:
    """The mean of some numbers; of a single one itself, so that nothing is left of its distance from it."""
    return cells[0] if len(cells) == 1 else total(cells) / len(cells)


def variance(ddof: float) -> Callable[[Cells], Scalar]:
    """The mean of squared distances from the mean, with ``n - ddof`` in the denominator."""

    def of(cells: Cells) -> Scalar:
        center = mean(cells)
        return total([ELEMENTWISE["square"](cell - center) for cell in cells]) / (len(cells) - ddof)

    return of


def spread_of(by_ddof: Callable[[float], Callable[[Cells], Any]]) -> Callable[..., Any]:
    """``numpy.var`` by a function of cells for each ddof; a mean that is given is the one of the values, and is taken again."""

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
        ddof = correction if no_value(ddof) or not ddof else ddof
        reduce = reduction(by_ddof(0 if no_value(ddof) else ddof))
        return reduce(a, axis, dtype, out, keepdims is True, where=True if no_value(where) else where)

    return var


def root_of(var: Callable[..., Any]) -> Callable[..., Any]:
    """``numpy.std`` by its variance."""

    def std(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **kw: Any
    ) -> Any:
        result = np.sqrt(var(a, axis, dtype, None, ddof, keepdims, **kw))
        return result if out is None else store(out, result)

    return std


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


def cumulative(step: Callable[[Scalar, Scalar], Scalar]) -> Callable[..., Any]:
    """A running sum, product or the like: each entry from the one before it."""

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
    """``numpy.cov``; how often each observation counts, and how much, as NumPy weights it."""
    rows = [np.atleast_2d(wrap(objects(part))) for part in (m, y) if part is not None]
    rows = [part if rowvar or np.ndim(given) < 2 else part.T for part, given in zip(rows, (m, y), strict=False)]
    x = np.concatenate(rows)
    ddof = int(not bias) if ddof is None else ddof
    if fweights is None and aweights is None:
        x = x - np.mean(x, axis=1, keepdims=True)
        result = (x @ x.T) / (x.shape[1] - ddof)
    else:
        frequency = wrap(objects(np.ones(x.shape[1], dtype=np.int64) if fweights is None else fweights))
        w = frequency if aweights is None else frequency * wrap(objects(aweights))
        total_weight = np.sum(w)
        x = x - (np.sum(x * w, axis=1) / total_weight)[:, None]
        lost = ddof * (total_weight if aweights is None else np.sum(w * wrap(objects(aweights))))
        result = ((x * w) @ x.T) / (total_weight - lost / total_weight)
    return result[0, 0] if result.shape == (1, 1) else result


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, **_: Any) -> Any:
    """``numpy.corrcoef``."""
    c = cov(x, y, rowvar)
    if not np.ndim(c):
        return c / c
    spread = np.sqrt(np.diag(c))
    return c / spread[:, None] / spread[None, :]


_sum, _var = reduction(total), spread_of(variance)
ARRAY_FUNCTIONS |= {
    np.sum: _sum,
    np.mean: reduction(mean),
    np.var: _var,
    np.std: root_of(_var),
    np.prod: reduction(product),
    np.average: average,
    np.cumsum: cumulative(lambda a, b: a + b),
    np.cumprod: cumulative(lambda a, b: a * b),
    np.cov: cov,
    np.corrcoef: corrcoef,
    np.trace: lambda a, offset=0, axis1=0, axis2=1, **_: np.sum(wrap(np.diagonal(objects(a), offset, axis1, axis2)), axis=-1),
}


def _from_the_start(running: Callable[..., Any], first: int) -> Callable[..., Any]:
    """``numpy.cumulative_sum`` and ``cumulative_prod``: the running one, after its first value where that is asked for."""

    def cumulate(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False) -> Any:
        array = objects(x)
        if axis is None and array.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        along = -1 if axis is None else axis
        result = running(wrap(array), axis=along)
        if include_initial:
            start = np.full_like(np.take(result, [0], axis=along), first)
            result = np.concatenate([start, result], axis=along)
        return result if out is None else store(out, result)

    return cumulate


for _name, _running, _first in (("cumulative_sum", np.cumsum, 0), ("cumulative_prod", np.cumprod, 1)):
    if hasattr(np, _name):
        ARRAY_FUNCTIONS[getattr(np, _name)] = _from_the_start(ARRAY_FUNCTIONS[_running], _first)
