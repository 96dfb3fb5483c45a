"""Mistakes made in a delta: at the output, in the derivative of a hidden layer, in the recursion (BP2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.mistakes.changes import (
    Change,
    Changes,
    Forms,
    Mistake,
    deltas_of,
    elementwise_output,
    hidden_layers,
    layer_deltas,
    output_units,
    propagated,
    slope_at,
    sloped_layers,
    units_of,
    upstream,
    values_of,
)
from symbolic.programs.build import BATCH_SIZE, cost_slopes
from symbolic.programs.functions import derivative
from symbolic.programs.statements import Program, entry, symbol


def _error(spec: NetworkSpec) -> list[sp.Expr]:
    return [symbol(f"a{spec.L}", k) - symbol("y", k) for k in range(spec.sizes[-1])]


def _output_deltas(p: Program, right_sides: Iterable[sp.Expr]) -> Changes:
    return layer_deltas(p.spec.L, right_sides)


def _with_slope(p: Program, layer: int, back: Iterable[sp.Expr]) -> Changes:
    """``delta_l = back * phi'(z_l)`` with another ``back`` than (BP2) has."""
    z = values_of(p.spec, "z", layer)
    return layer_deltas(layer, [back_j * slope_at(p.spec, layer, z_j) for back_j, z_j in zip(back, z, strict=True)])


def _right_output_deltas(p: Program) -> list[sp.Expr]:
    return [p.by_name[entry(f"delta{p.spec.L}", k)].rhs for k in output_units(p)]


# Output delta


def _missing_output_slope(p: Program) -> Forms:
    if spec_fused(p.spec) or not elementwise_output(p.spec):
        return
    g = cost_slopes(p.spec)
    yield p.spec.L, "", _output_deltas(p, [g[k] for k in output_units(p)])


def _extra_output_slope(p: Program) -> Forms:
    spec = p.spec
    if not spec_fused(spec):
        return
    a, z = values_of(spec, "a", spec.L), values_of(spec, "z", spec.L)
    softmax = spec.activations[-1] == "softmax"
    slopes = [a[k] * (1 - a[k]) if softmax else slope_at(spec, spec.L, z[k]) for k in output_units(p)]
    yield (
        spec.L,
        "",
        _output_deltas(p, [right * slope for right, slope in zip(_right_output_deltas(p), slopes, strict=True)]),
    )


def spec_fused(spec: NetworkSpec) -> bool:
    """Whether the cost belongs to the output activation, so that delta_L comes without phi'."""
    return (spec.activations[-1], spec.cost) in (("sigmoid", "bce"), ("softmax", "cross_entropy"))


def _output_sign(p: Program) -> Forms:
    yield p.spec.L, "", _output_deltas(p, [-right for right in _right_output_deltas(p)])


def _cost_factor(p: Program) -> Forms:
    K = p.spec.sizes[-1]
    factors = {"2": sp.Integer(2), "1/2": sp.Rational(1, 2), "K": sp.Integer(K), "1/K": sp.Rational(1, K)}
    for name, factor in factors.items():
        if factor == 1 or (name in ("K", "1/K") and K == 2):
            continue
        yield p.spec.L, f"times {name}", _output_deltas(p, [factor * right for right in _right_output_deltas(p)])


def _slope_of_error(p: Program) -> Forms:
    e = _error(p.spec)
    if p.spec.activations[-1] == "sigmoid":
        yield p.spec.L, "", _output_deltas(p, [e[k] * (1 - e[k]) / BATCH_SIZE for k in output_units(p)])


def _softmax_diagonal(p: Program) -> Forms:
    if p.spec.activations[-1] == "softmax":
        g, a = cost_slopes(p.spec), values_of(p.spec, "a", p.spec.L)
        yield p.spec.L, "", _output_deltas(p, [g[k] * a[k] * (1 - a[k]) for k in output_units(p)])


def _softmax_ignored(p: Program) -> Forms:
    if p.spec.activations[-1] == "softmax" or spec_fused(p.spec):
        g = cost_slopes(p.spec)
        yield p.spec.L, "", _output_deltas(p, [g[k] for k in output_units(p)])


# Activation derivative


def _each(
    layers: Callable[[NetworkSpec], Iterable[int]], form: Callable[[Program, int, int], sp.Expr | None], name: str = ""
) -> Change:
    """A row whose mistake is another right side for each delta of a layer; None where it cannot be made."""

    def rows(p: Program) -> Forms:
        for layer in layers(p.spec):
            right_sides = [rhs for j in units_of(p, layer) if (rhs := form(p, layer, j)) is not None]
            if len(right_sides) == p.spec.sizes[layer]:
                yield layer, name, layer_deltas(layer, right_sides)

    return rows


