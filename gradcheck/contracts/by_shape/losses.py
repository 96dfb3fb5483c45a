"""Where a backward pass begins with the slope of the cost: that of the file's own cost, if it has one, else the judge's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common import Array, Net
from .meanings import called, meaning, required

_SLOPE = re.compile(r"prime|deriv|grad|backward|delta|d_?(mse|loss|cost|error)|slope", re.IGNORECASE)
_COST = re.compile(r"loss|cost|mse|entropy|error|criterion|quadratic|sse|nll|bce", re.IGNORECASE)


@dataclass(frozen=True)
class CostSlope:
    """A function, or a class with a backward pass, by name; ``swapped`` where the targets come first. No name: the judge's."""

    name: str = ""
    method: str = ""
    swapped: bool = False
    fused: bool = False  # of the judge's own: with the output's activation taken in

    def at(self, names: Mapping[str, Any], net: Net, out: Any, y: Any) -> Any:
        """The slope at the output."""
        if not self.name:
            return _fused(net, out, y) if self.fused else _slope(net, out, y)
        found = names[self.name]
        if not self.method:
            return found(*((y, out) if self.swapped else (out, y)))
        one = found()
        forward = getattr(one, "forward", one)
        if callable(forward) and len(required(forward)) == 2:
            _given(forward, out, y)
        backward = getattr(one, self.method)
        last = getattr(getattr(one, "activation", one), "output", out)
        returned = _given(backward, last if isinstance(last, np.ndarray) else out, y)
        return getattr(one, "dinputs", None) if returned is None else returned


def _given(function: Callable[..., Any], out: Any, y: Any) -> Any:
    """Call it with output and targets, by name where that tells, else in this order."""
    asked = [p.name for p in required(function)]
    keys = [meaning(name, ("y", "out", "x")) for name in asked]
    if len(asked) == 2:
        order = (y, out) if keys[0] == "y" and keys[1] != "y" else (out, y)
        return called(function, dict(zip(asked, order, strict=True)))
    return function(*([y] if keys == ["y"] else [out][: len(asked)]))


def slopes(names: Mapping[str, Any]) -> Iterator[CostSlope]:
    """Those of the file itself first."""
    own = list(_own(names))
    yield from own or (
        CostSlope(),
        CostSlope(fused=True),
    )  # where the file has a slope of its own, that is judged with the rest


def _own(names: Mapping[str, Any]) -> Iterator[CostSlope]:
    home = names.get("__name__")
    for name, value in names.items():
        if getattr(value, "__module__", None) != home:
            continue
        if isinstance(value, type):
            method = next((m for m in ("backward", "gradient", "derivative", "prime", "grad") if hasattr(value, m)), "")
            if method and _COST.search(name) and not required(value):
                yield CostSlope(name, method)
        elif callable(value) and _SLOPE.search(name) and _COST.search(name) and len(required(value)) == 2:
            first = meaning(required(value)[0].name, ("y", "out"))
            yield CostSlope(name, "", first == "y")


def _slope(net: Net, out: Array, y: Array) -> Array:
    """dC/da of the cost that was asked for."""
    m, K = out.shape if out.ndim == 2 else (1, out.size)
    if net.cost == "bce":
        return np.asarray((out - y) / (out * (1 - out)) / m)
    if net.cost == "cross_entropy":
        return -y / out / m
    return (out - y) * (2 / (m * K) if net.cost == "mse" else 1 / m)


def _fused(net: Net, out: Array, y: Array) -> Array:
    """dC/dz where cost and output belong together; of scores that a softmax is still to be made of, that too."""
    if net.activations[-1] == "softmax" and bool((np.abs(out.sum(axis=-1) - 1) > 1e-6).any()):
        e = np.exp(out - out.max(axis=-1, keepdims=True))
        out = e / e.sum(axis=-1, keepdims=True)
    return (out - y) / (len(out) if out.ndim == 2 else 1)
