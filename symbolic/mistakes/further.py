"""Further forms of the mistakes: what a diagnosis tries where the common forms do not give the numbers that came.

They have the ids of the catalogue. They are kept apart from its rows because those are planted one by one, in tests and when
a network is qualified, and one form of a mistake is as good as another for that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sympy as sp

from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.derivation.slopes import slope_by_output
from symbolic.mistakes.catalogue import CATALOGUE, Variant, variants
from symbolic.mistakes.changes import (
    Change,
    Changes,
    Forms,
    alone,
    chain,
    deltas_of,
    everywhere,
    hidden_layers,
    layer_deltas,
    slope_at,
    sloped_layers,
    statements_of,
    sums,
    units_of,
    upstream,
    values_of,
)
from symbolic.mistakes.out_of_place import layers_exchanged, orders
from symbolic.mistakes.wrong_deltas import LEARNING_RATE, spec_fused
from symbolic.mistakes.wrong_gradients import one_example
from symbolic.programs.build import BATCH_SIZE, L2_FACTOR, inputs_of, program
from symbolic.programs.functions import DEFINITIONS, OPAQUE, batch_sum, derivative
from symbolic.programs.statements import Program, Statement, symbol

# Forms that are words, and no formula.
OF_OUTPUT, OTHER_SIDE, TWICE, OF_ITSELF = "taken of a", "of the other side", "phi' twice", "phi' of phi'"
SUMS_MULTIPLIED, DELTA_ABOVE = "sums multiplied", "delta_{l+1} in its sums"

Slope = Callable[[sp.Symbol, sp.Symbol], sp.Expr]  # of a and z
BORROWED = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus")  # activations whose slope is taken for that of another
_OF_OUTPUT: dict[str, dict[str, Slope]] = {
    "sigmoid": {
        "1 - a": lambda a, z: 1 - a,
        "(1 - a)^2": lambda a, z: (1 - a) ** 2,
        "1 - 2 a": lambda a, z: 1 - 2 * a,
        "a^2 (1 - a)": lambda a, z: a**2 * (1 - a),
    },
    "tanh": {
        "(1 - a)^2": lambda a, z: (1 - a) ** 2,
        "a (1 - a^2)": lambda a, z: a * (1 - a**2),
        "1 + a": lambda a, z: 1 + a,
        "1 - 2 a": lambda a, z: 1 - 2 * a,
    },
    "softplus": {
        "exp(z)": lambda a, z: sp.exp(z),
        "sigmoid(-z)": lambda a, z: OPAQUE["sigmoid"](-z),
        "1 - a": lambda a, z: 1 - a,
    },
    "elu": {
        "exp(z)": lambda a, z: sp.exp(z),
        "a + 1": lambda a, z: a + 1,
        "a where z < 0": lambda a, z: derivative("relu", z) + (1 - derivative("relu", z)) * a,
    },
    "silu": {
        "a + sigmoid(z)": lambda a, z: a + OPAQUE["sigmoid"](z),
        "a (1 - a)": lambda a, z: a * (1 - a),
        "z sigmoid'(z)": lambda a, z: z * derivative("sigmoid", z),
        "sigmoid(z) + sigmoid'(z)": lambda a, z: OPAQUE["sigmoid"](z) + derivative("sigmoid", z),
    },
}
RATES = ("1", "0.1", "0.05", "0.01", "0.001", "1024")  # learning rates of an update made too early; that of `step` is the last


def _has_slopes(spec: NetworkSpec) -> list[int]:
    """The layers in which each unit has a slope of its own, 1 for the identity."""
    return [layer for layer in spec.layers if spec.activations[layer - 1] != "softmax"]


def _wrong_slopes(p: Program) -> Forms:
    spec = p.spec
    for layer in _has_slopes(spec):
        if layer == spec.L and spec.activations[-1] == "identity":
            continue  # a slope more than there should be, `_slope_at_the_output`
        a, z = values_of(spec, "a", layer), values_of(spec, "z", layer)
        for name, form in _slopes(spec.activations[layer - 1]).items():
            right_sides = [upstream(spec, layer, j) * form(a[j], z[j]) for j in units_of(p, layer)]
            yield layer, name, layer_deltas(layer, right_sides)


def _slopes(phi: str) -> dict[str, Slope]:
    """What stands for phi': the slope of another activation, phi' twice, of itself, with a minus, of a kink's other side."""
    found: dict[str, Slope] = dict(_OF_OUTPUT.get(phi, {}))
    for other in BORROWED:
        if other == phi:
            continue
        found[f"of {other}"] = lambda a, z, other=other: derivative(other, z)  # type: ignore[misc]
        if slope_by_output(other, sp.Symbol("a")) is not None:
            found[f"of {other}, {OF_OUTPUT}"] = lambda a, z, other=other: slope_by_output(other, a)  # type: ignore[misc]
    if phi == "identity":
        return found
    found["-phi'"] = lambda a, z: -derivative(phi, z)
    if DEFINITIONS[phi].is_homogeneous:
        found[OTHER_SIDE] = lambda a, z: derivative(phi, -z)
        return found | {"z": lambda a, z: z, "sign(z)": lambda a, z: 2 * derivative("relu", z) - 1}
    found[TWICE] = lambda a, z: derivative(phi, z) ** 2
    found[OF_ITSELF] = lambda a, z: derivative(phi, derivative(phi, z))
    return found


