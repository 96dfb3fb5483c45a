"""An object of a class for the sizes of a network: from a list, from numbers, from the data, from nothing."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common import Net
from .meanings import meaning, parameters, required

_SIZES = ("sizes", "n_in", "n_hidden", "n_out")
_TRAINING = ("lr", "epochs", "batch", "seed", "l2", "momentum", "quiet")
_MEANT = (*_SIZES, *_TRAINING, "m", "activation", "out_activation", "cost", "x", "y")
# What stands for a cost or an activation where it is chosen by a word.
_WORDS = {
    "cross_entropy": ("cross_entropy", "categorical_crossentropy", "crossentropy", "softmax", "ce", "cross-entropy"),
    "bce": ("bce", "binary_crossentropy", "cross_entropy", "crossentropy", "log", "logistic", "cross-entropy"),
    "quadratic": ("mse", "quadratic", "squared", "sse", "mean_squared_error", "l2"),
    "mse": ("mse", "mean_squared_error", "quadratic", "l2"),
    "identity": ("linear", "identity", "none"),
    "sigmoid": ("sigmoid", "logistic", "sigm"),
}
_LIST, _NUMBERS, _ENDS = "list", "numbers", "ends"


@dataclass(frozen=True)
class Making:
    """How an object is made: what each of its constructor's parameters is given, by name of a value or as it stands."""

    arguments: tuple[tuple[str, Any], ...]  # parameter, and the key of a value (below)
    by_name: bool = True  # whether every parameter is known by its name: then an error is the file's own

    @property
    def has_sizes(self) -> bool:
        """Whether the sizes of the network are told."""
        return any(isinstance(key, str) and key.startswith(("size", "n_", "hidden")) for _, key in self.arguments)

    def values(self, net: Net, x: Any, y: Any, rate: float) -> dict[str, Any]:
        """The arguments for a network."""
        known = values(net, x, y, rate)
        return {name: known[key] if isinstance(key, str) else key for name, key in self.arguments}


def data_and_training(net: Net, x: Any, y: Any, rate: float) -> dict[str, Any]:
    """What a constructor or a call that trains may be given: the data, and one step on the whole batch."""
    return {"x": x, "y": y, "lr": rate, "epochs": 1, "batch": 10**6, "l2": net.l2, "momentum": 0.0}


def values(net: Net, x: Any, y: Any, rate: float) -> dict[str, Any]:
    """What a constructor may be given."""
    sizes = list(net.sizes)
    known: dict[str, Any] = {
        "sizes": sizes,
        "n_in": sizes[0],
        "n_out": sizes[-1],
        "n_hidden": sizes[1] if len(sizes) == 3 else sizes[1:-1],
    }
    known |= {"hidden list": sizes[1:-1], "seed": 0, **data_and_training(net, x, y, rate)}
    known |= {f"size {n}": size for n, size in enumerate(sizes)}
    return known | {"quiet": False, "layers": len(sizes) - 1}


def makings(cls: Any, net: Net, words: str) -> Iterator[Making]:
    """The ways in which a class may be made, by the names of its parameters first; ``words`` is the text of the file."""
    asked = required(cls.__init__) if "__init__" in vars(cls) or cls.__init__ is not object.__init__ else []
    asked = [p for p in asked if p.name != "self"]
    everything = [p for p in parameters(cls.__init__) if p.name != "self"]
    spread = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in everything)
    if not asked and not spread:
        yield from _optional(everything, net, words)
        return
    if any(meaning(p.name) == "params" for p in asked):
        return  # it is made from arrays
    named = {p.name: meaning(p.name, _MEANT) for p in asked}
    for sizes in _by_name(named, net):
        yield Making(tuple({**_extra(everything, net, words), **sizes}.items()))
    for order in _by_order(asked, net):
        yield Making(tuple({**_extra(everything, net, words), **order}.items()), by_name=False)


def _by_name(named: Mapping[str, str | None], net: Net) -> Iterator[dict[str, Any]]:
    if None in named.values() or len(set(named.values())) < len(named):
        return
    meant = set(named.values())
    if (
        (meant != {"sizes", "n_in"} and "sizes" in meant)
        or {"n_in", "n_out"} <= meant
        or {"x", "y"} <= meant
        or not meant & {"n_in", "n_hidden", "n_out"}
    ):
        yield {name: str(key) for name, key in named.items()}
        if "n_hidden" in meant and len(net.sizes) == 3:
            yield {name: "hidden list" if key == "n_hidden" else str(key) for name, key in named.items()}
    if meant == {"sizes", "n_in"}:  # a layer: Dense(units, input_dim)
        yield {name: "n_out" if key == "sizes" else str(key) for name, key in named.items()}
    if "n_hidden" in meant and not meant & {"sizes", "n_out", "x", "y"}:  # the rest is fixed, or known from the data
        yield {name: str(key) for name, key in named.items()}
    if "x" in meant and "y" in meant:
        return
    if {"x", "n_hidden"} <= meant and "n_out" in meant:
        yield {name: "n_in" if key == "x" else str(key) for name, key in named.items()}
    if {"x", "n_hidden"} <= meant and "y" in meant:
        yield {name: {"x": "n_in", "y": "n_out"}.get(str(key), str(key)) for name, key in named.items()}


