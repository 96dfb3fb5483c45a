"""``step(params, x, y, learning_rate) -> new params``: the gradient is read off the update."""

from __future__ import annotations

import copy

from .arguments import call
from .common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, function
from .functions import LAYOUTS
from .functions import Adapter as Functions
from .reading import read_gradient

CONTRACTS = (Contract("step", "step(params, x, y, learning_rate)", "3-4-2", 70, LAYOUTS),)
LEARNING_RATE = 1024.0  # a power of two: dividing by it is exact; large, so that the parameters do not cover the update


def offered(names: Names) -> bool:
    """Whether a file defines ``step``."""
    return callable(names.get("step"))


class Adapter(Functions):
    """``g = (params - step(params)) / learning_rate``; what a step does to the parameters is its own business."""

    def __init__(self, names: Names, layout: Layout) -> None:
        super().__init__({**names, "backward": function(names, "step")}, layout)
        self.step = function(names, "step")

    def _gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        if self.layout.batch == "single":
            raise Problem("wrong-type", "step-takes-batch")
        known = self._given(net, point, handed)
        handed.kept[:] = [kept for kept in handed.kept if kept[0] in ("x", "y")]
        known.values["lr"] = LEARNING_RATE
        new = call(self.step, known, ("params", "x", "y", "lr"))
        updated = read_gradient(copy.copy(known["params"] if new is None else new), net, self.layout)
        return {key: (point.params[key] - updated[key]) / LEARNING_RATE for key in updated}