def _slope_at_the_output(p: Program) -> Forms:
    """A slope where delta_L has none: at an identity, or where the cost's own slope has cancelled it."""
    L, spec = p.spec.L, p.spec
    if spec.activations[-1] != "identity" and not spec_fused(spec):
        return
    a, z = values_of(spec, "a", L), values_of(spec, "z", L)
    right = [p.by_name[f"delta{L}_{k}"].rhs for k in units_of(p, L)]
    for name, form in _slopes("identity" if spec.activations[-1] == "softmax" else spec.activations[-1]).items():
        yield L, name, layer_deltas(L, [right[k] * form(a[k], z[k]) for k in units_of(p, L)])


def _with_slope_of_upstream(p: Program) -> Forms:
    """``g phi'(g)``: g is there, but phi' is taken at it."""
    spec = p.spec
    for layer in sloped_layers(spec):
        back = [upstream(spec, layer, j) for j in units_of(p, layer)]
        if not slope_at(spec, layer, back[0]).is_number:
            yield layer, "g phi'(g)", layer_deltas(layer, [g * slope_at(spec, layer, g) for g in back])


def _mask_from_gradient(p: Program) -> Forms:
    """``g where g > 0``: of a leaky relu with its slope below, or with nothing there."""
    spec = p.spec
    for layer in hidden_layers(spec):
        if spec.activations[layer - 1] == "leaky_relu":
            back = [upstream(spec, layer, j) for j in units_of(p, layer)]
            yield layer, "", layer_deltas(layer, [g * slope_at(spec, layer, g) for g in back])
            yield layer, "0 below", layer_deltas(layer, [g * derivative("relu", g) for g in back])


def _l2_times_batch(p: Program) -> Forms:
    """The term of L2 as in a cost that is divided by m as a whole, but without that 1/m."""
    if p.spec.l2:
        yield from everywhere(lambda p, s: _with_term(s, BATCH_SIZE), "m lambda", "l2")(p)
        yield from sums(lambda p, s: _with_term(s, BATCH_SIZE), alone("m lambda"), "l2")(p)
        yield from everywhere(lambda p, s: _with_term(s, sp.Integer(-1)), "- lambda", "l2")(p)
        yield from sums(lambda p, s: _with_term(s, sp.Integer(-1)), alone("- lambda"), "l2")(p)


def _with_term(s: Statement, factor: sp.Expr) -> sp.Expr:
    key = quantity_of(s.name).parameter
    return symbol(f"g{key}", *s.index) + factor * L2_FACTOR * symbol(key, *s.index)


def _overwritten_output(p: Program) -> Forms:
    L, spec = p.spec.L, p.spec
    if spec.activations[-1] not in ("softmax", "identity"):
        yield L, "", layer_deltas(L, [slope_at(spec, L, z) for z in values_of(spec, "z", L)])


