"""What is done along the batch: the same for every kind of numbers, so it needs no formula to be understood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def batch_sum(values: Array) -> Array:
    """The sum over the batch, the last axis, which stays with length 1."""
    return np.asarray(values.sum(axis=-1, keepdims=True))


def one_example(which: int, values: Array) -> Array:
    """The first (0) or the last (1) example alone: what some mistakes take for the sum over the batch."""
    return values[..., -which:][..., :1]


def reordered(which: int, values: Array) -> Array:
    """The examples in another order: backwards (0), each in the place of the next (1), of the one before (2)."""
    return values[..., ::-1] if which == 0 else np.roll(values, 1 if which == 1 else -1, axis=-1)


BATCH_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "batch_sum": batch_sum,
    "one_example": one_example,
    "reordered": reordered,
}
