"""The catalogue of backpropagation mistakes, as data: each is one statement of the program changed.

From this one table come the planted mistakes of the tests, the search for what a wrong published figure did, and the
hypotheses of a diagnosis. A row yields a variant for each layer it applies to (and for each common form it takes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.build import BATCH_SIZE, L2_FACTOR, cost_slopes, inputs_of, program
from symbolic.functions import batch_sum, derivative
from symbolic.statements import Program, Statement, entry, symbol

Changes = dict[str, sp.Expr]
Forms = Iterator[tuple[int, str, Changes]]  # (layer, the form the mistake takes, the changed right sides)
Row = Callable[[Program], Forms]


@dataclass(frozen=True)
class Variant:
    """One way to make a mistake in one network: the layer, the form it takes, and the changed right sides."""

    mistake: str
    layer: int
    form: str
    changes: Changes

    @property
    def label(self) -> str:
        """The id, layer and form, for a message or a test's name."""
        return " ".join(filter(None, [self.mistake, f"layer {self.layer}", self.form]))


@dataclass(frozen=True)
class Mistake:
    """One row of the catalogue: what is written, what is right, and how it changes a program."""

    id: str
    group: str
    wrong: str
    right: str
    variants: Row


def plant(spec: NetworkSpec, *planted: Variant) -> Program:
    """The program of a network with one or more mistakes made in it; where two meet in a name, the last counts."""
    changes: Changes = {}
    for variant in planted:
        changes |= variant.changes
    return program(spec).changed(changes)


def variants(spec: NetworkSpec, mistake: Mistake) -> list[Variant]:
    """Every way to make this mistake in this network that changes at least one right side."""
    right = program(spec)
    found = []
    for layer, form, changes in mistake.variants(right):
        changed = {name: rhs for name, rhs in changes.items() if rhs != right.by_name[name].rhs}
        if changed:
            found.append(Variant(mistake.id, layer, form, changed))
    return found


def all_variants(spec: NetworkSpec) -> list[Variant]:
    """Every variant of every mistake in the catalogue, for this network."""
    return [variant for mistake in CATALOGUE.values() for variant in variants(spec, mistake)]


# What the rows are made of. A layer's deltas, slopes and sums, by name.


def _deltas(spec: NetworkSpec, layer: int) -> list[sp.Symbol]:
    return [symbol(f"delta{layer}", j) for j in range(spec.sizes[layer])]


def _values(spec: NetworkSpec, quantity: str, layer: int) -> list[sp.Symbol]:
    return [symbol(f"{quantity}{layer}", j) for j in range(spec.sizes[layer])]


def _error(spec: NetworkSpec) -> list[sp.Expr]:
    return [symbol(f"a{spec.L}", k) - symbol("y", k) for k in range(spec.sizes[-1])]


def _slope(spec: NetworkSpec, layer: int, argument: sp.Expr) -> sp.Expr:
    return derivative(spec.activations[layer - 1], argument)


def _back(spec: NetworkSpec, layer: int, j: int) -> sp.Expr:
    """``(delta_{l+1} W_{l+1})_j``."""
    above = _deltas(spec, layer + 1)
    return sp.Add(*(delta * symbol(f"W{layer + 1}", k, j) for k, delta in enumerate(above)))


def _statements(p: Program, rule: str, layer: int) -> list[Statement]:
    return [s for s in p.statements if s.rule == rule and s.layer == layer]


def _hidden(spec: NetworkSpec) -> range:
    return range(1, spec.L)


def _outputs(p: Program) -> range:
    return range(p.spec.sizes[-1])


def _units(p: Program, layer: int) -> range:
    return range(p.spec.sizes[layer])


def _layer_deltas(layer: int, right_sides: Iterable[sp.Expr]) -> Changes:
    return {entry(f"delta{layer}", j): rhs for j, rhs in enumerate(right_sides)}


def _output_deltas(p: Program, right_sides: Iterable[sp.Expr]) -> Changes:
    return _layer_deltas(p.spec.L, right_sides)


