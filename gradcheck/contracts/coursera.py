"""Coursera's unrolled cost function: ``nnCostFunction(nn_params, n_in, n_hidden, n_labels, X, y, lambda_) -> (J, grad)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Handed, Layout, Names, Net, Point, Problem, function
from .reading import describe, read_array, read_number

NAME = "coursera"
# Labels 0 .. K-1 first; 1 .. K is tried when they fail. A row is the flat layout of b; columns stand for labels from 1.
LAYOUTS = (Layout(y="labels"), Layout(y="labels", b="column"))
NAMES = ("nnCostFunction", "nn_cost_function", "nnCostFunc", "cost_function_nn")


def offered(names: Names) -> bool:
    """Whether a file defines the course's function."""
    return any(callable(names.get(name)) for name in NAMES)


class Adapter:
    """Unrolls Theta (bias column first, row by row) and rolls the gradient up again."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.layout = layout
        self.call = next((names[name] for name in NAMES if callable(names.get(name))), None) or function(names, NAMES[0])
        self.first_label = 0 if layout.b == "flat" else 1
        self.offers = ("loss",)

    def _both(self, net: Net, point: Point, handed: Handed) -> tuple[Any, Any]:
        if len(net.layers) != 2:
            raise Problem("wrong-shape", f"nnCostFunction has one hidden layer, the network has {len(net.layers) - 1}")
        thetas = [np.column_stack([point.params[f"b{l}"], point.params[f"W{l}"]]) for l in net.layers]
        unrolled = handed.keep("nn_params", np.concatenate([theta.ravel() for theta in thetas]))
        X, y = handed.keep("X", point.x.copy()), handed.keep("y", point.labels + self.first_label)
        returned = self.call(unrolled, *net.sizes, X, y, net.l2 * len(point.x))
        if not (isinstance(returned, tuple | list) and len(returned) == 2):
            raise Problem("wrong-type", f"nnCostFunction should return (J, grad), got {describe(returned)}")
        return returned[0], returned[1]

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The unrolled gradient by key."""
        flat = read_array("grad", self._both(net, point, handed)[1], (net.n_params,))
        grads, start = {}, 0
        for l in net.layers:
            rows, columns = net.sizes[l], net.sizes[l - 1] + 1
            theta = flat[start : start + rows * columns].reshape(rows, columns)
            grads[f"W{l}"], grads[f"b{l}"] = theta[:, 1:], theta[:, 0]
            start += rows * columns
        return grads

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """J."""
        return read_number("J", self._both(net, point, handed)[0])
