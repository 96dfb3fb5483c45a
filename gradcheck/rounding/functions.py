"""Activations and costs on numbers that carry their error, so that the interpreter can run a program on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.rounding.usual_forms import USUAL_DPHI, USUAL_PHI, UsualForm
from gradcheck.rounding.values import (
    FUNCTION_ULPS,
    NO_KINK,
    SAFETY,
    Approximate,
    Roundoff,
    arrived,
    batch_sum,
    either_way,
    exact,
    is_at_kink,
    one_example_of,
    reordered_of,
    through,
    total,
)
from reference_nets.activations import ACTIVATIONS, Activation, Array, softmax
from symbolic.programs.interpret import Numbers


def _elementwise(
    f: Callable[[Array], Array], slope: Callable[[Array], Array], usual: UsualForm
) -> Callable[[Approximate], Approximate]:
    """``f`` on approximate values: error through the slope, a curvature allowance, and the rounding of f itself.

    The slope is the steepest within the error of z: at a kink that of the other side may count.
    """

    def value_at(z: Approximate) -> Approximate:
        u, value, reach = z.format.u, f(z.value), SAFETY * z.error + z.kink
        slopes = slope(np.stack([z.value, z.value - reach, z.value + reach]))
        steepness = np.abs(slopes).max(axis=0)
        rounding = FUNCTION_ULPS * u * np.abs(value) + usual.bound(z.value, u) + z.format.tiny
        curvature = np.minimum(1, 4 * (np.abs(value) + steepness) * (1 + z.value**2) ** 2)  # bounds |f''| / 2
        error = steepness * z.error + curvature * z.error**2
        reach_of_value = either_way(z, steepness * z.kink + curvature * z.kink * (z.kink + 2 * z.error))
        return through(z, value, slopes[0], error, rounding, reach_of_value)

    return value_at


def _kinked_derivative(row: Activation) -> Callable[[Approximate], Approximate]:
    """``phi'`` of what is made of two lines, as relu: either side counts wherever |z| is below its own error."""
    left, right = row.dphi(np.array([-1.0, 1.0]))

    def value_at(z: Approximate) -> Approximate:
        value = row.dphi(z.value)
        at_kink = is_at_kink(z)
        low = high = NO_KINK
        if at_kink.any():
            low, high = np.where(at_kink, left - value, 0.0), np.where(at_kink, right - value, 0.0)
        rounding = FUNCTION_ULPS * z.format.u * (value + high)
        return through(z, value, np.zeros_like(value), np.zeros_like(value), rounding, (low, high))

    return value_at


def _softmax(k: int, *z: Approximate) -> Approximate:
    format, values = z[0].format, np.stack(np.broadcast_arrays(*(z_j.value for z_j in z)), axis=-1)
    a = softmax(values)
    errors = np.stack(np.broadcast_arrays(*(z_j.error for z_j in z)), axis=-1)
    kinks = np.stack(np.broadcast_arrays(*(z_j.kink for z_j in z)), axis=-1)
    # the shift by the maximum or by ln sum exp is rounded, too
    size = 1 + np.abs(values).max(axis=-1) + np.abs(values[..., k])
    rounding = FUNCTION_ULPS * format.u * (size + len(z)) * a[..., k] + format.tiny

    def spread(e: Array) -> Array:
        return np.asarray(a[..., k] * (e[..., k] + (a * e).sum(axis=-1)) + e.max(axis=-1) ** 2)

    low = high = NO_KINK
    if not all(z_j.smooth for z_j in z):
        high = spread(errors + kinks) - spread(errors)
        low = -high
    error, samples = spread(errors), None
    kept = [z_j.samples for z_j in z if z_j.samples is not None]
    if len(kept) == len(z):
        moved = np.stack(np.broadcast_arrays(*kept), axis=-1)
        weights = a[..., np.newaxis, :]
        samples = weights[..., k] * (moved[..., k] - (weights * moved).sum(axis=-1))
    return arrived(a[..., k], error, rounding, (low, high), format, samples, errors.max(axis=-1) ** 2)


def _huber(e: Array) -> Array:
    return np.where(np.abs(e) <= 1, e * e / 2, np.abs(e) - 0.5)


def _log(a: Approximate) -> Approximate:
    nearest = np.maximum(a.value - a.error - a.kink, a.format.tiny)
    value, u = np.log(a.value), FUNCTION_ULPS * a.format.u
    return through(a, value, 1 / a.value, a.error / nearest, u * np.abs(value), either_way(a, a.kink / nearest))


def _clipped(c: Any, a: Approximate) -> Approximate:
    """Cut off beyond c above and below: errors grow by nothing."""
    bound = float(np.max(getattr(c, "value", c)))
    return Approximate(np.clip(a.value, -bound, bound), a.error, a.low, a.high, a.format)


def _functions() -> dict[str, Callable[..., Any]]:
    table: dict[str, Callable[..., Any]] = {"softmax": _softmax, "batch_sum": batch_sum}
    table |= {"one_example": one_example_of, "reordered": reordered_of, "clipped": _clipped}
    for name, row in ACTIVATIONS.items():
        if name in ("identity", "softmax"):
            continue
        table[name] = _elementwise(row.phi, row.dphi, USUAL_PHI.get(name, UsualForm()))
        smooth = _elementwise(row.dphi, row.d2phi, USUAL_DPHI.get(name, UsualForm()))
        table[f"d{name}"] = _kinked_derivative(row) if row.kinked else smooth
    table["log"] = _log
    table["exp"] = _elementwise(np.exp, np.exp, UsualForm())
    table["huber"] = _elementwise(_huber, lambda e: np.clip(e, -1, 1), UsualForm())
    table["dhuber"] = _elementwise(lambda e: np.clip(e, -1, 1), np.ones_like, UsualForm())
    return table


FUNCTIONS = _functions()


def error_numbers(format: Roundoff) -> Numbers:
    """Values with errors as a kind of numbers for the interpreter."""

    def constant(number: Any) -> Approximate:
        value = exact(float(number), format)
        return value if number.is_Integer else value * exact(1.0, format)

    return Numbers(constant, FUNCTIONS, total)
