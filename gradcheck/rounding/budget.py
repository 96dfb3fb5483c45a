"""The rounding budget: how far a correct implementation may be from the true gradient, entry by entry.

The program is read on numbers that carry a bound of their own error, valid for any order of summation, for phi' written
from z or from a, and for the usual ways to write each activation. Nothing in it is a tolerance that someone may set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from gradcheck.judge.subgradients import MAX_COMBINATIONS, Kinks
from gradcheck.judge.truth import Budget
from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.layers import approximate_cost, approximate_layers, moved_gradient
from gradcheck.rounding.program import approximate_values, gradient_of, gradient_statements
from gradcheck.rounding.values import SAFETY, Approximate, Roundoff, bounded, exact, is_at_kink, total
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.spec import NetworkSpec
from symbolic.programs.build import program
from symbolic.programs.interpret import collect, point_inputs, run
from symbolic.programs.layers import is_wide
from symbolic.programs.statements import FORWARD_RULES, Program, entry


def rounding_budget(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, *, dtype: Any = np.float64, dx: bool = False
) -> Budget:
    """The budget of a correct implementation in this dtype, at this point, SAFETY included; keys and shapes as params.

    With ``dx`` also that of the gradient for the inputs, under "x". Of many networks at once (axes before the usual ones)
    the kinks are not told.
    """
    format = Roundoff.of(dtype)
    gradient, kinks_of = (_by_layers if is_wide(spec) else _by_statements)(spec, params, x, y, format, dx)
    kinks = kinks_of() if x.ndim == 2 else None
    rounding = {key: SAFETY * value.error for key, value in gradient.items()}
    lowest = {key: value.value + value.low for key, value in gradient.items()}
    highest = {key: value.value + value.high for key, value in gradient.items()}
    return Budget(rounding, lowest, highest, kinks)


Reading = tuple[dict[str, Approximate], Callable[[], Kinks | None]]
KinkPlace = tuple[int, int, int]  # of a kink: layer, unit, example


def _by_statements(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, format: Roundoff, dx: bool
) -> Reading:
    """The gradient with its errors, and the kinks, entry by entry."""
    known = program(spec, dx=dx)
    values = approximate_values(known, params, x, y, format)

    def kinks() -> Kinks | None:
        found = [
            (layer, unit, int(example))
            for layer in _kinked(spec)
            for unit in range(spec.sizes[layer])
            for example in np.flatnonzero(is_at_kink(values[entry(f"z{layer}", unit)]))
        ]
        return _kinks(found, partial(_on_sides, known, values, found, format=format))

    return gradient_of(spec, values, format), kinks


def _by_layers(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, format: Roundoff, dx: bool) -> Reading:
    """The same of a wide network, in matrices."""
    layers, gradient = approximate_layers(spec, params, x, y, format, dx=dx)
    at = {layer: is_at_kink(layers.z[layer]) for layer in _kinked(spec)}
    found = [(l, int(unit), int(i)) for l, here in at.items() for unit, i in np.argwhere(here.reshape(-1, here.shape[-1]).T)]

    def on_sides(sides: Array) -> dict[str, Array]:
        z: dict[int, Array] = {layer: value.value for layer, value in layers.z.items()}
        for layer in {layer for layer, _, _ in found}:
            z[layer] = np.broadcast_to(z[layer], (len(sides), *z[layer].shape)).copy()
        for (layer, unit, example), side in zip(found, sides.T, strict=True):
            z[layer][:, example, unit] = side
        return moved_gradient(spec, params, layers, z, len(sides), dx=dx)

    return gradient, partial(_kinks, found, on_sides)


def _kinked(spec: NetworkSpec) -> list[int]:
    """The layers whose activation has a kink."""
    return [layer for layer, name in enumerate(spec.activations, 1) if ACTIVATIONS[name].kinked]


def _kinks(found: list[KinkPlace], on_sides: Callable[[Array], dict[str, Array]]) -> Kinks | None:
    """The kinks that were found, and the gradient with each of them on either side of it."""
    if not found:
        return None
    places = tuple(Sentence("judge.unit", layer=layer, unit=unit, example=example) for layer, unit, example in found)
    groups = _groups([(layer, example) for layer, _, example in found])
    if any(2 ** len(group) > MAX_COMBINATIONS for group in groups):
        return Kinks(places)
    sides = [_sides_of(group, len(found)) for group in groups]
    each = on_sides(np.concatenate(sides))
    ends = np.cumsum([len(rows) for rows in sides])[:-1]
    parts = [dict(zip(each, pieces, strict=True)) for pieces in zip(*(np.split(a, ends) for a in each.values()), strict=True)]
    return Kinks(places, (parts[0], *({key: a - a[:1] for key, a in part.items()} for part in parts[1:])))


def _groups(found: list[tuple[int, int]]) -> list[list[int]]:
    """Kinks, told by layer and example, that matter to each other: those of one example in layers above each other."""
    by_example: dict[int, list[int]] = {}
    for place, (_, example) in enumerate(found):
        by_example.setdefault(example, []).append(place)
    deep = {example: len({found[place][0] for place in group}) > 1 for example, group in by_example.items()}
    return [group for e, whole in by_example.items() for group in ([whole] if deep[e] else [[place] for place in whole])]


def _sides_of(group: list[int], kinks: int) -> Array:
    """Every combination of sides of a group's kinks, a row of signs each; all others lie on the left."""
    rows = np.full((2 ** len(group), kinks), -1.0)
    rows[:, group] = list(product((-1.0, 1.0), repeat=len(group)))
    return rows


def _on_sides(
    program: Program, values: Mapping[str, Approximate], found: list[KinkPlace], sides: Array, *, format: Roundoff
) -> dict[str, Array]:
    """The gradient for each row of signs: the backward statements alone, run with those weighted inputs moved aside."""
    moved = dict(values)
    for (layer, unit, example), side in zip(found, sides.T, strict=True):
        name = entry(f"z{layer}", unit)
        z = np.broadcast_to(moved[name].value, (len(sides), moved[name].value.shape[-1])).copy()
        z[:, example] = side
        moved[name] = exact(z, format)
    backward = [s for s in gradient_statements(program) if s.rule not in FORWARD_RULES]
    with np.errstate(all="ignore"):
        env = run(backward, moved, error_numbers(format))
    each = {name: np.broadcast_to(a.value, (len(sides), a.value.shape[-1])) for name, a in env.items() if name[0] == "d"}
    return collect(program.spec, each)


def cost_budget(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> float:
    """The same for the value of the cost, as its textbook form computes it in float64, SAFETY included."""
    format = Roundoff.of(np.float64)
    if is_wide(spec):
        _, data, penalty = approximate_cost(spec, params, x, y, format)
        return SAFETY * float(bounded(total([data] if penalty is None else [data, penalty]).error)[0])
    with np.errstate(all="ignore"):
        inputs = point_inputs(spec, params, x, y, lambda number: number)
        cost = run(
            program(spec).forward, {name: exact(value, format) for name, value in inputs.items()}, error_numbers(format)
        )["C"]
    return SAFETY * float(bounded(cost.error)[0])
