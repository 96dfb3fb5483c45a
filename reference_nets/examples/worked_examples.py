"""A published worked example as data, and each of its figures recomputed: by any gradient, over any numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.network import FLOATS, Grads, Rules, backward, cost, weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of

Number = Callable[[str], Any]  # reads a decimal: float, Fraction, a ball
Backward = Callable[..., Grads]  # backward(spec, params, x, y) -> {"W1": ..., "b1": ...}; with_dx=True where asked for


@dataclass(frozen=True)
class PublishedFigure:
    """One printed number: ``quantity`` as code, ``published`` with every digit it was printed with.

    A quantity is ``cost``, ``data cost`` (without the L2 term), ``cost[k]`` (of output k alone), ``mean error`` (the mean
    of |a - y| over examples and outputs), or one entry of
    ``z1``, ``a1`` (the example first), ``dW1``, ``db1``, ``dx`` (gradients; delta of a single example is db), ``W1``,
    ``b1``, and so on for each layer; it is read after ``after`` steps of gradient descent. ``note`` is its name there.
    """

    quantity: str
    published: str
    after: int = 0
    note: str = ""

    @property
    def half_unit(self) -> float:
        """Half a unit of the last printed digit: how far a right figure may be from the exact value."""
        mantissa, _, exponent = self.published.lower().partition("e")
        return 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


@dataclass(frozen=True)
class Example:
    """A network at a point, and what its author printed about it. Numbers are text, so that they can be read exactly.

    Matrices are rows separated by semicolons. ``updates`` are the parameters that a step changes, in the source.
    """

    name: str
    title: str
    source: str
    notation: str
    params: dict[str, str] = field(hash=False)  # a dict has none; equal examples are still equal in it
    x: str
    y: str
    figures: tuple[PublishedFigure, ...]
    learning_rate: str = "0"
    updates: tuple[str, ...] = ()
    remark: str = ""

    @property
    def spec(self) -> NetworkSpec:
        """The network in the toolkit's notation."""
        return NetworkSpec.parse(self.notation)

    def point(self, number: Number = float) -> Point:
        """Parameters, inputs and targets, every decimal read by ``number``; floats give float64, all else objects."""
        params = {
            key: read_matrix(self.params[key], number).reshape(shape) for key, shape in self.spec.shapes.items()
        }
        return Point(params, read_matrix(self.x, number), read_matrix(self.y, number))


def read_matrix(text: str, number: Number = float) -> Array:
    """The matrix in ``"1 2; 3 4"``, (rows, columns).

    >>> read_matrix("0.15 0.20; 0.25 0.30")
    array([[0.15, 0.2 ],
           [0.25, 0.3 ]])
    """
    rows = [row.split() for row in text.split(";")]
    matrix = np.empty((len(rows), len(rows[0])), dtype=np.float64 if number is float else object)
    for index in np.ndindex(matrix.shape):
        matrix[index] = number(rows[index[0]][index[1]])
    return matrix


def entries(quantity: str, published: str, *, after: int = 0, note: str = "") -> tuple[PublishedFigure, ...]:
    """A figure for each entry of a printed matrix, or row where the quantity is b or db; ``_`` was not printed."""
    vector = quantity_of(quantity).kind in ("b", "db")
    return tuple(
        PublishedFigure(f"{quantity}[{column}]" if vector else f"{quantity}[{row}, {column}]", text, after, note)
        for row, line in enumerate(published.split(";"))
        for column, text in enumerate(line.split())
        if text != "_"
    )


def recompute(
    example: Example,
    *,
    gradient: Backward | None = None,
    number: Number = float,
    rules: Rules = FLOATS,
    steps: int | None = None,
) -> dict[PublishedFigure, Any]:
    """Each figure's value at the example's point, by this ``gradient`` (default: ``backward`` with these rules).

    A planted mistake is another gradient; exact values are another ``number`` with the rules for it. Figures after more
    than ``steps`` steps are left out.
    """
    gradient = gradient or partial(backward, rules=rules)
    figures = [figure for figure in example.figures if steps is None or figure.after <= steps]
    spec, point, rate = example.spec, example.point(number), number(example.learning_rate)
    params, values = dict(point.params), {}
    for step in range(max((figure.after for figure in figures), default=-1) + 1):
        if step:
            grads = gradient(spec, params, point.x, point.y)
            params.update({key: params[key] - rate * grads[key] for key in example.updates})
        wanted = [figure for figure in figures if figure.after == step]
        if wanted:
            read = _Reader(spec, Point(params, point.x, point.y), gradient, rules)
            values.update({figure: read(figure.quantity) for figure in wanted})
    return {figure: values[figure] for figure in figures}


class _Reader:
    """Reads quantities at one point; gradients are taken once, when the first is asked for."""

    def __init__(self, spec: NetworkSpec, point: Point, gradient: Backward, rules: Rules) -> None:
        self.spec, self.point, self.gradient, self.rules = spec, point, gradient, rules
        self.z, self.a = weighted_inputs(spec, point.params, point.x, rules)
        self.grads: Grads = {}

    def __call__(self, quantity: str) -> Any:
        if quantity in ("cost", "data cost"):
            spec = self.spec if quantity == "cost" else replace(self.spec, l2=0.0)
            return cost(spec, self.point.params, self.point.x, self.point.y, rules=self.rules)
        if quantity == "mean error":
            return abs(self.a[self.spec.L] - self.point.y).mean()
        name, index = parse_quantity(quantity)
        if name == "cost":
            output = slice(index[0], index[0] + 1)
            return self.rules.costs[self.spec.cost].value(self.a[self.spec.L][:, output], self.point.y[:, output])
        value = self._array(name)[index]
        return float(value) if isinstance(value, np.floating) else value

    def _array(self, name: str) -> Array:
        kind, layer, _ = quantity_of(name)
        if kind in ("z", "a"):
            return {"z": self.z, "a": self.a}[kind][layer]
        if kind in ("W", "b"):
            return self.point.params[name]
        if (key := name.removeprefix("d")) not in self.grads:
            options = {"with_dx": True} if kind == "dx" else {}
            self.grads = self.gradient(self.spec, self.point.params, self.point.x, self.point.y, **options)
        return self.grads[key]


def parse_quantity(quantity: str) -> tuple[str, tuple[int, ...]]:
    """The name and the indices of an entry.

    >>> parse_quantity("dW2[0, 1]")
    ('dW2', (0, 1))
    """
    match = re.fullmatch(r"(cost|d?[Wb]\d+|[za]\d+|dx)\[(\d+(?:, \d+)*)\]", quantity)
    if not match:
        raise ValueError(f"{quantity!r} is no quantity, expected one such as cost, a2[0, 1], dW1[0, 0] or db2[1]")
    return match[1], tuple(int(i) for i in match[2].split(", "))
