"""Coursera's unrolled cost function: ``nnCostFunction(nn_params, n_in, n_hidden, n_labels, X, y, lambda_) -> (J, grad)``."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .arguments import Known, call
from .common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, function
from .containers import describe
from .reading import as_floats, read_array, read_number

# Labels 0 .. K-1 unrolled row by row first; then what ports do with labels, and those that kept Octave's order of columns.
LAYOUTS = tuple(
    Layout(y=y, params=params)
    for params in ("unrolled", "unrolled F")
    for y in ("labels", "labels from 1", "column", "column from 1", "one-hot")
)
CONTRACTS = (
    Contract(
        "coursera",
        "nnCostFunction(nn_params, n_in, n_hidden, n_labels, X, y, lambda_)",
        "4-5-3/bce",
        50,
        LAYOUTS,
        ("nnCostFunction",),
        labels_from_one=True,
    ),
)
NAMES = ("nnCostFunction", "nn_cost_function", "nnCostFunc", "cost_function_nn", "nnCost", "nn_cost")
BOTH = ("backprop", "backpropagation", "cost_function", "costFunction", "cost_func", "cost")  # where they take seven arguments
GRADIENTS = ("nnGradFunction", "nnGradient", "nnGrad", "nn_gradient", "nn_grad_function", "gradient", *BOTH)
ORDER = ("params", "n_in", "n_hidden", "n_out", "x", "y", "l2")


def _cost(names: Names) -> Any:
    """The course's function: by its name, or by another name with its seven arguments."""
    known = (names[name] for name in NAMES if callable(names.get(name)))
    return next(known, next((names[name] for name in BOTH if _takes_seven(names.get(name))), None))


def _takes_seven(value: Any) -> bool:
    try:
        return callable(value) and len(inspect.signature(value).parameters) == len(ORDER)
    except (TypeError, ValueError):
        return False


def offered(names: Names) -> bool:
    """Whether a file defines the course's function."""
    return _cost(names) is not None


class Adapter:
    """Unrolls Theta (bias column first) and rolls the gradient up again."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.layout = layout
        self.call = _cost(names) or function(names, NAMES[0])
        self.gradients = [names[name] for name in GRADIENTS if _takes_seven(names.get(name)) and names[name] is not self.call]
        self.offers = ("loss",)

    def fits(self, net: Net, point: Point) -> bool:
        """Whether J stays when hidden units change places, and when classes do: else another order or count is meant."""
        try:
            J, *others = (float(self.loss(net, one, Handed())) for one in (point, *_renamed(net, point)))
        except Exception:
            return False
        return all(abs(other - J) <= 1e-9 * abs(J) for other in others)

    def _returned(self, function: Any, net: Net, point: Point, handed: Handed) -> Any:
        if len(net.layers) != 2:
            raise Problem("wrong-shape", "one-hidden-layer", count=len(net.layers) - 1)
        if not net.has_biases:
            raise Problem("wrong-shape", "has-bias-column")
        thetas = [np.column_stack([point.params[f"b{l}"], point.params[f"W{l}"]]) for l in net.layers]
        unrolled = handed.keep("nn_params", np.concatenate([theta.ravel(order=self._order) for theta in thetas]))
        X, y = handed.keep("X", point.x.copy()), handed.keep("y", self.layout.targets(point))
        values = dict(zip(ORDER, (unrolled, *net.sizes, X, y, net.l2 * len(point.x)), strict=True))
        return _by_order(function, values)

    @property
    def _order(self) -> Any:
        return "F" if self.layout.params.endswith("F") else "C"

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The unrolled gradient by key; from a function of its own where the cost's gives J alone."""
        returned = self._returned(self.call, net, point, handed)
        if not _is_pair(returned) and self.gradients:
            returned = (None, self._returned(self.gradients[0], net, point, handed))
        if not _is_pair(returned):
            raise Problem("wrong-type", "returns", name="nnCostFunction", what="(J, grad)", got=describe(returned))
        found = returned[1] if len(returned) == 2 else returned[1:]
        return self._rolled_up(found, net)

    def _rolled_up(self, found: Any, net: Net) -> dict[str, Array]:
        shapes = [(net.sizes[l], net.sizes[l - 1] + 1) for l in net.layers]
        if isinstance(found, list | tuple) and len(found) == len(shapes):
            thetas = [read_array(f"Theta{l}_grad", one, shape) for l, one, shape in zip(net.layers, found, shapes, strict=True)]
        else:
            flat = read_array("grad", found, (net.n_params,))
            ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
            thetas = [part.reshape(shape, order=self._order) for part, shape in zip(np.split(flat, ends), shapes, strict=True)]
        return {f"{c}{l}": t[:, 1:] if c == "W" else t[:, 0] for l, t in zip(net.layers, thetas, strict=True) for c in "Wb"}

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """J."""
        returned = self._returned(self.call, net, point, handed)
        return read_number("J", returned[0] if _is_pair(returned) else as_floats("J", returned))


def _is_pair(returned: Any) -> bool:
    return isinstance(returned, tuple | list) and len(returned) in (2, 3)


def _by_order(function: Any, values: dict[str, Any]) -> Any:
    """By names where all are known; else in the course's order, without lambda where there is no room for it."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return function(*values.values())
    known = Known({**values, "lr": values["l2"]})  # one well-known port calls lambda its learning rate
    return call(function, known, (*ORDER[:-1], "lr") if any("rate" in p.name for p in parameters) else ORDER)


def _renamed(net: Net, point: Point) -> Sequence[Point]:
    """The point with its hidden units in another order, and with its classes in another order."""
    P = point.params
    hidden = {**P, "W1": P["W1"][::-1].copy(), "b1": P["b1"][::-1].copy(), "W2": P["W2"][:, ::-1].copy()}
    swapped = [1, 0, *range(2, net.sizes[-1])]
    classes = {**P, "W2": P["W2"][swapped], "b2": P["b2"][swapped]}
    return replace(point, params=hidden), Point(classes, point.x, point.y[:, swapped])
