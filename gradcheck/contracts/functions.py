"""``backward(params, x, y) -> [(dW, db), ...]``, optional ``forward(params, x)`` and ``loss(params, x, y)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .common import Array, Handed, Layout, Names, Net, Point, Problem, averaged, function, single
from .reading import accepts, read_array, read_gradient, read_number

NAME = "functions"
GRADIENT_NAMES = ("backward", "backprop", "backpropagation", "gradient", "gradients")
FORWARD_NAMES = ("forward",)
LOSS_NAMES = ("loss",)


def _layouts() -> tuple[Layout, ...]:
    """The normative one first; then what is met in the wild."""
    found = [
        Layout(W, batch, b, y, params)
        for params in ("pairs", "dict", "lists")
        for W in ("out-in", "in-out")
        for y in ("one-hot", "labels", "vector")
        for batch, biases in (("rows", ("flat", "row")), ("columns", ("column",)), ("single", ("flat", "column")))
        for b in biases
    ]
    return tuple(found)


LAYOUTS = _layouts()


def find(names: Names) -> dict[str, Any]:
    """The functions of the contract that a file defines, by what they do."""
    rows = {"gradient": GRADIENT_NAMES, "forward": FORWARD_NAMES, "loss": LOSS_NAMES}
    found = {role: next((names[n] for n in known if callable(names.get(n))), None) for role, known in rows.items()}
    if found["forward"] is not None and not accepts(found["forward"], 2):
        found["forward"] = None  # a helper of that name, not the contract's
    if found["loss"] is not None and not (accepts(found["loss"], 3) or accepts(found["loss"], 4)):
        found["loss"] = None
    return found


def offered(names: Names) -> bool:
    """Whether a file defines the contract's main function."""
    return callable(names.get("backward")) or any(_is_plain(names.get(name)) for name in GRADIENT_NAMES)


def _is_plain(value: Any) -> bool:
    return callable(value) and not isinstance(value, type)


class Adapter:
    """Calls the functions of one file in one layout."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.layout, self.found = layout, find(names)
        if self.found["gradient"] is None:
            function(names, "backward")

    @property
    def offers(self) -> tuple[str, ...]:
        """What the file defines beside the gradient."""
        return tuple(role for role in ("forward", "loss") if self.found[role] is not None)

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The gradient in the network's layout."""
        if self.layout.batch == "single":
            one = [self._gradient(net, single(point, i), handed) for i in range(len(point.x))]
            return averaged(net, one)
        return self._gradient(net, point, handed)

    def _gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        params, x, y = self._handed(net, point, handed)
        return read_gradient(_call(self.found["gradient"], net, params, x, y), net, self.layout)

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """The output a_L of shape (m, n_L)."""
        if self.layout.batch == "single":
            rows = [self._forward(net, single(point, i), handed).reshape(-1) for i in range(len(point.x))]
            return np.stack(rows)
        shape = (len(point.x), net.sizes[-1])
        output = self._forward(net, point, handed)
        return read_array("a", output, shape) if self.layout.batch == "rows" else read_array("a", output, shape[::-1]).T

    def _forward(self, net: Net, point: Point, handed: Handed) -> Array:
        params, x, _ = self._handed(net, point, handed)
        output = self.found["forward"](params, x)
        while isinstance(output, tuple | list) and not _is_numbers(output):
            output = output[0] if _ends_elsewhere(output) else output[-1]  # (a, cache), or the activations of all layers
        return read_array("a", output, np.shape(output))

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """The cost, a single number; a mean of the examples' where it takes one at a time."""
        if self.layout.batch == "single":
            values = [self._loss(net, single(point, i), handed) for i in range(len(point.x))]
            return np.asarray(sum(values) / len(values))
        return self._loss(net, point, handed)

    def _loss(self, net: Net, point: Point, handed: Handed) -> Array:
        params, x, y = self._handed(net, point, handed)
        value = _call(self.found["loss"], net, params, x, y)
        return read_number("loss", value[0] if isinstance(value, tuple) and value else value)

    def _handed(self, net: Net, point: Point, handed: Handed) -> tuple[Any, Array, Array]:
        layout = self.layout
        arrays = {k: handed.keep(k, layout.weight(v) if k[0] == "W" else layout.bias(v)) for k, v in point.params.items()}
        if layout.batch == "single":
            column = layout.b == "column"
            x, y = (np.array(v[0][:, np.newaxis] if column else v[0]) for v in (point.x, point.y))
            if layout.y == "labels":
                y = point.labels[0]
        else:
            x, y = layout.examples(point.x), layout.targets(point)
        return (
            _container(net, arrays, layout),
            handed.keep("x", x),
            handed.keep("y", np.asarray(y)) if layout.batch != "single" or layout.y != "labels" else y,
        )


def _container(net: Net, arrays: dict[str, Array], layout: Layout) -> Any:
    if layout.params == "dict":
        return arrays
    if layout.params == "lists":
        return [arrays[f"W{l}"] for l in net.layers], [arrays[f"b{l}"] for l in net.layers]
    return [(arrays[f"W{l}"], arrays[f"b{l}"]) for l in net.layers]


def _call(call: Callable[..., Any], net: Net, params: Any, x: Array, y: Array) -> Any:
    """With lambda as a fourth argument where the function takes one."""
    if call is None:
        raise Problem("not-offered", "the file does not define it")
    return call(params, x, y, net.l2) if accepts(call, 4) else call(params, x, y)


def _is_numbers(value: Any) -> bool:
    return all(isinstance(item, float | int) for item in value)


def _ends_elsewhere(value: Any) -> bool:
    """Whether the first part is the output: an array followed by a cache; a list of arrays ends with the output."""
    return isinstance(value, tuple) and not all(isinstance(item, np.ndarray) for item in value)
