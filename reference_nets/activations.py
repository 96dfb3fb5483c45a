"""The activations: phi, phi' and phi'' side by side, in NumPy.

Every formula holds for real and for complex z (a comparison looks at the real part, so that a complex step passes
through), keeps the dtype of z, and neither overflows nor cancels at |z| = 1e4. Piecewise activations take the left
derivative at the kink: relu'(0) = 0, the convention of PyTorch and TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_nets.spec import LEAKY_SLOPE

# The arrays of this package hold floats, but also complex numbers, balls or field elements: any NumPy array.
Array = np.ndarray[Any, np.dtype[Any]]
Elementwise = Callable[[Array], Array]


@dataclass(frozen=True)
class Activation:
    """One row of the table: ``a = phi(z)``, ``dphi = phi'(z)``, ``d2phi = phi''(z)``, each elementwise."""

    name: str
    phi: Elementwise
    dphi: Elementwise
    d2phi: Elementwise
    kinked: bool = False


def _decay(z: Array) -> Array:
    """``exp(-|z|)``, in (0, 1]: what keeps the formulas below from overflowing."""
    return np.exp(np.where(z.real > 0, -z, z))


def identity(z: Array) -> Array:
    """``a = z``."""
    return z


def sigmoid(z: Array) -> Array:
    """``a = 1 / (1 + exp(-z))``."""
    e = _decay(z)
    return np.where(z.real > 0, 1, e) / (1 + e)


def dsigmoid(z: Array) -> Array:
    """``sigmoid(z) (1 - sigmoid(z)) = e / (1 + e)^2`` with ``e = exp(-|z|)``, free of cancellation."""
    e = _decay(z)
    return e / (1 + e) ** 2


def d2sigmoid(z: Array) -> Array:
    """``sigmoid'(z) (1 - 2 sigmoid(z)) = -sigmoid'(z) tanh(z / 2)``."""
    return -dsigmoid(z) * np.tanh(z / 2)


def dtanh(z: Array) -> Array:
    """``1 - tanh(z)^2 = 4 sigmoid'(2 z)``, free of cancellation."""
    return 4 * dsigmoid(2 * z)


def d2tanh(z: Array) -> Array:
    """``-2 tanh(z) tanh'(z)``."""
    return -2 * np.tanh(z) * dtanh(z)


def _piecewise(left: Callable[[Array], Array | float], right: Callable[[Array], Array | float]) -> Elementwise:
    """``right(z)`` for z > 0, ``left(z)`` for z <= 0."""

    def value(z: Array) -> Array:
        return np.where(z.real > 0, right(z), left(z)).astype(z.dtype, copy=False)

    return value


def _not_positive(z: Array) -> Array:
    """``min(z, 0)``: keeps exp in the branch that where() throws away from overflowing."""
    return np.where(z.real > 0, 0, z)


def softplus(z: Array) -> Array:
    """``a = ln(1 + exp(z)) = max(z, 0) + ln(1 + exp(-|z|))``."""
    return np.where(z.real > 0, z, 0) + np.log1p(_decay(z))


def silu(z: Array) -> Array:
    """``a = z sigmoid(z)``."""
    return z * sigmoid(z)


def dsilu(z: Array) -> Array:
    """``s + z s'`` with ``s = sigmoid(z)``."""
    return sigmoid(z) + z * dsigmoid(z)


def d2silu(z: Array) -> Array:
    """``2 s' + z s''`` with ``s = sigmoid(z)``."""
    return 2 * dsigmoid(z) + z * d2sigmoid(z)


_GELU_SCALE = float(np.sqrt(2 / np.pi))
_GELU_CUBIC = 0.044715  # Hendrycks and Gimpel 2016, the tanh form


def _gelu_gate(z: Array) -> tuple[Array, Array, Array]:
    """``w = 2 sqrt(2/pi) (z + 0.044715 z^3)`` with its two derivatives; ``(1 + tanh(w/2)) / 2 = sigmoid(w)``."""
    scale = 2 * _GELU_SCALE
    return scale * z * (1 + _GELU_CUBIC * z * z), scale * (1 + 3 * _GELU_CUBIC * z * z), scale * 6 * _GELU_CUBIC * z


def gelu(z: Array) -> Array:
    """``a = z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) = z sigmoid(w)``."""
    return z * sigmoid(_gelu_gate(z)[0])


def dgelu(z: Array) -> Array:
    """``sigmoid(w) + z sigmoid'(w) w'``."""
    w, dw, _ = _gelu_gate(z)
    return sigmoid(w) + z * dsigmoid(w) * dw


def d2gelu(z: Array) -> Array:
    """``sigmoid'(w) (2 w' + z w'') + z sigmoid''(w) w'^2``."""
    w, dw, d2w = _gelu_gate(z)
    return dsigmoid(w) * (2 * dw + z * d2w) + z * d2sigmoid(w) * dw * dw


def softmax(z: Array) -> Array:
    """``a_k = exp(z_k) / sum_j exp(z_j)`` over each row, shifted by the row's maximum."""
    e = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _no_derivative(z: Array) -> Array:
    raise TypeError("softmax has a Jacobian, not an elementwise derivative: BP1 uses a (g - rowsum(g a))")


def _exp(z: Array) -> Array:
    return np.exp(_not_positive(z))


_TABLE = (
    #          name          phi                                          phi'                                    phi''
    Activation("identity", identity, np.ones_like, np.zeros_like),
    Activation("sigmoid", sigmoid, dsigmoid, d2sigmoid),
    Activation("tanh", np.tanh, dtanh, d2tanh),
    Activation("relu", _piecewise(lambda z: 0, identity), _piecewise(lambda z: 0, np.ones_like), np.zeros_like, kinked=True),
    Activation(
        "leaky_relu",
        _piecewise(lambda z: LEAKY_SLOPE * z, identity),
        _piecewise(lambda z: LEAKY_SLOPE, np.ones_like),
        np.zeros_like,
        kinked=True,
    ),
    Activation(
        "elu",
        _piecewise(lambda z: np.expm1(_not_positive(z)), identity),
        _piecewise(_exp, np.ones_like),
        _piecewise(_exp, np.zeros_like),
    ),
    Activation("softplus", softplus, sigmoid, dsigmoid),
    Activation("silu", silu, dsilu, d2silu),
    Activation("gelu", gelu, dgelu, d2gelu),
    Activation("softmax", softmax, _no_derivative, _no_derivative),
)

ACTIVATIONS: dict[str, Activation] = {row.name: row for row in _TABLE}