def _with_slope(p: Program, layer: int, back: Iterable[sp.Expr]) -> Changes:
    """``delta_l = back * phi'(z_l)`` with another ``back`` than (BP2) has."""
    z = _values(p.spec, "z", layer)
    return _layer_deltas(layer, [back_j * _slope(p.spec, layer, z_j) for back_j, z_j in zip(back, z, strict=True)])


def _right_output_deltas(p: Program) -> list[sp.Expr]:
    return [p.by_name[entry(f"delta{p.spec.L}", k)].rhs for k in _outputs(p)]


def _elementwise_output(spec: NetworkSpec) -> bool:
    return spec.activations[-1] not in ("softmax", "identity")


# Output delta


def _missing_output_slope(p: Program) -> Forms:
    if spec_fused(p.spec) or not _elementwise_output(p.spec):
        return
    g = cost_slopes(p.spec)
    yield p.spec.L, "", _output_deltas(p, [g[k] for k in _outputs(p)])


def _extra_output_slope(p: Program) -> Forms:
    spec = p.spec
    if not spec_fused(spec):
        return
    a, z = _values(spec, "a", spec.L), _values(spec, "z", spec.L)
    softmax = spec.activations[-1] == "softmax"
    slopes = [a[k] * (1 - a[k]) if softmax else _slope(spec, spec.L, z[k]) for k in _outputs(p)]
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
        yield p.spec.L, "", _output_deltas(p, [e[k] * (1 - e[k]) / BATCH_SIZE for k in _outputs(p)])


def _softmax_diagonal(p: Program) -> Forms:
    if p.spec.activations[-1] == "softmax" and not spec_fused(p.spec):
        g, a = cost_slopes(p.spec), _values(p.spec, "a", p.spec.L)
        yield p.spec.L, "", _output_deltas(p, [g[k] * a[k] * (1 - a[k]) for k in _outputs(p)])


def _softmax_ignored(p: Program) -> Forms:
    if p.spec.activations[-1] == "softmax" or spec_fused(p.spec):
        g = cost_slopes(p.spec)
        yield p.spec.L, "", _output_deltas(p, [g[k] for k in _outputs(p)])


# Activation derivative in a hidden layer


def _each_hidden(form: Callable[[Program, int, int], sp.Expr | None], name: str = "") -> Row:
    """A row whose mistake is another right side for each delta of a hidden layer; None where it cannot be made."""

    def rows(p: Program) -> Forms:
        for layer in _hidden(p.spec):
            right_sides = [form(p, layer, j) for j in range(p.spec.sizes[layer])]
            if all(rhs is not None for rhs in right_sides):
                yield (
                    layer,
                    name,
                    {entry(f"delta{layer}", j): rhs for j, rhs in enumerate(right_sides) if rhs is not None},
                )

    return rows


def _at_activation(p: Program, layer: int, j: int) -> sp.Expr:
    return _back(p.spec, layer, j) * _slope(p.spec, layer, symbol(f"a{layer}", j))


def _at_upstream(p: Program, layer: int, j: int) -> sp.Expr | None:
    return _per_example(_slope(p.spec, layer, _back(p.spec, layer, j)))


def _overwritten(p: Program, layer: int, j: int) -> sp.Expr | None:
    return _per_example(_slope(p.spec, layer, symbol(f"z{layer}", j)))


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
    for layer in _hidden(spec):
        for name, form in forms.get(spec.activations[layer - 1], {}).items():
            a, z = _values(spec, "a", layer), _values(spec, "z", layer)
            right_sides = [_back(spec, layer, j) * form(a[j], z[j]) for j in _units(p, layer)]
            yield layer, name, _layer_deltas(layer, right_sides)


def _wrong_layer_slope(p: Program) -> Forms:
    spec = p.spec
    for layer in _hidden(spec):
        for other in (layer + 1, layer - 1):
            if other >= 1 and spec.sizes[other] == spec.sizes[layer] and spec.activations[other - 1] != "softmax":
                z = _values(spec, "z", other)
                right_sides = [_back(spec, layer, j) * _slope(spec, layer, z[j]) for j in _units(p, layer)]
                yield layer, f"phi' at z_{other}", _layer_deltas(layer, right_sides)


