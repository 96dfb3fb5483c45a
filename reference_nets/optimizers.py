"""How a gradient becomes a step: gradient descent, momentum and Adam, in place on one flat vector of parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference_nets.activations import Array

Step = Callable[[Array, Array], None]  # step(theta, gradient) changes theta


@dataclass(frozen=True)
class Optimizer:
    """``start(theta, rate)`` gives the step; ``full_batch`` takes all examples at once, the others mini-batches."""

    name: str
    start: Callable[[Array, float], Step]
    learning_rate: float
    full_batch: bool = False


def descent(theta: Array, rate: float) -> Step:
    """``theta <- theta - rate g``."""
    move = np.empty_like(theta)

    def step(theta: Array, gradient: Array) -> None:
        theta -= np.multiply(rate, gradient, out=move)

    return step


def momentum(theta: Array, rate: float, *, keep: float = 0.9) -> Step:
    """``v <- keep v - rate g``, ``theta <- theta + v`` (Polyak 1964)."""
    velocity, move = np.zeros_like(theta), np.empty_like(theta)

    def step(theta: Array, gradient: Array) -> None:
        np.multiply(velocity, keep, out=velocity)
        np.subtract(velocity, np.multiply(rate, gradient, out=move), out=velocity)
        theta += velocity

    return step


def adam(theta: Array, rate: float, *, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Step:
    """``theta <- theta - rate m / (sqrt(v) + epsilon)``, m and v averages of g and g^2 freed of their bias.

    Kingma and Ba 2015, in the order of operations they recommend at the end of section 2, with their constants.
    """
    first, second, move = np.zeros_like(theta), np.zeros_like(theta), np.empty_like(theta)
    power1 = power2 = 1.0

    def step(theta: Array, gradient: Array) -> None:
        nonlocal power1, power2
        power1, power2 = power1 * beta1, power2 * beta2
        np.multiply(first, beta1, out=first)
        np.add(first, np.multiply(1 - beta1, gradient, out=move), out=first)
        np.multiply(second, beta2, out=second)
        np.add(second, np.multiply(np.multiply(gradient, gradient, out=move), 1 - beta2, out=move), out=second)
        np.sqrt(second, out=move)
        np.add(move, epsilon * (1 - power2) ** 0.5, out=move)
        np.divide(first, move, out=move)
        theta -= np.multiply(move, rate * (1 - power2) ** 0.5 / (1 - power1), out=move)

    return step


_TABLE = (
    Optimizer("gradient-descent", descent, 0.5, full_batch=True),
    Optimizer("sgd", descent, 0.1),
    Optimizer("momentum", momentum, 0.05),
    Optimizer("adam", adam, 0.005),
)

OPTIMIZERS: dict[str, Optimizer] = {row.name: row for row in _TABLE}
