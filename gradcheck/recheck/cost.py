"""The cost of a network from its definition, in Python's own decimals: its slopes, and what rounding may do to them.

Nothing of ours is imported: no NumPy, no balls, no symbols, none of our formulas. A slope is a difference quotient of the
cost in 150 digits with a step of about 1e-50, so that its error is of order 1e-100.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any

DIGITS, COST_STEP = 150, Decimal(10) ** -50
ROUNDING_DIGITS, ROUNDING_STEP = 50, Decimal(10) ** -16  # for the slopes of an activation where its 17th digit is in question
UNIT = Decimal(2) ** -53  # of float64
FUNCTION_UNITS = 4  # an elementary function and the few operations around it, in units
TRIALS = 16
LARGEST_POWER = 10**9  # of ten, in what exp gives on the way
Numbers = list[Decimal]
Sides = Mapping[tuple[int, int, int], bool]  # (example, layer, unit) of a kink -> whether it is taken to lie on the right


def _sigmoid(z: Decimal) -> Decimal:
    return 1 / (1 + (-z).exp())


def _tanh(z: Decimal) -> Decimal:
    return 2 * _sigmoid(2 * z) - 1


def _gelu(z: Decimal) -> Decimal:
    return z / 2 * (1 + _tanh((2 / _pi()).sqrt() * (z + Decimal("0.044715") * z**3)))


def _softplus(z: Decimal) -> Decimal:
    return max(z, Decimal(0)) + (1 + (-abs(z)).exp()).ln()


ONE_BY_ONE: dict[str, Callable[[Decimal], Decimal]] = {
    "identity": lambda z: z,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": lambda z: max(z, Decimal(0)),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else z.exp() - 1,
    "softplus": _softplus,
    "silu": lambda z: z * _sigmoid(z),
    "gelu": _gelu,
}
LEFT_SLOPE = {"relu": Decimal(0), "leaky_relu": Decimal(1) / 100}  # those with a kink at 0; on its right the slope is 1
LOGARITHMIC = {"bce": ("sigmoid", "softmax"), "cross_entropy": ("softmax", "sigmoid")}  # and the outputs that they need
COSTS = ("quadratic", "mse", "huber", *LOGARITHMIC)


def activated(name: str, z: Numbers) -> Numbers:
    """The outputs of a layer, from its weighted inputs."""
    if name == "softmax":
        powers = [(v - max(z)).exp() for v in z]
        total = sum(powers)
        return [p / total for p in powers]
    return [ONE_BY_ONE[name](v) for v in z]


def loss(name: str, a: Numbers, y: Numbers) -> Decimal:
    """The cost of one example, before the mean over the batch."""
    pairs = list(zip(a, y, strict=True))
    if name in ("quadratic", "mse"):
        return sum(((p - t) ** 2 for p, t in pairs), Decimal(0)) / (2 if name == "quadratic" else len(a))
    if name == "cross_entropy":
        return -sum((_weighted_log(t, p) for p, t in pairs), Decimal(0))
    if name == "bce":
        return -sum((_weighted_log(t, p) + _weighted_log(1 - t, 1 - p) for p, t in pairs), Decimal(0))
    sizes = [abs(p - t) for p, t in pairs]
    return sum((r * r / 2 if r <= 1 else r - Decimal("0.5") for r in sizes), Decimal(0))


def _weighted_log(weight: Decimal, value: Decimal) -> Decimal:
    return weight * value.ln() if weight else Decimal(0)


@dataclass(frozen=True)
class Network:
    """A network at a point: numbers are decimals, ``point`` has lists under W1, b1, ..., x and y; no b without biases."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    cost: str
    l2: Decimal
    regularised: str  # the letters of the parameters in the L2 term: W, or Wb
    point: Mapping[str, Any]
    sides: Sides = field(default_factory=dict)  # units on a kink that are taken to lie on one side of it

    @cached_property
    def passes(self) -> list[list[tuple[Numbers, Numbers]]]:
        """For each example and each layer from 1 on: weighted inputs and outputs."""
        return [self._forward(example, x) for example, x in enumerate(self.point["x"])]

    def shape(self, key: str) -> tuple[int, ...]:
        """The shape of a parameter."""
        layer = int(key[1:])
        return self.sizes[layer - 1 : layer + 1][::-1] if key[0] == "W" else (self.sizes[layer],)

    def weighted_input(self, example: int, layer: int, unit: int) -> Decimal:
        """``z`` of a unit."""
        return self.passes[example][layer - 1][0][unit]

    def slope(self, key: str, index: tuple[int, ...]) -> Decimal:
        """The derivative of the cost by one parameter, from the costs a step before and a step behind it."""
        layer, unit = int(key[1:]), index[0]
        inputs = [Decimal(1)] * len(self.point["x"])
        if key[0] == "W":
            below = self.point["x"] if layer == 1 else [layers[layer - 2][1] for layers in self.passes]
            inputs = [row[index[1]] for row in below]
        step = COST_STEP / max(Decimal(1), *(abs(v) for v in inputs))
        total = Decimal(0)
        for example, moved in enumerate(inputs):
            if moved:
                total += self._tail(example, layer, unit, step * moved) - self._tail(example, layer, unit, -step * moved)
        data = total / (2 * step) / len(inputs)
        return data + self.decay(key, index)  # of lambda / 2 W^2, exactly

    def decay(self, key: str, index: tuple[int, ...]) -> Decimal:
        """What the L2 term adds to the derivative by one parameter."""
        if key[0] not in self.regularised:
            return Decimal(0)
        row = self.point[key][index[0]]
        return self.l2 * Decimal(row[index[1]] if key[0] == "W" else row)

    def biases(self, layer: int) -> Numbers:
        """The biases of a layer: zeros where the network has none."""
        return list(self.point.get(f"b{layer}") or [Decimal(0)] * self.sizes[layer])

    def _forward(self, example: int, x: Numbers) -> list[tuple[Numbers, Numbers]]:
        found, a = [], x
        for layer in range(1, len(self.sizes)):
            z = self._weighted(layer, a)
            a = self._outputs(example, layer, z)
            found.append((z, a))
        return found

    def _weighted(self, layer: int, a: Numbers) -> Numbers:
        W, b = self.point[f"W{layer}"], self.biases(layer)
        return [sum((w * v for w, v in zip(row, a, strict=True)), start) for row, start in zip(W, b, strict=True)]

    def _outputs(self, example: int, layer: int, z: Numbers) -> Numbers:
        name = self.activations[layer - 1]
        a = activated(name, z)
        for (one, its_layer, unit), right in self.sides.items():
            if (one, its_layer) == (example, layer):
                a[unit] = z[unit] * (1 if right else LEFT_SLOPE[name])
        return a

    def _tail(self, example: int, layer: int, unit: int, step: Decimal) -> Decimal:
        """The cost of an example with one weighted input moved, from that layer on."""
        z = list(self.passes[example][layer - 1][0])
        z[unit] += step
        while True:
            a = self._outputs(example, layer, z)
            if layer == len(self.activations):
                return loss(self.cost, a, self.point["y"][example])
            layer += 1
            z = self._weighted(layer, a)


