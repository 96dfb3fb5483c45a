"""The network itself, in the order of the book: forward pass, cost, and the delta recursion BP1 to BP4.

Shapes: x (m, n_0), W_l (n_l, n_{l-1}), b_l (n_l,), z_l, a_l and delta_l (m, n_l); Nielsen 2015, ch. 2, with rows for
examples; a spec may have no b. Nothing here asks what the numbers are: with other `Rules` the same lines run over a
finite field or over balls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_nets.activations import ACTIVATIONS, Activation, Array
from reference_nets.costs import COSTS, PAIRS, Cost, Pair
from reference_nets.points import check_shapes
from reference_nets.spec import NetworkSpec

Params = Mapping[str, Array]
Grads = dict[str, Array]


@dataclass(frozen=True)
class Rules:
    """The tables that forward and backward look their formulas up in; FLOATS are those of this package."""

    activations: Mapping[str, Activation]
    costs: Mapping[str, Cost]
    pairs: Mapping[tuple[str, str], Pair]


FLOATS = Rules(ACTIVATIONS, COSTS, PAIRS)


def weighted_inputs(
    spec: NetworkSpec, params: Params, x: Array, rules: Rules = FLOATS
) -> tuple[dict[int, Array], dict[int, Array]]:
    """All z_l and a_l, by layer: ``z_l = a_{l-1} W_l^T + b_l``, ``a_l = phi(z_l)``, ``a_0 = x``."""
    z, a = {}, {0: x}
    for layer in spec.layers:
        z[layer] = a[layer - 1] @ params[f"W{layer}"].T
        if spec.has_biases:
            z[layer] = z[layer] + params[f"b{layer}"]
        a[layer] = rules.activations[spec.activations[layer - 1]].phi(z[layer])
    return z, a


def forward(spec: NetworkSpec, params: Params, x: Array) -> Array:
    """The output ``a_L`` of shape (m, n_L); raises ValueError where a shape is not the spec's."""
    check_shapes(spec, params, x)
    return weighted_inputs(spec, params, x)[1][spec.L]


def cost(spec: NetworkSpec, params: Params, x: Array, y: Array, *, rules: Rules = FLOATS) -> Any:
    """``C + lambda/2 sum theta^2`` over what is regularised: a float for float arrays; ValueError for a wrong shape."""
    check_shapes(spec, params, x, y)
    z, a = weighted_inputs(spec, params, x, rules)
    pair = rules.pairs.get((spec.activations[-1], spec.cost))
    data = pair.value(z[spec.L], y) if pair else rules.costs[spec.cost].value(a[spec.L], y)
    if spec.l2:
        data = data + spec.l2 / 2 * sum((params[key] ** 2).sum() for key in spec.regularised)
    return float(data) if isinstance(data, np.floating) else data


def output_delta(spec: NetworkSpec, z: Array, a: Array, y: Array, rules: Rules = FLOATS) -> Array:
    """``delta_L = dC/da * phi'(z_L)``, Nielsen ch. 2, (BP1); for softmax ``a * (g - rowsum(g a))``, ``g = dC/da``."""
    activation = spec.activations[-1]
    if pair := rules.pairs.get((activation, spec.cost)):
        return pair.delta(z, a, y)
    g = rules.costs[spec.cost].gradient(a, y)
    if activation == "softmax":
        return a * (g - (g * a).sum(axis=1, keepdims=True))
    return g * rules.activations[activation].dphi(z)


def backward(
    spec: NetworkSpec, params: Params, x: Array, y: Array, *, with_dx: bool = False, rules: Rules = FLOATS
) -> Grads:
    """The gradient of the cost by the delta recursion: keys as in params, and "x" too where ``with_dx``.

    ``delta_L = dC/da phi'(z_L)``, ``delta_l = (delta_{l+1} W_{l+1}) phi'(z_l)``, ``dC/db_l = sum delta_l``,
    ``dC/dW_l = delta_l^T a_{l-1}``, and ``+ lambda theta`` for what is regularised. Raises ValueError where a shape is not
    the spec's.
    """
    check_shapes(spec, params, x, y)
    z, a = weighted_inputs(spec, params, x, rules)
    grads: Grads = {}
    delta = output_delta(spec, z[spec.L], a[spec.L], y, rules)  # (BP1)
    for layer in reversed(spec.layers):
        W = params[f"W{layer}"]
        if spec.has_biases:
            grads[f"b{layer}"] = delta.sum(axis=0)  # (BP3)
        grads[f"W{layer}"] = delta.T @ a[layer - 1]  # (BP4)
        if layer > 1:
            delta = (delta @ W) * rules.activations[spec.activations[layer - 2]].dphi(z[layer - 1])  # (BP2)
        elif with_dx:
            grads["x"] = delta @ W
    for key in spec.regularised:
        grads[key] = grads[key] + spec.l2 * params[key]
    return {key: grads[key] for key in (*spec.keys, "x") if key in grads}
