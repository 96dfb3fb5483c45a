"""Nielsen's class: ``Network(sizes)`` with ``weights``, ``biases`` and ``backprop(x, y) -> (nabla_b, nabla_w)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Handed, Layout, Names, Net, Point, Problem, averaged, find_class, single
from .reading import as_floats, by_name, describe, read_array

NAME = "nielsen"
LAYOUTS = (Layout(batch="single", b="column"),)


def offered(names: Names) -> bool:
    """Whether a file defines a class with ``backprop``."""
    return find_class(names, ["backprop"], "Network") is not None


class Adapter:
    """Calls one class, one example after the other; L2 is no part of its ``backprop``."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.layout = layout
        self.network = find_class(names, ["backprop"], "Network")
        if self.network is None:
            raise Problem("missing-function", "the file defines no class Network with a method backprop")

    @property
    def offers(self) -> tuple[str, ...]:
        """What the class defines beside the gradient."""
        return ("forward",) if hasattr(self.network, "feedforward") else ()

    def _network(self, net: Net, point: Point, handed: Handed) -> Any:
        network = by_name(self.network, {"sizes": list(net.sizes)}, [list(net.sizes)])
        network.weights = [handed.keep(f"W{l}", np.array(point.params[f"W{l}"])) for l in net.layers]
        network.biases = [handed.keep(f"b{l}", point.params[f"b{l}"][:, np.newaxis].copy()) for l in net.layers]
        return network

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The mean of the examples' gradients."""
        return averaged(net, [self._one(net, single(point, i), handed) for i in range(len(point.x))])

    def _one(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        network = self._network(net, point, handed)
        x, y = handed.keep("x", point.x.T.copy()), handed.keep("y", point.y.T.copy())
        returned = network.backprop(x, y)
        if not (isinstance(returned, tuple | list) and len(returned) == 2):
            raise Problem("wrong-type", f"backprop should return (nabla_b, nabla_w), got {describe(returned)}")
        halves = dict(zip("bW", returned, strict=True))
        for letter, half in halves.items():
            if not isinstance(half, list | tuple | np.ndarray) or len(half) != len(net.layers):
                raise Problem(
                    "wrong-type",
                    f"nabla_{letter.lower()} should hold one array a layer, {len(net.layers)}, got {describe(half)}",
                )
        return {key: self._read(key, halves[key[0]][int(key[1:]) - 1], shape) for key, shape in net.shapes.items()}

    def _read(self, key: str, value: Any, shape: tuple[int, ...]) -> Array:
        array = as_floats(f"nabla_{key.lower()}", value)
        return self.layout.back(key, read_array(f"nabla_{key.lower()}", array, self.layout.shape(key, shape)), shape)

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """The output, example by example."""
        network = self._network(net, point, handed)
        rows = [network.feedforward(handed.keep("x", point.x[i][:, np.newaxis].copy())) for i in range(len(point.x))]
        return np.stack([read_array("a", row, (net.sizes[-1], 1))[:, 0] for row in rows])
