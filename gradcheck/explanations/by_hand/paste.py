"""Python to paste: the cost as a function of one parameter, with the numbers of the case, and the nudge; NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.explanations.by_hand.case import Nudge
from gradcheck.explanations.by_hand.lines import EntryPlace
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import HUBER_THRESHOLD, LEAKY_SLOPE, NetworkSpec

LONGEST = 76  # of a line: longer ones are broken where they are shown, and can no longer be pasted
# What each activation is in NumPy; ``{z}`` stands once, and has a name where it is needed again.
_PHI = {
    "identity": "{z}",
    "sigmoid": "sigmoid({z})",
    "tanh": "np.tanh({z})",
    "relu": "np.maximum({z}, 0)",
    "leaky_relu": f"np.where((z := {{z}}) > 0, z, {LEAKY_SLOPE} * z)",
    "elu": "np.where((z := {z}) > 0, z, np.expm1(z))",
    "softplus": "np.log1p(np.exp({z}))",
    "silu": "(z := {z}) / (1 + np.exp(-z))",
    "gelu": "0.5 * (z := {z}) * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))",
    "softmax": "(e := np.exp({z})) / e.sum(axis=1, keepdims=True)",
}
_CALLED = ("sigmoid", "tanh", "relu", "softplus")  # what stands as one call, and needs no parentheses around it
_SIGMOID = "sigmoid = lambda z: 1 / (1 + np.exp(-z))"
# ``{a}`` is the output where it stands first, ``{again}`` where it stands once more.
_COST = {
    "quadratic": "({a} - {y})**2 / 2",
    "mse": "({a} - {y})**2 / {K}",
    "bce": "-({y} * np.log({a}) + (1 - {y}) * np.log(1 - {again}))",
    "cross_entropy": "-{y} * np.log({a})",
    "huber": f"np.where(abs(e := {{a}} - {{y}}) <= {HUBER_THRESHOLD}, e**2 / 2, abs(e) - 1 / 2)",
}


def lines_to_paste(spec: NetworkSpec, point: Point, place: EntryPlace, nudge: Nudge) -> tuple[str, ...]:
    """``C`` as a function of the parameter, and its difference quotient; nothing where a function has no line in NumPy here."""
    if not (_PHI.keys() >= set(spec.activations) and spec.cost in _COST):
        return ()
    up, down = (_number(nudge.value + sign * nudge.step) for sign in (1, -1))
    said = f"# {nudge.quotient}, not {nudge.yours:.6g}"
    asked = f"print((C({up}) - C({down})) / {2 * nudge.step})  {said}"
    written = _Written(spec, point, place)
    short = f"C = lambda {place.key}: {written.in_one}"
    steps = [f"def C({written.free}):", *(f"    {step}" for step in written.steps)]
    helper = [_SIGMOID] if "sigmoid" in spec.activations else []
    return ("import numpy as np", *helper, *([short] if written.plain and len(short) <= LONGEST else steps), asked)


class _Written:
    """The network as one expression, or line by line: plain numbers where every layer has one unit, else matrices."""

    def __init__(self, spec: NetworkSpec, point: Point, place: EntryPlace) -> None:
        self.spec, self.point, self.place, self.m = spec, point, place, len(point.x)
        self.plain = max(spec.sizes) == 1
        self.free = place.key if self.plain else f"{place.key}_{'_'.join(map(str, place.index))}"

    @property
    def in_one(self) -> str:
        """The cost of the batch as one expression."""
        a = self._literal(self.point.x)
        for layer in self.spec.layers:
            a = self._activation(layer, a)
        return self._cost(a)

    @property
    def steps(self) -> Iterator[str]:
        """The same layer by layer."""
        yield f"x, y = {_bare(self._literal(self.point.x))}, {_bare(self._literal(self.point.y))}"
        for layer in self.spec.layers:
            given = [key for key in self.spec.of_layer(layer) if key != self.free]
            if given:
                yield f"{', '.join(given)} = {', '.join(_bare(self._parameter(key)) for key in given)}"
            a = "x" if layer == 1 else f"a{layer - 1}"
            z = f"W{layer} * {a}" if self.plain else f"{a} @ W{layer}.T"
            if self.spec.has_biases:
                z += f" + b{layer}"
            yield f"a{layer} = {_PHI[self.spec.activations[layer - 1]].format(z=z)}"
        yield f"return {self._cost(f'a{self.spec.L}', named=True)}"

    def _activation(self, layer: int, a: str) -> str:
        """``phi(W a + b)`` of plain numbers, without a factor of one and a bias of zero."""
        W, b = self._parameter(f"W{layer}"), self._parameter(f"b{layer}") if self.spec.has_biases else "0"
        called = layer > 1 and self.spec.activations[layer - 2] in _CALLED
        factor = a if layer == 1 or called or W == "1" == a else f"({a})"
        z = factor if W == "1" else f"{W} * {factor}"
        z = _bare(z) if b == "0" else f"{z} + {b}"
        return _PHI[self.spec.activations[layer - 1]].format(z=z)

    def _cost(self, a: str, *, named: bool = False) -> str:
        y = "y" if named else self._literal(self.point.y)
        form, again = _COST[self.spec.cost], "a"
        if y == "0" and self.spec.activations[-1] in _CALLED:  # so that the line is short enough
            form = form.replace("({a} - {y})", "{a}")
        if self.spec.cost == "bce":
            a, again = (a, a) if named else (f"a := {a}", "a")
        data = form.format(a=a, again=again, y=y, K=self.spec.sizes[-1]).removesuffix(" / 1")
        if not (self.plain and self.m == 1):
            data = f"({data}).sum()" + (f" / {self.m}" if self.m > 1 else "")
        return data + self._penalty(named)

    def _penalty(self, named: bool) -> str:
        if not self.spec.l2:
            return ""
        squares = [f"{key if named else self._parameter(key)}**2" for key in self.spec.regularised]
        whole = " + ".join(squares if self.plain else [f"({square}).sum()" for square in squares])
        return f" + {self.spec.l2:g} / 2 * ({whole})"

    def _parameter(self, key: str) -> str:
        """Its numbers, the one that is nudged by its name."""
        array = self.point.params[key]
        texts = _texts(array)
        if key == self.place.key:
            texts[self.place.index] = self.free
        return _bracketed(str(texts.ravel()[0])) if self.plain else f"np.array({_brackets(texts)})"

    def _literal(self, array: Array) -> str:
        """An input or a target: a number, a number an example, or a row an example."""
        texts = _texts(array)
        if self.plain and self.m == 1:
            return _bracketed(str(texts.ravel()[0]))
        return f"np.array({_brackets(texts.ravel() if self.plain else texts)})"


def _texts(array: Array) -> Array:
    return np.array([_number(float(value)) for value in array.ravel()], dtype=object).reshape(array.shape)


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _bare(text: str) -> str:
    """Without the parentheses of a number that is below zero."""
    inner = text[1:-1]
    return inner if text == f"({inner})" and inner[1:].replace(".", "").isdigit() else text


def _brackets(texts: Array) -> str:
    return str(texts) if not isinstance(texts, np.ndarray) else f"[{', '.join(_brackets(part) for part in texts)}]"


def _number(value: float) -> str:
    return f"{value:g}"
