"""What a network is: its sizes, activations, cost and L2 factor, with or without biases, in one line of notation.

    3-4:tanh-2:softmax/cross_entropy+l2=0.1

This module is a leaf: it knows names, never formulas, so that the NumPy and the SymPy side can share it and still disagree.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from reports.words import Words

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu", "softmax")
OUTPUT_ACTIVATION = {  # cost -> the output activation that it comes with unless another one is named
    "quadratic": "sigmoid",
    "mse": "identity",
    "bce": "sigmoid",
    "cross_entropy": "softmax",
    "huber": "identity",
}
COSTS = tuple(OUTPUT_ACTIVATION)
LOG_COST_OUTPUTS = {"bce": ("sigmoid", "softmax"), "cross_entropy": ("softmax", "sigmoid")}
LARGEST_SIZE = 1_000_000

LEAKY_SLOPE = 0.01  # leaky_relu, below zero
HUBER_THRESHOLD = 1  # huber, where the square becomes a line


class NotationError(ValueError):
    """A network notation that cannot be read: shows the text, a caret under the place, and what may stand there."""

    has_lines = True  # a sentence of several lines

    def __init__(self, text: str, position: int, problem: str, allowed: str) -> None:
        self.text, self.position, self.problem, self.allowed = text, position, problem, allowed
        place = " " * len(_spelled(text[:position]))
        words = "{problem}\n    {text}\n    {place}^\nallowed here: {allowed}"
        super().__init__(Words(words, problem=problem, text=_spelled(text), place=place, allowed=allowed))


def _spelled(text: str) -> str:
    """The text with what a terminal would not print spelled out, as Python spells it."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


@dataclass(frozen=True)
class NetworkSpec:
    """A fully connected network with L weight layers and the cost that it is trained on.

    ``sizes`` are n_0 .. n_L, ``activations`` those of the layers 1 .. L, ``l2`` is lambda in ``lambda/2 sum W^2``;
    ``l2_on_biases``: the sum goes over the biases, too. Every loop over parameters asks for their names: ``keys``,
    ``weights``, ``biases``, ``regularised``.

    >>> spec = NetworkSpec.parse("3-4:tanh-2")
    >>> str(spec)
    '3-4:tanh-2:sigmoid/quadratic'
    >>> spec.shapes
    {'W1': (4, 3), 'b1': (4,), 'W2': (2, 4), 'b2': (2,)}
    >>> NetworkSpec.parse("3-4:tanh-2+nobias").shapes
    {'W1': (4, 3), 'W2': (2, 4)}
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    cost: str = "quadratic"
    l2: float = 0.0
    has_biases: bool = True
    l2_on_biases: bool = False  # never without a lambda or without biases: then it would say nothing

    def __post_init__(self) -> None:
        text = _spell(self)
        for index, size in enumerate(self.sizes):
            if type(size) is not int or not 1 <= size <= LARGEST_SIZE:
                words = "size {index} of {text} is {size}, expected a whole number from 1 to {most}"
                raise ValueError(Words(words, index=index, text=text, size=repr(size), most=LARGEST_SIZE))
        if len(self.sizes) < 2 or len(self.activations) != len(self.sizes) - 1:
            words = (
                "{sizes} sizes with {activations} activations: expected at least an input and an output size, and one "
                "activation for each size after the input"
            )
            raise ValueError(Words(words, sizes=len(self.sizes), activations=len(self.activations)))
        problem = _unknown_name(self) or pair_problem(self.activations[-1], self.sizes[-1], self.cost)
        if problem:
            raise ValueError(Words("{text}: {problem}", text=text, problem=problem))
        if not (isinstance(self.l2, int | float) and math.isfinite(self.l2) and self.l2 >= 0):
            raise ValueError(Words("l2 is {l2}, expected a finite number >= 0", l2=repr(self.l2)))
        object.__setattr__(self, "l2", float(self.l2))
        object.__setattr__(self, "l2_on_biases", bool(self.l2_on_biases and self.l2 and self.has_biases))

    @classmethod
    def parse(cls, text: str) -> NetworkSpec:
        """The spec that a line of notation names; raises NotationError with a caret under what is wrong."""
        if not isinstance(text, str):
            raise TypeError(Words("expected a notation such as '3-4:tanh-2', got {type}", type=type(text).__name__))
        return _parse(text)

    def __str__(self) -> str:
        """The canonical notation: every activation and the cost spelled out; it parses back to an equal spec."""
        return _spell(self)

    @property
    def L(self) -> int:
        """The number of weight layers."""
        return len(self.activations)

    @property
    def layers(self) -> range:
        """The layer indices l = 1 .. L."""
        return range(1, self.L + 1)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes by key, in the order W1, b1, ..., WL, bL (or W1, ..., WL): W_l is (n_l, n_{l-1}), b_l is (n_l,)."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (n_in, n_out) in enumerate(pairwise(self.sizes), start=1):
            shapes[f"W{layer}"] = (n_out, n_in)
            if self.has_biases:
                shapes[f"b{layer}"] = (n_out,)
        return shapes

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of parameters and of their gradients: W1, b1, ..., WL, bL, or W1, ..., WL."""
        return tuple(self.shapes)

    @property
    def weights(self) -> tuple[str, ...]:
        """The names of the weight matrices: W1, ..., WL."""
        return tuple(f"W{layer}" for layer in self.layers)

    @property
    def biases(self) -> tuple[str, ...]:
        """The names of the biases: b1, ..., bL, or none."""
        return tuple(f"b{layer}" for layer in self.layers) if self.has_biases else ()

    def of_layer(self, layer: int) -> tuple[str, ...]:
        """The names of a layer's parameters: W_l and, where there are biases, b_l."""
        return tuple(key for key in (f"W{layer}", f"b{layer}") if self.has_biases or key[0] == "W")

    @property
    def regularised(self) -> tuple[str, ...]:
        """The names of the parameters in the L2 term, in the order of ``keys``: none without one."""
        return () if not self.l2 else self.keys if self.l2_on_biases else self.weights

    def decay(self, key: str) -> float:
        """What the L2 term adds to the gradient of a parameter, as a factor of it: lambda or 0."""
        return self.l2 if key in self.regularised else 0.0

    @property
    def n_weights(self) -> int:
        """How many weights there are, biases not counted."""
        return sum(n_in * n_out for n_in, n_out in pairwise(self.sizes))

    @property
    def n_params(self) -> int:
        """How many parameters there are: P."""
        return sum(math.prod(shape) for shape in self.shapes.values())


