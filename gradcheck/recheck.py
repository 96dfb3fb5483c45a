"""An independent look at a certificate, with Python's own decimals: no NumPy, no balls, no symbols, none of our formulas.

Each partial derivative is a difference quotient of the cost in 150 digits with a step of 1e-50, whose error is of order
1e-100 (and would be a large one at a kink, where it is not a derivative at all).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

DIGITS, STEP = 150, Decimal(10) ** -50
SLACK = Decimal(10) ** -60  # relative, of the quotient itself
Numbers = dict[str, Any]  # nested lists of Decimals by key


@dataclass(frozen=True)
class Recheck:
    """How many entries were looked at, and a sentence for each thing that does not hold; none means that all does."""

    entries: int
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything in the certificate holds."""
        return not self.faults


def recheck(text: str) -> Recheck:
    """Check a certificate's text: its hash, each enclosure against the cost's own differences, each verdict."""
    try:
        data = json.loads(text)
        network, verdicts = data["network"], data["verdicts"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"this is no certificate: {error}; gradcheck writes them with write_certificate") from error
    content = {key: value for key, value in data.items() if key != "sha256"}
    found = hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    faults = [] if found == data.get("sha256") else ["the hash does not fit: the file was changed after it was written"]
    with localcontext() as context:
        context.prec = DIGITS
        point, places = _decimals(data["point"]), 0
        for key in verdicts:
            fine = True
            for index in _indices(point[key]):
                places += 1
                true = _slope(network, point, key, index)
                fault, within = _entry(data, key, index, true)
                fine = fine and within
                faults += [fault] if fault else []
            if fine != (verdicts[key] == "match") and verdicts[key] in ("match", "mismatch"):
                faults.append(f"the verdict on {key} is {verdicts[key]}, but its entries say otherwise")
    return Recheck(places, tuple(faults))


def _entry(data: Any, key: str, index: tuple[int, ...], true: Decimal) -> tuple[str, bool]:
    """What is wrong with the enclosure of one entry, if anything, and whether the claimed value is within its budget."""
    mid, low, rad = (_decimal(_at(data["enclosure"][key][part], index)) for part in ("mid", "low", "rad"))
    claimed, budget = _decimal(_at(data["claimed"][key], index)), _decimal(_at(data["budget"][key], index))
    off = abs(true - mid - low)
    within = abs(claimed - true) <= budget + rad
    if off <= rad + SLACK * max(abs(true), Decimal(1)):
        return "", within
    return f"the true derivative of {key}{list(index)} is {true:.20g}, outside of its enclosure by {off:.1e}", within


# The cost of a network, from its definition


def _slope(network: Any, point: Numbers, key: str, index: tuple[int, ...]) -> Decimal:
    home = point[key]
    for place in index[:-1]:
        home = home[place]
    before = home[index[-1]]
    home[index[-1]] = before + STEP
    ahead = _cost(network, point)
    home[index[-1]] = before - STEP
    behind = _cost(network, point)
    home[index[-1]] = before
    return (ahead - behind) / (2 * STEP)


def _cost(network: Any, point: Numbers) -> Decimal:
    total, layers = Decimal(0), len(network["sizes"]) - 1
    for x, y in zip(point["x"], point["y"], strict=True):
        a = x
        for layer in range(1, layers + 1):
            W, b = point[f"W{layer}"], point[f"b{layer}"]
            z = [sum((w * v for w, v in zip(row, a, strict=True)), start) for row, start in zip(W, b, strict=True)]
            a = _activated(network["activations"][layer - 1], z)
        total += _loss(network["cost"], a, y)
    squares = sum((w * w for layer in range(1, layers + 1) for row in point[f"W{layer}"] for w in row), Decimal(0))
    return total / len(point["x"]) + _decimal(network["l2"]) / 2 * squares


def _sigmoid(z: Decimal) -> Decimal:
    return 1 / (1 + (-z).exp())


def _tanh(z: Decimal) -> Decimal:
    return 2 * _sigmoid(2 * z) - 1


def _gelu(z: Decimal) -> Decimal:
    return z / 2 * (1 + _tanh((2 / _pi()).sqrt() * (z + Decimal("0.044715") * z**3)))


_ONE_BY_ONE: dict[str, Callable[[Decimal], Decimal]] = {
    "identity": lambda z: z,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": lambda z: max(z, Decimal(0)),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else z.exp() - 1,
    "softplus": lambda z: (1 + z.exp()).ln(),
    "silu": lambda z: z * _sigmoid(z),
    "gelu": _gelu,
}


def _activated(name: str, z: list[Decimal]) -> list[Decimal]:
    if name == "softmax":
        powers = [v.exp() for v in z]
        return [p / sum(powers) for p in powers]
    return [_ONE_BY_ONE[name](v) for v in z]


def _loss(name: str, a: list[Decimal], y: list[Decimal]) -> Decimal:
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


def _pi() -> Decimal:
    """Machin 1706: ``pi/4 = 4 arctan(1/5) - arctan(1/239)``."""
    return 4 * (4 * _arctan_inverse(5) - _arctan_inverse(239))


def _arctan_inverse(n: int) -> Decimal:
    term, total, k = 1 / Decimal(n), 1 / Decimal(n), 1
    while abs(term) > Decimal(10) ** -(DIGITS + 5):
        term /= -n * n
        k += 2
        total += term / k
    return total


# Numbers of the file


def _decimal(text: str) -> Decimal:
    return Decimal(float.fromhex(text))


def _decimals(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _decimals(item) for key, item in value.items()}
    return [_decimals(item) for item in value] if isinstance(value, list) else _decimal(value)


def _indices(value: Any) -> Iterator[tuple[int, ...]]:
    if not isinstance(value, list):
        yield ()
        return
    for place, item in enumerate(value):
        yield from ((place, *rest) for rest in _indices(item))


def _at(value: Any, index: tuple[int, ...]) -> Any:
    for place in index:
        value = value[place]
    return value