def _mask_from_gradient(p: Program, layer: int, j: int) -> sp.Expr | None:
    if p.spec.activations[layer - 1] != "relu":
        return None
    return _back(p.spec, layer, j) * derivative("relu", _back(p.spec, layer, j))


def _mask_always_one(p: Program, layer: int, j: int) -> sp.Expr | None:
    return _back(p.spec, layer, j) if p.spec.activations[layer - 1] == "relu" else None


def _no_leak(p: Program, layer: int, j: int) -> sp.Expr | None:
    if p.spec.activations[layer - 1] != "leaky_relu":
        return None
    return _back(p.spec, layer, j) * derivative("relu", symbol(f"z{layer}", j))


# The recursion


def _transpose_missing(p: Program) -> Forms:
    spec = p.spec
    for layer in _hidden(spec):
        if spec.sizes[layer] == spec.sizes[layer + 1]:
            W, above = f"W{layer + 1}", _deltas(spec, layer + 1)
            back = [sp.Add(*(d * symbol(W, j, k) for k, d in enumerate(above))) for j in _units(p, layer)]
            yield layer, "", _with_slope(p, layer, back)


def _wrong_layer_weight(p: Program) -> Forms:
    spec = p.spec
    for layer in _hidden(spec):
        if (spec.sizes[layer + 1], spec.sizes[layer]) == (spec.sizes[layer], spec.sizes[layer - 1]):
            W, above = f"W{layer}", _deltas(spec, layer + 1)
            back = [sp.Add(*(d * symbol(W, k, j) for k, d in enumerate(above))) for j in _units(p, layer)]
            yield layer, "", _with_slope(p, layer, back)


def _not_propagated(p: Program) -> Forms:
    spec = p.spec
    for layer in _hidden(spec):
        above = _deltas(spec, layer + 1)
        yield layer, "summed without W", _with_slope(p, layer, [sp.Add(*above)] * spec.sizes[layer])
        if spec.sizes[layer] == spec.sizes[layer + 1]:
            yield layer, "reused", _with_slope(p, layer, above)


def _output_slope_lost(p: Program) -> Forms:
    spec = p.spec
    if spec.L < 2 or spec_fused(spec) or not _elementwise_output(spec):
        return
    layer, g = spec.L - 1, cost_slopes(spec)
    back = [sp.Add(*(g_k * symbol(f"W{spec.L}", k, j) for k, g_k in enumerate(g))) for j in _units(p, layer)]
    yield layer, "", _with_slope(p, layer, back)


LEARNING_RATE = sp.Symbol("eta")


def _updated_first(p: Program) -> Forms:
    """The W_{l+1} that BP2 uses has already been updated; the program then needs eta, and dW_{l+1} before delta_l."""
    for layer in _hidden(p.spec):
        above = _deltas(p.spec, layer + 1)
        back = [sp.Add(*(d * _new_weight(layer + 1, k, j) for k, d in enumerate(above))) for j in _units(p, layer)]
        yield layer, "", _with_slope(p, layer, back)


def _new_weight(layer: int, k: int, j: int) -> sp.Expr:
    return symbol(f"W{layer}", k, j) - LEARNING_RATE * symbol(f"dW{layer}", k, j)


# Weight gradient


def _weight_sums(p: Program, layer: int) -> list[Statement]:
    return _statements(p, "BP4", layer)


def _each_weight(form: Callable[[Program, int, int, int], sp.Expr | None], name: str = "") -> Row:
    """A row whose mistake is another right side for each sum of (BP4) in a layer; None where it cannot be made."""

    def rows(p: Program) -> Forms:
        for layer in p.spec.layers:
            sums = _weight_sums(p, layer)
            right_sides = [form(p, layer, *s.index) for s in sums]
            if all(rhs is not None for rhs in right_sides):
                yield layer, name, {s.name: rhs for s, rhs in zip(sums, right_sides, strict=True) if rhs is not None}

    return rows


