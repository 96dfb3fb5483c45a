"""``backward(params, x, y) -> [(dW, db), ...]``, optional ``forward(params, x)`` and ``loss(params, x, y)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .arguments import Known, accepts, call, named
from .common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, averaged, function, single
from .containers import by_key
from .reading import in_layout, read_array, read_number

GRADIENT_NAMES = (
    *("backward", "backprop", "backpropagation", "backpropagate", "backward_pass", "compute_gradients", "compute_gradient"),
    *("gradient", "gradients", "loss_and_gradients", "propagate"),
)
FORWARD_NAMES = ("forward", "forward_pass", "forward_prop", "forward_propagation", "feedforward")
COST_NAMES = (
    *("loss", "cost", "compute_loss", "compute_cost", "loss_function", "cost_function", "loss_fn", "cost_fn", "objective"),
    *("cross_entropy_loss", "cross_entropy", "mse_loss", "mse", "bce_loss", "bce", "quadratic_cost", "nll_loss", "nll"),
)
ORDER = ("params", "x", "y", "l2")


BATCHES = (("rows", "flat"), ("rows", "row"), ("columns", "column"), ("single", "flat"), ("single", "column"))


def _layouts() -> tuple[Layout, ...]:
    """The normative one first; then what is met in the wild, one example at a time last: a wrong layout may fit there."""
    found = [
        Layout(W, batch, b, y, params)
        for params in ("pairs", "dict", "lists", "flat", "dicts")
        for W in ("out-in", "in-out")
        for y in ("one-hot", "labels", "vector")
        for batch, b in BATCHES
    ]
    found += [
        Layout("vector", "rows", "number", y, params) for params in ("pairs", "dict", "flat") for y in ("vector", "one-hot")
    ]
    kinds = [layout.params for layout in found]
    return tuple(sorted(found, key=lambda layout: (kinds.index(layout.params), layout.batch == "single")))


LAYOUTS = _layouts()
CONTRACTS = (
    Contract("functions", "backward(params, x, y)", "3-4-2", 10, LAYOUTS, ("backward", "backprop")),
    Contract(
        "functions-in-out",
        "backward(params, x, y) as functions, with W (n_in, n_out)",
        "3-4-2",
        None,
        tuple(layout for layout in LAYOUTS if layout.W == "in-out"),
    ),
)


def find(names: Names) -> dict[str, Any]:
    """The functions of the contract that a file defines, by what they do."""
    passes = [f for f in _called(names, FORWARD_NAMES) if _fits(f, ("params", "x"), (2,))]
    found = {"pass": passes[0] if passes else None}
    gradients = _called(names, GRADIENT_NAMES)
    fitting = [f for f in gradients if takes_a_batch(f, found["pass"])]
    found["gradient"] = next(iter([*fitting, *gradients]), None)
    found["forward"] = names.get("forward") if _fits(names.get("forward"), ("params", "x"), (2,)) else None
    found["loss"] = names.get("loss") if _fits(names.get("loss"), ORDER, (3, 4)) else None
    return found


def _called(names: Names, known: Sequence[str]) -> list[Any]:
    """The functions of these names, the first name first; capitals and underscores within them do not matter."""
    plain = {_plain(name): value for name, value in list(names.items())[::-1] if _is_plain(value)}
    return [found for name in known if (found := names.get(name) if _is_plain(names.get(name)) else plain.get(_plain(name)))]


def _plain(name: str) -> str:
    return name if name.startswith("_") else name.replace("_", "").lower()


def _fits(value: Any, keys: tuple[str, ...], counts: tuple[int, ...]) -> bool:
    """Whether a function is the contract's, or a helper that only has its name."""
    return callable(value) and (any(accepts(value, count) for count in counts) or named(value, _asked(keys, None)) is not None)


