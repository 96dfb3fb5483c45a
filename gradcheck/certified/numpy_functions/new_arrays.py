"""New arrays: the same number everywhere, as large as another one, or evenly spaced."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import UNKNOWN, ZERO, Scalar
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

_empty = np.empty


def filled(shape: Any, cell: Scalar) -> Any:
    """A new array with the same Scalar everywhere."""
    result = _empty(shape, dtype=object)
    result.fill(cell)
    return wrap(result)


def _like(cell: Scalar) -> Any:
    def like(a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, **_: Any) -> Any:
        shape = np.shape(a) if shape is None else shape
        if dtype is not None and np.dtype(dtype).kind not in "fO":
            return _empty(shape, dtype=dtype) if cell is UNKNOWN else np.full(shape, float(cell), dtype=dtype)
        return filled(shape, cell)

    return like


def full_like(a: Any, fill_value: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any) -> Any:
    """``numpy.full_like``."""
    result = filled(np.shape(a) if shape is None else shape, ZERO)
    result[...] = fill_value
    return result


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, **options: Any) -> Any:
    """``numpy.linspace``."""
    if options:
        refuse("no-rule", Sentence("following.with", function="numpy.linspace", options=tuple(options)))
    first, last = (wrap(objects(end)) for end in (start, stop))
    parts = [first + (last - first) * k / max(num - int(endpoint), 1) for k in range(num)]
    return np.stack([wrap(objects(part)) for part in parts])


ARRAY_FUNCTIONS |= {
    np.zeros_like: _like(ZERO),
    np.ones_like: _like(Scalar(Ball(1))),
    np.empty_like: _like(UNKNOWN),
    np.full_like: full_like,
    np.linspace: linspace,
}
