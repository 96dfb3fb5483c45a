"""``np.add.reduce`` and its like on Scalars: reduce, accumulate and reduceat of NumPy's universal functions."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.registry import ELEMENTWISE, METHODS
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.reductions import Cells, reduction
from gradcheck.certified.numpy_functions.sums import cumulative
from gradcheck.sentences.sentence import Sentence


def folded(ufunc: Any, a: Any, axis: Any = 0, **options: Any) -> Any:
    """``ufunc.reduce``, from left to right."""
    step = ELEMENTWISE[ufunc.__name__]

    def fold(cells: Cells) -> Scalar:
        if not cells:
            refuse("no-rule", Sentence("following.reduce-of-nothing", name=ufunc.__name__))
        return functools.reduce(step, cells)

    return reduction(fold)(a, axis, **options)


def accumulated(ufunc: Any, a: Any, axis: Any = 0, **options: Any) -> Any:
    """``ufunc.accumulate``."""
    return cumulative(ELEMENTWISE[ufunc.__name__])(a, axis, **options)


def reduced_at(ufunc: Any, a: Any, indices: Any, axis: Any = 0, **_: Any) -> Any:
    """``ufunc.reduceat``: from each index to the next, the entry itself where the next is no larger."""
    array, starts = np.moveaxis(objects(a), axis, 0), [int(i) for i in indices]
    ends = [*starts[1:], len(array)]
    parts = [
        objects(ufunc.reduce(wrap(array[i:j]), axis=0)) if i < j else array[i, ...] for i, j in zip(starts, ends, strict=True)
    ]
    return wrap(np.moveaxis(np.stack(parts), 0, axis))


METHODS |= {"reduce": folded, "accumulate": accumulated, "reduceat": reduced_at}
