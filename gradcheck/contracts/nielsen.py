"""Nielsen's class: ``Network(sizes)`` with ``weights``, ``biases`` and ``backprop(x, y) -> (nabla_b, nabla_w)``."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import numpy as np

from .again import Again, asked_again
from .common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, averaged, find_class, letter_and_layer, single
from .containers import check_order, describe
from .reading import in_layout, read_array, read_gradient

CONTRACTS = (
    Contract(
        "nielsen",
        "class Network(sizes) with backprop(x, y)",
        "3-4-2",
        20,
        (Layout(batch="single", b="column"),),
        has_l2=False,
    ),
)


METHODS = ("backprop", "backpropagation", "back_propagation", "backpropagate", "back_prop", "backward_propagation")
FORWARD = ("feedforward", "feed_forward", "feedForward", "forward")
COSTS = {"quadratic": ("QuadraticCost", "Quadratic", "QuadraticLoss"), "bce": ("CrossEntropyCost", "CrossEntropy")}


def _class(names: Names) -> tuple[Any, str]:
    """The class and the name of its method; a class that is built from sizes alone goes before others."""
    found = [(cls, method) for method in METHODS if (cls := find_class(names, [method], "Network")) is not None]
    return found[0] if found else (None, "")


def offered(names: Names) -> bool:
    """Whether a file defines a class with ``backprop``, or what else that method is called."""
    return _class(names)[0] is not None


class Adapter:
    """Calls one class, one example after the other; L2 is no part of its ``backprop``."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.layout = layout
        self.network, self.method = _class(names)
        self.costs = {cost: next((names[n] for n in known if n in names), None) for cost, known in COSTS.items()}
        if self.network is None:
            raise Problem("missing-function", "no-network-class")

    @property
    def offers(self) -> tuple[str, ...]:
        """What the class defines beside the gradient."""
        return ("forward",) if self._forward_name else ()

    @property
    def _forward_name(self) -> str:
        return next((name for name in FORWARD if hasattr(self.network, name)), "")

    def _network(self, net: Net, point: Point, handed: Handed) -> Any:
        takes_cost = "cost" in inspect.signature(self.network).parameters and self.costs.get(net.cost) is not None
        network = self.network(list(net.sizes), **({"cost": self.costs[net.cost]} if takes_cost else {}))
        _check_layers(network, net)
        network.weights = [handed.keep(f"W{l}", np.array(point.params[f"W{l}"])) for l in net.layers]
        if net.has_biases:
            network.biases = [handed.keep(f"b{l}", point.params[f"b{l}"][:, np.newaxis].copy()) for l in net.layers]
        return network

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The mean of the examples' gradients."""
        return averaged(net, [self._one(net, single(point, i), handed) for i in range(len(point.x))])

    def again(self, net: Net, point: Point) -> Again:
        """One object, asked about one example several times."""
        one = single(point, 0)
        return asked_again(lambda: self._network(net, one, Handed()), lambda network: self._asked(network, net, one, Handed()))

    def _one(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        return self._asked(self._network(net, point, handed), net, point, handed)

    def _asked(self, network: Any, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        x, y = handed.keep("x", point.x.T.copy()), handed.keep("y", point.y.T.copy())
        returned = getattr(network, self.method)(x, y)
        if not net.has_biases:
            return read_gradient(returned, net, self.layout)
        if not (isinstance(returned, tuple | list) and len(returned) == 2):
            raise Problem("wrong-type", "returns", name=self.method, what="(nabla_b, nabla_w)", got=describe(returned))
        halves = dict(zip(self._order(returned, net), returned, strict=True))
        for letter, half in halves.items():
            if not isinstance(half, list | tuple | np.ndarray) or len(half) != len(net.layers):
                own = {"name": f"nabla_{letter.lower()}", "count": len(net.layers)}
                raise Problem("wrong-type", "arrays-by-layer", got=describe(half), **own)
        parts = {key: halves[letter][l - 1] for key in net.shapes for letter, l in [letter_and_layer(key)]}
        check_order([parts], net, self.layout)
        return in_layout(parts, net, self.layout)

    def _order(self, returned: Any, net: Net) -> str:
        """Which half is which: ``bW`` as in the book; ``Wb`` where only that fits, which is kept for other networks."""
        if not self.layout.gives:
            shapes = [[np.shape(one) for one in half] if isinstance(half, list | tuple) else [] for half in returned]
            swapped = shapes[0] == [net.shapes[f"W{l}"] for l in net.layers] != shapes[1]
            self.layout = replace(self.layout, gives="(nabla_w, nabla_b)" if swapped else "(nabla_b, nabla_w)")
        return "Wb" if self.layout.gives == "(nabla_w, nabla_b)" else "bW"

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """The output, example by example."""
        network = self._network(net, point, handed)
        forward = getattr(network, self._forward_name)
        rows = [forward(handed.keep("x", point.x[i][:, np.newaxis].copy())) for i in range(len(point.x))]
        return np.stack([read_array("a", row, (net.sizes[-1], 1))[:, 0] for row in rows])


def _check_layers(network: Any, net: Net) -> None:
    """A class that is built with another number of layers, or keeps no list of them, computes something else."""
    for name in ("weights", "biases") if net.has_biases else ("weights",):
        held = getattr(network, name, None)
        if not isinstance(held, list | tuple | np.ndarray):
            problem = Problem("wrong-type", "one-array-a-layer", name=f"Network(sizes).{name}", got=describe(held))
            problem.is_of_another = held is None
            raise problem
        if len(held) != len(net.layers):
            own = {"name": f"Network(sizes).{name}", "arrays": len(held)}
            raise Problem("wrong-shape", "other-layers", layers=len(net.layers), **own)
