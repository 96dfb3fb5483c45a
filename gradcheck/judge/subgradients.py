"""At a kink: does one choice of subgradients give all entries of the claimed gradient together?

Each way to choose a side at every kink gives one gradient, a vertex. What choices in [0, 1] reach lies in the convex hull of
the vertices (the Clarke subdifferential): a product of layers is linear in each choice by itself. Kinks that have nothing
to do with each other are parts, and what they reach together is the sum of what each part does. Membership is a
non-negative least squares problem on the simplex, in units of the rounding that each entry is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reference_nets.activations import Array

    Part = Mapping[str, Array]  # gradients by name, one for each combination of sides (first axis)

MAX_COMBINATIONS = 64  # of sides: six independent kinks
MAX_STEPS = 1000
UNIT = 2.0**-53
DEPENDENT = 2.0**-30  # what is left of a row of length 1, or its share in another one, that counts as nothing
SHARE = 16.0  # a part that moves an entry by less than this part of its slack, all parts together, does not touch it
PARALLEL = 2.0**-30  # rows, whose largest entry is 1 in size, that differ by less are the same
FLAT = 2.0**-40  # rows of length 1 with a mixture as short as this are dependent: far above the rounding of a row


class Linked(Enum):
    """Which answers to different comparisons are never combined.

    TOGETHER: those that do not hold together anywhere next to the point. ALIKE: those that two comparisons of the same
    difference, up to a factor, contradict each other with; all others are given one by one, as a backward pass gives them.
    """

    TOGETHER = "together"
    ALIKE = "alike"


@dataclass(frozen=True)
class Kinks:
    """The kinks at a point, by name; a choice of subgradients gives a sum of mixtures, one of each part.

    Not ``whole`` where a part holds more than can occur: what lies outside is wrong, what lies inside need not be right.
    ``balls`` are rows U by name, one for each norm at zero: ``U' w`` is added for any w with ``|w| <= 1``.
    """

    places: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    whole: bool = True
    balls: tuple[Part, ...] = ()

    @property
    def followed(self) -> bool:
        """Whether the gradient of every combination is known."""
        return bool(self.parts)


def outside_of_hull(
    parts: Sequence[Part], claimed: Mapping[str, Array], slack: Mapping[str, Array], balls: Sequence[Part] = ()
) -> dict[str, Array]:
    """How far each entry is from the nearest sum of mixtures, in units of its slack; {} if that is rounding."""
    flat = [np.concatenate([part[key].reshape(len(part[key]), -1) for key in claimed], axis=1) for part in (*parts, *balls)]
    known, room = (np.concatenate([np.ravel(by_name[key]) for key in claimed]) for by_name in (claimed, slack))
    sets = [_Ball(rows) if k >= len(parts) else _Vertices(rows) for k, rows in enumerate(flat)]
    spread = np.array([one.spread() for one in sets])
    # What computing a mixture here rounds is slack, too.
    own = sum(len(rows) + 2 for rows in flat) * UNIT * np.maximum(sum(np.abs(rows).max(axis=0) for rows in flat), np.abs(known))
    matters = np.isfinite(room) & (spread.sum(axis=0) > room)
    away, wrong = np.zeros(known.size), False
    for columns, members in _apart(matters & (spread * SHARE * len(sets) > room)):
        rest = sum(one.middle()[columns] for k, one in enumerate(sets) if k not in members) - known[columns]
        units = (room + own)[columns]
        found = _beyond_rounding([_Vertices((rest / units)[np.newaxis]), *(sets[k].of(columns, units) for k in members)])
        if found is not None:
            away[columns], wrong = found * units / room[columns], True
    if not wrong:
        return {}
    ends = np.cumsum([np.size(claimed[key]) for key in claimed])[:-1]
    return {key: piece.reshape(np.shape(claimed[key])) for key, piece in zip(claimed, np.split(away, ends), strict=True)}


@dataclass(frozen=True)
class _Vertices:
    """All mixtures of some rows."""

    rows: Array

    def spread(self) -> Array:
        """How far each entry may vary."""
        return np.asarray(self.rows.max(axis=0) - self.rows.min(axis=0))

    def middle(self) -> Array:
        """One of them."""
        return np.asarray(self.rows.mean(axis=0))

    def of(self, columns: Array, units: Array) -> _Vertices:
        """Some of the entries, in other units."""
        return _Vertices(np.unique(self.rows[:, columns], axis=0) / units)

    def lowest(self, direction: Array) -> Array:
        """The one that lies farthest against a direction."""
        return np.asarray(self.rows[np.argmin(self.rows @ direction)])


@dataclass(frozen=True)
class _Ball:
    """``U' w`` for all w with ``|w| <= 1``; the rows are those of U."""

    rows: Array

    def spread(self) -> Array:
        """How far each entry may vary."""
        return np.asarray(2 * np.sqrt((self.rows**2).sum(axis=0)))

    def middle(self) -> Array:
        """The centre."""
        return np.zeros(self.rows.shape[1])

    def of(self, columns: Array, units: Array) -> _Ball:
        """Some of the entries, in other units."""
        return _Ball(self.rows[:, columns] / units)

    def lowest(self, direction: Array) -> Array:
        """The one that lies farthest against a direction."""
        along = self.rows @ direction
        size = np.sqrt(along @ along)
        return np.asarray(-(along / size) @ self.rows) if size else self.middle()

    def beyond(self, target: Array) -> Array | None:
        """What is left of the way to a target, if that has an entry beyond 1 from everywhere inside."""
        back = np.linalg.pinv(self.rows.T)
        w = back @ target
        size = float(np.sqrt(w @ w))
        inside = size <= 1 + np.linalg.norm(back, 2) * np.sqrt(len(target))
        nearest = w @ self.rows / max(size, 1.0)
        left = nearest - target
        return None if inside and np.abs(w @ self.rows - target).max() <= 1 else np.asarray(left)