def _by_order(asked: Sequence[inspect.Parameter], net: Net) -> Iterator[dict[str, Any]]:
    """One list; as many numbers as there are sizes; a list between two numbers; the data; what is left is known by name."""
    names = [p.name for p in asked]
    among = (*_TRAINING, "activation", "cost")
    known = {n: key for n in names if (key := meaning(n, among))}
    free = [n for n in names if n not in known]
    rest: dict[str, Any] = {n: None if key in ("activation", "cost") else key for n, key in known.items()}
    numbers = [f"size {n}" for n in range(len(net.sizes))]
    if len(free) == 1:
        yield {**rest, free[0]: "sizes"}
    if len(free) == len(numbers):
        yield {**rest, **dict(zip(free, numbers, strict=True))}
    if len(free) == 3:
        yield {**rest, free[0]: "n_in", free[1]: "hidden list", free[2]: "n_out"}
    if len(free) == len(numbers) + 1:
        yield {**rest, **dict(zip(free, [*numbers, "lr"], strict=True))}
    if len(free) == 2:
        yield {**rest, free[0]: "x", free[1]: "y"}
        yield {**rest, free[0]: "sizes", free[1]: "lr"}
    if len(free) == 3 and len(net.sizes) == 3:
        yield {**rest, free[0]: "x", free[1]: "y", free[2]: "size 1"}
    if len(free) == 4:
        yield {**rest, free[0]: "n_in", free[1]: "n_out", free[2]: "size 1", free[3]: "layers"}


def _optional(everything: Sequence[inspect.Parameter], net: Net, words: str) -> Iterator[Making]:
    """Sizes that have defaults are given where they are known by name; then the class as it is."""
    named = {p.name: key for p in everything if (key := meaning(p.name, _SIZES))}
    if (
        "sizes" in named.values()
        or {"n_in", "n_out"} <= set(named.values())
        or ("n_hidden" in named.values() and len(set(named.values())) == 1)
    ):
        yield Making(tuple({**_extra(everything, net, words), **named}.items()))
    yield Making(tuple(_extra(everything, net, words).items()))


def _extra(everything: Sequence[inspect.Parameter], net: Net, words: str) -> dict[str, Any]:
    """What has a default and matters: the activation and cost by their word, the learning rate."""
    given: dict[str, Any] = {}
    for p in everything:
        meant = meaning(p.name, ("activation", "out_activation", "cost", "lr", "epochs", "l2"))
        if p.default is p.empty or meant is None:
            continue
        if meant in ("lr", "epochs") or (meant == "l2" and net.l2):
            given[p.name] = meant
        elif isinstance(p.default, str):
            word = {"activation": net.activations[0], "out_activation": net.activations[-1], "cost": net.cost}.get(meant, "")
            spellings = _WORDS.get(word, (word,))
            if p.default.lower() not in spellings:
                known = [s for s in spellings if f"'{s}'" in words or f'"{s}"' in words]
                given |= {p.name: Word(known[0])} if known else {}
    return given


class Word(tuple[str, ...]):
    """A word that is handed over as it stands."""

    __slots__ = ()

    def __new__(cls, word: str) -> Word:
        """Of one word."""
        return super().__new__(cls, (word,))


def made(cls: Any, making: Making, net: Net, x: Any, y: Any, rate: float) -> Any:
    """The object, its random start the same each time; what comes after is random anew."""
    before = np.random.get_state(), random.getstate()
    np.random.seed(0)
    random.seed(0)
    try:
        given = making.values(net, x, y, rate)
        given = {name: value[0] if isinstance(value, Word) else value for name, value in given.items()}
        spread = [p for p in parameters(cls.__init__) if p.kind is inspect.Parameter.VAR_POSITIONAL]
        return cls(*net.sizes) if spread and not given else cls(**given)
    finally:
        np.random.set_state(before[0])
        random.setstate(before[1])