def _asked(keys: tuple[str, ...], forward: Any) -> Known:
    """Every key that a function may be called with; no values yet."""
    return Known(
        dict.fromkeys((*keys, "weights", "biases", "W", "b", *(f"{c}{l}" for l in range(1, 20) for c in "Wb"))), forward
    )


def takes_a_batch(value: Any, forward: Any = None) -> bool:
    """Whether a function can be called with parameters, inputs and targets, or with what a forward pass gives."""
    if differences_a_function(value):
        return False
    return accepts(value, 3) or accepts(value, 4) or named(value, _asked(ORDER, forward)) is not None


def differences_a_function(value: Any) -> bool:
    """``gradient(f, x, h)``: a helper that checks gradients, and gives none of the network's."""
    try:
        first = next(iter(inspect.signature(value).parameters), "")
    except (TypeError, ValueError):
        return False
    return first in ("f", "fn", "func", "function", "fun", "loss_fn", "cost_fn")


def offered(names: Names) -> bool:
    """Whether a file defines the contract's main function."""
    forward = find(names)["pass"]
    return any(takes_a_batch(one, forward) for one in _called(names, GRADIENT_NAMES))


def _is_plain(value: Any) -> bool:
    return callable(value) and not isinstance(value, type)


class Adapter:
    """Calls the functions of one file in one layout."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.layout, self.found = layout, find(names)
        if self.found["gradient"] is None:
            function(names, "backward")
        self.costs = {one.__name__: one for one in _called(names, COST_NAMES) if hasattr(one, "__name__")}
        if self.found["loss"] is None and layout.cost:
            self.found["loss"] = self.costs.get(layout.cost)
        if _takes_parameters_apart(self.found["gradient"], self.found["pass"]):
            self.layout = replace(layout, params="named")

    @property
    def offers(self) -> tuple[str, ...]:
        """What the file defines beside the gradient."""
        return tuple(role for role in ("forward", "loss") if self.found[role] is not None)

    def fits(self, net: Net, point: Point) -> bool:
        """True; and a cost by another name than ``loss`` is found by this: its slope is the gradient."""
        if self.found["loss"] is None:
            for name, cost in self.costs.items():
                self.found["loss"] = cost
                if self._goes_with_gradient(net, point):
                    self.layout = replace(self.layout, cost=name)
                    return True
            self.found["loss"] = None
        return True

    def _goes_with_gradient(self, net: Net, point: Point) -> bool:
        h = 2.0**-16
        try:
            grads = self.gradient(net, point, Handed())
            v = {key: np.cos(np.arange(1.0, value.size + 1)).reshape(value.shape) for key, value in point.params.items()}
            moved = [Point({k: p + s * h * v[k] for k, p in point.params.items()}, point.x, point.y) for s in (1, -1)]
            plus, minus = (float(self.loss(net, one, Handed())) for one in moved)
        except Exception:
            return False
        slope = sum(float((grads[key] * v[key]).sum()) for key in v)
        return bool(abs((plus - minus) / (2 * h) - slope) <= 1e-5 * sum(float(np.abs(grads[key] * v[key]).sum()) for key in v))

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The gradient in the network's layout."""
        if self.layout.batch == "single":
            one = [self._gradient(net, single(point, i), handed) for i in range(len(point.x))]
            return averaged(net, one)
        return self._gradient(net, point, handed)

    def _gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        returned = call(self.found["gradient"], self._given(net, point, handed), ORDER)
        parts, gives = by_key(returned, net, self.layout)
        grads = in_layout(parts, net, self.layout)
        self.layout = replace(self.layout, gives=self.layout.gives or gives)
        return grads

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """The output a_L of shape (m, n_L)."""
        if self.layout.batch == "single":
            rows = [self._forward(net, single(point, i), handed).reshape(-1) for i in range(len(point.x))]
            return np.stack(rows)
        shape = (len(point.x), net.sizes[-1])
        output = self._forward(net, point, handed)
        return read_array("a", output, shape) if self.layout.batch == "rows" else read_array("a", output, shape[::-1]).T

    def _forward(self, net: Net, point: Point, handed: Handed) -> Array:
        known = self._given(net, point, handed)
        output = call(self.found["forward"], known, ("params", "x"))
        while isinstance(output, tuple | list) and not _is_numbers(output):
            shaped = [part for part in output if getattr(part, "shape", None) == known.output]
            if shaped:
                output = shaped[-1]  # the last of the output's shape: a after z
            else:
                output = output[0] if _ends_elsewhere(output) else output[-1]  # (a, cache), or the activations of all layers
        return read_array("a", output, np.shape(output))

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """The cost, a single number; a mean of the examples' where it takes one at a time."""
        if self.layout.batch == "single":
            values = [self._loss(net, single(point, i), handed) for i in range(len(point.x))]
            return np.asarray(sum(values) / len(values))
        return self._loss(net, point, handed)

    def _loss(self, net: Net, point: Point, handed: Handed) -> Array:
        if self.found["loss"] is None:
            raise Problem("not-offered", "not-defined")
        value = call(self.found["loss"], self._given(net, point, handed), ORDER)
        return read_number("loss", value[0] if isinstance(value, tuple) and value else value)

    def _given(self, net: Net, point: Point, handed: Handed) -> Known:
        """What the file's functions may ask for, in its layout."""
        layout = self.layout
        arrays = {k: handed.keep(k, v) for k, v in layout.parameters(point.params).items()}
        x, y = self._one(point) if layout.batch == "single" else (layout.examples(point.x), layout.targets(point))
        values = {"params": _CONTAINERS[layout.params](net, arrays), "l2": net.l2, "sizes": list(net.sizes), **arrays}
        values |= {"x": handed.keep("x", x), "y": handed.keep("y", y) if isinstance(y, np.ndarray) else y, "m": len(point.x)}
        for letter, name in zip(net.letters, ("weights", "biases"), strict=False):
            values[name] = [arrays[f"{letter}{l}"] for l in net.layers]
            values[letter] = values[name] if len(net.layers) > 1 else values[name][0]
        forward = self.found["pass"]
        shape = (len(point.x), net.sizes[-1])
        output = shape if layout.batch == "rows" else shape[::-1]
        return Known(values, forward if forward is not self.found["gradient"] else None, output)

    def _one(self, point: Point) -> tuple[Array, Any]:
        """A single example: vectors, or columns where the biases are."""
        x, y = (np.array(v[0][:, np.newaxis] if self.layout.b == "column" else v[0]) for v in (point.x, point.y))
        return x, point.labels[0] if self.layout.y == "labels" else y


