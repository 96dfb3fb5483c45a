"""Which array of a student's code is which quantity of the recursion: right ones by their numbers, by name elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import Made, Origin, SourcePlace
from gradcheck.explanations.traced.quantities import (
    FLAT,
    SCALED,
    Quantity,
    Role,
    View,
    ratio,
    right_quantities,
    shape_of,
    views,
)
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


@dataclass(frozen=True)
class LineValues:
    """What a line made under a name: an array, or what it made in every round of a loop, one beside the other.

    ``first`` is its number in the order of making.
    """

    place: SourcePlace
    name: str
    function: str
    kind: Origin
    call: int
    first: int
    array: Array = field(compare=False)
    rounds: int = 1


@dataclass(frozen=True)
class Fit:
    """What was seen is that quantity, times ``scale``; ``turned`` where examples (of W: the units of its layer) are columns."""

    seen: LineValues
    quantity: Quantity
    scale: float
    turned: bool
    ones: bool = False

    @property
    def name(self) -> str:
        """The name that the code has for it."""
        return self.seen.name


WITH_ONES = (Role.ACTIVATION, Role.BACK, Role.DELTA, Role.WEIGHT, Role.WEIGHT_GRADIENT)
FEW = 6  # rounds that are looked at by themselves, besides the last
Site = tuple[SourcePlace, str, str, Origin]


def seen_of(made: Sequence[Made], m: int) -> tuple[LineValues, ...]:
    """What was made, and what loops made, put together round by round: over examples, over units, over both."""
    found: list[LineValues] = []
    groups: dict[tuple[Site, tuple[int, ...]], list[int]] = {}
    for number, one in enumerate(made):
        groups.setdefault(((one.place, one.name, one.function, one.kind), one.array.shape), []).append(number)
    for (site, shape), numbers in groups.items():
        arrays = [made[number].array for number in numbers]
        ends = dict.fromkeys((*numbers[:FEW], numbers[-1]))
        found += [LineValues(*site, made[number].call, number, made[number].array) for number in ends]
        if len(numbers) > 1:
            found += [
                LineValues(*site, made[numbers[0]].call, numbers[0], array, len(numbers)) for array in _stacks(arrays, shape, m)
            ]
    return tuple(sorted(found, key=lambda one: one.first))


def _stacks(arrays: Sequence[Array], shape: tuple[int, ...], m: int) -> Iterator[Array]:
    """The rounds of a loop one beside the other; of the examples' parts of dW also their sum."""
    if not shape:
        yield np.array([float(one) for one in arrays])
        return
    rows = [one.ravel() for one in arrays]
    if len(rows) == m:
        yield np.stack(rows)
        yield np.sum(arrays, axis=0)
    elif len(rows) % m == 0:
        times = len(rows) // m
        for start in range(times):
            yield np.stack(rows[start::times])
            yield np.stack(rows[start * m : (start + 1) * m])
    else:
        yield np.concatenate(rows)


@dataclass(frozen=True)
class Roles:
    """The right quantities of a network at a point, and where the code has them."""

    spec: NetworkSpec
    point: Point
    seen: tuple[LineValues, ...]
    right_values: Mapping[Quantity, Array]

    @cached_property
    def fits(self) -> tuple[Fit, ...]:
        """Everything that was seen and is a right quantity, in the order of making."""
        by_size: dict[int, list[Quantity]] = {}
        for quantity in self.right_values:
            rows, columns = self.shape(quantity)
            for size in {rows * columns, rows * (columns + 1), self._beside(quantity)}:
                by_size.setdefault(size, []).append(quantity)
        return tuple(fit for one in self.seen for q in by_size.get(one.array.size, ()) if (fit := self._fit(one, q)))

    def _beside(self, quantity: Quantity) -> int:
        """The size of a bias with the weights that stand beside it."""
        n = self.spec.sizes[quantity.layer]
        return n * (self.spec.sizes[quantity.layer - 1] + 1) if quantity.role in FLAT else n

    def shape(self, quantity: Quantity) -> tuple[int, int]:
        """Rows and columns."""
        return shape_of(quantity, self.spec, len(self.point.x))

    @cached_property
    def scales(self) -> tuple[float, ...]:
        """The factors that a single number may have."""
        m, K = float(len(self.point.x)), float(self.spec.sizes[-1])
        plain = (1.0, m, 1 / m, 2.0, 0.5, K, 1 / K, 2 * m, 2 / m)
        return (*plain, *(-k for k in plain))

    def views(self, seen: LineValues, quantity: Quantity) -> Iterator[View]:
        """What was seen, read as a matrix of a quantity's shape."""
        yield from views(seen.array, *self.shape(quantity), ones=quantity.role in WITH_ONES)
        if quantity.role in FLAT and seen.array.ndim == 2:
            n, before = self.spec.sizes[quantity.layer], self.spec.sizes[quantity.layer - 1]
            for turned, whole in ((False, seen.array), (True, seen.array.T)):
                if whole.shape == (n, before + 1):  # a column beside the weights
                    yield from (View(whole[:, at].reshape(1, n), turned, ones=True) for at in (0, -1))

    def _fit(self, seen: LineValues, quantity: Quantity) -> Fit | None:
        value = self.right_values[quantity].reshape(self.shape(quantity))
        for view in self.views(seen, quantity):
            if quantity.role in SCALED:
                k = ratio(view.array, value, self.scales)
                if k is not None:
                    return Fit(seen, quantity, k, view.turned, view.ones)
            elif same(view.array, value):
                return Fit(seen, quantity, 1.0, view.turned, view.ones)
        return None

    @cached_property
    def by_quantity(self) -> Mapping[Quantity, tuple[Fit, ...]]:
        """The fits of each quantity, in the order of making."""
        found: dict[Quantity, list[Fit]] = {}
        for fit in self.fits:
            found.setdefault(fit.quantity, []).append(fit)
        return {quantity: tuple(fits) for quantity, fits in found.items()}

    def right(self, quantity: Quantity) -> Fit | None:
        """The first line that makes the right quantity, and its name there; if there is none, one that is handed it."""
        fits = self.by_quantity.get(quantity, ())
        return next((fit for fit in fits if fit.seen.kind is not Origin.ARGUMENT), fits[0] if fits else None)

    def names(self, quantity: Quantity, function: str) -> tuple[Fit, ...]:
        """The fits of a quantity under the names that one function has for it, the latest first."""
        fits = [fit for fit in self.by_quantity.get(quantity, ()) if fit.seen.function == function]
        return tuple(reversed(fits))


def roles(spec: NetworkSpec, point: Point, made: Sequence[Made]) -> Roles:
    """The roles of what was made at a point of a network, best one whose widths and batch size are all different."""
    return Roles(spec, point, seen_of(made, len(point.x)), right_quantities(spec, point))


def at(made: Iterable[Made], place: SourcePlace, name: str) -> tuple[Made, ...]:
    """What a line made under a name in another trace, on another network: the student's own number of a known role."""
    return tuple(one for one in made if one.place == place and one.name == name)
