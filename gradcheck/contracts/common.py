"""What every contract needs: the network and point that are asked for, how arrays are laid out, what was handed over."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Names = Mapping[str, Any]


Said = dict[str, Any]


def said(key: str, /, **values: Any) -> Said:
    """A sentence as data: its key in the judge's table of contracts, and plain values (or sentences) for its places."""
    return {"say": key, "values": values}


class Problem(Exception):  # noqa: N818 - carries a kind of its own
    """Something is wrong with what a submission defines or returns: the kind, and a sentence as data."""

    is_near = False  # of what was tried by shape: it nearly fitted, so that it says more than the error of another contract
    is_of_another = False  # of what was tried by names: only the names are this contract's, what they hold is not

    def __init__(self, kind: str, key: str, /, **values: Any) -> None:
        super().__init__(key)
        self.kind, self.said = kind, said(key, **values)


@dataclass(frozen=True)
class Net:
    """The network that is asked for; the same letters as everywhere."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    cost: str
    l2: float
    has_biases: bool = True

    @property
    def layers(self) -> range:
        """The layer indices 1 .. L."""
        return range(1, len(self.sizes))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes by key: W_l is (n_l, n_{l-1}), b_l, if there are biases, is (n_l,)."""
        shapes: dict[str, tuple[int, ...]] = {}
        for l in self.layers:
            shapes[f"W{l}"] = (self.sizes[l], self.sizes[l - 1])
            if self.has_biases:
                shapes[f"b{l}"] = (self.sizes[l],)
        return shapes

    @property
    def letters(self) -> str:
        """The letters of a layer's parameters."""
        return "Wb" if self.has_biases else "W"

    @property
    def n_params(self) -> int:
        """How many parameters there are."""
        return sum(math.prod(shape) for shape in self.shapes.values())


@dataclass(frozen=True)
class Point:
    """Parameters by key, x (m, n_0) and y (m, n_L), each an array of its own."""

    params: dict[str, Array]
    x: Array
    y: Array

    @property
    def labels(self) -> Array:
        """The class of each example."""
        return np.asarray(np.argmax(self.y, axis=1))


@dataclass
class Handed:
    """The arrays that a submission was handed, and copies of them: whether it changed its inputs."""

    watching: bool = True  # on balls nothing is compared byte by byte
    kept: list[tuple[str, Array, Array]] = field(default_factory=list)

    def keep(self, name: str, array: Array) -> Array:
        """Remember an array that goes to the submission."""
        if self.watching:
            self.kept.append((name, array, array.copy()))
        return array

    def changed(self) -> list[str]:
        """The names of those that are no longer what they were."""
        return [name for name, array, copy in self.kept if array.shape != copy.shape or array.tobytes() != copy.tobytes()]


def letter_and_layer(key: str) -> tuple[str, int]:
    """What the name of a parameter says: ``("W", 2)`` for W2."""
    return key[0], int(key[1:])


def is_weight(key: str) -> bool:
    """Whether a parameter is a matrix of weights."""
    return letter_and_layer(key)[0] == "W"


