"""How good a model is: accuracy where classes are told apart, RMSE and R2 where numbers are predicted."""

from __future__ import annotations

import numpy as np

from reference_nets.activations import Array


def decide(a: Array) -> Array:
    """The class of each row, (m,): the largest output, or whether a single output is above one half."""
    return (a[:, 0] > 0.5).astype(int) if a.shape[1] == 1 else a.argmax(axis=1)


def accuracy(a: Array, y: Array) -> float:
    """The share of rows whose class is that of the target."""
    return float((decide(a) == decide(y)).mean())


def rmse(a: Array, y: Array) -> float:
    """``sqrt(mean((a - y)^2))``, in the unit of y."""
    return float(np.sqrt(((a - y) ** 2).mean()))


def r2(a: Array, y: Array) -> float:
    """``1 - sum (a - y)^2 / sum (y - mean(y))^2``: 1 is perfect, 0 no better than the mean; nan where y is constant."""
    spread = ((y - y.mean(axis=0)) ** 2).sum()
    return float(1 - ((a - y) ** 2).sum() / spread) if spread else float("nan")
