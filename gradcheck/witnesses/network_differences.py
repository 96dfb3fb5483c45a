"""How a network's gradient is measured from its cost alone: every partial derivative by differences, in batches.

No derivative is written here, and none is looked up: only phi and the values of the cost. What makes it fast is what a
perturbation leaves alone. Moving ``W_l[j, i]`` by t moves one column of z_l, ``z_l[:, j]``, by ``t a_{l-1}[:, i]``, and
``z_{l+1}`` by a matrix of rank one; many such perturbations are stacked and go through the remaining layers together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gradcheck.witnesses.differences import CENTRAL_STEP, COMPLEX_STEP, check_step
from reference_nets.activations import ACTIVATIONS, Array, Elementwise
from reference_nets.costs import COSTS, PAIRS
from reference_nets.network import weighted_inputs
from reference_nets.points import check_numbers, check_shapes
from reference_nets.spec import NetworkSpec

Slope = Callable[[Callable[[complex], Any]], Any]

# The largest working array. From 128 KiB on, the C library asks the system for fresh pages at every allocation, which
# costs more than the arithmetic; and several arrays of this size fit into a core's cache.
WORK_BYTES = 120 * 1024


def complex_quotient(f: Callable[[complex], Any], h: float) -> Any:
    """``Im f(ih) / h``, for every entry of f at once."""
    return f(1j * h).imag / h


def central_quotient(f: Callable[[complex], Any], h: float) -> Any:
    """``(f(h) - f(-h)) / 2h``, for every entry of f at once."""
    return (f(h) - f(-h)) / (2 * h)


METHODS = {"complex-step": (complex_quotient, COMPLEX_STEP), "central": (central_quotient, CENTRAL_STEP)}


def numeric_gradient(
    spec: NetworkSpec,
    params: Mapping[str, Array],
    x: Array,
    y: Array,
    *,
    method: str = "complex-step",
    h: float | None = None,
    with_dx: bool = False,
) -> dict[str, Array]:
    """The gradient of the cost by differences of its value, all entries in one batched pass; keys as in params.

    complex-step: ``dC/dtheta_k = Im C(theta + i h e_k) / h``, Squire and Trapp 1998;
    central: ``dC/dtheta_k = (C(theta + h e_k) - C(theta - h e_k)) / 2h``, Nocedal and Wright 2006, ch. 8.1.

    Parameters
    ----------
    spec, params, x, y : the network and the point, float64 or float32; nothing is written to.
    method : ``"complex-step"``, to machine precision, or ``"central"``, to some 1e-10 of the cost.
    h : the step, the same for every entry: by default 1e-20 for the complex step, u^(1/3) = 4.8e-6 for central.
    with_dx : add the gradient for the input, (m, n_0), under "x".

    Returns
    -------
    float64 arrays in the shapes of the parameters, computed in float64 even for a point in float32.
    """
    slope = _slope(method, h)
    params = {key: np.asarray(params[key]) for key in params}
    x, y = np.asarray(x), np.asarray(y)
    check_shapes(spec, params, x, y)
    check_numbers(spec, params, x, y)
    base = _Base.at(spec, params, x, y)
    grads = {}
    for layer in spec.layers:
        slopes = _layer_slopes(base, layer, slope)
        n_in = spec.sizes[layer - 1]
        grads[f"W{layer}"] = slopes[:, :n_in]
        if spec.has_biases:
            grads[f"b{layer}"] = slopes[:, n_in]
    grads = {key: grads[key] + _l2_slopes(spec.decay(key), base.params[key], slope) for key in spec.keys}
    if with_dx:
        grads["x"] = _input_slopes(base, slope)
    return grads


def numeric_unit_slopes(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, directions: Mapping[str, Array]
) -> dict[str, Array]:
    """``sum_i v_ji dC/dW_l[j, i]`` for each unit j, v a direction (n_l, n_{l-1}) for each W_l, by the complex step.

    As many passes as there are units, not parameters; a wrong entry shows in its unit's number, unless v is 0 there.
    """
    slope, base = _slope("complex-step", None), _Base.at(spec, params, x, y)
    found = {}
    for layer in spec.layers:
        v, W, changed = directions[f"W{layer}"], base.params[f"W{layer}"], min(layer + 1, spec.L)

        def costs(units: Array, t: complex, layer: int = layer, v: Array = v, changed: int = changed) -> Any:
            return base.cost_from(changed, base.with_unit_moved(layer, units, t * (v[units] @ base.a[layer - 1].T)), base.y)

        slopes = _in_chunks(costs, slope, (len(v), 1), base.m * max(spec.sizes[changed:]))[:, 0]
        found[f"W{layer}"] = slopes + (_l2_slopes(spec.l2, W, slope) * v).sum(axis=1) if spec.l2 else slopes
        if spec.has_biases:
            b = f"b{layer}"
            found[b] = _bias_slopes(base, layer, slope) + _l2_slopes(spec.decay(b), base.params[b], slope)
    return found


def _bias_slopes(base: _Base, layer: int, slope: Slope) -> Array:
    """dC/db_l."""
    changed = min(layer + 1, base.spec.L)

    def costs(units: Array, t: complex) -> Any:
        return base.cost_from(changed, base.with_unit_moved(layer, units, t * np.ones((len(units), base.m))), base.y)

    return _in_chunks(costs, slope, (base.spec.sizes[layer], 1), base.m * max(base.spec.sizes[changed:]))[:, 0]


def _slope(method: str, h: float | None) -> Slope:
    if method not in METHODS:
        raise ValueError(f"method is {method!r}, expected one of {', '.join(METHODS)}")
    quotient, default = METHODS[method]
    if h is not None:
        check_step(h)
    return partial(quotient, h=default if h is None else h)


@dataclass(frozen=True)
class _Base:
    """The forward pass that every perturbation starts from: z_l and a_l, (m, n_l), by layer."""

    spec: NetworkSpec
    params: Mapping[str, Array]
    y: Array
    z: Mapping[int, Array]
    a: Mapping[int, Array]

    @classmethod
    def at(cls, spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> _Base:
        doubles = {key: np.asarray(params[key], dtype=np.float64) for key in spec.keys}
        z, a = weighted_inputs(spec, doubles, np.asarray(x, dtype=np.float64))
        return cls(spec, doubles, np.asarray(y, dtype=np.float64), z, a)

    @property
    def m(self) -> int:
        return len(self.y)

    def phi(self, layer: int) -> Elementwise:
        return ACTIVATIONS[self.spec.activations[layer - 1]].phi

    def cost_from(self, layer: int, z: Array, y: Array) -> Any:
        """C (...), without l2, of the batches whose z_l are z (..., m, n_l): the forward pass from there on."""
        for following in range(layer + 1, self.spec.L + 1):
            a = self.phi(following - 1)(z)
            z = np.tensordot(a, self.params[f"W{following}"], axes=(-1, 1))
            if self.spec.has_biases:
                z = z + self.params[f"b{following}"]
        pair = PAIRS.get((self.spec.activations[-1], self.spec.cost))
        return pair.value(z, y) if pair else COSTS[self.spec.cost].value(self.phi(self.spec.L)(z), y)

    def with_unit_moved(self, layer: int, unit: Array, dz: Array) -> Array:
        """z_{l+1} (P, m, n_{l+1}), or z_L if l = L, where in batch p unit[p] of layer l moves by ``dz[p]`` (m,)."""
        z_j = self.z[layer].T[unit] + dz
        if layer == self.spec.L:
            z = np.repeat(self.z[layer][np.newaxis], len(unit), axis=0).astype(z_j.dtype)
            z[np.arange(len(unit)), :, unit] = z_j
            return z
        da_j = self.phi(layer)(z_j) - self.a[layer].T[unit]
        W_j = self.params[f"W{layer + 1}"].T[unit]
        return np.asarray(self.z[layer + 1] + da_j[:, :, np.newaxis] * W_j[:, np.newaxis, :])


def _layer_slopes(base: _Base, layer: int, slope: Slope) -> Array:
    """dC/dW_l with dC/db_l as its last column, (n_l, n_{l-1} + 1): b_l, if any, is the weight of an input that is always 1."""
    inputs = np.vstack([base.a[layer - 1].T, np.ones((int(base.spec.has_biases), base.m))])
    shape = base.spec.sizes[layer], len(inputs)
    changed = min(layer + 1, base.spec.L)

    def costs(entries: Array, t: complex) -> Any:
        unit, source = np.divmod(entries, shape[1])
        return base.cost_from(changed, base.with_unit_moved(layer, unit, t * inputs[source]), base.y)

    return _in_chunks(costs, slope, shape, base.m * max(base.spec.sizes[changed:]))


def _input_slopes(base: _Base, slope: Slope) -> Array:
    """dC/dx (m, n_0): only example r sees x[r, i], and C is the mean of the examples' own costs."""
    shape = base.m, base.spec.sizes[0]

    def costs(entries: Array, t: complex) -> Any:
        row, source = np.divmod(entries, shape[1])
        z = base.z[1][row] + t * base.params["W1"].T[source]
        return base.cost_from(1, z[:, np.newaxis, :], base.y[row][:, np.newaxis, :]) / base.m

    return _in_chunks(costs, slope, shape, max(base.spec.sizes[1:]))


def _l2_slopes(l2: float, theta: Array, slope: Slope) -> Any:
    """The slopes of ``lambda/2 sum theta^2``, of which one entry moves one term."""
    return slope(lambda t: l2 / 2 * (theta + t) ** 2) if l2 else 0.0


def _in_chunks(costs: Callable[[Array, complex], Any], slope: Slope, shape: tuple[int, int], numbers: int) -> Array:
    """The slopes of all entries of an array of this shape, as many at once as WORK_BYTES hold.

    ``costs(entries, t)`` are the costs when each of the entries (by flat index) is moved by t, in turn; each takes an
    array of so many complex numbers.
    """
    size, step = shape[0] * shape[1], max(1, WORK_BYTES // (16 * numbers))
    chunks = [np.arange(start, min(start + step, size)) for start in range(0, size, step)]
    return np.concatenate([slope(partial(costs, entries)) for entries in chunks]).reshape(shape)
