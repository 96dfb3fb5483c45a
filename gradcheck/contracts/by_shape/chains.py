"""Layers without a network: put into the file's own container, or chained as the file's author would by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..common import Net
from .making import Making, made, makings
from .meanings import required
from .parts import arrays
from .sources import RATE, own_classes, set_rate

_FORWARD = ("forward", "forward_propagation", "forward_pass", "forward_prop", "feedforward", "__call__")
_BACKWARD = ("backward", "backward_propagation", "backward_pass", "backward_prop", "backprop", "back")
# What is in the name of a class of an activation, and what is not.
_CALLED = {
    "relu": r"^(?!.*(leaky|elu6|gelu|prelu)).*relu",
    "leaky_relu": "leaky",
    "sigmoid": "sigmoid|logistic",
    "tanh": "tanh",
    "softmax": r"^(?!.*(loss|entropy)).*softmax",
    "elu": "^elu",
    "softplus": "softplus",
}


class Chain:
    """Layers one after the other: each returns what it gives, or keeps it as ``output`` and ``dinputs``."""

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers

    def forward(self, x: Any) -> Any:
        """Through all layers."""
        for layer in self.layers:
            returned = _method(layer, _FORWARD)(x)
            x = layer.output if returned is None else returned
        return x

    def backward(self, dvalues: Any) -> Any:
        """Back through all layers."""
        for layer in reversed(self.layers):
            returned = _method(layer, _BACKWARD)(dvalues)
            dvalues = getattr(layer, "dinputs", None) if returned is None else returned


def _method(layer: Any, known: tuple[str, ...]) -> Any:
    return next(getattr(layer, name) for name in known if hasattr(layer, name))


@dataclass(frozen=True)
class ChainSource:
    """A class of layers and how one is made, the class of each activation, and the container that they go into."""

    name: str
    layer: Making
    activations: tuple[str, ...]
    container: str = ""
    making: None = None

    def made(self, names: Mapping[str, Any], net: Net, x: Any, y: Any, rate: float = RATE) -> Any:
        """The layers of a network in their order."""
        layers: list[Any] = []
        for l in net.layers:
            pair = replace(net, sizes=net.sizes[l - 1 : l + 1], activations=(net.activations[l - 1],))
            layers.append(made(names[self.name], self.layer, pair, x, y, rate))
            if self.activations[l - 1]:
                layers.append(names[self.activations[l - 1]]())
        one: Any = self._contained(names, layers) if self.container else Chain(layers)
        set_rate(one, rate)
        return one

    def _contained(self, names: Mapping[str, Any], layers: list[Any]) -> Any:
        cls = names[self.container]
        if required(cls):
            return cls(layers)
        one = cls()
        for layer in layers:
            one.add(layer)
        return one


def chains(names: Mapping[str, Any], net: Net, words: str) -> Iterator[ChainSource]:
    """The chains that the layers of a file may make, in its own containers first; the last activation may be in the cost."""
    own = own_classes(names)
    containers = [name for name, cls in own.items() if _is_container(cls)]
    for name, cls in own.items():
        if not _is_layer(cls) or name in containers:
            continue
        for making in makings(cls, replace(net, sizes=(5, 8), activations=("sigmoid",)), words):
            if not _holds_matrix(cls, making, net):
                continue
            activations = tuple(_class_of(own, word) for word in net.activations)
            for last in dict.fromkeys((activations[-1], "")):
                for container in (*containers, ""):
                    yield ChainSource(name, making, (*activations[:-1], last), container)
            break


def _is_layer(cls: Any) -> bool:
    return any(hasattr(cls, n) for n in _FORWARD) and any(hasattr(cls, n) for n in _BACKWARD)


def _is_container(cls: Any) -> bool:
    asked = [p.name for p in required(cls)]
    return (hasattr(cls, "add") and not asked) or (asked in (["layers"], ["modules"]))


def _holds_matrix(cls: Any, making: Making, net: Net) -> bool:
    """Whether such a layer, from 5 to 8, holds a matrix of that shape."""
    try:
        one = made(cls, making, replace(net, sizes=(5, 8), activations=("sigmoid",)), None, None, 1.0)
    except Exception:
        return False
    return any(sorted(array.shape) in ([5, 8], [6, 8]) for _, array in arrays(one) if array.ndim == 2)


def _class_of(own: Mapping[str, Any], activation: str) -> str:
    pattern = _CALLED.get(activation)
    found = [n for n, cls in own.items() if pattern and re.search(pattern, n.lower()) and _is_layer(cls) and not required(cls)]
    return found[0] if found else ""