_CONTAINERS: dict[str, Callable[[Net, dict[str, Array]], Any]] = {
    "dict": lambda net, arrays: arrays,
    "named": lambda net, arrays: arrays,
    "lists": lambda net, arrays: tuple([arrays[f"{letter}{l}"] for l in net.layers] for letter in net.letters),
    "flat": lambda net, arrays: [arrays[f"{letter}{l}"] for l in net.layers for letter in net.letters],
    "dicts": lambda net, arrays: [{letter: arrays[f"{letter}{l}"] for letter in net.letters} for l in net.layers],
    "pairs": lambda net, arrays: [
        (arrays[f"W{l}"], arrays[f"b{l}"]) if net.has_biases else arrays[f"W{l}"] for l in net.layers
    ],
}


def _takes_parameters_apart(gradient: Any, forward: Any) -> bool:
    keys = named(gradient, _asked(ORDER, forward)) or {}
    return bool({"weights", "W", "W1"} & set(keys.values()))


def _is_numbers(value: Any) -> bool:
    return all(isinstance(item, float | int) for item in value)


def _ends_elsewhere(value: Any) -> bool:
    """Whether the first part is the output: an array followed by a cache; a list of arrays ends with the output."""
    return isinstance(value, tuple) and not all(isinstance(item, np.ndarray) for item in value)
