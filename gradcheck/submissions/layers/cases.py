"""What each layer function must give, enclosed from its definition, for random inputs and a random ``dout``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcheck.judge.truth import Budget, Truth
from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.values import SAFETY, Roundoff, exact
from gradcheck.witnesses.forward_truth import forward_truth
from gradcheck.witnesses.network_truth import truth_at
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import Enclosure, balls, enclosure, precision
from symbolic.exact.ball_reading import ball_numbers
from symbolic.programs.functions import activation, derivative
from symbolic.programs.interpret import evaluate
from symbolic.programs.statements import symbol

ELEMENTWISE = [name for name in ACTIVATIONS if name not in ("identity", "softmax")]  # those that layer functions are for
M, N, K = 5, 4, 3  # examples, inputs, outputs: all different
BITS = 256
FUNCTIONS = {f"{name}_{way}" for name in ("affine", *ELEMENTWISE) for way in ("forward", "backward")} | {"softmax_loss"}


@dataclass(frozen=True)
class LayerCase:
    """One function with its inputs, and what it must return, by name."""

    function: str
    arrays: tuple[Array, ...]
    results: dict[str, Truth]
    out: Array | None = None  # of an activation: what its forward function gives

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the results."""
        return [truth.gradient[name].mid.shape for name, truth in self.results.items()]

    @property
    def names(self) -> tuple[str, ...]:
        """What the function is handed, by name."""
        if self.function == "softmax_loss":
            return ("x", "y")
        backward = ("dout",) if self.function.endswith("_backward") else ()
        return (*(("x", "w", "b") if self.function.startswith("affine") else ("x",)), *backward)

    def number_of(self, told: object) -> str | None:
        """Which result is meant by the name that a fault of its shape has for it."""
        return next((r for n, r in enumerate(self.results, 1) if told == f"{self.function} result {n}"), None)


def layer_case(name: str, rng: np.random.Generator) -> LayerCase:
    """One function with random inputs, and what it must return."""
    if name == "softmax_loss":
        return _softmax_loss(rng)
    kind, _, way = name.rpartition("_")
    if kind == "affine":
        return _affine(name, way, rng)
    return _activation(name, kind, way, rng)


def _dyadic(rng: np.random.Generator, *shape: int) -> Array:
    """Multiples of 1/8, never zero: their products and sums are exact in float64."""
    return np.asarray(rng.choice([-1, 1], size=shape) * rng.integers(1, 17, size=shape) / 8)


def _affine(name: str, way: str, rng: np.random.Generator) -> LayerCase:
    """``out = x w + b``; ``dx = dout w^T``, ``dw = x^T dout``, ``db = sum dout``."""
    x, w, b, dout = _dyadic(rng, M, N), _dyadic(rng, N, K), _dyadic(rng, K), _dyadic(rng, M, K)
    if way == "forward":
        return LayerCase(name, (x, w, b), {"out": _exactly("out", x @ w + b, np.abs(x) @ np.abs(w) + np.abs(b))})
    results = {
        "x": _exactly("x", dout @ w.T, np.abs(dout) @ np.abs(w.T)),
        "w": _exactly("w", x.T @ dout, np.abs(x.T) @ np.abs(dout)),
        "b": _exactly("b", dout.sum(axis=0), np.abs(dout).sum(axis=0)),
    }
    return LayerCase(name, (x, w, b, dout), results)


def _exactly(name: str, value: Array, size: Array) -> Truth:
    rounding = SAFETY * Roundoff.of(np.float64).gamma(M + N + K) * size
    return Truth({name: Enclosure(value, np.zeros_like(value), np.zeros_like(value))}, _budget(name, rounding, value))


def _budget(name: str, rounding: Array, value: Array) -> Budget:
    return Budget({name: rounding}, {name: value}, {name: value})


def _activation(name: str, kind: str, way: str, rng: np.random.Generator) -> LayerCase:
    """``out = phi(x)``; ``dx = dout phi'(x)``."""
    x, dout = _dyadic(rng, M, N), _dyadic(rng, M, N)
    z, g = symbol("z"), symbol("g")
    formula = activation(kind, z) if way == "forward" else g * derivative(kind, z)
    result = "out" if way == "forward" else "x"
    with precision(BITS):
        enclosed = enclosure(np.asarray(evaluate(formula, {"z": balls(x), "g": balls(dout)}, ball_numbers())))
    format = Roundoff.of(np.float64)
    with np.errstate(all="ignore"):
        error = evaluate(formula, {"z": exact(x, format), "g": exact(dout, format)}, error_numbers(format)).error
    truth = Truth({result: enclosed}, _budget(result, SAFETY * np.asarray(error), enclosed.mid))
    return LayerCase(name, (x,) if way == "forward" else (x, dout), {result: truth}, ACTIVATIONS[kind].phi(x))


def _softmax_loss(rng: np.random.Generator) -> LayerCase:
    """The loss, and ``dx = (softmax(x) - one-hot) / m``: a network whose only layer is the identity matrix."""
    spec = NetworkSpec((K, K), ("softmax",), "cross_entropy")
    x, labels = _dyadic(rng, M, K), rng.integers(K, size=M)
    point = Point({"W1": np.eye(K), "b1": np.zeros(K)}, x, np.eye(K)[labels])
    whole, cost = truth_at(spec, point, dx=True), forward_truth(spec, point).cost
    loss = Truth({"loss": _scalar(cost.enclosed)}, _budget("loss", cost.budget.reshape(()), _scalar(cost.enclosed).mid))
    gradient = Truth({"x": whole.gradient["x"]}, _budget("x", whole.budget.rounding["x"], whole.gradient["x"].mid))
    return LayerCase("softmax_loss", (x, labels.astype(np.float64)), {"loss": loss, "x": gradient})


def _scalar(value: Enclosure) -> Enclosure:
    return Enclosure(value.mid.reshape(()), value.low.reshape(()), value.rad.reshape(()))