def _slope_of_error(p: Program) -> Forms:
    spec = p.spec
    if spec.activations[-1] == "tanh":
        e = [a - symbol("y", k) for k, a in enumerate(values_of(spec, "a", spec.L))]
        yield spec.L, "e * (1 - e^2)", layer_deltas(spec.L, [e_k * (1 - e_k**2) / BATCH_SIZE for e_k in e])


def _deltas(form: Callable[[sp.Expr], sp.Expr], name: str) -> Change:
    """A row whose mistake is made in the delta of one hidden layer: a factor that is lost or won there."""

    def rows(p: Program) -> Forms:
        for layer in hidden_layers(p.spec):
            yield layer, name, {s.name: form(s.rhs) for s in statements_of(p, "BP2", layer)}

    return rows


def _one(which: int) -> Callable[[Program, Statement], sp.Expr]:
    return lambda p, s: one_example(sp.Integer(which), s.rhs.args[0])


def _back(form: Callable[[NetworkSpec, int, int], sp.Expr | None], name: str) -> Change:
    """A row whose mistake is another sum over the units above in (BP2); None where the shapes do not fit."""

    def rows(p: Program) -> Forms:
        for layer in hidden_layers(p.spec):
            z = values_of(p.spec, "z", layer)
            back = [form(p.spec, layer, j) for j in units_of(p, layer)]
            if all(one is not None for one in back):
                right_sides = [b * slope_at(p.spec, layer, z_j) for b, z_j in zip(back, z, strict=True)]
                yield layer, name, layer_deltas(layer, right_sides)

    return rows


def _weights_before_transposed(spec: NetworkSpec, layer: int, j: int) -> sp.Expr | None:
    if spec.sizes[layer + 1] != spec.sizes[layer - 1]:
        return None
    return sp.Add(*(d * symbol(f"W{layer}", j, k) for k, d in enumerate(deltas_of(spec, layer + 1))))


def _sums_multiplied(spec: NetworkSpec, layer: int, j: int) -> sp.Expr | None:
    above = deltas_of(spec, layer + 1)
    if len(above) < 2:
        return None
    return sp.Add(*above) * sp.Add(*(symbol(f"W{layer + 1}", k, j) for k in range(len(above))))


def _updated_first(p: Program) -> Forms:
    """The new weights in (BP2), with learning rates that are written in a file."""
    for v in variants(p.spec, CATALOGUE["weights-updated-before-backpropagation"]):
        for rate in RATES:
            eta = {LEARNING_RATE: sp.Rational(rate)}
            yield v.layer, f"eta = {rate}", {name: rhs.xreplace(eta) for name, rhs in v.changes.items()}


def _other_values(p: Program) -> Forms:
    """``delta^T a_k`` with the activations of any layer of the right width."""
    spec = p.spec
    for layer in spec.layers:
        for other in range(1, spec.L + 1):
            if other not in (layer - 1, layer) and spec.sizes[other] == spec.sizes[layer - 1]:
                a = values_of(spec, "a", other)
                delta = deltas_of(spec, layer)
                sums = statements_of(p, "BP4", layer)
                yield layer, f"a_{other}", {s.name: batch_sum(delta[s.index[0]] * a[s.index[1]]) for s in sums}


def _delta_above(p: Program, s: Statement) -> sp.Expr | None:
    spec = p.spec
    if s.layer == spec.L or spec.sizes[s.layer] != spec.sizes[s.layer + 1]:
        return None
    return s.rhs.xreplace({symbol(f"delta{s.layer}", s.index[0]): symbol(f"delta{s.layer + 1}", s.index[0])})


def _times(k: sp.Expr) -> Callable[[Program, Statement], sp.Expr]:
    return lambda p, s: k * s.rhs


def _times_one_input(p: Program) -> Forms:
    """The sums of ``delta a_i`` with one and the same input for every unit."""
    for layer in p.spec.layers:
        for i, a in enumerate(inputs_of(layer, p.spec)):
            changes = {s.name: batch_sum(s.rhs.args[0] * a) for s in statements_of(p, "BP3", layer)}
            yield layer, f"input {i}", changes


def _other_counts(p: Program) -> Forms:
    """Divided by the width of a layer in the place of m."""
    for layer, size in enumerate(p.spec.sizes):
        if size > 1:
            yield from everywhere(_times(BATCH_SIZE / size), f"/ n_{layer}", *_BOTH)(p)


