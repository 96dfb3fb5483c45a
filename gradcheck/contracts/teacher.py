"""A teacher's own adapter: one small class in a file of its own, for submissions that no contract fits."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Contract, Handed, Layout, Net, Point, Problem
from .reading import read_array, read_gradient, read_number

PLAIN = Layout()
LABELS = Layout(y="labels")
CONTRACT = Contract("adapter", "a class Adapter in a file of its own", "3-4-2", None, (PLAIN,))


class Adapter:
    """Wraps the teacher's ``Adapter(module)``, whose methods take ``(network, params, x, y)`` in the plain layout.

    One that says ``y = "labels"`` is asked about targets with one class an example; it is handed their numbers, or their
    rows if it cannot take these.
    """

    def __init__(self, teachers: Any) -> None:
        self.teachers, self.layout = teachers, PLAIN
        declared = getattr(teachers, "y", "one-hot")
        if declared not in ("one-hot", "labels"):
            raise Problem("wrong-type", "adapters-y", y=repr(declared)[:100])
        self.numbers: bool | None = False  # whether y goes to it as class numbers; None until that was tried
        if declared == "labels":
            self.layout, self.numbers = LABELS, None

    @property
    def offers(self) -> tuple[str, ...]:
        """The methods that it has beside ``gradient``."""
        return tuple(name for name in ("forward", "loss") if callable(getattr(self.teachers, name, None)))

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """``gradient(network, params, x, y)``: a dict by key, or pairs."""
        return read_gradient(self._call("gradient", net, point, handed), net, PLAIN)

    def forward(self, net: Net, point: Point, handed: Handed) -> Array:
        """``forward(network, params, x, y)``: the output (m, n_L)."""
        return read_array("a", self._call("forward", net, point, handed), (len(point.x), net.sizes[-1]))

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """``loss(network, params, x, y)``: a number."""
        return read_number("loss", self._call("loss", net, point, handed))

    def _call(self, method: str, net: Net, point: Point, handed: Handed) -> Any:
        if self.numbers is None:
            try:
                self._asked(method, net, point, Handed(), point.labels)
                self.numbers = True
            except Exception:
                self.numbers = False
        return self._asked(method, net, point, handed, point.labels if self.numbers else np.array(point.y))

    def _asked(self, method: str, net: Net, point: Point, handed: Handed, y: Array) -> Any:
        arrays = {key: handed.keep(key, np.array(value)) for key, value in point.params.items()}
        return getattr(self.teachers, method)(net, arrays, handed.keep("x", np.array(point.x)), handed.keep("y", y))
