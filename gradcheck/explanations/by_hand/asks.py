"""Calls of the code that is explained, on smaller networks like the one that it was written for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

Gradient: TypeAlias = Callable[[NetworkSpec, Point], Mapping[str, Array]]


@dataclass(frozen=True)
class Asks:
    """The gradient by key, and where the code offers them the output (m, n_L) and the cost; each raises NoAnswer.

    ``takes_classes``: its targets are one class an example, so that each row of y holds a single one. ``quantities`` are
    what is known of its own z, a and delta, (m, n) each.
    """

    gradient: Gradient
    output: Callable[[NetworkSpec, Point], Array] | None = None
    cost: Callable[[NetworkSpec, Point], float] | None = None
    takes_classes: bool = False
    quantities: Callable[[NetworkSpec, Point], Mapping[str, Array]] | None = None
    learning_rate: float | None = None  # with which the code is called, where it updates the parameters