_BOTH = ("BP3", "BP4")
FURTHER: tuple[tuple[str, Change], ...] = (
    ("extra-output-activation-derivative", _slope_at_the_output),
    ("relu-mask-from-gradient", _mask_from_gradient),
    ("activation-derivative-of-upstream", _with_slope_of_upstream),
    ("l2-factor", _l2_times_batch),
    ("bias-gradient-times-input", _times_one_input),
    ("batch-averaged-by-wrong-count", _other_counts),
    ("layers-swapped", layers_exchanged),
    ("upstream-overwritten", _overwritten_output),
    ("activation-derivative-of-error", _slope_of_error),
    ("activation-derivative-wrong-formula", _wrong_slopes),
    ("missing-batch-average", _deltas(lambda rhs: rhs * BATCH_SIZE, "in delta")),
    ("batch-average-twice", _deltas(lambda rhs: rhs / BATCH_SIZE, "in delta")),
    ("sign-flipped", _deltas(lambda rhs: -rhs, "in delta")),
    (
        "constant-factor",
        chain(_deltas(lambda rhs: 2 * rhs, "times 2, in delta"), _deltas(lambda rhs: rhs / 2, "times 1/2, in delta")),
    ),
    (
        "batch-average-twice",
        chain(
            everywhere(_times(1 / BATCH_SIZE), "in dW", "BP4"),
            sums(_times(1 / BATCH_SIZE), "in dW, in this layer alone", "BP4"),
            sums(_times(1 / BATCH_SIZE), "in this layer alone", *_BOTH),
        ),
    ),
    ("sign-flipped", sums(_times(sp.Integer(-1)), alone(), *_BOTH)),
    ("sign-flipped", chain(sums(_times(sp.Integer(-1)), "in dW", "BP4"), sums(_times(sp.Integer(-1)), "in db", "BP3"))),
    (
        "one-example-only",
        chain(
            *(
                sums(_one(which), f"{name}, {part}in this layer alone", *rules)
                for which, name in ((1, "the last"), (0, "the first"))
                for part, rules in (("", _BOTH), ("in dW, ", ("BP4",)), ("in db, ", ("BP3",)))
            )
        ),
    ),
    ("wrong-order", orders),
    ("weights-updated-before-backpropagation", _updated_first),
    ("weight-from-wrong-layer", _back(_weights_before_transposed, "W_l^T")),
    ("delta-not-propagated", _back(_sums_multiplied, SUMS_MULTIPLIED)),
    ("delta-not-propagated", sums(_delta_above, DELTA_ABOVE, *_BOTH)),
    ("weight-gradient-wrong-activation", _other_values),
)

_FURTHER_IDS = frozenset(mistake for mistake, _ in FURTHER)


@lru_cache(maxsize=64)
def further_variants(spec: NetworkSpec, p: Program, among: frozenset[str] = _FURTHER_IDS) -> tuple[Variant, ...]:
    """The further forms that change at least one right side of the network's program, and are none of the catalogue's.

    ``among``: of these mistakes alone, with what is the same as a form of another.
    """
    known = {frozenset(v.changes.items()) for name in among & _FURTHER_IDS for v in variants(spec, CATALOGUE[name])}
    found: list[Variant] = []
    for mistake, row in ((mistake, row) for mistake, row in FURTHER if mistake in among):
        for layer, form, changes in row(p):
            changed = _changed(p, changes)
            if changed and frozenset(changed.items()) not in known:
                known.add(frozenset(changed.items()))
                found.append(Variant(mistake, layer, form, changed))
    return tuple(found)


def every_form(spec: NetworkSpec, mistake: str) -> list[Variant]:
    """Every form of a mistake of the catalogue in a network, the common ones first."""
    rarer = (variant for variant in further_variants(spec, program(spec)) if variant.mistake == mistake)
    return [*variants(spec, CATALOGUE[mistake]), *rarer]


def _changed(p: Program, changes: Changes) -> Changes:
    return {name: rhs for name, rhs in changes.items() if rhs != p.by_name[name].rhs}
