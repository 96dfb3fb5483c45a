"""CS231n's classes: a ``params`` dict and ``loss(X, y, reg=0.0) -> (loss, grads)``; labels are integers."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from typing import Any

import numpy as np

from .again import Again, asked_again
from .common import Array, Contract, Handed, Layout, Names, Net, Point, Problem, find_class, is_weight
from .containers import describe
from .reading import read_gradient, read_number

CONTRACTS = (
    Contract(
        "cs231n",
        "a class with params and loss(X, y)",
        "4-5:relu-3/cross_entropy",
        40,
        (Layout(W="in-out", y="labels", params="dict"),),
    ),
)
_OF_A_LAYER = re.compile("[Wb][0-9]+")
_SIZES = {
    "input": ("input_size", "input_dim", "D", "n_in"),
    "hidden": ("hidden_size", "hidden_dim", "H"),
    "hidden list": ("hidden_dims", "hidden_sizes"),
    "output": ("output_size", "num_classes", "output_dim", "C", "n_out"),
}


def offered(names: Names) -> bool:
    """Whether a file defines a class with ``loss``."""
    return find_class(names, ["loss"], "TwoLayerNet") is not None


class Adapter:
    """Builds the class for the sizes, sets its parameters, reads loss and grads."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.names, self.layout = names, layout
        self.factors: dict[int, float] = {}  # of lambda, by batch size; read from floats once, and used on balls, too
        if not offered(names):
            raise Problem("missing-function", "no-loss-class")
        self.offers = ("loss",)

    def _class(self, net: Net) -> Any:
        preferred = "TwoLayerNet" if len(net.layers) == 2 else "FullyConnectedNet"
        return find_class(self.names, ["loss"], preferred)

    def _network(self, net: Net, point: Point, handed: Handed, reg: float) -> Any:
        cls = self._class(net)
        parameters = inspect.signature(cls).parameters
        values: dict[str, Any] = {}
        meanings = {
            "input": net.sizes[0],
            "hidden": net.sizes[1],
            "hidden list": list(net.sizes[1:-1]),
            "output": net.sizes[-1],
        }
        for meaning, known in _SIZES.items():
            values |= {name: meanings[meaning] for name in known if name in parameters}
        values |= {name: value for name, value in (("reg", reg), ("dtype", np.float64)) if name in parameters}
        plain = [one for one in parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
        needed = {one.name for one in plain if one.default is one.empty}
        model = cls(**values) if values and needed <= set(values) else cls(*net.sizes)
        if not isinstance(getattr(model, "params", None), dict):
            held = describe(getattr(model, "params", None))
            raise Problem("wrong-type", "params-dict", name=f"{cls.__name__}().params", got=held)
        missing = [key for key in net.shapes if key not in model.params]
        if missing:
            own = {"name": f"{cls.__name__}().params", "layers": len(net.layers)}
            raise Problem("wrong-shape", "params-lack", missing=missing, **own)
        others = sorted(key for key in model.params if key not in net.shapes)
        if layers := [key for key in others if _OF_A_LAYER.fullmatch(str(key))]:
            own = {"name": f"{cls.__name__}().params", "layers": len(net.layers)}
            raise Problem("wrong-shape", "params-beyond", others=[str(key)[:40] for key in layers[:20]], **own)
        if others:
            self.layout = replace(self.layout, keeps=", ".join(map(str, others))[:200])
        model.params.update({k: handed.keep(k, v) for k, v in self.layout.parameters(point.params).items()})
        return model

    def again(self, net: Net, point: Point) -> Again:
        """One object, asked several times."""
        reg = self._reg(net, point)

        def ask(model: Any) -> dict[str, Array]:
            return read_gradient(self._asked(model, point, Handed(), reg)[1], net, self.layout)

        return asked_again(lambda: self._network(net, point, Handed(), reg), ask)

    def _loss(self, net: Net, point: Point, handed: Handed, reg: float) -> tuple[Any, Any]:
        return self._asked(self._network(net, point, handed, reg), point, handed, reg)

    def _asked(self, model: Any, point: Point, handed: Handed, reg: float) -> tuple[Any, Any]:
        X, y = handed.keep("X", point.x.copy()), handed.keep("y", point.labels)
        takes_reg = "reg" in inspect.signature(model.loss).parameters
        returned = model.loss(X, y, reg=reg) if takes_reg else model.loss(X, y)
        if not (isinstance(returned, tuple | list) and len(returned) == 2):
            raise Problem("wrong-type", "returns", name="loss(X, y)", what="(loss, grads)", got=describe(returned))
        return returned[0], returned[1]

    def _reg(self, net: Net, point: Point) -> float:
        """The ``reg`` that gives the network's lambda/2 sum W^2 (and b^2, if the loss has them in it)."""
        if not net.l2:
            return 0.0
        m = len(point.x)
        if m not in self.factors:
            self.factors[m] = self._factor(net, point)
        factor = self.factors[m]
        return net.l2 / 2 / factor if factor else net.l2

    def _factor(self, net: Net, point: Point) -> float:
        """What ``reg`` multiplies the sum of squares by, ``(loss(reg=1) - loss(reg=0)) / sum W^2``; or sum W^2 and b^2."""
        with_it, without = (float(read_number("loss", self._loss(net, point, Handed(), reg)[0])) for reg in (1.0, 0.0))
        each = {key: float((value**2).sum()) for key, value in point.params.items()}
        weights, everything = sum(each[key] for key in each if is_weight(key)), sum(each.values())
        usual = (0.5, 1.0, 0.5 / len(point.x), 1.0 / len(point.x))
        for squares in (weights, everything):
            factor = (with_it - without) / squares
            nearest = min(usual, key=lambda one: abs(one - factor))
            if abs(nearest - factor) < 1e-6:
                return nearest
        return (with_it - without) / weights

    def gradient(self, net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The ``grads`` dict in the network's layout."""
        return read_gradient(self._loss(net, point, handed, self._reg(net, point))[1], net, self.layout)

    def loss(self, net: Net, point: Point, handed: Handed) -> Array:
        """The loss."""
        return read_number("loss", self._loss(net, point, handed, self._reg(net, point))[0])
