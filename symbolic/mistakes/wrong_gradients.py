"""Mistakes made with right deltas at hand: weight and bias gradients, the batch, regularisation, the whole gradient."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.mistakes.changes import Change, Forms, Mistake, alone, chain, deltas_of, statements_of
from symbolic.programs.build import BATCH_SIZE, L2_FACTOR, inputs_of
from symbolic.programs.functions import batch_sum
from symbolic.programs.statements import Program, Statement, symbol

# Weight gradient


def _weight_sums(p: Program, layer: int) -> list[Statement]:
    return statements_of(p, "BP4", layer)


def _each_weight(form: Callable[[Program, int, int, int], sp.Expr | None], name: str = "") -> Change:
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


Form = Callable[[Program, Statement], sp.Expr]


SUMS = ("BP3", "BP4")


def _whole(form: Form, name: str = "", *, rules: tuple[str, ...] = SUMS) -> Change:
    """A row whose mistake is made in every statement of the program that these rules made."""

    def rows(p: Program) -> Forms:
        changes = {s.name: form(p, s) for s in p.statements if s.rule in rules}
        if changes:
            yield p.spec.L, name, changes

    return rows


def _layers(form: Form, name: str = "", *, rules: tuple[str, ...] = SUMS) -> Change:
    """A row whose mistake is made in every statement of a layer that these rules made, layer by layer."""

    def rows(p: Program) -> Forms:
        for layer in p.spec.layers:
            changes = {s.name: form(p, s) for s in p.statements if s.rule in rules and s.layer == layer}
            if changes:
                yield layer, name, changes

    return rows


def _whole_or_alone(form: Form, name: str = "", *, rules: tuple[str, ...] = SUMS) -> Change:
    """A row whose mistake is made in all layers, or in one of several alone."""

    def rows(p: Program) -> Forms:
        yield from _whole(form, name, rules=rules)(p)
        if p.spec.L > 1:
            yield from _layers(form, alone(name), rules=rules)(p)

    return rows


class one_example(sp.Function):  # type: ignore[misc]  # noqa: N801
    """``one_example(k, q)``: the quantity q of the first (k = 0) or the last (k = 1) example alone."""

    nargs = 2


class reordered(sp.Function):  # type: ignore[misc]  # noqa: N801
    """``reordered(k, q)``: q with the examples backwards (0), each in the place of the next (1), of the one before (2)."""

    nargs = 2


ORDERS = ("backwards", "moved on by one", "moved back by one")


def other_order(which: int) -> Form:
    """The inputs of a layer in another order of the examples than its deltas."""

    def form(p: Program, s: Statement) -> sp.Expr:
        a, delta = inputs_of(s.layer, p.spec)[s.index[1]], symbol(f"delta{s.layer}", s.index[0])
        return batch_sum(delta * reordered(sp.Integer(which), a))

    return form


def _not_averaged(_: Program, s: Statement) -> sp.Expr:
    return s.rhs * BATCH_SIZE


def _one_example(which: int, name: str) -> Change:
    def form(_: Program, s: Statement) -> sp.Expr:
        return one_example(sp.Integer(which), s.rhs.args[0])

    return chain(
        _whole(form, name), _whole(form, f"{name}, in dW", rules=("BP4",)), _whole(form, f"{name}, in db", rules=("BP3",))
    )


def _wrong_count(count: Callable[[NetworkSpec], int]) -> Form:
    return lambda p, s: s.rhs * BATCH_SIZE / count(p.spec)


def _over_all_entries(p: Program, s: Statement) -> sp.Expr:
    return batch_sum(sp.Add(*deltas_of(p.spec, s.layer)))


def _times_input(p: Program) -> Forms:
    for layer in p.spec.layers:
        a = inputs_of(layer, p.spec)
        if len(a) in (1, p.spec.sizes[layer]):
            pick = {s.name: batch_sum(s.rhs.args[0] * a[s.index[0] % len(a)]) for s in statements_of(p, "BP3", layer)}
            yield layer, "", pick


# Regularisation


def _l2(form: Callable[[sp.Expr], sp.Expr], name: str = "") -> Change:
    """A row whose mistake is another L2 term: ``form(lambda W)`` in place of ``lambda W``; of the biases alone, too."""

    def with_term(_: Program, s: Statement) -> sp.Expr:
        key = quantity_of(s.name).parameter
        return symbol(f"g{key}", *s.index) + form(L2_FACTOR * symbol(key, *s.index))

    def of_biases(p: Program) -> Forms:
        yield p.spec.L, in_db, {s.name: with_term(p, s) for s in p.statements if s.rule == "l2" and s.name[1] == "b"}

    in_db = ", ".join(filter(None, [name, "in db"]))
    return chain(_whole_or_alone(with_term, name, rules=("l2",)), of_biases)


def _l2_on_bias(p: Program) -> Forms:
    def with_term(_: Program, s: Statement) -> sp.Expr:
        return s.rhs + L2_FACTOR * symbol(f"b{s.layer}", *s.index)

    if p.spec.l2 and not p.spec.l2_on_biases:
        yield from _whole_or_alone(with_term, rules=("BP3",))(p)


# Whole gradient


def _results(p: Program) -> list[Statement]:
    return [s for s in p.statements if quantity_of(s.name).kind in ("dW", "db")]


def _all_results(form: Callable[[sp.Expr], sp.Expr], name: str = "") -> Change:
    def rows(p: Program) -> Forms:
        yield p.spec.L, name, {s.name: form(s.rhs) for s in _results(p)}

    return rows


def _zero_layer(p: Program) -> Forms:
    for layer in p.spec.layers:
        yield layer, "", {s.name: sp.Integer(0) for s in _results(p) if s.layer == layer}


def _swapped(p: Program) -> Forms:
    shapes = p.spec.shapes
    for layer in range(1, p.spec.L):
        for here, above in zip(p.spec.of_layer(layer), p.spec.of_layer(layer + 1), strict=True):
            if shapes[here] == shapes[above]:
                name = here[0]
                lower, upper = _of_layer(p, name, layer), _of_layer(p, name, layer + 1)
                yield layer, f"d{above} for d{here}", {s.name: upper[index].rhs for index, s in lower.items()}


def _of_layer(p: Program, name: str, layer: int) -> dict[tuple[int, ...], Statement]:
    return {s.index: s for s in _results(p) if s.layer == layer and s.name[1] == name}


_WEIGHT, _BATCH, _L2, _WHOLE = "weight gradient", "batch and bias", "regularisation", "whole gradient"
WRONG_GRADIENTS: tuple[Mistake, ...] = (
    Mistake("weight-gradient-uses-z", _WEIGHT, "delta^T z_{l-1}", "delta^T a_{l-1}", _each_weight(_uses_z)),
    Mistake(
        "weight-gradient-wrong-activation", _WEIGHT, "delta^T a_l, delta^T x", "delta^T a_{l-1}",
        chain(_each_weight(_uses_own_activation, "a_l"), _each_weight(_uses_input, "x")),
    ),
    Mistake("weight-used-for-activation", _WEIGHT, "delta * W", "delta^T a_{l-1}", _each_weight(_uses_weight)),
    Mistake("weight-gradient-transposed", _WEIGHT, "a^T delta", "delta^T a", _each_weight(_transposed)),
    Mistake(
        "missing-batch-average", _BATCH, "sum over the batch", "/ m",
        chain(_whole_or_alone(_not_averaged), _whole_or_alone(_not_averaged, "in dW", rules=("BP4",))),
    ),
    Mistake("batch-average-twice", _BATCH, "/ m^2", "/ m", _whole(lambda p, s: s.rhs / BATCH_SIZE)),
    Mistake(
        "batch-averaged-by-wrong-count", _BATCH, "/ (m K), / n_in", "/ m",
        chain(
            _whole(lambda p, s: s.rhs / p.spec.sizes[-1], "/ (m K)"),
            _whole(_wrong_count(lambda spec: spec.sizes[0]), "/ n_in"),
        ),
    ),
    Mistake(
        "one-example-only", _BATCH, "one example", "all examples",
        chain(_one_example(1, "the last"), _one_example(0, "the first")),
    ),
    Mistake(
        "wrong-order", _BATCH, "another order of examples or rows", "each in its own place",
        _whole_or_alone(other_order(0), f"examples {ORDERS[0]}", rules=("BP4",)),
    ),
    Mistake(
        "bias-gradient-not-averaged", _BATCH, "sum, while dW is averaged", "/ m",
        _whole_or_alone(_not_averaged, rules=("BP3",)),
    ),
    Mistake(
        "bias-gradient-averaged-twice", _BATCH, "mean of an averaged delta", "sum of an averaged delta",
        _whole_or_alone(lambda p, s: s.rhs / BATCH_SIZE, rules=("BP3",)),
    ),
    Mistake(
        "bias-gradient-over-all-entries", _BATCH, "one number, the sum of all", "one per unit",
        _layers(_over_all_entries, rules=("BP3",)),
    ),
    Mistake("bias-gradient-times-input", _BATCH, "sum of delta * x", "sum of delta", _times_input),
    Mistake("bias-gradient-missing", _BATCH, "0", "sum of delta", _layers(lambda p, s: sp.Integer(0), rules=("BP3",))),
    Mistake("l2-missing", _L2, "no term", "+ lambda W", _l2(lambda term: sp.Integer(0))),
    Mistake(
        "l2-factor", _L2, "2 lambda W, lambda/2 W", "+ lambda W",
        chain(_l2(lambda term: 2 * term, "2 lambda"), _l2(lambda term: term / 2, "lambda/2")),
    ),
    Mistake("l2-divided-by-batch", _L2, "lambda/m W", "+ lambda W", _l2(lambda term: term / BATCH_SIZE)),
    Mistake("l2-on-bias", _L2, "+ lambda b", "no term", _l2_on_bias),
    Mistake("sign-flipped", _WHOLE, "-gradient", "gradient", _all_results(lambda rhs: -rhs)),
    Mistake(
        "constant-factor", _WHOLE, "k * gradient", "gradient",
        chain(_all_results(lambda rhs: 2 * rhs, "times 2"), _all_results(lambda rhs: rhs / 2, "times 1/2")),
    ),
    Mistake("zero-gradient", _WHOLE, "0 for a layer", "the gradient", _zero_layer),
    Mistake("layers-swapped", _WHOLE, "the gradient of layer l+1", "that of layer l", _swapped),
)  # fmt: skip