class QuantityName(NamedTuple):
    """What a name says: ``dW2_0_1`` is of the kind dW, in layer 2, its entry 0, 1. The layer of what has none, as x, is 0."""

    kind: str
    layer: int
    indices: tuple[int, ...]

    @property
    def parameter(self) -> str:
        """The parameter that a gradient belongs to: W2 for ``dW2_0_1``."""
        return f"{self.kind[-1]}{self.layer}"


_QUANTITY = re.compile(r"([a-zA-Z]+)(\d*)((?:_\d+)*)")


@lru_cache(maxsize=65536)
def quantity_of(name: str) -> QuantityName:
    """What a name says; ValueError for what is no name.

    >>> quantity_of("dW2_0_1")
    QuantityName(kind='dW', layer=2, indices=(0, 1))
    """
    found = _QUANTITY.fullmatch(name)
    if not found:
        raise ValueError(f"{name!r} is no name of a program, expected one such as W1_0_2, z1_0, delta2_0 or C")
    kind, layer, index = found.groups()
    return QuantityName(kind, int(layer or 0), tuple(map(int, index.split("_")[1:])))


def pair_problem(activation: str, outputs: int, cost: str) -> str | None:
    """Why this output activation and this cost do not go together; None where they do."""
    allowed = LOG_COST_OUTPUTS.get(cost)
    if allowed and activation not in allowed:
        words = "{cost} takes logarithms of probabilities: it needs {allowed:or} outputs, not {activation}"
        return Words(words, cost=cost, allowed=allowed, activation=activation)
    if activation == "softmax" and outputs < 2:
        return Words("softmax needs at least two outputs (over a single one it is always 1)")
    return None


def _unknown_name(spec: NetworkSpec) -> str | None:
    for layer, name in enumerate(spec.activations, start=1):
        if name not in ACTIVATIONS:
            return Words("unknown activation {name}, expected one of {activations}", name=repr(name), activations=ACTIVATIONS)
        if name == "softmax" and layer < len(spec.activations):
            return Words("softmax in layer {layer}: it belongs to the output layer only", layer=layer)
    if spec.cost not in COSTS:
        return Words("unknown cost {cost}, expected one of {costs}", cost=repr(spec.cost), costs=COSTS)
    return None