# What rounding may do to the gradient: backpropagation as books have it, with every operation off by a unit of its rounding


@dataclass
class Rounding:
    """One trial: numbers that come out of an operation are moved by its rounding error, up or down at random."""

    network: Network
    draw: random.Random

    def _near(self, value: Decimal, units: Decimal | int = 1) -> Decimal:
        return value + value * units * (UNIT if self.draw.random() < 0.5 else -UNIT)

    def _sum(self, terms: Numbers) -> Decimal:
        units = 1 + Decimal(len(terms)).sqrt()  # its own product, and the sums that it goes through
        return sum((self._near(term, units) for term in terms), Decimal(0))

    def _beside(self, value: Decimal, size: Decimal | int) -> Decimal:
        """Of a function that is written as a difference of numbers of this size; gone where nothing is left of it."""
        off = FUNCTION_UNITS * UNIT * size
        off = min(off, abs(value)) if abs(value) < UNIT / 1000 else off
        return value + (off if self.draw.random() < 0.5 else -off)

    def gradient(self) -> dict[str, Any]:
        """The gradient of this trial, nested lists by key."""
        net = self.network
        layers = range(1, len(net.sizes))
        deltas: list[list[Numbers]] = [[] for _ in layers]
        inputs: list[list[Numbers]] = [[] for _ in layers]
        for x, y, layer_values in zip(net.point["x"], net.point["y"], net.passes, strict=True):
            exact = [z for z, _ in layer_values]
            zs, outputs = [], [x]
            for layer in layers:
                W, b = net.point[f"W{layer}"], net.biases(layer)
                z = [
                    self._sum([*(w * v for w, v in zip(row, outputs[-1], strict=True)), c]) for row, c in zip(W, b, strict=True)
                ]
                zs.append(z)
                outputs.append(self._activated(net.activations[layer - 1], z))
            delta = self._output_delta(zs[-1], exact[-1], outputs[-1], y)
            for layer in reversed(layers):
                deltas[layer - 1].append(delta)
                inputs[layer - 1].append(outputs[layer - 1])
                if layer > 1:
                    back = [
                        self._sum([d * row[j] for d, row in zip(delta, net.point[f"W{layer}"], strict=True)])
                        for j in range(net.sizes[layer - 1])
                    ]
                    slopes = self._slopes(net.activations[layer - 2], zs[layer - 2], exact[layer - 2])
                    delta = [self._near(g * s, 2) for g, s in zip(back, slopes, strict=True)]
        m = len(net.point["x"])
        found: dict[str, Any] = {}
        for layer in layers:
            by_unit, by_input = list(zip(*deltas[layer - 1], strict=True)), list(zip(*inputs[layer - 1], strict=True))
            weight, bias = f"W{layer}", f"b{layer}"
            if bias in net.point:
                found[bias] = [self._decayed(self._sum(list(d)) / m, bias, (j,)) for j, d in enumerate(by_unit)]
            found[weight] = [
                [
                    self._near(self._sum([p * q for p, q in zip(d, a, strict=True)]) / m + net.decay(weight, (j, i)))
                    for i, a in enumerate(by_input)
                ]
                for j, d in enumerate(by_unit)
            ]
        return found

    def _decayed(self, data: Decimal, key: str, index: tuple[int, ...]) -> Decimal:
        """With the L2 term where there is one, which is one more sum."""
        net = self.network
        return self._near(data + net.decay(key, index)) if key[0] in net.regularised and net.l2 else data

    def _activated(self, name: str, z: Numbers) -> Numbers:
        a = activated(name, z)
        if name == "softmax":
            size = 2 + max(abs(v) for v in z)
            return [self._near(v, FUNCTION_UNITS * (size + len(z))) for v in a]
        if name in ("identity", *LEFT_SLOPE):
            return [self._near(v) for v in a]
        return [
            self._beside(self._near(v, FUNCTION_UNITS), abs(u) if name in ("silu", "gelu") else 1)
            for u, v in zip(z, a, strict=True)
        ]

    def _slopes(self, name: str, z: Numbers, exact: Numbers) -> Numbers:
        """The slopes of an activation; rounding takes no weighted input to the other side of a kink here."""
        if name == "identity":
            return [Decimal(1)] * len(z)
        if name in LEFT_SLOPE:
            return [Decimal(1) if v > 0 else LEFT_SLOPE[name] for v in exact]
        phi = ONE_BY_ONE[name]
        slopes = [(phi(v + ROUNDING_STEP) - phi(v - ROUNDING_STEP)) / (2 * ROUNDING_STEP) for v in z]
        sizes = [1 + abs(v) if name in ("silu", "gelu") else 3 for v in z]
        return [self._beside(self._near(s, FUNCTION_UNITS), size) for s, size in zip(slopes, sizes, strict=True)]

    def _output_delta(self, z: Numbers, exact: Numbers, a: Numbers, y: Numbers) -> Numbers:
        """``dC/da`` times ``phi'``, of one example and without the 1/m."""
        net, h = self.network, ROUNDING_STEP
        name = net.activations[-1]
        if (name, net.cost) == ("softmax", "cross_entropy"):
            return [self._near(p, 2) - t for p, t in zip(a, y, strict=True)]

        if net.cost in LOGARITHMIC and not all(UNIT * UNIT < v < 1 - UNIT * UNIT for v in a):
            return [self._near(p, FUNCTION_UNITS) - t for p, t in zip(a, y, strict=True)]  # saturated: 1 / a is out of question

        def slope(k: int) -> Decimal:
            step = h * min(a[k], 1 - a[k]) if net.cost in LOGARITHMIC else h
            ahead, behind = (loss(net.cost, [a[k] + s * step], [y[k]]) for s in (1, -1))
            return self._near((ahead - behind) / (2 * step) / (len(a) if net.cost == "mse" else 1), 3)

        g = [slope(k) for k in range(len(a))]
        if name != "softmax":
            return [self._near(p * s, 2) for p, s in zip(g, self._slopes(name, z, exact), strict=True)]
        mean = self._sum([p * q for p, q in zip(g, a, strict=True)])
        return [self._near(q * (self._near(p) - mean), 2) for p, q in zip(g, a, strict=True)]


