"""A worked case as data: a small network with its numbers, and every quantity line by line, right and as the code has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


class LineAgreement(StrEnum):
    """A line beside the code's own: not known there, the same, the first that differs, one that differs after it."""

    UNKNOWN = "unknown"
    SAME = "same"
    FIRST = "first-difference"
    DIFFERENT = "different"


@dataclass(frozen=True)
class CalculationLine:
    """One line: ``name = formula = right``, where the formula is the general one, then with the numbers put in."""

    key: str  # as the notation has it: z1, delta2, dW1; of a line for a single entry with its index
    name: str  # as the code has it, where that is known
    formula: str
    short: str  # the same with the numbers alone, where these are put in
    right: Array
    yours: Array | None
    compared: LineAgreement

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        yours = None if self.yours is None else self.yours.tolist()
        how = {"name": self.name, "formula": self.formula, "right": self.right.tolist(), "yours": yours}
        return {**how, "compared": str(self.compared)}


@dataclass(frozen=True)
class Nudge:
    """One parameter moved by ``step`` each way, and the cost there, written to the digits that show which number is right."""

    parameter: str
    value: float
    step: float
    above: str
    below: str
    quotient: str
    right: float
    yours: float
    is_own_cost: bool  # whether the costs are those of the code's own function

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        costs = {"cost_above": self.above, "cost_below": self.below, "quotient": self.quotient}
        return {"parameter": self.parameter, "value": self.value, "step": self.step, **costs, "own_cost": self.is_own_cost}


@dataclass(frozen=True)
class WorkedCase:
    """The network, the point, the lines in the order of the calculation, the proof by a nudge, and Python to paste."""

    spec: NetworkSpec
    point: Point
    rows: tuple[CalculationLine, ...]
    right: Mapping[str, Array]
    yours: Mapping[str, Array]
    wrong: tuple[str, ...]
    nudge: Nudge | None
    python: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)  # the code's own, for what it has a name for
    learning_rate: float | None = None  # with which the code was called, where it updates the parameters
    wrong_forward: bool = False  # whether the forward pass of the code is what is wrong, seen or not

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        point = {"params": _lists(self.point.params), "x": self.point.x.tolist(), "y": self.point.y.tolist()}
        return {
            "network": str(self.spec),
            **point,
            "rows": [row.to_dict() for row in self.rows],
            "nudge": self.nudge.to_dict() if self.nudge else None,
            "python": list(self.python),
            "learning_rate": self.learning_rate,
        }

    @property
    def counterexample(self) -> dict[str, Any]:
        """The same case as the schema has it: the wrong quantities alone."""
        point = {"params": _lists(self.point.params), "x": self.point.x.tolist(), "y": self.point.y.tolist()}
        expected, got = ({key: values[key] for key in self.wrong} for values in (self.right, self.yours))
        return {"network": str(self.spec), **point, "expected": _lists(expected), "got": _lists(got)}


@dataclass(frozen=True)
class NoCase:
    """There is no case that can be worked through by hand, and why."""

    reason: str


def _lists(arrays: Mapping[str, Array]) -> dict[str, Any]:
    return {key: np.asarray(value).tolist() for key, value in arrays.items()}