def _spell(spec: NetworkSpec) -> str:
    layers = [f"{size}:{name}" for size, name in zip(spec.sizes[1:], spec.activations, strict=False)]
    options = "" if spec.has_biases else "+nobias"
    if spec.l2:
        options += f"+{'l2b' if spec.l2_on_biases else 'l2'}={_number(spec.l2)}"
    return "-".join([str(spec.sizes[0]) if spec.sizes else "", *layers]) + f"/{spec.cost}{options}"


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


# Reading the notation: cut at '+', then at '/', then at '-', keeping the position of each piece for the caret.


def _parse(text: str) -> NetworkSpec:
    body, options = _read_options(text)
    layers, slash, cost = body.partition("/")
    cost = _read_cost(text, len(layers) + 1, cost) if slash else "quadratic"
    sizes, names, places = _read_layers(text, layers)
    if len(sizes) < 2:
        raise NotationError(
            text,
            len(layers),
            Words("a network needs an input and an output size"),
            Words("'-' and the size of the next layer, as in 2-1"),
        )
    defaults = ["sigmoid"] * (len(names) - 1) + [OUTPUT_ACTIVATION[cost]]
    activations = tuple(name or default for name, default in zip(names, defaults, strict=True))
    for layer, (name, place) in enumerate(zip(activations, places, strict=True), start=1):
        if name == "softmax" and layer < len(activations):
            raise NotationError(text, place, Words("softmax belongs to the output layer only"), _names(ACTIVATIONS[:-1]))
    problem = pair_problem(activations[-1], sizes[-1], cost)
    if problem:
        named = _names(LOG_COST_OUTPUTS.get(cost, ACTIVATIONS))
        allowed = named if sizes[-1] > 1 else Words("a size of 2 or more, or another activation")
        raise NotationError(text, places[-1], problem, allowed)
    return NetworkSpec(tuple(sizes), activations, cost, **options)


_OPTIONS = "l2=NUMBER, l2b=NUMBER (the biases in it, too) or nobias, each once, as in +nobias+l2=0.01"


def _read_options(text: str) -> tuple[str, dict[str, Any]]:
    """What stands before the first '+', and the options after it as the fields of a spec."""
    body, plus, rest = text.partition("+")
    options: dict[str, Any] = {}
    position = len(body) + 1
    for piece in re.split(r"\+(?!\d)", rest) if plus else ():  # the sign in 1e+16 begins no option
        name, equals, number = piece.partition("=")
        if piece == "nobias" and "has_biases" not in options:
            options["has_biases"] = False
        elif name in ("l2", "l2b") and equals and "l2" not in options:
            options |= {"l2": _read_l2(text, position + len(name) + 1, number), "l2_on_biases": name == "l2b"}
        else:
            twice = name in ("l2", "l2b", "nobias") and bool(options)
            problem = "an option is named twice" if twice else "after '+' only l2, l2b and nobias may stand"
            raise NotationError(text, position, Words(problem), Words(_OPTIONS))
        position += len(piece) + 1
    return body, options


def _read_l2(text: str, position: int, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        problem = Words("{factor} is no L2 factor", factor=repr(number))
        raise NotationError(text, position, problem, Words("a finite number >= 0, as in +l2=0.01"))
    return value


def _read_cost(text: str, position: int, name: str) -> str:
    if name not in COSTS:
        raise NotationError(text, position, Words("unknown cost {name}", name=repr(name)), _names(COSTS))
    return name


def _read_layers(text: str, layers: str) -> tuple[list[int], list[str], list[int]]:
    """Sizes, activation names ('' where none is given) and where in the text each layer's activation stands or would."""
    sizes, names, places, position = [], [], [], 0
    for index, piece in enumerate(layers.split("-")):
        size, colon, name = piece.partition(":")
        if not re.fullmatch("[0-9]{1,7}", size) or not 1 <= int(size) <= LARGEST_SIZE:
            problem = Words("{size} is no layer size", size=repr(size)) if size else Words("a layer size is missing")
            raise NotationError(text, position, problem, Words("a whole number from 1 to {most}", most=LARGEST_SIZE))
        place = position + len(size) + len(colon)
        if colon and index == 0:
            problem = Words("the input layer has no activation")
            raise NotationError(text, place - 1, problem, Words("'-' and the next layer's size"))
        if colon and name not in ACTIVATIONS:
            raise NotationError(text, place, Words("unknown activation {name}", name=repr(name)), _names(ACTIVATIONS))
        sizes.append(int(size))
        if index:
            names.append(name)
            places.append(place)
        position += len(piece) + 1
    return sizes, names, places


def _names(names: tuple[str, ...]) -> str:
    return Words("{names}", names=names)
