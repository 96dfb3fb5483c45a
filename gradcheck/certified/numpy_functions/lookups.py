"""Where numbers lie among others, found by decided comparisons: interpolation, bins, counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import elementwise, objects, wrap
from gradcheck.certified.numbers.comparisons import compare
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import ZERO, Scalar
from gradcheck.certified.numpy_functions.new_arrays import filled
from gradcheck.sentences.sentence import Sentence


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """``numpy.interp``: the line through the two points around each x."""
    if period is not None:
        return _periodic(x, xp, fp, abs(period))
    knots, heights = objects(xp), objects(fp)
    first = heights[0] if left is None else objects(left)[()]
    last = heights[-1] if right is None else objects(right)[()]

    def at(cell: Scalar) -> Any:
        if bool(compare(cell, knots[0], "<")):
            return first
        if bool(compare(cell, knots[-1], ">")):
            return last
        k = 0
        while k < len(knots) - 2 and bool(compare(cell, knots[k + 1], ">=")):
            k += 1
        return heights[k] + (heights[k + 1] - heights[k]) * ((cell - knots[k]) / (knots[k + 1] - knots[k]))

    return wrap(elementwise(at, 1)(objects(x)))


def _periodic(x: Any, xp: Any, fp: Any, period: Any) -> Any:
    """The same of a function that repeats itself: with one more knot on either side."""
    knots, heights = wrap(objects(xp)) % period, wrap(objects(fp))
    order = np.argsort(knots)
    knots, heights = knots[order], heights[order]
    wider = np.concatenate([knots[-1:] - period, knots, knots[:1] + period])
    return interp(wrap(objects(x)) % period, wider, np.concatenate([heights[-1:], heights, heights[:1]]))


def _search(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """``numpy.searchsorted``: before how many entries of a each number comes."""
    if sorter is not None:
        refuse("no-rule", Sentence("following.with", function="numpy.searchsorted", options=("sorter",)))
    knots, symbol = objects(a).tolist(), "<" if side == "left" else "<="
    found = [sum(bool(compare(knot, cell, symbol)) for knot in knots) for cell in objects(v).ravel()]
    return np.reshape(np.asarray(found, dtype=np.intp), np.shape(v))[()]


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """``numpy.digitize`` for ascending bins."""
    edges = wrap(objects(bins))
    if len(edges) > 1 and bool(edges[0] > edges[-1]):
        refuse("no-rule", Sentence("following.digitize"))
    return _search(edges, x, "left" if right else "right")


def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """``numpy.bincount``: sums of the weights by label."""
    labels = [int(label) for label in np.asarray(x).ravel()]
    sums = filled(max(max(labels, default=-1) + 1, minlength), ZERO)
    np.add.at(sums, labels, wrap(objects(weights)))
    return sums


ARRAY_FUNCTIONS |= {
    np.interp: interp,
    np.searchsorted: _search,
    np.digitize: _digitize,
    np.bincount: _bincount,
}
