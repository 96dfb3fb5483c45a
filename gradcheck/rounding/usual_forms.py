"""What the usual way to write an activation costs beyond the rounding of the function itself.

1 + tanh (in a sigmoid, too), 1 - sigmoid and exp(z) - 1 cancel, and phi' from a is 1 - a^2, a (1 - a), a + 1 or
1 - exp(-a). Each row: that error in units of FUNCTION_ULPS u, and what is lost where the form has saturated, so that it
returns exactly 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.rounding.values import FUNCTION_ULPS
from reference_nets.activations import ACTIVATIONS, Array

_SATURATED = 1e-3  # in units of u: a library's tanh or exp is exact to the last digit beyond


@dataclass(frozen=True)
class UsualForm:
    """The absolute error of the usual way to write a function, beyond that of the function's own rounding."""

    error: Callable[[Array], Any] = np.zeros_like
    lost: Callable[[Array], Any] = lambda z: np.inf

    def bound(self, z: Array, u: float) -> Array:
        """The larger error of the usual forms at z."""
        lost = self.lost(z)
        return np.where(lost < _SATURATED * u, lost, FUNCTION_ULPS * u * self.error(z))


_GELU_SCALE = 1.5957691216057308  # 2 sqrt(2 / pi)


def _gelu_gate(z: Array) -> tuple[Array, Array]:
    """``1 + |z| w'`` and ``sigmoid'(w)``: what multiplies the rounding of ``1 - tanh^2``, and when it has saturated."""
    w = _GELU_SCALE * z * (1 + 0.044715 * z * z)
    return 1 + np.abs(z) * (1 + 3 * 0.044715 * z * z), ACTIVATIONS["sigmoid"].dphi(w)


_sigmoid, _softplus = ACTIVATIONS["sigmoid"], ACTIVATIONS["softplus"]
USUAL_PHI = {
    "sigmoid": UsualForm(np.ones_like, _sigmoid.phi),
    "tanh": UsualForm(np.ones_like),
    "elu": UsualForm(lambda z: z < 0),
    "softplus": UsualForm(np.ones_like, _softplus.phi),
    "gelu": UsualForm(np.abs, lambda z: np.abs(z) * _gelu_gate(z)[1]),
}
USUAL_DPHI = {
    "sigmoid": UsualForm(np.ones_like, _sigmoid.dphi),
    "tanh": UsualForm(lambda z: np.full_like(z, 3.0), ACTIVATIONS["tanh"].dphi),
    "elu": UsualForm(lambda z: z < 0, ACTIVATIONS["elu"].dphi),
    "softplus": UsualForm(np.ones_like, _softplus.dphi),
    "silu": UsualForm(lambda z: (1 + np.abs(z)) * _sigmoid.phi(z)),
    "gelu": UsualForm(lambda z: _gelu_gate(z)[0], lambda z: np.prod(_gelu_gate(z), axis=0)),
}
