"""The largest and the smallest along axes; where several may be it, both are followed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import objects, store, wrap
from gradcheck.certified.numbers.choices import Mode, OpenComparison, Pick
from gradcheck.certified.numbers.comparisons import place_of
from gradcheck.certified.numbers.directions import entries_of, sides_of_extreme
from gradcheck.certified.numbers.nodes import CONSTANT, DERIVED
from gradcheck.certified.numbers.operations import node_of
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.reductions import Cells, no_value, reduction
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import UNIT_INTERVAL


def extreme(cells: Cells, sign: int) -> Scalar:
    """The largest (or smallest, sign -1); where several may be, each counts with a weight in [0, 1], or one is chosen."""
    if not cells:
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    bounds = [(cell.ball if sign > 0 else -cell.ball) for cell in cells]
    if any(ball.is_nan() for ball in bounds):
        refuse("not-finite", Sentence("following.extreme-not-finite"))
    largest = bounds[0]
    for ball in bounds[1:]:
        largest = largest.max(ball)
    may_be = {_identity(cell): cell for cell, ball in zip(cells, bounds, strict=True) if not ball < largest}
    candidates = list(may_be.values())
    if len(candidates) == 1:
        return candidates[0]
    if active.tape is None or all(cell.node == CONSTANT for cell in candidates):
        derived = any(cell.node != CONSTANT for cell in candidates)
        return Scalar(sign * largest, DERIVED if derived else CONSTANT)
    return _of_several(candidates, sign, sign * largest)


def _identity(cell: Scalar) -> int:
    return cell.node if cell.node > DERIVED else id(cell)


def _of_several(candidates: Cells, sign: int, value: Any) -> Scalar:
    """The extreme of which it cannot be told whose it is, as the run decides such choices."""
    choices, name = active.choices, "max" if sign > 0 else "min"
    choices.asked += 1
    exact = all(cell.ball.is_exact() for cell in candidates)
    choices.note(name, exact=exact, entries=lambda: entries_of(candidates))
    if choices.mode is Mode.MIDPOINT:
        return max(candidates, key=lambda cell: float(sign * cell.ball.mid()))
    if choices.apart:
        places = ("extreme", sign, *(place_of(c) if c.node >= 0 else float(c.ball.mid()) for c in candidates))
        return candidates[choices.choose(places, name, lambda: sides_of_extreme(candidates, sign))]
    key = (sign, *map(_identity, candidates))
    if key not in choices.extremes:
        choices.compared[key] = OpenComparison(tuple(candidates), sign)
        found = node_of(value, [(cell, Pick(key, k) if choices.picks else UNIT_INTERVAL) for k, cell in enumerate(candidates)])
        choices.extremes[key] = (found, candidates)  # which keeps their id from being used again
    result: Scalar = choices.extremes[key][0]
    return result


def extreme_of(function: Callable[[Cells], Any]) -> Callable[..., Any]:
    """Max and min: their third argument is out, not dtype."""
    reduce = reduction(function)

    def along_axes(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
    ) -> Any:
        return reduce(a, axis, None, out, keepdims, initial, where)

    return along_axes


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """The largest minus the smallest."""
    result = np.max(a, axis=axis, keepdims=keepdims is True) - np.min(a, axis=axis, keepdims=keepdims is True)
    return result if out is None else store(out, result)


def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **kwargs: Any) -> Any:
    """``minimum(maximum(a, a_min), a_max)``."""
    low, high = kwargs.pop("min", a_min), kwargs.pop("max", a_max)
    if kwargs.keys() - {"dtype"}:
        refuse("no-rule", Sentence("following.with", function="numpy.clip", options=tuple(kwargs)))
    result = wrap(objects(a))
    result = result if low is None or no_value(low) else np.maximum(result, low)
    result = result if high is None or no_value(high) else np.minimum(result, high)
    return result if out is None else store(out, result)


_max, _min = (extreme_of(partial(extreme, sign=sign)) for sign in (1, -1))
ARRAY_FUNCTIONS |= {
    np.max: _max,
    np.amax: _max,
    np.min: _min,
    np.amin: _min,
    np.ptp: ptp,
    np.clip: clip,
}
