"""What selects by truth values, counts them or asks for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import Mask, elementwise, objects, truths, wrap
from gradcheck.certified.numbers.piecewise import either
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS


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


def _close(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    distance = np.abs(np.subtract(wrap(objects(a)), wrap(objects(b))))
    return distance <= atol + rtol * np.abs(wrap(objects(b)))


ARRAY_FUNCTIONS |= {
    np.any: _truth_reduction(np.any),
    np.all: _truth_reduction(np.all),
    np.where: where,
    np.nonzero: lambda a: np.nonzero(truths(a).astype(bool)),
    np.flatnonzero: lambda a: np.flatnonzero(truths(a).astype(bool)),
    np.argwhere: lambda a: np.argwhere(truths(a).astype(bool)),
    np.count_nonzero: count_nonzero,
    np.isclose: _close,
    np.allclose: lambda a, b, *args, **kw: bool(np.all(_close(a, b, *args, **kw))),
    np.array_equal: lambda a, b, **_: np.shape(a) == np.shape(b) and bool(np.all(wrap(objects(a)) == wrap(objects(b)))),
}
