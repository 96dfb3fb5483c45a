"""Entries that are no number: what NumPy's functions do that leave them out, and what asks for them.

A NaN of the code itself (``np.nan``) is one exactly; a ball of which nothing is known is none, and is refused where it matters.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import elementwise, objects, wrap
from gradcheck.certified.numbers.piecewise import is_missing
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import ZERO, Scalar
from gradcheck.certified.numpy_functions import extremes, orders, sums
from gradcheck.certified.numpy_functions.reductions import Cells, along_numbers, reduction
from symbolic.balls import Ball

MISSING = Scalar(Ball(float("nan")))
ONE = Scalar(Ball(1))


def skipping(function: Callable[[Cells], Any], of_nothing: Any = MISSING) -> Callable[[Cells], Any]:
    """The function of what is a number among some cells."""

    def skip(cells: Cells) -> Any:
        kept = [cell for cell in cells if not is_missing(cell)]
        return function(kept) if kept else of_nothing

    return skip


def _filled(step: Callable[..., Any], number: Scalar) -> Callable[..., Any]:
    """A running sum or product with a number in the places of what is none."""
    present = elementwise(lambda cell: number if is_missing(cell) else cell, 1)
    return lambda a, axis=None, dtype=None, out=None: step(wrap(present(objects(a))), axis, None, out)


def _place(sign: int) -> Callable[[Cells], int]:
    def place(cells: Cells) -> int:
        kept = [k for k, cell in enumerate(cells) if not is_missing(cell)]
        if not kept:
            raise ValueError("All-NaN slice encountered")
        return kept[orders.place_of_extreme([cells[k] for k in kept], sign)]

    return place


def _argument(sign: int) -> Callable[..., Any]:
    def argument(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        result = along_numbers(a, axis, keepdims, _place(sign))
        return result if isinstance(result, np.ndarray) else np.intp(result)

    return argument


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """``numpy.nan_to_num``: another number for what is none or not finite, everything else as it is."""
    largest = float(np.finfo(np.float64).max)
    high, low = (largest if posinf is None else posinf), (-largest if neginf is None else neginf)
    numbers: list[Any] = [objects(number)[()] for number in (nan, high, low)]

    def replaced(cell: Scalar) -> Any:
        if is_missing(cell):
            return numbers[0]
        if cell.ball.is_exact() and not cell.ball.is_nan() and not cell.ball.is_finite():
            return numbers[1] if cell.ball > 0 else numbers[2]
        return cell

    result = wrap(elementwise(replaced, 1)(objects(x)))
    if copy or not isinstance(x, np.ndarray):
        return result
    x[...] = result
    return x


_quantile = orders.quantile_of(skipping)
_spread = sums.spread_of(lambda ddof: skipping(sums.variance(ddof)))
ARRAY_FUNCTIONS |= {
    np.nansum: reduction(skipping(sums.total, ZERO)),
    np.nanprod: reduction(skipping(sums.product, ONE)),
    np.nanmean: reduction(skipping(sums.mean)),
    np.nanvar: _spread,
    np.nanstd: sums.root_of(_spread),
    np.nanmax: extremes.extreme_of(skipping(partial(extremes.extreme, sign=1))),
    np.nanmin: extremes.extreme_of(skipping(partial(extremes.extreme, sign=-1))),
    np.nanmedian: orders.median_of(skipping(orders.middle)),
    np.nanquantile: _quantile,
    np.nanpercentile: lambda a, q, *args, **kw: _quantile(a, wrap(objects(q)) / 100, *args, **kw),
    np.nancumsum: _filled(ARRAY_FUNCTIONS[np.cumsum], ZERO),
    np.nancumprod: _filled(ARRAY_FUNCTIONS[np.cumprod], ONE),
    np.nanargmax: _argument(1),
    np.nanargmin: _argument(-1),
    np.nan_to_num: nan_to_num,
}
