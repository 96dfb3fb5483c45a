"""What is left of the cost after a step: is it the gradient's own error, or does it shrink with the square of the step?

``R(h) = C(p + h v) - C(p) - h g.v`` for parameters p, a direction v and the claimed gradient g. The cost is enclosed by
balls, so that h may be as small as one likes and nothing cancels. If g is right, R falls fourfold when h is halved
(Taylor); if it is wrong, R soon falls twofold only: its linear part ``(grad C - g).v`` is left over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.properties.subject import BoundedValues, ByContent, Subject
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.document import Math, Table
from symbolic.balls import Ball, balls, enclosure, precision
from symbolic.exact.ball_reading import ball_numbers, constant
from symbolic.exact.layer_readings import ball_cost
from symbolic.programs.build import program
from symbolic.programs.interpret import point_inputs, run
from symbolic.programs.layers import is_wide

BITS = 512
FIRST_STEP = 2.0**-20  # small beside the distance of every point from its kinks; halved from row to row
STEPS = tuple(FIRST_STEP / 2**k for k in range(4))


@dataclass(frozen=True)
class Remainders:
    """The remainder at each step, and what can be told from it.

    ``linear`` is the linear part of R, extrapolated from the last steps: 0 within its error for a right gradient.
    ``kind`` is "order one" for a wrong gradient; for a right one "exactly linear" or "exactly quadratic" where the cost is,
    along the direction, else "order two".
    """

    steps: tuple[float, ...]
    values: tuple[float, ...]
    linear: BoundedValues
    kind: str

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """R(h) / R(h / 2) for each row but the last: 4 for a right gradient, 2 for a wrong one; None for 0 / 0."""
        pairs = zip(self.values, self.values[1:], strict=False)
        return tuple(left / right if right else None for left, right in pairs)

    def table(self) -> Table:
        """The rows as a table for a report."""
        rows = [
            [h, value, value / h**2, ratio]
            for h, value, ratio in zip(self.steps, self.values, (*self.ratios, None), strict=True)
        ]
        return Table(["h", "R(h)", Math("R(h)/h^2", "R(h)/h²"), "R(h) / R(h/2)"], rows, caption=self.kind)


def remainders(subject: Subject) -> Remainders:
    """The remainders along a fixed direction, for the whole gradient with its L2 term."""
    spec, v = subject.spec, direction(subject.spec)
    g = {key: claimed.value for key, claimed in subject.here.items()}
    error = sum(float((np.abs(v[key]) * claimed.error).sum()) for key, claimed in subject.here.items())
    with precision(BITS):
        start, *ends = _costs_along(spec, ByContent.of(subject.point))
        slope = sum((balls(v[key]) * balls(g[key])).sum() for key in v)
        R = np.array([end - start - constant(h)[0] * slope for end, h in zip(ends, STEPS, strict=True)], dtype=object)
        h = balls(np.array(STEPS))
        slopes = R / h
        linear = 2 * slopes[1:] - slopes[:-1]  # of e h + q h^2 + ...: e
        straight, parabola = (_constant(values) for values in (slopes, linear))
    last = enclosure(linear).mid
    estimate = BoundedValues(last[-1], np.asarray(error + abs(last[-1] - last[-2])))
    kind = "exactly linear" if straight else "exactly quadratic" if parabola else "order two"
    right = bool(abs(estimate.value) <= estimate.error)
    return Remainders(STEPS, tuple(map(float, enclosure(R).mid)), estimate, kind if right else "order one")


def _constant(values: Array) -> bool:
    """Whether all balls may be the same number: at this precision none overlap but those of equal numbers."""
    differences = enclosure(values[1:] - values[:-1])
    return bool((np.abs(differences.mid) <= differences.rad).all())


def slope_downhill(subject: Subject) -> float | None:
    """``(C(p - h g) - C(p)) / h`` for a small h; None where rounding might account for all of g."""
    g = {key: claimed.value for key, claimed in subject.here.items()}
    square = sum(float((value**2).sum()) for value in g.values())
    lost = sum(float((np.abs(claimed.value) * claimed.error).sum()) for claimed in subject.here.values())
    if not square > lost:
        return None
    h = FIRST_STEP / max(1.0, *(float(np.abs(value).max()) for value in g.values()))
    with precision(BITS):
        start, end = _costs(subject.spec, subject.point, g, [0.0, -h])
        return float(enclosure(np.array([(end - start) / constant(h)[0]], dtype=object)).mid[0])


def direction(spec: NetworkSpec) -> dict[str, Array]:
    """A direction that is no network's own, the same each time: no simple numbers, because those might cancel."""
    rng = np.random.default_rng(spec.n_params)
    return {key: rng.standard_normal(shape) for key, shape in spec.shapes.items()}


@lru_cache(maxsize=256)
def _costs_along(spec: NetworkSpec, key: ByContent) -> list[Any]:
    return _costs(spec, key.point, direction(spec), [0.0, *STEPS])


def _costs(spec: NetworkSpec, point: Point, v: Mapping[str, Array], steps: Sequence[float]) -> list[Any]:
    """The balls of ``C(p + h v)`` for each h; of a narrow network in one run: the steps are an axis before the usual ones."""
    with precision(BITS):
        p, along = ({key: balls(value) for key, value in part.items()} for part in (point.params, v))
        x, y = balls(point.x), balls(point.y)
        if is_wide(spec):
            return [ball_cost(spec, {key: p[key] + Ball(h) * along[key] for key in p}, x, y) for h in steps]
        params = {key: value + np.multiply.outer(balls(np.array(steps)), along[key]) for key, value in p.items()}
        inputs = point_inputs(spec, params, x, y, constant)
        return list(run(program(spec).forward, inputs, ball_numbers())["C"][..., 0])
