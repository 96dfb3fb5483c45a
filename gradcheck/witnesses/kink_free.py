"""Moving parameters so that no weighted input lies near a kink: the point is built that way, nothing is thrown away.

For each unit of a kinked layer the interval (or, for a known batch, the numbers) that its weighted input takes without the
bias is known; the bias is moved by the fewest steps of 1/8 that put zero at least 1/16 outside. Simple numbers stay simple.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.spec import NetworkSpec

GAP = 1 / 16  # no weighted input of a kinked layer comes closer to zero
BIAS_STEP = 1 / 8  # biases move by multiples of this
STEPS = 4  # a weight moves by half of one at most: it stays of the size that it was drawn with
_GRID = np.linspace(-8.0, 8.0, 4097)  # holds the dip of every activation that is not monotone, silu's at -1.28


def _dip(phi: Callable[[Array], Array]) -> float | None:
    """Just below the lowest value of an activation that falls before it rises."""
    values = phi(_GRID)
    lowest = float(values.min())
    return float(np.floor(1000 * lowest) / 1000) if lowest < min(values[0], values[-1]) else None


_DIPS = {name: dip for name, row in ACTIVATIONS.items() if (dip := _dip(row.phi)) is not None}


def kink_free(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array | None = None, *, largest: float = 1.5
) -> dict[str, Array]:
    """The parameters with biases moved where that is needed: for the batch x, or for every batch with ``|x| <= largest``.

    The first unit of a kinked layer is live for every example, so that no example's gradient dies out. Without biases a
    weight of a unit is moved instead, for a batch that is known; a weighted input of nothing but zeros stays zero then.

    >>> spec = NetworkSpec.parse("1-1:relu-1:identity/mse")
    >>> params = {"W1": np.ones((1, 1)), "b1": np.zeros(1), "W2": np.ones((1, 1)), "b2": np.zeros(1)}
    >>> kink_free(spec, params, np.array([[1.0], [-1.0]]))["b1"]
    array([1.125])
    """
    moved = dict(params)
    low = high = np.asarray(x) if x is not None else np.full((1, spec.sizes[0]), largest)
    low = low if x is not None else -low
    for layer, name in enumerate(spec.activations, start=1):
        W, b = params[f"W{layer}"], params.get(f"b{layer}", np.zeros(1))
        if not spec.has_biases and ACTIVATIONS[name].kinked and x is not None:
            W = moved[f"W{layer}"] = np.array([_turned(_turned(row, low), low) for row in W])
        rising, falling = np.maximum(W, 0).T, np.minimum(W, 0).T
        z_low, z_high = low @ rising + high @ falling, high @ rising + low @ falling
        if spec.has_biases and ACTIVATIONS[name].kinked:
            columns = zip(b, z_low.T, z_high.T, strict=True)
            b = np.array([_moved(*column, live=j == 0) for j, column in enumerate(columns)])
        if spec.has_biases:
            moved[f"b{layer}"] = b
        if layer < spec.L:
            low, high = _range(name, z_low + b, z_high + b)
    return moved


def _moved(bias: float, low: Array, high: Array, *, live: bool) -> float:
    """The nearest bias, in steps, that keeps every ``[low, high] + bias`` away from zero; above it where ``live``."""
    far = np.ceil((max(np.abs(low).max(), np.abs(high).max()) + abs(bias) + GAP) / BIAS_STEP) + 1
    steps = np.arange(-far, far + 1)
    candidates = bias + BIAS_STEP * steps[np.argsort(np.abs(steps), kind="stable")]
    above = low + candidates[:, np.newaxis] >= GAP
    allowed = above if live else above | (high + candidates[:, np.newaxis] <= -GAP)
    return float(candidates[np.argmax(allowed.all(axis=1))])


def _turned(row: Array, a: Array) -> Array:
    """The row of W with one weight moved by the fewest steps after which most of ``a W^T``, mostly all, are away from zero."""
    steps = BIAS_STEP * np.array(sorted(range(-STEPS, STEPS + 1), key=lambda k: (abs(k), k < 0)))
    moved = row + np.kron(steps[:, np.newaxis], np.eye(len(row)))
    candidates = np.vstack([row, moved[(moved != 0).all(axis=1) & (np.abs(moved).max(axis=1) <= max(np.abs(row).max(), 1.0))]])
    weighted = np.abs(a[a.any(axis=1)] @ candidates.T)
    return np.asarray(candidates[np.argmax((weighted >= GAP).sum(axis=0))])


def _range(name: str, low: Array, high: Array) -> tuple[Array, Array]:
    """Where ``phi(z)`` lies for z between low and high."""
    left, right = ACTIVATIONS[name].phi(low), ACTIVATIONS[name].phi(high)
    bottom = np.minimum(left, right)
    if name in _DIPS:
        bottom = np.where((low < 0) & (high > low), np.minimum(bottom, _DIPS[name]), bottom)
    return bottom, np.maximum(left, right)
