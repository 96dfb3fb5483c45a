"""The networks and the numbers among which a worked case is chosen: a fixed list, the simplest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import cycle, islice
from math import prod

import numpy as np

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

MOST_PARAMETERS = 40  # of a case that is worked through by hand; a network of its own that is larger is not shown
NUMBER = 0.5  # what each number that must be written down adds to how hard a case is
SECOND = 1.0  # what a second example adds, because everything must be worked out once more and added up
# What each value adds to that: ones and zeros are the easiest to work with.
HARD = {0.0: 0.0, 1.0: 0.0, -1.0: 0.15, 2.0: 0.2, 0.5: 0.25, -2.0: 0.3}
HARDEST = max(HARD.values())


@dataclass(frozen=True)
class Pattern:
    """Values that are dealt out in turn: to all weights, all biases, all inputs."""

    weights: tuple[float, ...]
    biases: tuple[float, ...]
    inputs: tuple[float, ...]


PATTERNS = (
    Pattern((1,), (0,), (1,)),
    Pattern((1,), (0,), (2,)),
    Pattern((1,), (0,), (-1,)),
    Pattern((1,), (0,), (0.5,)),
    Pattern((1,), (1,), (1,)),
    Pattern((1, 2), (0,), (1,)),
    Pattern((2, 1), (0,), (1,)),
    Pattern((1, -1), (0,), (1,)),
    Pattern((1, -1), (0,), (-1,)),
    Pattern((1,), (0, 1), (-1,)),
    Pattern((1, -1), (0, 1), (-1,)),
    Pattern((1,), (0, 1, 1), (1, -1)),
    Pattern((1, -1), (0, 1), (1,)),
    Pattern((1, 2), (0, 1), (1, -1)),
    Pattern((0.5,), (0,), (1,)),
    Pattern((1,), (0,), (1, 2)),
    Pattern((1,), (0,), (1, -1)),
    Pattern((1, -1), (0,), (1, 2)),
    Pattern((1, 2, -1), (0,), (1, -1)),
    Pattern((1, 1, -1, 2), (0,), (1, 2)),
    Pattern((1, -1, 2), (0, 1), (1, 2, -1)),
    Pattern((0.5, 1, -1, 0.5, 2), (0, 0.5), (1, -1, 2)),
    Pattern((1, 0.5, -1, 2, -0.5, 1, -2), (0, 1, -1), (2, 1, -1)),
    Pattern((0.5, -0.5, 1, 0.5, -1), (0, 0.5, -0.5), (1, -1, 0.5)),
)


@dataclass(frozen=True)
class Candidate:
    """A network with its numbers, and how hard it is to work through."""

    spec: NetworkSpec
    point: Point
    hard: float

    @property
    def group(self) -> tuple[tuple[int, ...], int]:
        """What decides whether a kind of mistake can show at all: the widths, and how many examples there are."""
        return self.spec.sizes, len(self.point.x)

    @property
    def is_uniform(self) -> bool:
        """Whether all weights are equal and all inputs one, so that no unit can be told from another."""
        weights = {float(w) for key, array in self.point.params.items() if key[0] == "W" for w in array.ravel()}
        return len(weights) == 1 and bool((self.point.x == 1).all())


def candidates(spec: NetworkSpec, *, takes_classes: bool = False) -> Iterator[Candidate]:
    """Every network of the family with every pattern, the easiest first; made as they are asked for."""
    sizes = widths(spec, takes_classes=takes_classes)
    groups = sorted((_least(replace(spec, sizes=one), m), number, m) for number, one in enumerate(sizes) for m in (1, 2))
    made: list[tuple[float, int, Candidate]] = []
    count = 0
    for least, number, m in [*groups, (np.inf, 0, 0)]:
        while made and made[0][0] <= least:
            yield heappop(made)[2]
        for one in _of_a_size(replace(spec, sizes=sizes[number]), m, takes_classes) if m else ():
            count += 1
            heappush(made, (one.hard, count, one))


def _least(spec: NetworkSpec, m: int) -> float:
    """How hard a case of this size is at least: as many numbers, all of them ones and zeros."""
    return SECOND * (m - 1) + NUMBER * (spec.n_params + m * (spec.sizes[0] + spec.sizes[-1]))


def _of_a_size(spec: NetworkSpec, m: int, takes_classes: bool) -> Iterator[Candidate]:
    """Every pattern and every target, each set of numbers once."""
    seen = set()
    for pattern in PATTERNS:
        for y in _targets(spec, m, takes_classes):
            one = _candidate(spec, pattern, y)
            numbers = np.concatenate([array.ravel() for array in (*one.point.params.values(), one.point.x, y)]).tobytes()
            if numbers not in seen:
                seen.add(numbers)
                yield one


def widths(spec: NetworkSpec, *, takes_classes: bool) -> list[tuple[int, ...]]:
    """Small networks of so many layers: of single units, of two, of widths that all differ; then the network itself."""
    L, one_hot = spec.L, spec.activations[-1] == "softmax" or spec.cost == "cross_entropy" or takes_classes
    least = 2 if one_hot else 1
    differing = tuple(range(2, L + 2))
    found = [
        (1,) * L + (least,),
        (1, *(2,) * (L - 1), least),
        (2, *(1,) * (L - 1), least),
        (2, *(2,) * (L - 1), least),
        (1,) * L + (2,),
        (2,) * (L + 1),
        (*differing, 1) if least == 1 else (1, *(n + 1 for n in differing[:-1]), 2),
        (2, *(n + 1 for n in differing[:-1]), 2),
    ]
    own = [spec.sizes] if spec.n_params <= MOST_PARAMETERS else []
    small = [sizes for sizes in found if replace(spec, sizes=sizes).n_params <= MOST_PARAMETERS]
    return list(dict.fromkeys([*small, *own]))


def _targets(spec: NetworkSpec, m: int, takes_classes: bool) -> Iterator[Array]:
    """One class an example where targets are classes, else zeros, ones, and both in turn."""
    K = spec.sizes[-1]
    if K > 1 and (takes_classes or spec.activations[-1] == "softmax" or spec.cost == "cross_entropy"):
        for first in (0, K - 1):
            yield np.eye(K)[[(first + example) % K for example in range(m)]]
        return
    yield np.zeros((m, K))
    yield np.ones((m, K))
    if m * K > 1:
        yield _dealt((1.0, 0.0), (m, K))


def _candidate(spec: NetworkSpec, pattern: Pattern, y: Array) -> Candidate:
    weights, biases = cycle(pattern.weights), cycle(pattern.biases)
    params = {
        key: np.array(list(islice(weights if key[0] == "W" else biases, prod(shape))), dtype=float).reshape(shape)
        for key, shape in spec.shapes.items()
    }
    x = _dealt(pattern.inputs, (len(y), spec.sizes[0]))
    numbers = [float(value) for array in (*params.values(), x, y) for value in array.ravel()]
    hard = _least(spec, len(y)) + sum(HARD.get(value, HARDEST) for value in numbers)
    return Candidate(spec, Point(params, x, y), hard)


def _dealt(values: tuple[float, ...], shape: tuple[int, ...]) -> Array:
    return np.array(list(islice(cycle(values), prod(shape))), dtype=float).reshape(shape)
