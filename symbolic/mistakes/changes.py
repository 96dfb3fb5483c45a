"""What the rows of the catalogue are made of: statements of a program with another right side, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.programs.build import cost_slopes
from symbolic.programs.functions import derivative
from symbolic.programs.statements import Program, Statement, entry, symbol

Changes = dict[str, sp.Expr]
Forms = Iterator[tuple[int, str, Changes]]  # (layer, the form the mistake takes, the changed right sides)
Change = Callable[[Program], Forms]

ALONE = "in this layer alone"  # the end of a form's name: as a mistake of the whole network, made in one of its layers


@dataclass(frozen=True)
class Mistake:
    """One row of the catalogue: what is written, what is right, and how it changes a program."""

    id: str
    group: str
    wrong: str
    right: str
    variants: Change


def deltas_of(spec: NetworkSpec, layer: int) -> list[sp.Symbol]:
    """The deltas of a layer, by name."""
    return [symbol(f"delta{layer}", j) for j in range(spec.sizes[layer])]


def values_of(spec: NetworkSpec, quantity: str, layer: int) -> list[sp.Symbol]:
    """The weighted inputs or the activations of a layer, by name."""
    return [symbol(f"{quantity}{layer}", j) for j in range(spec.sizes[layer])]


def slope_at(spec: NetworkSpec, layer: int, argument: sp.Expr) -> sp.Expr:
    """The derivative of the activation of a layer at an argument."""
    return derivative(spec.activations[layer - 1], argument)


def propagated(spec: NetworkSpec, layer: int, j: int) -> sp.Expr:
    """``(delta_{l+1} W_{l+1})_j``."""
    above = deltas_of(spec, layer + 1)
    return sp.Add(*(delta * symbol(f"W{layer + 1}", k, j) for k, delta in enumerate(above)))


def upstream(spec: NetworkSpec, layer: int, j: int) -> sp.Expr:
    """``dC/da_j``: what arrives at a unit's activation from above, or from the cost."""
    return cost_slopes(spec)[j] if layer == spec.L else propagated(spec, layer, j)


def elementwise_output(spec: NetworkSpec) -> bool:
    """Whether each output has a derivative of its own that may be forgotten."""
    return spec.activations[-1] not in ("softmax", "identity")


def statements_of(p: Program, rule: str, layer: int) -> list[Statement]:
    """The statements of a layer that a rule made."""
    return [s for s in p.statements if s.rule == rule and s.layer == layer]


def hidden_layers(spec: NetworkSpec) -> range:
    """The indices of the hidden layers."""
    return range(1, spec.L)


def sloped_layers(spec: NetworkSpec) -> list[int]:
    """The layers whose delta has a phi' of each unit in it: the hidden ones, and the output if it is elementwise."""
    return [*hidden_layers(spec), *([spec.L] if elementwise_output(spec) else [])]


def output_units(p: Program) -> range:
    """The indices of the output units."""
    return range(p.spec.sizes[-1])


def units_of(p: Program, layer: int) -> range:
    """The indices of a layer's units."""
    return range(p.spec.sizes[layer])


def layer_deltas(layer: int, right_sides: Iterable[sp.Expr]) -> Changes:
    """The deltas of a layer with other right sides."""
    return {entry(f"delta{layer}", j): rhs for j, rhs in enumerate(right_sides)}


def alone(name: str = "") -> str:
    """The name of a form that is made in one layer alone."""
    return ", ".join(filter(None, [name, ALONE]))


def chain(*rows: Change) -> Change:
    """A row with the variants of several."""

    def all_rows(p: Program) -> Forms:
        for row in rows:
            yield from row(p)

    return all_rows


def sums(form: Callable[[Program, Statement], sp.Expr | None], name: str, *rules: str) -> Change:
    """A row whose mistake is made in the sums of one layer that these rules made; None where it cannot be made."""

    def rows(p: Program) -> Forms:
        for layer in p.spec.layers:
            sums = [s for rule in rules for s in statements_of(p, rule, layer)]
            right_sides = [form(p, s) for s in sums]
            if sums and all(rhs is not None for rhs in right_sides):
                yield layer, name, {s.name: rhs for s, rhs in zip(sums, right_sides, strict=True) if rhs is not None}

    return rows


def everywhere(form: Callable[[Program, Statement], sp.Expr], name: str, *rules: str) -> Change:
    """A row whose mistake is made in the sums of every layer."""

    def rows(p: Program) -> Forms:
        yield p.spec.L, name, {s.name: form(p, s) for s in p.statements if s.rule in rules}

    return rows
