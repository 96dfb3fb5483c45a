"""What the opaque functions mean on float arrays: stable forms, written independently of `reference_nets`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.programs.batch import BATCH_FUNCTIONS, Array


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def _dsigmoid(z: Array) -> Array:
    return _sigmoid(z) * _sigmoid(-z)


def _sech2(z: Array) -> Array:
    return 1 / np.cosh(z) ** 2


_GATE = math.sqrt(2 / math.pi)  # a plain float: it keeps the dtype of the array it meets


def _gate(z: Array) -> Array:
    return _GATE * (z + 44715e-6 * z**3)


def _gelu(z: Array) -> Array:
    return z * _sigmoid(2 * _gate(z))


def _dgelu(z: Array) -> Array:
    slope = _GATE * (1 + 3 * 44715e-6 * z**2)
    return _sigmoid(2 * _gate(z)) + z / 2 * _sech2(_gate(z)) * slope


def _softmax(k: int, *z: Array) -> Array:
    return np.asarray(1 / sum(np.exp(z_j - z[k]) for z_j in z))


# exp overflows to infinity in the forms above where their value is 0 or 1 to the last digit: callers run them with
# overflow warnings off.
ARRAY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sigmoid": _sigmoid,
    "dsigmoid": _dsigmoid,
    "tanh": np.tanh,
    "dtanh": _sech2,
    "relu": lambda z: np.maximum(z, 0),
    "drelu": lambda z: np.heaviside(z, 0),
    "leaky_relu": lambda z: np.maximum(z, z / 100),
    "dleaky_relu": lambda z: np.where(z > 0, z.dtype.type(1), z.dtype.type(0.01)),
    "elu": lambda z: np.maximum(z, 0) + np.expm1(np.minimum(z, 0)),
    "delu": lambda z: np.exp(np.minimum(z, 0)),
    "softplus": lambda z: np.logaddexp(0, z),
    "dsoftplus": _sigmoid,
    "silu": lambda z: z * _sigmoid(z),
    "dsilu": lambda z: _sigmoid(z) * (1 + z * _sigmoid(-z)),
    "gelu": _gelu,
    "dgelu": _dgelu,
    "huber": lambda e: np.where(np.abs(e) <= 1, e**2 / 2, np.abs(e) - 1 / 2),
    "dhuber": lambda e: np.maximum(np.minimum(e, 1), -1),
    "softmax": _softmax,
    "log_sum_exp": lambda *z: np.logaddexp.reduce(np.broadcast_arrays(*z)),
    "clipped": lambda c, values: np.clip(values, -c, c),
    **BATCH_FUNCTIONS,
}