def _uses_z(_: Program, layer: int, j: int, i: int) -> sp.Expr | None:
    return batch_sum(symbol(f"delta{layer}", j) * symbol(f"z{layer - 1}", i)) if layer > 1 else None


def _uses_own_activation(p: Program, layer: int, j: int, i: int) -> sp.Expr | None:
    if p.spec.sizes[layer] != p.spec.sizes[layer - 1]:
        return None
    return batch_sum(symbol(f"delta{layer}", j) * symbol(f"a{layer}", i))


def _uses_input(p: Program, layer: int, j: int, i: int) -> sp.Expr | None:
    if layer == 1 or p.spec.sizes[layer - 1] != p.spec.sizes[0]:
        return None
    return batch_sum(symbol(f"delta{layer}", j) * symbol("x", i))


def _uses_weight(_: Program, layer: int, j: int, i: int) -> sp.Expr:
    return batch_sum(symbol(f"delta{layer}", j) * symbol(f"W{layer}", j, i))


def _transposed(p: Program, layer: int, j: int, i: int) -> sp.Expr | None:
    if p.spec.sizes[layer] != p.spec.sizes[layer - 1]:
        return None
    return batch_sum(symbol(f"delta{layer}", i) * inputs_of(layer, p.spec)[j])


# Batch and bias


def _sums(p: Program, layer: int | None = None) -> list[Statement]:
    return [s for s in p.statements if s.rule in ("BP3", "BP4") and layer in (None, s.layer)]


def _whole(form: Callable[[Program, Statement], sp.Expr], name: str = "", *, biases_only: bool = False) -> Row:
    """A row whose mistake is made in every sum over the batch (or in every bias gradient) of the program."""

    def rows(p: Program) -> Forms:
        statements = [s for s in _sums(p) if s.rule == "BP3" or not biases_only]
        yield p.spec.L, name, {s.name: form(p, s) for s in statements}

    return rows


class one_example(sp.Function):  # type: ignore[misc]  # noqa: N801
    """``one_example(k, q)``: the quantity q of the first (k = 0) or the last (k = 1) example alone."""

    nargs = 2


def _only(which: int) -> Callable[[Program, Statement], sp.Expr]:
    return lambda p, s: one_example(sp.Integer(which), s.rhs.args[0])


def _wrong_count(count: Callable[[NetworkSpec], int]) -> Callable[[Program, Statement], sp.Expr]:
    return lambda p, s: s.rhs * BATCH_SIZE / count(p.spec)


def _over_all_entries(p: Program, s: Statement) -> sp.Expr:
    return batch_sum(sp.Add(*_deltas(p.spec, s.layer)))


def _times_input(p: Program) -> Forms:
    for layer in p.spec.layers:
        a = inputs_of(layer, p.spec)
        if len(a) in (1, p.spec.sizes[layer]):
            pick = {s.name: batch_sum(s.rhs.args[0] * a[s.index[0] % len(a)]) for s in _statements(p, "BP3", layer)}
            yield layer, "", pick


def _bias_layers(form: Callable[[Program, Statement], sp.Expr]) -> Row:
    def rows(p: Program) -> Forms:
        for layer in p.spec.layers:
            yield layer, "", {s.name: form(p, s) for s in _statements(p, "BP3", layer)}

    return rows


# Regularisation


def _l2(form: Callable[[sp.Expr], sp.Expr], name: str = "") -> Row:
    """A row whose mistake is another L2 term: ``form(lambda W)`` in place of ``lambda W``."""

    def rows(p: Program) -> Forms:
        changes: Changes = {}
        for s in p.statements:
            if s.rule == "l2":
                term = L2_FACTOR * symbol(f"W{s.layer}", *s.index)
                changes[s.name] = symbol(f"gW{s.layer}", *s.index) + form(term)
        if changes:
            yield p.spec.L, name, changes

    return rows


def _l2_on_bias(p: Program) -> Forms:
    if p.spec.l2:
        biases = [s for s in p.statements if s.rule == "BP3"]
        yield p.spec.L, "", {s.name: s.rhs + L2_FACTOR * symbol(f"b{s.layer}", *s.index) for s in biases}