def _apart(touches: Array) -> list[tuple[Array, list[int]]]:
    """Entries that no part shares with the others, and the parts that touch them (a row of truth values for each part)."""
    waiting, found = [k for k in range(len(touches)) if touches[k].any()], []
    while waiting:
        members = [waiting.pop(0)]
        columns = touches[members[0]].copy()
        while more := [k for k in waiting if (touches[k] & columns).any()]:
            for k in more:
                waiting.remove(k)
                members.append(k)
                columns |= touches[k]
        found.append((np.flatnonzero(columns), members))
    return found


def _beyond_rounding(parts: Sequence[_Vertices | _Ball]) -> Array | None:
    """The sum of mixtures of the rows of each part that is nearest to zero, if every one has an entry beyond 1; else None.

    Wolfe's algorithm (1976): a set of such sums of rows, the nearest point of their affine hull, and a sum on the near side
    of that added as long as there is one. All mixtures lie beyond the plane through the nearest, x, that is ``x.p >= x.x``;
    one within 1 in every entry has ``x.p <= |x|_1``. So ``x.x > |x|_1`` says that there is none.
    """
    if len(parts) == 2 and isinstance(parts[1], _Ball):  # the first is the target
        return parts[1].beyond(-parts[0].middle())
    rows = _lowest(parts, np.sum([part.middle() for part in parts], axis=0))[np.newaxis]
    weights = np.ones(1)
    for _ in range(MAX_STEPS):
        x = weights @ rows
        if np.abs(x).max() <= 1:
            return None
        nearest = _lowest(parts, x)
        if nearest @ x >= x @ x or (rows == nearest).all(axis=1).any():
            break
        before, (rows, weights) = rows, _shrunk(np.vstack([rows, nearest]), np.append(weights, 0.0))
        if len(rows) == len(before) and (rows == before).all():  # below its own rounding nothing comes nearer
            break
    else:
        return None
    return np.asarray(x) if x @ x > np.abs(x).sum() else None


def _lowest(parts: Sequence[_Vertices | _Ball], direction: Array) -> Array:
    """The sum of what lies farthest against a direction in each part."""
    return np.asarray(sum(part.lowest(direction) for part in parts))


def _shrunk(rows: Array, weights: Array) -> tuple[Array, Array]:
    """The rows and non-negative weights of the nearest point, rows dropped until the affine minimum lies among them."""
    while True:
        best = _affine_minimum(rows)
        if (best > 0).all():
            return rows, best
        shrinks = best <= 0
        step = np.min(weights[shrinks] / np.maximum(weights[shrinks] - best[shrinks], 1e-300))
        weights = weights + min(step, 1.0) * (best - weights)
        kept = ~(shrinks & (weights <= 1e-15))
        kept[np.argmin(np.where(shrinks, weights, np.inf))] = False  # one at least
        rows = rows[kept]
        weights = np.maximum(weights[kept], 0.0) / np.maximum(weights[kept], 0.0).sum()


def _affine_minimum(rows: Array) -> Array:
    """The weights of the point nearest to zero among those whose weights have sum 1 and any sign."""
    first, others = rows[0], rows[1:] - rows[0]
    rest = np.linalg.lstsq(others.T, -first, rcond=None)[0]
    return np.concatenate([[1 - rest.sum()], rest])


def hold_together(rows: list[Array]) -> bool:
    """Whether ``row.v > 0`` holds for all rows in some direction v: no mixture of them is zero then (Gordan 1873)."""
    return len(rows) < 2 or _beyond_rounding([_Vertices(_scaled_rows(rows) / FLAT)]) is not None


def allowed(rows: list[Array], linked: Linked) -> bool:
    """Whether answers that ask this of a direction may be given together."""
    if linked is Linked.TOGETHER:
        return hold_together(rows)
    return not any(_contrary(one, other) for one, other in combinations(rows, 2))


def parallel(rows: list[Array]) -> list[tuple[int, int]]:
    """The pairs of rows that are one another's multiple."""
    return [(j, k) for (j, a), (k, b) in combinations(enumerate(rows), 2) if _contrary(a, b) or _contrary(a, -b)]


def _contrary(one: Array, other: Array) -> bool:
    return bool(np.abs(one + other).max(initial=0.0) <= PARALLEL)


def dependent(rows: list[Array]) -> list[list[int]]:
    """Sets of rows that are linearly dependent: every such set is in the union of those given that share a row."""
    if not rows:
        return []
    matrix = _scaled_rows(rows)
    if np.linalg.matrix_rank(matrix, tol=DEPENDENT) == len(rows):
        return []
    basis: list[int] = []
    found = []
    for k, row in enumerate(matrix):
        weights = np.linalg.lstsq(matrix[basis].T, row, rcond=None)[0] if basis else np.zeros(0)
        if np.abs(row - weights @ matrix[basis]).max() > DEPENDENT:
            basis.append(k)
        else:
            found.append([k, *(b for b, weight in zip(basis, weights, strict=True) if abs(weight) > DEPENDENT)])
    return found


def _scaled_rows(rows: list[Array]) -> Array:
    """Rows of length 1, after each column was divided by its largest entry: neither changes which mixtures are zero."""
    matrix = np.array(rows)
    matrix = matrix[:, matrix.any(axis=0)]
    matrix = matrix / np.abs(matrix).max(axis=0)
    return np.asarray(matrix / np.sqrt((matrix**2).sum(axis=1, keepdims=True)))
