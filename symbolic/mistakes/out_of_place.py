"""Right numbers in another place: examples, rows, columns or whole layers in each other's."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from reference_nets.spec import quantity_of
from symbolic.mistakes.changes import Forms, everywhere, sums
from symbolic.mistakes.wrong_gradients import ORDERS, other_order, reordered
from symbolic.programs.build import inputs_of
from symbolic.programs.functions import batch_sum
from symbolic.programs.statements import Program, Statement, entry, symbol


def orders(p: Program) -> Forms:
    """Examples, rows or columns in another order."""
    for which, order in enumerate(ORDERS):
        if which:
            yield from sums(other_order(which), f"examples {order}, in dW", "BP4")(p)
            yield from everywhere(other_order(which), f"examples {order}", "BP4")(p)
        y = {symbol("y", k): reordered(sp.Integer(which), symbol("y", k)) for k in range(p.spec.sizes[-1])}
        changed = {s.name: s.rhs.xreplace(y) for s in p.output_error if s.rhs.free_symbols & y.keys()}
        yield p.spec.L, f"targets {order}", changed
    yield from sums(_mirrored(0), "rows backwards, in dW", "BP4")(p)
    yield from sums(_mirrored(1), "columns backwards, in dW", "BP4")(p)
    yield from sums(_mirrored(0), "entries backwards, in db", "BP3")(p)


def _mirrored(axis: int) -> Callable[[Program, Statement], sp.Expr]:
    """The right side of the entry at the mirrored place."""

    def form(p: Program, s: Statement) -> sp.Expr:
        index = list(s.index)
        size = p.spec.sizes[s.layer] if axis == 0 else p.spec.sizes[s.layer - 1]
        index[axis] = size - 1 - index[axis]
        delta = symbol(f"delta{s.layer}", index[0])
        return batch_sum(delta * inputs_of(s.layer, p.spec)[index[1]] if len(index) == 2 else delta)

    return form


def layers_exchanged(p: Program) -> Forms:
    """Two layers of one shape in each other's place: the gradients of the weights, of the biases, both; or all in reverse."""
    spec = p.spec
    for letters in ("W", "b", "Wb") if spec.has_biases else ("W",):
        pairs = [(one, other) for one in spec.layers for other in range(one + 1, spec.L + 1)]
        for one, other in pairs:
            yield from _in_place(p, letters, {one: other, other: one})
        if spec.L > 2:
            yield from _in_place(p, letters, {layer: spec.L + 1 - layer for layer in spec.layers})


def _in_place(p: Program, letters: str, other: dict[int, int]) -> Forms:
    shapes = p.spec.shapes
    if any(shapes[f"{letter}{here}"] != shapes[f"{letter}{there}"] for letter in letters for here, there in other.items()):
        return
    changes = {}
    for s in p.statements:
        quantity = quantity_of(s.name)
        if quantity.kind in ("dW", "db") and quantity.kind[1] in letters and s.layer in other:
            letter = quantity.kind[1]
            changes[s.name] = p.by_name[entry(f"d{letter}{other[s.layer]}", *s.index)].rhs
    named = ", ".join(f"d{letter}{there} for d{letter}{here}" for letter in letters for here, there in sorted(other.items()))
    yield max(other), named, changes
