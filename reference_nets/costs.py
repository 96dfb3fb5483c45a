"""The costs: C and dC/da side by side, and for the pairs with a logarithm the forms in z that stay finite.

The 1/m is part of the cost and stands here once; m is the number of rows of a, K the number of its columns. A value
takes many batches at once, too: of a (..., m, K) it has shape (...), one number for each batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_nets.activations import Array, sigmoid, softplus
from reference_nets.spec import HUBER_THRESHOLD


@dataclass(frozen=True)
class Cost:
    """``value(a, y) = C`` and ``gradient(a, y) = dC/da``; a and y are (m, K)."""

    name: str
    value: Callable[[Array, Array], Any]
    gradient: Callable[[Array, Array], Array]


def _total(terms: Array) -> Any:
    """The sum over a batch and its outputs, which are the last two axes: (..., m, K) becomes (...)."""
    return terms.sum(axis=(-2, -1))


def quadratic(a: Array, y: Array) -> Any:
    """``C = 1/(2m) sum (a - y)^2``."""
    return _total((a - y) ** 2) / (2 * a.shape[-2])


def dquadratic(a: Array, y: Array) -> Array:
    """``dC/da = (a - y) / m``."""
    return (a - y) / len(a)


def mse(a: Array, y: Array) -> Any:
    """``C = 1/(mK) sum (a - y)^2``."""
    return _total((a - y) ** 2) / (a.shape[-2] * a.shape[-1])


def dmse(a: Array, y: Array) -> Array:
    """``dC/da = 2 (a - y) / (mK)``."""
    return 2 * (a - y) / a.size


def bce(a: Array, y: Array) -> Any:
    """``C = -1/m sum [y ln a + (1 - y) ln(1 - a)]``."""
    return -_total(y * np.log(a) + (1 - y) * np.log1p(-a)) / a.shape[-2]


def dbce(a: Array, y: Array) -> Array:
    """``dC/da = (a - y) / (a (1 - a)) / m``."""
    return (a - y) / (a * (1 - a)) / len(a)


def cross_entropy(a: Array, y: Array) -> Any:
    """``C = -1/m sum y ln a``."""
    return -_total(y * np.log(a)) / a.shape[-2]


def dcross_entropy(a: Array, y: Array) -> Array:
    """``dC/da = -y / a / m``."""
    return -(y / a) / len(a)


def huber(a: Array, y: Array) -> Any:
    """``C = 1/m sum H(a - y)``, ``H(e) = e^2/2`` for |e| <= 1, ``|e| - 1/2`` beyond."""
    e = a - y
    inside = np.abs(e.real) <= HUBER_THRESHOLD
    beyond = HUBER_THRESHOLD * (np.where(e.real < 0, -e, e) - HUBER_THRESHOLD / 2)
    return _total(np.where(inside, e * e / 2, beyond)) / a.shape[-2]


def dhuber(a: Array, y: Array) -> Array:
    """``dC/da = clip(a - y, -1, 1) / m``."""
    return np.clip(a - y, -HUBER_THRESHOLD, HUBER_THRESHOLD) / len(a)


COSTS: dict[str, Cost] = {
    "quadratic": Cost("quadratic", quadratic, dquadratic),
    "mse": Cost("mse", mse, dmse),
    "bce": Cost("bce", bce, dbce),
    "cross_entropy": Cost("cross_entropy", cross_entropy, dcross_entropy),
    "huber": Cost("huber", huber, dhuber),
}


# Where the cost takes a logarithm of the output, ln a is written in z, and dC/da phi'(z) is multiplied out once and for
# all: a - y instead of (a - y) / (a (1 - a)) * a (1 - a), which is 0/0 at a saturated output.


@dataclass(frozen=True)
class Pair:
    """``value(z, y) = C`` and ``delta(z, a, y) = dC/dz`` of an output activation together with its cost."""

    value: Callable[[Array, Array], Any]
    delta: Callable[[Array, Array, Array], Array]


def _log_softmax(z: Array) -> Array:
    """``ln a_k = z_k - ln sum_j exp(z_j)``."""
    z = z - z.real.max(axis=-1, keepdims=True)
    return np.asarray(z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))


def _without_own(z: Array) -> Array:
    """Row k of each example: z with z_k taken out (at minus infinity), shape (..., m, K, K)."""
    own = np.eye(z.shape[-1], dtype=bool)
    return np.where(own, -np.inf, z[..., np.newaxis, :])


def _log_softmax_complement(z: Array) -> Array:
    """``ln(1 - a_k) = ln sum_{j != k} exp(z_j) - ln sum_j exp(z_j)``."""
    others = _without_own(z)
    top = others.real.max(axis=-1)
    log_others = top + np.log(np.exp(others - top[..., np.newaxis]).sum(axis=-1))
    return np.asarray(log_others - z + _log_softmax(z))


def sigmoid_bce(z: Array, y: Array) -> Any:
    """``C = 1/m sum [ln(1 + exp(z)) - y z]``, written so that neither term is large at a right answer."""
    return _total(y * softplus(-z) + (1 - y) * softplus(z)) / z.shape[-2]


def dsigmoid_bce(z: Array, a: Array, y: Array) -> Array:
    """``delta = (a - y) / m``: sigmoid' cancels."""
    return (a - y) / len(a)


