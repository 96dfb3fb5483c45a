"""NumPy functions that work entry by entry without being universal functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import elementwise, objects, store, wrap
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, ELEMENTWISE, Rule
from gradcheck.certified.numbers.scalars import Scalar, lift
from symbolic.balls import Ball


def rounded_to(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """``numpy.round``: a step function, whose values are floats."""

    def step(cell: Scalar) -> Scalar:
        scale = 10**decimals if decimals >= 0 else Scalar(Ball(1)) / 10**-decimals
        found = ELEMENTWISE["rint"](cell * scale)
        return lift(float(np.round(float(cell.ball.mid()), decimals))) if decimals > 0 else found / scale

    result = wrap(elementwise(step, 1)(objects(a)))
    return result if out is None else store(out, result)


def _lifted(name: str) -> Rule:
    """A NumPy function that is a function of each entry."""
    return lambda value, **_: wrap(elementwise(ELEMENTWISE[name], 1)(objects(value)))


def _same(value: Any, *_: Any, **__: Any) -> Any:
    return wrap(objects(value).copy())


_RULES: dict[Any, Rule] = {
    np.round: rounded_to,
    np.around: rounded_to,
    np.fix: lambda x, out=None: np.trunc(x) if out is None else store(out, np.trunc(x)),
    np.i0: lambda x: wrap(elementwise(ELEMENTWISE["i0"], 1)(objects(x))),
    np.sinc: _lifted("sinc"),
    np.real: _same,
    np.isreal: lambda a: np.ones(np.shape(a), dtype=bool)[()],
    np.iscomplexobj: lambda a: False,
    np.isrealobj: lambda a: True,
}
ARRAY_FUNCTIONS |= _RULES
