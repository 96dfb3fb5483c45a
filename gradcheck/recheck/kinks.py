"""Where a certificate claims a kink: derivatives at random neighbours show whether there is one, and what it can give."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np

from gradcheck.recheck.reading import at, indices
from gradcheck.recheck.subject import CertifiedFunction, Moves

KINK_STEPS = tuple(mpmath.mpf(10) ** -k for k in range(4, 26, 3))
SMOOTH = 100  # from one of them to the next, 1000 times smaller, the two slopes of a smooth function come nearer by that factor
NEIGHBOURS, NEAR_KINK = 32, mpmath.mpf(10) ** -12  # of the largest entry: more than rounding moves, less than curvature
MOST_ENTRIES_NEARBY = 64  # that neighbours are asked for
ASIDE = 1e-6  # of a derivative: more than it changes from one neighbour to the other without a kink
TOGETHER = 1e-7  # of the width: how far the nearest mixture of the neighbours' derivatives may be from what is claimed


@dataclass(frozen=True)
class KinkBounds:
    """What was found: the least and largest derivative of each entry at neighbours, faults, and what stays open."""

    hull: dict[tuple[str, tuple[int, ...]], tuple[Any, Any]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    reached: bool = False  # a mixture of the neighbours' derivatives gives all that is claimed


def at_kinks(data: dict[str, Any], subject: CertifiedFunction, step: Any, names: Sequence[str]) -> KinkBounds:
    """A look at the quantities that lie at a kink, or are said to."""
    if not names:
        return KinkBounds()
    said = [name for name in names if data["verdicts"][name] == "kink"]
    if _is_smooth(data, subject):
        told = f"{', '.join(said)} is said to lie at a kink, but along a random direction the function is smooth here"
        return KinkBounds(faults=(told,) if said else ())
    places = [(name, index) for name in names for index in indices(subject.leaf(name).shape)]
    if len(places) > MOST_ENTRIES_NEARBY:
        return KinkBounds(open=(f"what a choice of subgradients gives: more than {MOST_ENTRIES_NEARBY} entries lie at kinks",))
    draw = random.Random(21)
    rows = []
    for _ in range(NEIGHBOURS):
        moves = _aside(data, subject, draw, NEAR_KINK)
        rows.append([subject.slope(*place, step * subject.size(*place), moves) for place in places])
    hull = {place: (min(column), max(column)) for place, column in zip(places, zip(*rows, strict=True), strict=True)}
    claimed = [float.fromhex(at(data["claimed"][name], index)) for name, index in places]
    budgets = [float.fromhex(at(data["budget"][name], index)) for name, index in places]
    if all(map(np.isfinite, [*claimed, *budgets])) and _reached(rows, claimed, budgets):
        return KinkBounds(hull, reached=True)
    faults = [
        f"{name}{list(index)} is claimed as {value:.6g} at a kink, where subgradients go from {_short(low)} to {_short(high)}"
        for ((name, index), (low, high)), value in zip(hull.items(), claimed, strict=True)
        if name in said and not low - (high - low) - abs(low) * ASIDE <= value <= high + (high - low) + abs(high) * ASIDE
    ]
    told = "that one choice of subgradients gives all entries at the kinks together: none was found"
    return KinkBounds(hull, tuple(faults), (told,) if said else ())


def _short(value: Any) -> str:
    return str(mpmath.nstr(value, 6))


def _aside(data: dict[str, Any], subject: CertifiedFunction, draw: random.Random, part: Any) -> Moves:
    """A step of this part of the largest entry of each leaf, in a random direction: a kink may be beside a small entry."""
    moves: Moves = {}
    for name in data["verdicts"]:
        places = list(indices(subject.leaf(name).shape))
        largest = max((subject.size(name, index) for index in places), default=0)
        for index in places:
            moves[name, index] = part * draw.choice((-1, 1)) * mpmath.mpf(draw.randrange(64, 128)) / 128 * largest
    return moves


def _is_smooth(data: dict[str, Any], subject: CertifiedFunction) -> bool:
    """Slopes ahead and behind along a random direction that differ at no step."""
    moves = _aside(data, subject, random.Random(20), mpmath.mpf(1))
    apart = []
    for step in KINK_STEPS:
        ahead, here, behind = (subject.value({p: sign * step * move for p, move in moves.items()}, True) for sign in (1, 0, -1))
        apart.append(abs(ahead - 2 * here + behind) / step)
    return all(fine * SMOOTH <= coarse for coarse, fine in pairwise(apart))


def _reached(rows: list[list[Any]], claimed: list[float], budgets: list[float]) -> bool:
    """Whether a mixture of the neighbours' derivatives gives what is claimed, by least squares (Lawson and Hanson 1974)."""
    vertices = np.array([[float(value) for value in row] for row in rows]).T
    wanted = np.array(claimed)
    scale = np.maximum(np.ptp(vertices, axis=1), np.maximum(np.abs(vertices).max(axis=1) * ASIDE, 1e-300))
    system = np.vstack([(vertices - wanted[:, None]) / scale[:, None], np.full(vertices.shape[1], 1.0)])
    system = np.unique(np.round(system, 12), axis=1)
    none_but_all = np.append(np.zeros(len(wanted)), 1.0)  # no distance from what is claimed, weights that sum to 1
    off = np.abs(system @ _non_negative(system, none_but_all) - none_but_all)
    return bool((off[:-1] <= TOGETHER + np.array(budgets) / scale).all() and off[-1] <= TOGETHER)


def _non_negative(matrix: Any, wanted: Any) -> Any:
    """The non-negative weights that make ``|matrix @ weights - wanted|`` smallest."""
    count = matrix.shape[1]
    free, weights = np.zeros(count, dtype=bool), np.zeros(count)
    for _ in range(3 * count):
        pull = matrix.T @ (wanted - matrix @ weights)
        if free.all() or pull[~free].max() <= 1e-12:
            break
        free[int(np.argmax(np.where(free, -np.inf, pull)))] = True
        while True:
            trial = np.zeros(count)
            trial[free] = np.linalg.lstsq(matrix[:, free], wanted, rcond=None)[0]
            negative = free & (trial <= 0)
            if not negative.any():
                weights = trial
                break
            share = (weights[negative] / np.maximum(weights[negative] - trial[negative], 1e-300)).min()
            weights = weights + share * (trial - weights)
            free &= weights > 1e-14
            if not free.any():
                return np.zeros(count)
    return weights