# Whole gradient


def _results(p: Program) -> list[Statement]:
    return [s for s in p.statements if s.name.startswith(("dW", "db"))]


def _all_results(form: Callable[[sp.Expr], sp.Expr], name: str = "") -> Row:
    def rows(p: Program) -> Forms:
        yield p.spec.L, name, {s.name: form(s.rhs) for s in _results(p)}

    return rows


def _zero_layer(p: Program) -> Forms:
    for layer in p.spec.layers:
        yield layer, "", {s.name: sp.Integer(0) for s in _results(p) if s.layer == layer}


def _swapped(p: Program) -> Forms:
    spec = p.spec
    for layer in range(1, spec.L):
        if (spec.sizes[layer - 1], spec.sizes[layer]) == (spec.sizes[layer], spec.sizes[layer + 1]):
            lower = {s.index: s.name for s in _results(p) if s.layer == layer and s.name[1] == "W"}
            upper = {s.index: s.rhs for s in _results(p) if s.layer == layer + 1 and s.name[1] == "W"}
            yield layer, f"dW{layer + 1} for dW{layer}", {lower[index]: upper[index] for index in lower}


def _chain(*rows: Row) -> Row:
    def all_rows(p: Program) -> Forms:
        for row in rows:
            yield from row(p)

    return all_rows


_OUTPUT, _SLOPE, _RECURSION, _WEIGHT, _BATCH, _L2, _WHOLE = (
    "output delta",
    "activation derivative in a hidden layer",
    "the recursion",
    "weight gradient",
    "batch and bias",
    "regularisation",
    "whole gradient",
)

