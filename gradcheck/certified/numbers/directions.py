"""Which answers to undecided comparisons hold together somewhere next to the point.

Two numbers that are equal at the point differ beside it by ``g.v`` to first order, v being the direction that is taken
and g the gradient of their difference. Answers that ask for ``g.v > 0`` hold together if one v serves them all; there
is none exactly where a mixture of the g is zero (Gordan 1873). So ``a > b`` and ``|a - b| = b - a`` are never combined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.numbers.choices import hull
from gradcheck.certified.numbers.run_state import active
from symbolic.balls import Ball, magnitude

if TYPE_CHECKING:
    from gradcheck.certified.numbers.scalars import Scalar

Array = np.ndarray[Any, np.dtype[Any]]
MOST_TRACED = 16  # tied numbers of which it is found out on which inputs they depend
KNOWN = 2.0**-20  # a gradient whose entries may be off by a larger part of the largest is not known


def gradient_of_difference(a: Scalar, b: Scalar) -> Array | None:
    """The gradient of ``a - b`` by the inputs, its largest entry 1 in size; None where it vanishes or is not known."""
    tape = active.tape
    if tape is None:
        return None
    found = [hull(ball) if ball is not None else Ball(0) for ball in _difference(a, b)]
    largest = max(map(magnitude, found), default=0.0)
    if not 0 < largest < float("inf") or any(float(ball.rad()) > KNOWN * largest for ball in found):
        return None
    row = np.array([0.0 if ball.contains(0) else float(ball.mid() / largest) for ball in found])
    return np.pad(row, (0, tape.inputs - row.size)) if row.any() else None


def entries_of(cells: Sequence[Scalar]) -> tuple[int, ...]:
    """The inputs, by their places, on which the differences of some numbers depend to first order."""
    found: set[int] = set()
    for other in cells[1:MOST_TRACED]:
        adjoints = _difference(cells[0], other)
        found |= {k for k, ball in enumerate(adjoints) if ball is not None and not hull(ball).is_zero()}
    return tuple(sorted(found))


def _difference(a: Scalar, b: Scalar) -> list[Any]:
    """The derivative of ``a - b`` by the inputs, as the tape has it."""
    tape = active.tape
    seeds: dict[int, Any] = {}
    for cell, weight in ((a, 1), (b, -1)):
        if cell.node >= 0:
            seeds[cell.node] = seeds.get(cell.node, Ball(0)) + weight
    return tape.sweep_from(seeds)[: tape.inputs] if tape is not None and seeds else []


def sides_of_pair(a: Scalar, b: Scalar, *, swapped: bool) -> list[list[Array]]:
    """For each of the two answers, what it asks of a direction; nothing where the difference vanishes to first order."""
    row = gradient_of_difference(a, b)
    if row is None:
        return [[], []]
    return [[row], [-row]] if swapped else [[-row], [row]]


def sides_of_extreme(candidates: list[Scalar], sign: int) -> list[list[Array]]:
    """The same for each of several that may be the largest (sign 1) or smallest (-1)."""
    return [
        [sign * row for j, other in enumerate(candidates) if j != k and (row := gradient_of_difference(one, other)) is not None]
        for k, one in enumerate(candidates)
    ]