def _at_activation(p: Program, layer: int, j: int) -> sp.Expr:
    return upstream(p.spec, layer, j) * slope_at(p.spec, layer, symbol(f"a{layer}", j))


def _activation_itself(p: Program, layer: int, j: int) -> sp.Expr:
    return upstream(p.spec, layer, j) * symbol(f"a{layer}", j)


def _at_upstream(p: Program, layer: int, j: int) -> sp.Expr | None:
    return _per_example(slope_at(p.spec, layer, propagated(p.spec, layer, j)))


def _overwritten(p: Program, layer: int, j: int) -> sp.Expr | None:
    return _per_example(slope_at(p.spec, layer, symbol(f"z{layer}", j)))


def _per_example(slope: sp.Expr) -> sp.Expr | None:
    """None for the constant slope of the identity: a delta is one number for each example, a constant is not."""
    return None if slope.is_number else slope


def _wrong_slope_formulas(p: Program) -> Forms:
    forms: dict[str, dict[str, Callable[[sp.Expr, sp.Expr], sp.Expr]]] = {
        "tanh": {
            "1 + a^2": lambda a, z: 1 + a**2,
            "1 - a": lambda a, z: 1 - a,
            "-a^2": lambda a, z: -(a**2),
            "1 - z^2": lambda a, z: 1 - z**2,
        },
        "sigmoid": {
            "a (1 + a)": lambda a, z: a * (1 + a),
            "a^2": lambda a, z: a**2,
            "a - 1": lambda a, z: a - 1,
            "z (1 - z)": lambda a, z: z * (1 - z),
        },
    }
    spec = p.spec
    for layer in sloped_layers(spec):
        for name, form in forms.get(spec.activations[layer - 1], {}).items():
            a, z = values_of(spec, "a", layer), values_of(spec, "z", layer)
            right_sides = [upstream(spec, layer, j) * form(a[j], z[j]) for j in units_of(p, layer)]
            yield layer, name, layer_deltas(layer, right_sides)


def _wrong_layer_slope(p: Program) -> Forms:
    spec = p.spec
    for layer in hidden_layers(spec):
        for other in (layer + 1, layer - 1):
            if other >= 1 and spec.sizes[other] == spec.sizes[layer] and spec.activations[other - 1] != "softmax":
                z = values_of(spec, "z", other)
                right_sides = [propagated(spec, layer, j) * slope_at(spec, layer, z[j]) for j in units_of(p, layer)]
                yield layer, f"phi' at z_{other}", layer_deltas(layer, right_sides)


def _mask_from_gradient(p: Program, layer: int, j: int) -> sp.Expr | None:
    if p.spec.activations[layer - 1] != "relu":
        return None
    return propagated(p.spec, layer, j) * derivative("relu", propagated(p.spec, layer, j))


def _mask_always_one(p: Program, layer: int, j: int) -> sp.Expr | None:
    return propagated(p.spec, layer, j) if p.spec.activations[layer - 1] == "relu" else None


def _no_leak(p: Program, layer: int, j: int) -> sp.Expr | None:
    if p.spec.activations[layer - 1] != "leaky_relu":
        return None
    return propagated(p.spec, layer, j) * derivative("relu", symbol(f"z{layer}", j))


# The recursion


def _transpose_missing(p: Program) -> Forms:
    spec = p.spec
    for layer in hidden_layers(spec):
        if spec.sizes[layer] == spec.sizes[layer + 1]:
            W, above = f"W{layer + 1}", deltas_of(spec, layer + 1)
            back = [sp.Add(*(d * symbol(W, j, k) for k, d in enumerate(above))) for j in units_of(p, layer)]
            yield layer, "", _with_slope(p, layer, back)


def _wrong_layer_weight(p: Program) -> Forms:
    spec = p.spec
    for layer in hidden_layers(spec):
        if (spec.sizes[layer + 1], spec.sizes[layer]) == (spec.sizes[layer], spec.sizes[layer - 1]):
            W, above = f"W{layer}", deltas_of(spec, layer + 1)
            back = [sp.Add(*(d * symbol(W, k, j) for k, d in enumerate(above))) for j in units_of(p, layer)]
            yield layer, "", _with_slope(p, layer, back)


def _not_propagated(p: Program) -> Forms:
    spec = p.spec
    for layer in hidden_layers(spec):
        above = deltas_of(spec, layer + 1)
        yield layer, "summed without W", _with_slope(p, layer, [sp.Add(*above)] * spec.sizes[layer])
        if spec.sizes[layer] == spec.sizes[layer + 1]:
            yield layer, "reused", _with_slope(p, layer, above)