def softmax_cross_entropy(z: Array, y: Array) -> Any:
    """``C = -1/m sum y (z - ln sum exp(z))``."""
    return -_total(y * _log_softmax(z)) / z.shape[-2]


def dsoftmax_cross_entropy(z: Array, a: Array, y: Array) -> Array:
    """``delta = (a - y) / m``, for targets whose rows sum to one: the Jacobian of softmax cancels."""
    return (a - y) / len(a)


def sigmoid_cross_entropy(z: Array, y: Array) -> Any:
    """``C = 1/m sum y ln(1 + exp(-z))``."""
    return _total(y * softplus(-z)) / z.shape[-2]


def dsigmoid_cross_entropy(z: Array, a: Array, y: Array) -> Array:
    """``delta = -y (1 - a) / m``, with ``1 - a = sigmoid(-z)``."""
    return -y * sigmoid(-z) / len(a)


def softmax_bce(z: Array, y: Array) -> Any:
    """``C = -1/m sum [y ln a + (1 - y) ln(1 - a)]``, both logarithms from z."""
    return -_total(y * _log_softmax(z) + (1 - y) * _log_softmax_complement(z)) / z.shape[-2]


def dsoftmax_bce(z: Array, a: Array, y: Array) -> Array:
    """``delta_k = [a_k (1 - y_k) - sum_{j != k} a_j (1 - y_j) q_jk + a_k sum_{j != k} y_j - y_k (1 - a_k)] / m``.

    ``q_jk = a_k / (1 - a_j)`` is the softmax without output j: the Jacobian a (g - rowsum(g a)) multiplied out, each
    term between -1 and 1 whatever z is.
    """
    others = _without_own(z)
    e = np.exp(others - others.max(axis=-1, keepdims=True))
    q = e / e.sum(axis=-1, keepdims=True)
    rest = np.where(np.eye(a.shape[1], dtype=bool), 0, a[:, np.newaxis, :]).sum(axis=-1)  # 1 - a_k without cancelling
    missed = (a * (1 - y))[:, :, np.newaxis] * q
    return (a * (1 - y) - missed.sum(axis=1) + a * (y.sum(axis=1, keepdims=True) - y) - y * rest) / len(a)


PAIRS: dict[tuple[str, str], Pair] = {
    ("sigmoid", "bce"): Pair(sigmoid_bce, dsigmoid_bce),
    ("softmax", "cross_entropy"): Pair(softmax_cross_entropy, dsoftmax_cross_entropy),
    ("sigmoid", "cross_entropy"): Pair(sigmoid_cross_entropy, dsigmoid_cross_entropy),
    ("softmax", "bce"): Pair(softmax_bce, dsoftmax_bce),
}
