"""A teacher's own adapter: one small class in a file of its own, for submissions that no contract fits."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Handed, Layout, Net, Point
from .reading import read_array, read_gradient, read_number

PLAIN = Layout()


class Adapter:
    """Wraps the teacher's ``Adapter(module)``, whose methods take ``(network, params, x, y)`` in the plain layout."""

    def __init__(self, teachers: Any) -> None:
        self.teachers, self.layout = teachers, PLAIN

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
        arrays = {key: handed.keep(key, np.array(value)) for key, value in point.params.items()}
        x, y = handed.keep("x", np.array(point.x)), handed.keep("y", np.array(point.y))
        return getattr(self.teachers, method)(net, arrays, x, y)
