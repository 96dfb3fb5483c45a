"""Calls a gradient function at a point, and gives each of its numbers a bound of its rounding error.

With these a property is written as the equation that it is, and its two sides are compared without a tolerance: they may
differ by the sum of their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gradcheck.judge.truth import Budget
from gradcheck.networks.claim import read_gradient
from gradcheck.rounding.budget import rounding_budget
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

Gradient = Callable[[Mapping[str, Array], Array, Array], Any]
UNIT = 2.0**-53  # u of float64: what each operation on the sides themselves may add


@dataclass(frozen=True)
class BoundedValues:
    """Values, each within ``error`` of the number that exact arithmetic would have given."""

    value: Array
    error: Array

    def __add__(self, other: BoundedValues) -> BoundedValues:
        return _rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other: BoundedValues) -> BoundedValues:
        return _rounded(self.value - other.value, self.error + other.error)

    def __mul__(self, factor: Array | float) -> BoundedValues:
        return _rounded(self.value * factor, self.error * np.abs(factor))

    def __getitem__(self, index: Any) -> BoundedValues:
        return BoundedValues(self.value[index], self.error[index])

    def sum(self, axis: int) -> BoundedValues:
        """The sum along an axis, in any order."""
        rounding = self.value.shape[axis] * UNIT * np.abs(self.value).sum(axis)
        return BoundedValues(self.value.sum(axis), self.error.sum(axis) + rounding)


def _rounded(value: Array, error: Array) -> BoundedValues:
    return BoundedValues(value, error + UNIT * np.abs(value))


def exactly(value: Array | float) -> BoundedValues:
    """Numbers without error."""
    array = np.asarray(value, dtype=np.float64)
    return BoundedValues(array, np.zeros_like(array))


@dataclass(frozen=True)
class Subject:
    """A gradient function under test, ``gradient(params, x, y)``, its network, and the point where a property looks.

    ``log`` is where it has been asked, and ``answered`` what it said there, for whoever wants to know what was wrong.
    """

    gradient: Gradient
    spec: NetworkSpec
    point: Point
    log: list[Point] = field(default_factory=list, compare=False)
    answered: list[tuple[Point, dict[str, Array]]] = field(default_factory=list, compare=False)

    @cached_property
    def here(self) -> dict[str, BoundedValues]:
        """The gradient at the point, as it came."""
        return self.asked(self.point)

    @cached_property
    def data(self) -> dict[str, BoundedValues]:
        """The data term at the point: ``gradient - lambda W``."""
        return self.without_l2(self.here, self.point)

    @cached_property
    def each_example(self) -> list[dict[str, BoundedValues]]:
        """The data term of each example alone, as a batch of one."""
        x, y = self.point.x[:, np.newaxis, :], self.point.y[:, np.newaxis, :]
        budgets = budget_at(self.spec, Point(self.point.params, x, y)).rounding
        return [
            self.data_at(Point(self.point.params, x[i], y[i]), {key: errors[i] for key, errors in budgets.items()})
            for i in range(len(x))
        ]

    def data_at(self, point: Point, rounding: Mapping[str, Array] | None = None) -> dict[str, BoundedValues]:
        """The data term at another point; its budget may be handed in where it is known."""
        return self.without_l2(self.asked(point, rounding), point)

    def asked(self, point: Point, rounding: Mapping[str, Array] | None = None) -> dict[str, BoundedValues]:
        """What the function returns at a point, handed copies that it may spoil; raises BadClaim where it is no gradient."""
        self.log.append(point)
        copies = {key: value.copy() for key, value in point.params.items()}
        returned = self.gradient(copies, point.x.copy(), point.y.copy())
        claimed = read_gradient(returned, self.spec, point.x.shape)
        rounding = budget_at(self.spec, point).rounding if rounding is None else rounding
        values = {key: claimed[key].astype(np.float64) for key in self.spec.keys}
        self.answered.append((point, values))
        noise = self._noise(values if point is self.point else {key: g.value for key, g in self.here.items()})
        own = {key: max(noise[key], self._own_rounding(value)) for key, value in values.items()}
        return {key: BoundedValues(value, rounding[key] + own[key]) for key, value in values.items()}

    def _noise(self, here: Mapping[str, Array]) -> dict[str, float]:
        """By key, what rounding may do to the numbers that this function adds, of which its result may keep nothing.

        Where ``y = a_L`` a gradient that lacks phi' or 1/m is as small as the right one, and its noise is not: it is that
        share of its own size at the point itself which rounding may be of the right gradient's size there.
        """
        budget = budget_at(self.spec, self.point)
        found = {}
        for key, claimed in here.items():
            size, rounding = (float(np.abs(part[key]).max(initial=0.0)) for part in (budget.lowest, budget.rounding))
            found[key] = rounding / size * float(np.abs(claimed).max(initial=0.0)) if size else 0.0
        return found

    def is_wrong_at(self, point: Point, values: Mapping[str, Array]) -> bool:
        """Whether an answer is further from the reference's than rounding explains in either of the two."""
        true, rounding = backward(self.spec, point.params, point.x, point.y), budget_at(self.spec, point).rounding
        return not all((np.abs(values[key] - true[key]) <= 2 * rounding[key]).all() for key in self.spec.keys)

    @property
    def wrong_at(self) -> Point | None:
        """The first point at which an entry of an answer is wrong, None where all of them are right."""
        return next((point for point, values in self.answered if self.is_wrong_at(point, values)), None)

    def _own_rounding(self, value: Array) -> float:
        """``n u max|g|``: budgets are those of the right gradient, and a wrong one that is larger rounds by its own size."""
        terms = len(self.point.x) + sum(self.spec.sizes)
        return terms * UNIT * float(np.abs(value).max(initial=0.0))

    def without_l2(self, grads: Mapping[str, BoundedValues], point: Point) -> dict[str, BoundedValues]:
        """``gradient - lambda theta`` of what is regularised, the gradient itself of all else."""
        if not self.spec.l2:
            return dict(grads)
        penalty = {key: exactly(self.spec.l2 * point.params[key]) for key in self.spec.regularised if key in grads}
        return {key: g - penalty[key] if key in penalty else g for key, g in grads.items()}


@dataclass(frozen=True)
class ByContent:
    """A point as the key of a cache: equal where its numbers are."""

    contents: tuple[Any, ...]
    point: Point = field(compare=False)

    @classmethod
    def of(cls, point: Point) -> ByContent:
        """The key of a point."""
        arrays = (*point.params.values(), point.x, point.y)
        return cls(tuple((array.shape, array.tobytes()) for array in arrays), point)


def budget_at(spec: NetworkSpec, point: Point) -> Budget:
    """The rounding budget at a point; many properties, and many gradient functions, look at the same one."""
    return _budget(spec, ByContent.of(point))


@lru_cache(maxsize=512)
def _budget(spec: NetworkSpec, key: ByContent) -> Budget:
    return rounding_budget(spec, key.point.params, key.point.x, key.point.y)