@dataclass(frozen=True)
class Layout:
    """How a submission lays out what it takes and gives; a report has a sentence for each value of the first five.

    ``batch`` single is one example, a vector; ``y`` vector a single output as (m,). ``gives`` says where the gradients
    stand in what is returned, ``cost`` names the function that computes the file's own cost, ``keeps`` what a class holds
    beside the network's parameters; these are found by a call.
    """

    W: str = "out-in"
    batch: str = "rows"
    b: str = "flat"
    y: str = "one-hot"
    params: str = "pairs"
    gives: str = ""
    cost: str = ""
    keeps: str = ""

    def told(self) -> dict[str, str]:
        """What was found, by field."""
        found = {name: getattr(self, name) for name in ("W", "b", "batch", "y", "params")}
        return found | {name: word for name in ("gives", "cost", "keeps") if (word := getattr(self, name))}

    def parameters(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Weights and biases as the submission takes them."""
        return {key: self.weight(value) if is_weight(key) else self.bias(value) for key, value in params.items()}

    def weight(self, W: Array) -> Array:
        """W as the submission takes it, in memory of its own."""
        return np.array({"out-in": W, "in-out": W.T, "vector": W[0]}[self.W], order="C")

    def bias(self, b: Array) -> Array:
        """B as the submission takes it."""
        return (
            b[0] if self.b == "number" else np.array({"flat": b, "column": b[:, np.newaxis], "row": b[np.newaxis, :]}[self.b])
        )

    def examples(self, x: Array) -> Array:
        """A batch as the submission takes it."""
        return np.array({"rows": x, "columns": x.T}[self.batch], order="C")

    def targets(self, point: Point) -> Array:
        """The targets of a batch as the submission takes them."""
        if self.y == "vector":
            return point.y[:, 0].copy()
        if self.y == "one-hot":
            return self.examples(point.y)
        labels = point.labels + (1 if self.y.endswith("from 1") else 0)
        return labels[:, np.newaxis] if self.y.startswith("column") else labels

    def suits(self, net: Net) -> bool:
        """Whether targets of this network can be laid out so."""
        if self.W == "vector" and (len(net.sizes) > 2 or net.sizes[-1] > 1):
            return False
        if self.y not in ("one-hot", "vector"):
            return net.sizes[-1] > 1 and net.cost in ("cross_entropy", "bce")
        return self.y == "one-hot" or net.sizes[-1] == 1

    def shape(self, key: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of a parameter in this layout."""
        if is_weight(key):
            return {"out-in": shape, "in-out": shape[::-1], "vector": shape[1:]}[self.W]
        return {"flat": shape, "column": (*shape, 1), "row": (1, *shape), "number": ()}[self.b]

    def back(self, key: str, array: Array, shape: tuple[int, ...]) -> Array:
        """A gradient in the layout of the network from one in this layout."""
        return array.T if is_weight(key) and self.W == "in-out" else array.reshape(shape)


@dataclass(frozen=True)
class Contract:
    """A way of calling a file: what the tables, the advice and the judge know of it. Its module has `offered` and `Adapter`.

    ``needs`` is what a file must define; ``usual`` the network that course files of this kind are about; ``order`` its place
    among those that are tried, None for one that is used by name alone; ``names`` what a misspelled name may have meant.
    """

    name: str
    needs: str
    usual: str
    order: int | None
    layouts: tuple[Layout, ...]  # the likeliest first
    names: tuple[str, ...] = ()
    whole_network: bool = True  # False: single functions, so that there is no network to try a layout on
    has_l2: bool = True  # False: L2 is added elsewhere, whatever lambda is
    labels_from_one: bool = False  # whether its second layout counts classes from 1
    by_shape: bool = False  # tried where no name tells how a file is called; its module has `discover`


def find_class(names: Names, methods: Iterable[str], preferred: str = "") -> Any:
    """A class of the file with these methods; the one of the preferred name first."""
    classes = [value for value in names.values() if isinstance(value, type) and all(hasattr(value, m) for m in methods)]
    return next((one for one in classes if one.__name__ == preferred), classes[-1] if classes else None)


def function(names: Names, name: str) -> Callable[..., Any]:
    """A function of the file by name."""
    value = names.get(name)
    if not callable(value):
        raise Problem("missing-function", "no-function", name=name)
    result: Callable[..., Any] = value
    return result


def averaged(net: Net, parts: list[dict[str, Array]]) -> dict[str, Array]:
    """The mean of per-example gradients."""
    return {key: np.asarray(sum(part[key] for part in parts) / len(parts)) for key in net.shapes}


def single(point: Point, index: int) -> Point:
    """One example of a batch."""
    return Point(point.params, point.x[index : index + 1], point.y[index : index + 1])
