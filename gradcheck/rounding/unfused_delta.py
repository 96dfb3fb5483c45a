"""The error of the output delta where it is written in two factors, as books do.

The program's delta_L is the fused one, such as (a - y) / m. Books also write dC/da first, where 1 - a cancels, and
multiply by phi' after: as right, and less accurate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gradcheck.rounding.functions import FUNCTIONS
from gradcheck.rounding.values import FUNCTION_ULPS, NO_KINK, Approximate, arrived, exact, total
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec


def unfused_errors(spec: NetworkSpec, env: Mapping[str, Approximate]) -> dict[str, Array]:
    """The error of delta_L as ``dC/da`` times ``phi'``, by name, where the program fuses the two; NaN where that is lost.

    ``dC/da = -y / a + (1 - y) / (1 - a)``; then ``g phi'(z)``, or ``a_k (g_k - sum_j g_j a_j)`` for softmax.
    """
    output, K = spec.activations[-1], range(spec.sizes[-1])
    if spec.cost not in ("bce", "cross_entropy") or (output, spec.cost) == ("softmax", "cross_entropy"):
        return {}
    z, a, y = ([_bounds_alone(env[f"{q}_{k}"]) for k in K] for q in (f"z{spec.L}", f"a{spec.L}", "y"))
    rest = [total([a[j] for j in K if j != k]) if output == "softmax" else FUNCTIONS["sigmoid"](-1 * z[k]) for k in K]
    g = [_cost_slope(spec.cost, *parts) for parts in zip(z, a, rest, y, strict=True)]
    if output == "softmax":
        errors = _softmax_chain_error(a, rest, g)
    else:
        errors = [(g[k] * FUNCTIONS["dsigmoid"](z[k])).error for k in K]
    return {f"delta{spec.L}_{k}": errors[k] / env["m"].value for k in K}


def with_larger(a: Approximate, error: Array) -> Approximate:
    """The same where another form of it may be off by more; NaN for a form that is lost."""
    if a.samples is None:
        return replace(a, error=np.fmax(a.error, error))
    more = np.where(error > a.error, error, 0.0)
    return replace(a, error=np.fmax(a.error, error), samples=a.samples + a.format.either_sign(more))


def _softmax_chain_error(a: list[Approximate], rest: list[Approximate], g: list[Approximate]) -> list[Array]:
    """The error of ``a_k (g_k - sum_j g_j a_j)``.

    One g enters it twice, so that its error counts as ``da_j/dz_k`` times, and not more; each term is rounded anew.
    """
    K, u = range(len(a)), a[0].format.u
    products = [g[j].size * a[j].value for j in K]
    total = np.sum(products, axis=0)
    moved = np.sum([g[j].size * a[j].error for j in K], axis=0)
    errors = []
    for k in K:
        upstream = [g[j].error * a[j].value * (rest[k].value if j == k else a[k].value) for j in K]
        slope = np.abs(g[k].value - np.sum([g[j].value * a[j].value for j in K], axis=0))
        rounding = FUNCTION_ULPS * u * a[k].value * (g[k].size + total * len(a))
        errors.append(np.sum(upstream, axis=0) + a[k].error * slope + a[k].value * moved + rounding)
    return errors


def _cost_slope(cost: str, z: Approximate, a: Approximate, rest: Approximate, y: Approximate) -> Approximate:
    """``dC/da`` with the errors of a and, for bce, of ``1 - a``, whose value is ``rest``."""
    u = a.format.u
    steady = a.value * (z.error + 2 * FUNCTION_ULPS * u) + a.format.tiny  # below u the forms that cancel are lost
    error = np.where(a.value < u / 2, np.minimum(steady, a.error), a.error)
    overflows = a.value < a.format.tiny / (8 * u)  # 1 / a does: the form is lost
    slope = -1 * y * _inverse(replace(a, error=np.where(overflows, np.nan, error)))
    if cost == "cross_entropy":
        return slope
    cancelled = np.where((rest.value < u / 2) & (y.value != 1), np.nan, a.error + u * rest.value)  # 1 - a is 0: lost
    return total([slope, exact(1 - y.value, a.format).unsampled * _inverse(replace(rest, error=cancelled))])


def _inverse(a: Approximate) -> Approximate:
    """``1 / a`` for a computed a that is at least its own spacing: its error stays finite however much has cancelled."""
    nearest = np.maximum(a.value - a.error, np.minimum(a.format.u, a.value))
    value = 1 / a.value
    rounding = a.format.u * np.abs(value) + a.format.tiny
    return arrived(value, a.error / nearest * value, rounding, (NO_KINK, NO_KINK), a.format, None)


def _bounds_alone(a: Approximate) -> Approximate:
    """Neither kinks nor samples: a form that is lost is marked in the bound, which samples would hide."""
    return replace(a, low=NO_KINK, high=NO_KINK, samples=None)
