"""``forward_propagation`` and ``backward_propagation``, or the deep form: ``L_model_forward`` and ``L_model_backward``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Handed, Layout, Names, Net, Point, Problem, function
from .reading import by_name, describe, read_array, read_gradient, read_number

NAME = "deeplearning-ai"
LAYOUTS = (Layout(batch="columns", b="column", params="dict"),)
FORWARD = ("forward_propagation", "L_model_forward", "forward_prop", "model_forward")
BACKWARD = (
    "backward_propagation_with_regularization",
    "backward_propagation",
    "L_model_backward",
    "backward_prop",
    "model_backward",
)
COST = ("compute_cost_with_regularization", "compute_cost", "cost_function")


def offered(names: Names) -> bool:
    """Whether a file defines a pair of the course's functions."""
    return any(callable(names.get(n)) for n in FORWARD) and any(callable(names.get(n)) for n in BACKWARD)


class Adapter:
    """Calls forward, then backward with its cache; examples are columns."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.names, self.layout = names, layout
        for known in (FORWARD, BACKWARD):
            if not any(callable(names.get(name)) for name in known):
                function(names, known[-3])

    @property
    def offers(self) -> tuple[str, ...]:
        """Forward always; the cost where a function computes it."""
        return ("forward", "loss") if any(callable(self.names.get(n)) for n in COST) else ("forward",)

    def _pick(self, known: tuple[str, ...], l2: float) -> Any:
        regularised = [n for n in known if n.endswith("regularization")]
        plain = [n for n in known if n not in regularised]
        order = [*regularised, *plain] if l2 else [*plain, *regularised]
        return next(self.names[n] for n in order if callable(self.names.get(n)))

    def _inputs(self, net: Net, point: Point, handed: Handed) -> dict[str, Any]:
        arrays = {k: v.copy() if k[0] == "W" else v[:, np.newaxis].copy() for k, v in point.params.items()}
        parameters = {key: handed.keep(key, array) for key, array in arrays.items()}
        X, Y = handed.keep("X", point.x.T.copy()), handed.keep("Y", point.y.T.copy())
        lambd = net.l2 * len(point.x)  # this course's cost has lambda / (2 m)
        return {"X": X, "Y": Y, "parameters": parameters, "params": parameters, "lambd": lambd, "lambda_": lambd}

    def _forward(self, net: Net, inputs: dict[str, Any]) -> dict[str, Any]:
        returned = by_name(self._pick(FORWARD, net.l2), inputs, [inputs["X"], inputs["parameters"]])
        if not (isinstance(returned, tuple | list) and len(returned) >= 2):
            raise Problem("wrong-type", f"forward propagation should return (A, cache), got {describe(returned)}")
        A, cache = returned[0], returned[-1]
        names = {"cache": cache, "caches": cache, **dict.fromkeys(("AL", "A", "A2", "A3", "A4", "a3", "Y_hat"), A)}
        return {**inputs, **names}

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The gradient from a fresh forward pass."""
        known = self._forward(net, self._inputs(net, point, handed))
        backward = self._pick(BACKWARD, net.l2)
        deep = getattr(backward, "__name__", "").startswith("L_")
        order = ["AL", "Y", "caches"] if deep else ["parameters", "cache", "X", "Y"]
        return read_gradient(by_name(backward, known, [known[name] for name in order]), net, self.layout)

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """The output, turned into rows."""
        A = self._forward(net, self._inputs(net, point, handed))["A"]
        return read_array("A", A, (net.sizes[-1], len(point.x))).T

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """The course's cost of the output."""
        known = self._forward(net, self._inputs(net, point, handed))
        return read_number("cost", by_name(self._pick(COST, net.l2), known, [known["A"], known["Y"]]))
