"""At a kink: is a claimed gradient, all its entries together, one that a choice of subgradients gives?

Each way to choose a side at every kink gives one gradient, a vertex. What choices in [0, 1] reach lies in the convex hull of
the vertices (the Clarke subdifferential): a product of layers is linear in each choice by itself. Membership is a
non-negative least squares problem on the simplex, in units of the rounding that each entry is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reference_nets.activations import Array

MAX_COMBINATIONS = 64  # of sides: six independent kinks
MAX_STEPS = 1000
NAMED = 2  # kinks that a message names
UNIT = 2.0**-53
FLAT = 2.0**-40  # rows of length 1 with a mixture as short as this are dependent: far above the rounding of a row


@dataclass(frozen=True)
class Kinks:
    """The kinks at a point, by name, and the gradient for each combination of sides (first axis), if all were followed."""

    places: tuple[str, ...]
    vertices: Mapping[str, Array] = field(default_factory=dict)

    @property
    def followed(self) -> bool:
        """Whether the gradient of every combination is known."""
        return bool(self.vertices)

    def __str__(self) -> str:
        more = len(self.places) - NAMED
        return ", ".join(self.places[:NAMED]) + (f" and {more} more" if more > 0 else "")


def outside_of_hull(
    vertices: Mapping[str, Array], claimed: Mapping[str, Array], slack: Mapping[str, Array]
) -> dict[str, Array]:
    """How far each entry is from the nearest mixture of the vertices, in units of its slack; {} if that is rounding."""
    columns = {key: _undecided_entries(vertices[key], slack[key]) for key in vertices}
    points = np.concatenate([_scaled(vertices[key], claimed[key], slack[key])[:, columns[key]] for key in vertices], axis=1)
    rest = _beyond_rounding(np.unique(points, axis=0)) if points.size else None
    if rest is None:
        return {}
    found, start = {}, 0
    for key, which in columns.items():
        away = np.zeros(which.size)
        away[which] = rest[start : start + which.sum()]
        start += int(which.sum())
        found[key] = away.reshape(claimed[key].shape)
    return found


def _undecided_entries(vertices: Array, slack: Array) -> Array:
    """The entries (flat) in which the choice matters: the others are judged by themselves."""
    spread = vertices.max(axis=0) - vertices.min(axis=0)
    return np.asarray(np.isfinite(slack) & (spread > slack)).ravel()


def _scaled(vertices: Array, claimed: Array, slack: Array) -> Array:
    """``(vertex - claimed) / slack``, a row for each vertex; what computing a mixture here rounds is slack, too."""
    own = (len(vertices) + 2) * UNIT * np.maximum(np.abs(vertices).max(axis=0), np.abs(claimed))
    with np.errstate(all="ignore"):
        return np.asarray((vertices - claimed) / (slack + own)).reshape(len(vertices), -1)


def _beyond_rounding(points: Array) -> Array | None:
    """The mixture of the rows that is nearest to zero, if every mixture has an entry beyond 1; None if one has not.

    Wolfe's algorithm (1976): a set of rows, the nearest point of their affine hull, and a row on the near side of that
    added as long as there is one. All mixtures lie beyond the plane through the nearest, x, that is ``x.p >= x.x``; one
    within 1 in every entry has ``x.p <= |x|_1``. So ``x.x > |x|_1`` says that there is none.
    """
    chosen = [int(np.argmin((points**2).sum(axis=1)))]
    weights = np.ones(1)
    for _ in range(MAX_STEPS):
        x = weights @ points[chosen]
        if np.abs(x).max() <= 1:
            return None
        along = points @ x
        along[chosen] = np.inf
        nearest = int(np.argmin(along))
        if along[nearest] >= x @ x:
            break
        before, (chosen, weights) = sorted(chosen), _shrunk(points, [*chosen, nearest], np.append(weights, 0.0))
        if sorted(chosen) == before:  # below its own rounding nothing comes nearer
            break
    else:
        return None
    return np.asarray(x) if x @ x > np.abs(x).sum() else None


def _shrunk(points: Array, chosen: list[int], weights: Array) -> tuple[list[int], Array]:
    """The rows and non-negative weights of the nearest point, rows dropped until the affine minimum lies among them."""
    while True:
        best = _affine_minimum(points[chosen])
        if (best > 0).all():
            return chosen, best
        shrinks = best <= 0
        step = np.min(weights[shrinks] / np.maximum(weights[shrinks] - best[shrinks], 1e-300))
        weights = weights + min(step, 1.0) * (best - weights)
        kept = ~(shrinks & (weights <= 1e-15))
        kept[np.argmin(np.where(shrinks, weights, np.inf))] = False  # one at least
        chosen = [row for row, keep in zip(chosen, kept, strict=True) if keep]
        weights = np.maximum(weights[kept], 0.0) / np.maximum(weights[kept], 0.0).sum()


def _affine_minimum(rows: Array) -> Array:
    """The weights of the point nearest to zero among those whose weights have sum 1 and any sign."""
    first, others = rows[0], rows[1:] - rows[0]
    rest = np.linalg.lstsq(others.T, -first, rcond=None)[0]
    return np.concatenate([[1 - rest.sum()], rest])


def hold_together(rows: list[Array]) -> bool:
    """Whether ``row.v > 0`` holds for all rows in some direction v: no mixture of them is zero then (Gordan 1873)."""
    if len(rows) < 2:
        return True
    matrix = np.array(rows)
    matrix = matrix[:, matrix.any(axis=0)]
    matrix = matrix / np.abs(matrix).max(axis=0)
    matrix = matrix / np.sqrt((matrix**2).sum(axis=1, keepdims=True))
    return _beyond_rounding(matrix / FLAT) is not None
