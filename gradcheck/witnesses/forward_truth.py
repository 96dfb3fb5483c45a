"""The true output and cost of a network at a point, enclosed, with the rounding that a correct forward pass may show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.layers import approximate_cost
from gradcheck.rounding.values import SAFETY, Roundoff, exact, total
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import Ball, Enclosure, balls, enclosure, precision
from symbolic.exact.ball_reading import ball_inputs, ball_numbers
from symbolic.exact.layer_readings import ball_forward
from symbolic.programs.build import program
from symbolic.programs.interpret import Env, point_inputs, run
from symbolic.programs.layers import is_wide
from symbolic.programs.statements import entry

BITS = 384  # enough for ln(1 - a) of an output saturated beyond what a float can hold


@dataclass(frozen=True)
class Value:
    """Numbers enclosed, and how far rounding may lead a correct implementation from them."""

    enclosed: Enclosure
    budget: Array

    def error(self, claimed: Array) -> Array:
        """How far claimed numbers are off."""
        return self.enclosed.distance(claimed)

    def is_met(self, claimed: Array) -> bool:
        """Whether every one of them is within rounding."""
        return bool((self.error(claimed) <= self.budget + self.enclosed.rad).all())


@dataclass(frozen=True)
class ForwardTruth:
    """The output a_L and the weighted inputs z_L (m, n_L), the cost of the data alone, and the L2 term.

    ``other_l2_cost`` is the term with the biases where the network has it without them, and the other way round.
    """

    output: Value
    scores: Value
    data_cost: Value
    l2_cost: Value
    other_l2_cost: Value

    @property
    def cost(self) -> Value:
        """The whole cost."""
        return self.scaled(1.0, 1.0)

    def scaled(self, data: float, l2: float, *, other_l2: bool = False) -> Value:
        """``data * (cost of the data) + l2 * (L2 term)``: what a cost of another scale comes to."""
        d, r = self.data_cost, self.other_l2_cost if other_l2 else self.l2_cost
        mid = data * d.enclosed.mid + l2 * r.enclosed.mid
        low = data * d.enclosed.low + l2 * r.enclosed.low
        size = abs(data) * np.abs(d.enclosed.mid) + abs(l2) * np.abs(r.enclosed.mid)
        rad = abs(data) * d.enclosed.rad + abs(l2) * r.enclosed.rad + 2.0**-51 * size
        return Value(Enclosure(mid, low, rad), abs(data) * d.budget + abs(l2) * r.budget + SAFETY * 2.0**-52 * size)


def forward_truth(spec: NetworkSpec, point: Point) -> ForwardTruth:
    """Output and cost from the program's forward statements, over balls and over values with errors."""
    format = Roundoff.of(np.float64)
    enclosed, errors = (_in_matrices if is_wide(spec) else _by_statements)(spec, point, format)
    budgets = [SAFETY * np.where(np.isnan(e), np.inf, e) for e in errors]
    output, scores, whole, l2 = (Value(e, b) for e, b in zip(enclosed, budgets, strict=True))
    data = Value(Enclosure(whole.enclosed.mid, whole.enclosed.low, whole.enclosed.rad), whole.budget)
    other = replace(spec, l2_on_biases=not spec.l2_on_biases)
    return ForwardTruth(output, scores, _without(data, l2), l2, _penalty(other, point))


def _penalty(spec: NetworkSpec, point: Point) -> Value:
    """The L2 term of a network, and what rounding may do to a sum of so many squares."""
    with precision(BITS):
        squares = [(balls(point.params[key]) ** 2).sum() for key in spec.regularised]
        enclosed = enclosure(np.array([sum(squares, Ball(0)) * Ball(spec.l2) / 2], dtype=object))
    terms = sum(point.params[key].size for key in spec.regularised)
    return Value(enclosed, SAFETY * Roundoff.of(np.float64).gamma(terms + 3) * np.abs(enclosed.mid))


Read = tuple[list[Enclosure], list[Array]]


def _by_statements(spec: NetworkSpec, point: Point, format: Roundoff) -> Read:
    """What `_parts` lists, enclosed, and the errors of a correct implementation."""
    statements = program(spec).forward
    with precision(BITS):
        values = run(statements, ball_inputs(spec, point.params, point.x, point.y), ball_numbers())
        enclosed = [enclosure(part) for part in _parts(spec, values, zero=np.array([values["m"][0] * 0]))]
    inputs = point_inputs(spec, point.params, point.x, point.y, lambda number: number)
    with np.errstate(all="ignore"):
        approximate = run(statements, {n: exact(v, format) for n, v in inputs.items()}, error_numbers(format))
    return enclosed, _parts(spec, {name: value.error for name, value in approximate.items()}, zero=np.zeros(1))


def _in_matrices(spec: NetworkSpec, point: Point, format: Roundoff) -> Read:
    """The same of a wide network."""
    with precision(BITS):
        layers, data, l2 = ball_forward(spec, point.params, point.x, point.y)
        whole = data if l2 is None else data + l2
        parts = (layers.a[spec.L], layers.z[spec.L], whole, whole * 0 if l2 is None else l2)
        enclosed = [enclosure(np.asarray(part)) for part in parts]
    near, cost, term = approximate_cost(spec, point.params, point.x, point.y, format)
    both = cost if term is None else total([cost, term])
    return enclosed, [near.a[spec.L].error, near.z[spec.L].error, both.error, np.zeros(1) if term is None else term.error]


def _parts(spec: NetworkSpec, env: Env, zero: Array) -> list[Array]:
    """a_L and z_L in rows, C, and the L2 term."""
    rows = [[np.asarray(env[entry(f"{name}{spec.L}", k)]) for k in range(spec.sizes[-1])] for name in "az"]
    return [
        *(np.stack(columns, axis=-1) for columns in rows),
        np.asarray(env["C"]),
        np.asarray(env["R"]) if "R" in env else zero,
    ]


def _without(whole: Value, l2: Value) -> Value:
    mid = whole.enclosed.mid - l2.enclosed.mid
    rad = whole.enclosed.rad + l2.enclosed.rad + 2.0**-52 * (np.abs(whole.enclosed.mid) + np.abs(l2.enclosed.mid))
    return Value(Enclosure(mid, whole.enclosed.low - l2.enclosed.low, rad), whole.budget)
