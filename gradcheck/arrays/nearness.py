"""Are two arrays of floats the same, but for rounding? What hangs on it is what is told, never a verdict."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

DOUBLE = 1e-9  # of the largest entry: a wrong formula is off in the first digits
SINGLE = 1e-5  # wide enough for single precision; random numbers agree so well by chance in no two entries


def near(one: Array, other: Array, within: float = SINGLE) -> npt.NDArray[np.bool_]:
    """Entry by entry: off by no more than this part of the other's largest entry; nothing is near what is not finite."""
    size = max(float(np.abs(other).max(initial=0.0)), 1e-300)
    with np.errstate(all="ignore"):
        return np.asarray(np.isfinite(one) & np.isfinite(size) & (np.abs(one - other) <= within * size))


def same(one: Array, other: Array, within: float = SINGLE) -> bool:
    """Whether two arrays of one shape are near each other in every entry."""
    return one.shape == other.shape and bool(near(one, other, within).all())
