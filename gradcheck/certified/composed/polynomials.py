"""NumPy's functions of polynomials, whose coefficients come with the highest power first; and phases without jumps."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.factorisations import lstsq
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.comparisons import compare
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.orders import order_of
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball


def _coefficients(p: Any) -> Any:
    return np.atleast_1d(wrap(objects(p)))


def trim_zeros(filt: Any, trim: str = "fb") -> Any:
    """``numpy.trim_zeros``: a zero is one that the code wrote, or computed exactly."""
    cells = objects(filt).tolist()

    def is_zero(cell: Scalar) -> bool:
        return cell.node == CONSTANT and bool(cell.ball == 0)

    first, last = 0, len(cells)
    while "f" in trim.lower() and first < last and is_zero(cells[first]):
        first += 1
    while "b" in trim.lower() and first < last and is_zero(cells[last - 1]):
        last -= 1
    return filt[first:last]


def polyadd(a1: Any, a2: Any) -> Any:
    """``numpy.polyadd``."""
    first, second = _coefficients(a1), _coefficients(a2)
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    missing = len(longer) - len(shorter)
    return np.concatenate([longer[:missing], longer[missing:] + shorter])


def polymul(a1: Any, a2: Any) -> Any:
    """``numpy.polymul``."""
    return np.convolve(trim_zeros(_coefficients(a1), "f"), trim_zeros(_coefficients(a2), "f"))


def polyder(p: Any, m: int = 1) -> Any:
    """``numpy.polyder``."""
    p = _coefficients(p)
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """``numpy.polyint``."""
    p = _coefficients(p)
    constants = list(objects(0 if k is None else k).reshape(-1))
    constants = constants * m if len(constants) == 1 else constants
    for constant in constants[:m]:
        p = np.append(p / np.arange(len(p), 0, -1), wrap(objects(constant)))
    return p


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    """``numpy.polyfit``: least squares of powers."""
    if full or cov:
        refuse("no-rule", Sentence("following.with", function="numpy.polyfit", options=("full", "cov")))
    powers, values = np.vander(wrap(objects(x)), deg + 1), wrap(objects(y))
    if w is not None:
        weights = wrap(objects(w))
        powers = powers * weights[:, None]
        values = values * (weights if values.ndim == 1 else weights[:, None])
    return lstsq(powers, values)[0]


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = None) -> Any:
    """``numpy.unwrap``: each jump larger than half a period is made smaller by whole periods."""
    period = 2 * Scalar(Ball.pi()) if period is None else period
    discont = period / 2 if discont is None else np.maximum(discont, period / 2)
    moved = np.moveaxis(wrap(objects(p)), axis, -1)
    jumps = np.diff(moved, axis=-1)
    within = np.mod(jumps + period / 2, period) - period / 2
    corrections = np.where(np.abs(jumps) < discont, 0.0, within - jumps)
    first = np.zeros_like(moved[..., :1])
    return np.moveaxis(moved + np.cumsum(np.concatenate([first, corrections], axis=-1), axis=-1), -1, axis)


def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, axis: Any = None, **_: Any
) -> Any:
    """``numpy.unique``: the different numbers in order, and where they stand."""
    if axis is not None:
        refuse("no-rule", Sentence("following.with", function="numpy.unique", options=("axis",)))
    cells = objects(ar).ravel().tolist()
    order = order_of(cells)
    new = [k for k in range(len(order)) if not k or not compare(cells[order[k]], cells[order[k - 1]], "==")]
    inverse = np.empty(len(order), dtype=np.intp)
    inverse[order] = np.searchsorted(new, np.arange(len(order)), side="right") - 1
    result = np.array([order[k] for k in new], dtype=np.intp)
    found = [wrap(objects(ar).ravel()[result])]
    found += [result] if return_index else []
    found += [inverse.reshape(np.shape(ar))] if return_inverse else []
    found += [np.diff([*new, len(order)])] if return_counts else []
    return found[0] if len(found) == 1 else tuple(found)


ARRAY_FUNCTIONS |= {
    np.trim_zeros: trim_zeros,
    np.polyadd: polyadd,
    np.polysub: lambda a1, a2: polyadd(a1, -_coefficients(a2)),
    np.polymul: polymul,
    np.polyder: polyder,
    np.polyint: polyint,
    np.polyfit: polyfit,
    np.unwrap: unwrap,
    np.unique: unique,
    np.real_if_close: lambda a, tol=100: wrap(objects(a)),
}
