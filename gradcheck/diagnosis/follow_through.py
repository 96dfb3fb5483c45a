"""Follow-through: given a submission's own wrong delta above, is the step below it right? Then one slip costs once.

For a single example the bias gradient is the delta itself. So each step can be looked at alone, with the submission's own
numbers on its right side: ``dW_l = db_l a_{l-1}^T + lambda W_l`` (BP3, BP4) and ``db_l = (db_{l+1} W_{l+1}) phi'(z_l)`` (BP2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.network import weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

CLOSE = 1e-9  # relative: a wrong formula is off in the first digits, and only points hang on this


def steps_right_by_themselves(spec: NetworkSpec, claim: Callable[[Point], Mapping[str, Array]], point: Point) -> set[str]:
    """The quantities whose own step is right at every example of the point, whatever came from above."""
    right = {*spec.keys} - {f"b{spec.L}"}  # nothing lies above the output delta
    shown: set[str] = set()  # a step from nothing to nothing shows nothing
    for i in range(len(point.x)):
        one = Point(point.params, point.x[i : i + 1], point.y[i : i + 1])
        grads = claim(one)
        right &= _right_at(spec, one, grads)
        shown |= {key for key in spec.keys if grads[f"b{key[1:]}"].any()}
    return right & shown


def _right_at(spec: NetworkSpec, one: Point, grads: Mapping[str, Array]) -> set[str]:
    z, a = weighted_inputs(spec, one.params, one.x)
    expected: dict[str, Array] = {}
    for l in spec.layers:
        expected[f"W{l}"] = np.outer(grads[f"b{l}"], a[l - 1][0]) + spec.l2 * one.params[f"W{l}"]
        if l < spec.L:
            slope = ACTIVATIONS[spec.activations[l - 1]].dphi(z[l])[0]
            expected[f"b{l}"] = (grads[f"b{l + 1}"] @ one.params[f"W{l + 1}"]) * slope
    return {key for key, value in expected.items() if _close(grads[key], value)}


def _close(got: Array, expected: Array) -> bool:
    size = max(float(np.abs(expected).max()), 1e-300)
    return bool(np.isfinite(size) and (np.abs(got - expected) <= CLOSE * size).all())
