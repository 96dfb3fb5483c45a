"""Layer functions, each by itself: ``affine_backward(dout, cache)``, ``NAME_backward``, ``softmax_loss``, and their forward."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .common import Array, Contract, Layout, Names, Problem, function
from .containers import describe
from .reading import read_array

CONTRACTS = (
    Contract(
        "layers",
        "affine_forward(x, w, b) and affine_backward(dout, cache), relu_backward, softmax_loss, ...",
        "3-4-2",
        60,
        (Layout(W="in-out", y="labels"),),
        ("affine_backward",),
        whole_network=False,
    ),
)
ACTIVATIONS: list[str] = []  # the judge names them when it hands over the file


def found(names: Names) -> list[str]:
    """The layer functions that a file defines, in the order in which they are judged."""
    pairs = [f"{name}_{way}" for name in ("affine", *ACTIVATIONS) for way in ("forward", "backward")]
    return [name for name in (*pairs, "softmax_loss") if callable(names.get(name))]


def offered(names: Names) -> bool:
    """Whether a file defines any of them that gives a gradient."""
    return any(name.endswith("_backward") or name == "softmax_loss" for name in found(names))


class Adapter:
    """Calls one function; a backward one with the cache of the file's own forward one."""

    def __init__(self, names: Names, layout: Layout) -> None:
        self.names, self.layout = names, layout
        self.functions = found(names)
        self.offers = tuple(self.functions)
        gives = ("_backward", "_backward_naive", "_loss")
        if not offered(names) and not any(callable(value) and name.endswith(gives) for name, value in names.items()):
            raise Problem("missing-function", "no-layers")

    def call(self, name: str, arrays: list[Array], shapes: Sequence[tuple[int, ...]]) -> list[Array]:
        """The results of a function as arrays of these shapes; the last array is ``dout``, or the labels as floats."""
        if name == "softmax_loss":
            results = function(self.names, name)(arrays[0], arrays[1].astype(int))
        elif name.endswith("_forward"):
            results = self._first(function(self.names, name)(*arrays))
        else:
            *inputs, dout = arrays
            pair = function(self.names, name.replace("_backward", "_forward"))(*inputs)
            if not (isinstance(pair, tuple | list) and len(pair) == 2):
                forward = name.replace("_backward", "_forward")
                raise Problem("wrong-type", "returns", name=forward, what="(out, cache)", got=describe(pair))
            results = function(self.names, name)(dout, pair[1])
        if len(shapes) == 1 and not isinstance(results, tuple | list):
            results = [results]
        if not isinstance(results, tuple | list) or len(results) != len(shapes):
            raise Problem("wrong-type", "returns-so-many", name=name, count=len(shapes), got=describe(results))
        return [
            np.asarray(read_array(f"{name} result {n}", r, s)) for n, (r, s) in enumerate(zip(results, shapes, strict=True), 1)
        ]

    def _first(self, returned: object) -> object:
        return returned[0] if isinstance(returned, tuple | list) and returned else returned