def _output_slope_lost(p: Program) -> Forms:
    spec = p.spec
    if spec.L < 2 or spec_fused(spec) or not elementwise_output(spec):
        return
    layer, g = spec.L - 1, cost_slopes(spec)
    back = [sp.Add(*(g_k * symbol(f"W{spec.L}", k, j) for k, g_k in enumerate(g))) for j in units_of(p, layer)]
    yield layer, "", _with_slope(p, layer, back)


LEARNING_RATE = sp.Symbol("eta")


def _updated_first(p: Program) -> Forms:
    """The W_{l+1} that BP2 uses has already been updated; the program then needs eta, and dW_{l+1} before delta_l."""
    for layer in hidden_layers(p.spec):
        above = deltas_of(p.spec, layer + 1)
        back = [sp.Add(*(d * _new_weight(layer + 1, k, j) for k, d in enumerate(above))) for j in units_of(p, layer)]
        yield layer, "", _with_slope(p, layer, back)


def _new_weight(layer: int, k: int, j: int) -> sp.Expr:
    return symbol(f"W{layer}", k, j) - LEARNING_RATE * symbol(f"dW{layer}", k, j)


_OUTPUT, _SLOPE, _RECURSION = "output delta", "activation derivative", "the recursion"
_PHI = "phi'(z_l)"
WRONG_DELTAS: tuple[Mistake, ...] = (
    Mistake(
        "missing-output-activation-derivative", _OUTPUT, "delta_L = dC/da", "dC/da * phi'(z_L)", _missing_output_slope
    ),
    Mistake("extra-output-activation-derivative", _OUTPUT, "(a - y) * phi'(z_L)", "a - y", _extra_output_slope),
    Mistake("output-delta-sign", _OUTPUT, "y - a", "a - y", _output_sign),
    Mistake("cost-derivative-factor", _OUTPUT, "k * dC/da", "dC/da", _cost_factor),
    Mistake("activation-derivative-of-error", _OUTPUT, "e * (1 - e), e = a - y", "e * phi'(z_L)", _slope_of_error),
    Mistake("softmax-diagonal-only", _OUTPUT, "g * a * (1 - a)", "a * (g - sum g a)", _softmax_diagonal),
    Mistake("softmax-derivative-ignored", _OUTPUT, "delta_L = dC/da", "a - y", _softmax_ignored),
    Mistake(
        "missing-hidden-activation-derivative", _SLOPE, "delta_{l+1} W", f"delta_{{l+1}} W * {_PHI}",
        _each(hidden_layers, lambda p, layer, j: propagated(p.spec, layer, j)),
    ),
    Mistake("activation-derivative-at-activation", _SLOPE, "phi'(a_l)", _PHI, _each(sloped_layers, _at_activation)),
    Mistake("activation-derivative-of-upstream", _SLOPE, "phi'(g)", f"g * {_PHI}", _each(hidden_layers, _at_upstream)),
    Mistake(
        "activation-value-for-derivative", _SLOPE, "g * a_l", f"g * {_PHI}",
        _each(sloped_layers, _activation_itself),
    ),
    Mistake(
        "activation-derivative-wrong-formula", _SLOPE, "phi' by another formula", "1 - a^2 (tanh), a (1 - a) (sigmoid)",
        _wrong_slope_formulas,
    ),
    Mistake("activation-derivative-wrong-layer", _SLOPE, "phi'(z_{l+1}) or phi'(z_{l-1})", _PHI, _wrong_layer_slope),
    Mistake(
        "upstream-overwritten", _SLOPE, "delta_l = phi'(z_l)", f"g * {_PHI}",
        _each(hidden_layers, _overwritten),
    ),
    Mistake("relu-mask-from-gradient", _SLOPE, "g where g > 0", "g where z > 0", _each(hidden_layers, _mask_from_gradient)),
    Mistake("relu-mask-always-one", _SLOPE, "a >= 0", "z > 0", _each(hidden_layers, _mask_always_one)),
    Mistake("leaky-slope-missing", _SLOPE, "0 where z < 0", "slope where z < 0", _each(hidden_layers, _no_leak)),
    Mistake("weight-transpose-missing", _RECURSION, "delta_{l+1} W^T", "delta_{l+1} W", _transpose_missing),
    Mistake("weight-from-wrong-layer", _RECURSION, "delta_{l+1} W_l", "delta_{l+1} W_{l+1}", _wrong_layer_weight),
    Mistake("delta-not-propagated", _RECURSION, "delta_{l+1}, without W", "delta_{l+1} W_{l+1}", _not_propagated),
    Mistake(
        "output-derivative-lost-in-recursion", _RECURSION, "(dC/da W) * phi'", "(delta_L W) * phi'", _output_slope_lost
    ),
    Mistake(
        "weights-updated-before-backpropagation", _RECURSION, "the new W_{l+1}", "the W_{l+1} of the forward pass",
        _updated_first,
    ),
)  # fmt: skip
