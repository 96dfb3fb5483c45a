"""``forward_propagation`` and ``backward_propagation``, or the deep form: ``L_model_forward`` and ``L_model_backward``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .arguments import Known, call
from .common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, function
from .containers import by_key
from .reading import as_floats, in_layout, read_array, read_number

# The course's own first; then the same functions with labels, or with examples as rows.
LAYOUTS = tuple(
    Layout(W, batch, b, y, "dict")
    for W, batch, b in (("out-in", "columns", "column"), ("in-out", "rows", "row"), ("out-in", "rows", "row"))
    for y in ("one-hot", "labels")
)
FORWARD = ("forward_propagation_n", "forward_propagation", "L_model_forward", "forward_prop", "model_forward", "forward")
CONTRACTS = (
    Contract(
        "deeplearning-ai",
        "forward_propagation(X, parameters) and backward_propagation(parameters, cache, X, Y)",
        "3-4:tanh-1/bce",
        30,
        LAYOUTS,
        ("backward_propagation", "forward_propagation"),
    ),
)
BACKWARD = (
    "backward_propagation_with_regularization",
    "backward_propagation_n",
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
        for known, usual in ((FORWARD, "forward_propagation"), (BACKWARD, "backward_propagation")):
            if not any(callable(names.get(name)) for name in known):
                function(names, usual)

    @property
    def offers(self) -> tuple[str, ...]:
        """Forward always; the cost where a function computes it."""
        return ("forward", "loss") if any(callable(self.names.get(n)) for n in COST) else ("forward",)

    def _pick(self, known: tuple[str, ...], l2: float) -> Any:
        regularised = [n for n in known if n.endswith("regularization")]
        plain = [n for n in known if n not in regularised]
        order = [*regularised, *plain] if l2 else [*plain, *regularised]
        return next(self.names[n] for n in order if callable(self.names.get(n)))

    def _known(self, net: Net, point: Point, handed: Handed) -> Known:
        """What the functions may ask for; the forward pass runs when its cache or output is asked for."""
        layout = self.layout
        parameters = {key: handed.keep(key, array) for key, array in layout.parameters(point.params).items()}
        X, Y = handed.keep("X", layout.examples(point.x)), handed.keep("Y", layout.targets(point))
        lambd = net.l2 * len(point.x)  # this course's cost has lambda / (2 m)
        values = {"x": X, "y": Y, "params": parameters, "l2": lambd, "m": len(point.x), **parameters}
        shape = (len(point.x), net.sizes[-1])
        return Known(values, self._pick(FORWARD, net.l2), shape if layout.batch == "rows" else shape[::-1])

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The gradient from a fresh forward pass."""
        known = self._known(net, point, handed)
        backward = self._pick(BACKWARD, net.l2)
        deep = getattr(backward, "__name__", "").startswith("L_")
        order = ("output", "y", "cache") if deep else ("params", "cache", "x", "y")
        parts, gives = by_key(call(backward, known, order), net, self.layout)
        grads = in_layout(parts, net, self.layout)
        self.layout = replace(self.layout, gives=self.layout.gives or gives)
        return grads

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """The output, turned into rows."""
        A = as_floats("A", self._known(net, point, handed)["output"])
        if A.ndim == 0:
            raise Problem("not-offered", "forward-gives-cost")
        shape = (len(point.x), net.sizes[-1])
        return read_array("A", A, shape) if self.layout.batch == "rows" else read_array("A", A, shape[::-1]).T

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """The course's cost of the output."""
        known = self._known(net, point, handed)
        return read_number("cost", call(self._pick(COST, net.l2), known, ("output", "y", "params", "l2")))
