"""Lets the backpropagation of `reference_nets` run over a finite field or over balls: its activations and costs, made exact.

The recursion is the reference's own, line for line. What it looks up is not: activations, logarithms and huber are those
of `symbolic`, as defined, and of the fused pairs of output and cost only the two whose delta is plain arithmetic stay.
How the reference codes these in floating point, against cancellation and overflow, is for the float witnesses to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reference_nets.activations import Activation, Array, identity
from reference_nets.costs import COSTS, Cost, Pair, dsigmoid_bce, dsoftmax_cross_entropy
from reference_nets.network import Rules
from symbolic.exact.ball_reading import ball_numbers
from symbolic.exact.field import field_functions

Functions = Mapping[str, Callable[..., Any]]

# The two pairs whose delta is plain arithmetic; the others go through dC/da phi', as BP1 says.
_ARITHMETIC_PAIRS = {("sigmoid", "bce"): dsigmoid_bce, ("softmax", "cross_entropy"): dsoftmax_cross_entropy}


def ball_rules() -> Rules:
    """Over object arrays of balls: values that enclose the true ones."""
    return _rules(ball_numbers().functions)


def field_rules(key: bytes) -> Rules:
    """Over object arrays of residues, with the hashed functions of this key."""
    return _rules(field_functions(key))


def _rules(functions: Functions) -> Rules:
    names = [name for name in functions if f"d{name}" in functions and name not in ("identity", "huber")]
    activations = {name: Activation(name, functions[name], functions[f"d{name}"], _unused) for name in names}
    activations["identity"] = Activation("identity", identity, np.ones_like, _unused)
    activations["softmax"] = Activation("softmax", _rows_softmax(functions["softmax"]), _unused, _unused)
    costs = {**COSTS, **_log_costs(functions["log"]), "huber": _huber(functions)}
    pairs = {
        names: Pair(_through(activations[names[0]].phi, costs[names[1]]), delta)
        for names, delta in _ARITHMETIC_PAIRS.items()
    }
    return Rules(activations, costs, pairs)


def _unused(_: Array) -> Array:
    raise AssertionError("the delta recursion takes no second derivative")


def _rows_softmax(softmax: Callable[..., Any]) -> Callable[[Array], Array]:
    return lambda z: np.stack([softmax(k, *z.T) for k in range(z.shape[1])], axis=1)


def _log_costs(log: Callable[[Array], Array]) -> dict[str, Cost]:
    """Bce and cross_entropy with the logarithm of these numbers."""
    return {
        "bce": Cost("bce", lambda a, y: -(y * log(a) + (1 - y) * log(1 - a)).sum() / len(a), COSTS["bce"].gradient),
        "cross_entropy": Cost("cross_entropy", lambda a, y: -(y * log(a)).sum() / len(a), COSTS["cross_entropy"].gradient),
    }


def _huber(functions: Functions) -> Cost:
    value, slope = functions["huber"], functions["dhuber"]
    return Cost("huber", lambda a, y: value(a - y).sum() / len(a), lambda a, y: slope(a - y) / len(a))


def _through(phi: Callable[[Array], Array], cost: Cost) -> Callable[[Array, Array], Any]:
    return lambda z, y: cost.value(phi(z), y)