_PHI = "phi'(z_l)"
_ROWS: Iterable[Mistake] = (
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
        _each_hidden(lambda p, layer, j: _back(p.spec, layer, j)),
    ),
    Mistake("activation-derivative-at-activation", _SLOPE, "phi'(a_l)", _PHI, _each_hidden(_at_activation)),
    Mistake("activation-derivative-of-upstream", _SLOPE, "phi'(g)", f"g * {_PHI}", _each_hidden(_at_upstream)),
    Mistake(
        "activation-value-for-derivative", _SLOPE, "g * a_l", f"g * {_PHI}",
        _each_hidden(lambda p, layer, j: _back(p.spec, layer, j) * symbol(f"a{layer}", j)),
    ),
    Mistake(
        "activation-derivative-wrong-formula", _SLOPE, "phi' by another formula", "1 - a^2 (tanh), a (1 - a) (sigmoid)",
        _wrong_slope_formulas,
    ),
    Mistake("activation-derivative-wrong-layer", _SLOPE, "phi'(z_{l+1}) or phi'(z_{l-1})", _PHI, _wrong_layer_slope),
    Mistake(
        "upstream-overwritten", _SLOPE, "delta_l = phi'(z_l)", f"g * {_PHI}",
        _each_hidden(_overwritten),
    ),
    Mistake("relu-mask-from-gradient", _SLOPE, "g where g > 0", "g where z > 0", _each_hidden(_mask_from_gradient)),
    Mistake("relu-mask-always-one", _SLOPE, "a >= 0", "z > 0", _each_hidden(_mask_always_one)),
    Mistake("leaky-slope-missing", _SLOPE, "0 where z < 0", "slope where z < 0", _each_hidden(_no_leak)),
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
    Mistake("weight-gradient-uses-z", _WEIGHT, "delta^T z_{l-1}", "delta^T a_{l-1}", _each_weight(_uses_z)),
    Mistake(
        "weight-gradient-wrong-activation", _WEIGHT, "delta^T a_l, delta^T x", "delta^T a_{l-1}",
        _chain(_each_weight(_uses_own_activation, "a_l"), _each_weight(_uses_input, "x")),
    ),
    Mistake("weight-used-for-activation", _WEIGHT, "delta * W", "delta^T a_{l-1}", _each_weight(_uses_weight)),
    Mistake("weight-gradient-transposed", _WEIGHT, "a^T delta", "delta^T a", _each_weight(_transposed)),
    Mistake("missing-batch-average", _BATCH, "sum over the batch", "/ m", _whole(lambda p, s: s.rhs * BATCH_SIZE)),
    Mistake("batch-average-twice", _BATCH, "/ m^2", "/ m", _whole(lambda p, s: s.rhs / BATCH_SIZE)),
    Mistake(
        "batch-averaged-by-wrong-count", _BATCH, "/ (m K), / n_in", "/ m",
        _chain(
            _whole(lambda p, s: s.rhs / p.spec.sizes[-1], "/ (m K)"),
            _whole(_wrong_count(lambda spec: spec.sizes[0]), "/ n_in"),
        ),
    ),
    Mistake(
        "one-example-only", _BATCH, "one example", "all examples",
        _chain(_whole(_only(1), "the last"), _whole(_only(0), "the first")),
    ),
    Mistake(
        "bias-gradient-not-averaged", _BATCH, "sum, while dW is averaged", "/ m",
        _whole(lambda p, s: s.rhs * BATCH_SIZE, biases_only=True),
    ),
    Mistake(
        "bias-gradient-averaged-twice", _BATCH, "mean of an averaged delta", "sum of an averaged delta",
        _whole(lambda p, s: s.rhs / BATCH_SIZE, biases_only=True),
    ),
    Mistake(
        "bias-gradient-over-all-entries", _BATCH, "one number, the sum of all", "one per unit",
        _bias_layers(_over_all_entries),
    ),
    Mistake("bias-gradient-times-input", _BATCH, "sum of delta * x", "sum of delta", _times_input),
    Mistake("bias-gradient-missing", _BATCH, "0", "sum of delta", _bias_layers(lambda p, s: sp.Integer(0))),
    Mistake("l2-missing", _L2, "no term", "+ lambda W", _l2(lambda term: sp.Integer(0))),
    Mistake(
        "l2-factor", _L2, "2 lambda W, lambda/2 W", "+ lambda W",
        _chain(_l2(lambda term: 2 * term, "2 lambda"), _l2(lambda term: term / 2, "lambda/2")),
    ),
    Mistake("l2-divided-by-batch", _L2, "lambda/m W", "+ lambda W", _l2(lambda term: term / BATCH_SIZE)),
    Mistake("l2-on-bias", _L2, "+ lambda b", "no term", _l2_on_bias),
    Mistake("sign-flipped", _WHOLE, "-gradient", "gradient", _all_results(lambda rhs: -rhs)),
    Mistake(
        "constant-factor", _WHOLE, "k * gradient", "gradient",
        _chain(_all_results(lambda rhs: 2 * rhs, "times 2"), _all_results(lambda rhs: rhs / 2, "times 1/2")),
    ),
    Mistake("zero-gradient", _WHOLE, "0 for a layer", "the gradient", _zero_layer),
    Mistake("layers-swapped", _WHOLE, "dW_{l+1} for dW_l", "dW_l", _swapped),
)  # fmt: skip

CATALOGUE: dict[str, Mistake] = {row.id: row for row in _ROWS}

# Mistakes that no changed statement expresses: they are behaviour, seen by calling a function more than once or by its
# digits, or they are made elsewhere than in the backward pass.
BEHAVIOUR: dict[str, str] = {
    "activation-overwritten-in-place": "z and a share memory: the numbers of activation-derivative-at-activation",
    "bias-gradient-wrong-axis": "summed over units: a wrong shape unless m = n_l",
    "softmax-over-batch": "the forward pass normalises each column: another network",
    "wrong-forward": "a, z or the cost differ: another network",
    "numeric-gradient": "the cost is differenced",
    "float32-precision": "computed in float32",
    "unstable-formula": "overflow or cancellation",
    "accumulates-across-calls": "the gradient adds to that of the last call",
    "mutates-inputs": "params, x or y are changed",
    "nondeterministic": "equal calls give different answers",
    "works-for-one-example-only": "right for m = 1 alone",
}