def rounding_sizes(network: Network, seed: int = 0) -> dict[str, Any]:
    """The mean size, over some trials, of what rounding does to each entry of the gradient; nested lists by key."""
    with localcontext() as context:
        context.prec = ROUNDING_DIGITS
        draw = random.Random(seed)
        trials = [Rounding(network, draw).gradient() for _ in range(TRIALS)]
        return {key: _spread([trial[key] for trial in trials]) for key in trials[0]}


def _spread(trials: list[Any]) -> Any:
    if isinstance(trials[0], list):
        return [_spread(list(parts)) for parts in zip(*trials, strict=True)]
    middle = sum(trials, Decimal(0)) / len(trials)
    return sum((abs(one - middle) for one in trials), Decimal(0)) / len(trials)


_PI: list[Decimal] = []


def _pi() -> Decimal:
    """Machin 1706: ``pi/4 = 4 arctan(1/5) - arctan(1/239)``."""
    if not _PI:
        with localcontext() as context:
            context.prec = 2 * DIGITS
            _PI.append(4 * (4 * _arctan_inverse(5) - _arctan_inverse(239)))
    return _PI[0]


def _arctan_inverse(n: int) -> Decimal:
    term, total, k = 1 / Decimal(n), 1 / Decimal(n), 1
    while abs(term) > Decimal(10) ** -(2 * DIGITS):
        term /= -n * n
        k += 2
        total += term / k
    return total
