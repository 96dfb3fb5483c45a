"""A kink seen by values alone: the slopes to both sides of a point stay apart, however small the step.

Of a smooth function the two come together as the step shrinks. A kink beside the point keeps them apart until the step is
shorter than the way to it: from there on central differences tell the derivative, before it they tell the mean of two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.judge.subgradients import outside_of_hull

Array = np.ndarray[Any, np.dtype[Any]]
AlongLine = Callable[[float], float]  # the function along a line through the point, by the step

FIRST = 0.1
SHRINK = 8.0  # from one step to the next: what a smooth function leaves of the gap between its slopes
STEADY = 0.7  # a gap that keeps more than this part of itself is that of a kink
GROWS = 1.5  # one that grows is noise, or a jump
SEEN = 8.0  # times the noise: a gap that is smaller is not there
NEAREST = 1e-14  # no step is shorter
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Sides:
    """Whether the function has a kink at the point, as far as its noise lets one see; else how near it is free of one."""

    kinked: bool = False
    free: float | None = None  # steps up to this one stay on the point's own side of a kink beside it; None without one


def sides(line: AlongLine, scale: float, noise: float, resolution: float = 0.0) -> Sides:
    """What the gap between the two slopes does as the step shrinks from a tenth of ``scale``."""
    here, last, steady, free = line(0.0), 0.0, False, None
    h = FIRST * scale
    while h > max(NEAREST, resolution):
        up, down = line(h), line(-h)
        unsure = SEEN * (4 * noise + EPS * (abs(up) + abs(down) + 2 * abs(here))) / h
        if not np.isfinite(up + down) or (last and unsure >= last):
            break
        gap = abs(up - 2 * here + down) / h
        if gap < unsure:
            return Sides(free=h if steady else free)
        if last and gap > GROWS * last:
            return Sides(free=free)
        was, steady = steady, bool(last) and gap > STEADY * last
        free = h if was and not steady else free
        last, h = gap, h / SHRINK
    return Sides(steady, free)


@dataclass(frozen=True)
class Around:
    """The slopes seen around a kink, a row for each place; ``apart`` where each entry has two, whatever the others have."""

    rows: Array
    apart: bool

    @property
    def lowest(self) -> Array:
        """The smallest slope by each entry."""
        return np.asarray(self.rows.min(axis=0))

    @property
    def highest(self) -> Array:
        """The largest."""
        return np.asarray(self.rows.max(axis=0))

    def of(self, span: slice) -> Around:
        """Those by some of the entries."""
        return Around(self.rows[:, span], self.apart)

    def holds(self, claimed: Array, slack: Array) -> bool:
        """Whether the entries lie in the mixtures of the rows, all together."""
        return self.apart or not outside_of_hull([{"": self.rows}], {"": claimed}, {"": slack})


MOST_SLOPES = 4000
SIDE_POINTS = 16
AWAY = 2.0**-13  # of the scale: from the point to its neighbours; the slopes there are extrapolated to none
ALIKE = 1e-5  # of the largest slope: what is left of the way to a neighbour after that


def slopes_around(f: Callable[[Array], float], x: Array, up: Array, down: Array) -> Around:
    """Slopes at random neighbours of a kink, beside those of both sides at the point itself.

    The slopes at two neighbours on one ray lie on one side of every kink through the point: extrapolated, they are those
    of that side at the point.
    """
    rng = np.random.default_rng(54321)
    scale = np.maximum(1.0, np.abs(x))
    rows, apart = [], True
    for _ in range(min(SIDE_POINTS, MOST_SLOPES // max(x.size, 1))):
        ray = rng.uniform(0.5, 1, size=x.size) * rng.choice([-1.0, 1.0], size=x.size) * scale * AWAY
        far, near = (np.array([_central(f, x + part * ray, k) for k in range(x.size)]) for part in (1.0, 0.5))
        row = 2 * near - far
        if np.isfinite(row).all():
            rows.append(row)
            alike = ALIKE * max(np.abs(row).max(), np.abs(up).max(), np.abs(down).max())
            apart = apart and bool((np.abs(row - np.where(ray > 0, up, down)) <= alike).all())
    return Around(np.array([*rows, up, down]) if apart else np.array(rows), apart and bool(rows))


def _central(f: Callable[[Array], float], y: Array, k: int) -> float:
    h = AWAY / 64 * max(1.0, abs(float(y[k])))
    up, down = y.copy(), y.copy()
    up[k], down[k] = y[k] + h, y[k] - h
    return (f(up) - f(down)) / float(up[k] - down[k])
