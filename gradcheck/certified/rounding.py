"""The rounding budget of arbitrary code: what floats may do to a correct gradient at this point.

The code is run on balls that are widened, operation by operation, by the rounding error of the float format, and sums
by ``n u sum |term|``, which holds for any order of summation (Higham 2002, ch. 3); the reverse sweep likewise. Slopes are
taken on the widened values, so that curvature counts. A comparison closer than its own rounding error is a kink.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import flattened, float_leaves
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.runs.differentiate import RunOutcome, run
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.certified.runs.groups import in_groups
from gradcheck.certified.witness import FEW, Certified, by_equality, combinations
from gradcheck.judge.float_formats import BY_NAME, FloatFormat
from gradcheck.judge.subgradients import Kinks, Linked
from gradcheck.judge.truth import Budget, Truth
from gradcheck.rounding.values import SAFETY, Roundoff
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import FIRST_PRECISION, Ball, Enclosure, current_precision, magnitude

BITS = 128
LENGTH_ROUNDS = 8.0  # what a subgradient of a norm, in an ordinary form, may be off by in units of the roundoff
HALF = BY_NAME["float16"]
# An unstable form may explain its own errors up to here, beyond what the sweep of f explains; further digits are lost.
OWN_SHARE = 2.0**10


@dataclass(frozen=True)
class RunFormat:
    """A float format for a run: unit roundoff and smallest number."""

    u: float
    tiny: float

    @classmethod
    def of(cls, dtype: Any) -> RunFormat:
        """That of a NumPy dtype, or of a row of the table of formats."""
        if isinstance(dtype, FloatFormat):
            return cls(dtype.u, dtype.tiny)
        known = Roundoff.of(dtype)
        return cls(known.u, known.tiny)

    def settings(self, *, midpoint: bool) -> RunSettings:
        """A run that rounds as this format does."""
        return RunSettings(BITS, midpoint=midpoint, unit=self.u, tiny=self.tiny)


NO_VALUE = Sentence("following.no-value-within-rounding")


@dataclass(frozen=True)
class Bounds:
    """Bounds for the reverse sweep of f, flat: of rounding, and of kinks nearer than that. Safety is not included.

    ``parts`` are the gradients for each combination of sides at the kinks, near ones among them, group by group, if they
    were followed; they are the ``whole`` if none of them is more than can occur. ``places`` names the kinks, ``balls``
    are the matrices U of norms at zero, of which U' w is reached if ``|w| <= 1``; ``unbounded`` says why there is no bound.
    """

    rounding: Any
    near: Any
    parts: tuple[Any, ...] = ()
    whole: bool = True
    places: tuple[str, ...] = ()
    balls: tuple[Any, ...] = ()
    unbounded: str = NO_VALUE


def running_error(f: Callable[..., Any], x: Any, truth: Certified, dtype: Any, cotangent: Any = None) -> Bounds:
    """What rounding may do to the reverse sweep of f at x, on every side of the kinks there."""
    form, none = RunFormat.of(dtype), np.zeros(len(truth.balls))
    try:
        outcome = run(f, x, form.settings(midpoint=True), cotangent)
        if len(outcome.cusps) < len(truth.cusps):  # a comparison that floats decide leads past a norm at zero
            outcome = run(f, x, form.settings(midpoint=False), cotangent)
    except CannotFollow as error:
        return Bounds(
            np.full(len(truth.balls), np.inf), none, unbounded=Sentence("following.not-with-rounding", error=error.reason)
        )
    if truth.cusps:
        return _at_cusps(truth, outcome, form)
    rounding = radii(outcome.gradient, form)
    if not outcome.choices.ties or not np.isfinite(rounding).all():
        return Bounds(rounding, none)
    near = _opened(f, x, truth, form, rounding, cotangent)
    if truth.smooth and near is not None and (near <= rounding).all():
        return Bounds(rounding, near)
    places = tuple(dict.fromkeys(map(str, truth.ties if not truth.smooth else outcome.choices.ties)))
    parts, whole = _sides(f, x, truth, form, cotangent, many=len(places) > FEW)
    if not parts:
        return Bounds(rounding, none if near is None else near, (), whole, places)
    return _of_parts(parts, form, places, whole=whole)


def answered(
    f: Callable[..., Any], x: Any, truth: Certified, dtype: Any, cotangent: Any, linked: Linked, *, tangent: Any = None
) -> Bounds | None:
    """What answers reach that are allowed together; None if they are too many. With a tangent, what they reach along it."""
    form = RunFormat.of(dtype)
    parts, whole = _sides(f, x, truth, form, cotangent, many=True, linked=linked)
    if not parts:
        return None
    if tangent is not None:
        steps = [Ball(float(t)) for _, leaf in float_leaves(tangent) for t in np.ravel(leaf)]
        parts = tuple([[sum((g * t for g, t in zip(side, steps, strict=True)), Ball(0))] for side in part] for part in parts)
    return _of_parts(parts, form, tuple(dict.fromkeys(map(str, truth.ties))), whole=whole)


def entry_by_entry(f: Callable[..., Any], x: Any, truth: Certified, bounds: Bounds, dtype: Any, cotangent: Any) -> Bounds:
    """What any answers reach in each entry by itself; anything, where both sides cannot be followed at once."""
    near = _opened(f, x, truth, RunFormat.of(dtype), bounds.rounding, cotangent)
    return replace(bounds, near=np.full(len(truth.balls), np.inf) if near is None else near, parts=(), whole=False)


def _of_parts(parts: tuple[Any, ...], form: RunFormat, places: tuple[str, ...], *, whole: bool) -> Bounds:
    rounding = np.maximum.reduce([radii(side, form) for part in parts for side in part])
    vertices = [np.array([[float(ball.mid()) for ball in side] for side in part]) for part in parts]
    first, *others = vertices
    return Bounds(rounding, np.zeros(len(rounding)), (first, *(part - part[0] for part in others)), whole, places)


def _at_cusps(truth: Certified, outcome: RunOutcome, form: RunFormat) -> Bounds:
    """Where the derivative depends on norms at zero."""
    slopes = {cusp.place: cusp.slope for cusp in outcome.cusps}
    none = np.zeros(len(truth.balls))
    if slopes.keys() != {cusp.place for cusp, _ in truth.cusps} or not all(slope.is_finite() for slope in slopes.values()):
        return Bounds(none + np.inf, none)
    rounding, balls = radii(list(outcome.rest), form), []
    for cusp, rows in truth.cusps:
        balls.append(magnitude(cusp.slope) * rows)
        off = magnitude(slopes[cusp.place] - cusp.slope.mid()) - float(cusp.slope.rad())  # beyond what a kink there opens
        off = max(off, 0.0) + LENGTH_ROUNDS * form.u * magnitude(cusp.slope)
        rounding = rounding + off * np.sqrt((rows**2).sum(axis=0))
    middle = np.array([[float(ball.mid()) for ball in outcome.rest]])
    return Bounds(rounding, none, (middle,), True, (Sentence("following.norm-at-zero"),), tuple(balls))


def _sides(
    f: Callable[..., Any],
    x: Any,
    truth: Certified,
    form: RunFormat,
    cotangent: Any,
    *,
    many: bool,
    linked: Linked = Linked.TOGETHER,
) -> tuple[tuple[Any, ...], bool]:
    """The gradient on every side of the kinks, all together or, if they are many, group by group; whether that is all."""
    settings = replace(form.settings(midpoint=False), linked=linked)
    groups = in_groups(f, x, settings, cotangent) if many or not (truth.smooth or truth.branches) else None
    if groups and (groups.whole or linked is Linked.ALIKE):
        return groups.parts, True
    if sides := _on_each_side(f, x, truth, settings, cotangent) if truth.smooth or truth.branches else []:
        return (sides,), True
    groups = groups or in_groups(f, x, settings, cotangent)
    return (groups.parts, groups.whole) if groups else ((), True)


def _opened(f: Callable[..., Any], x: Any, truth: Certified, form: RunFormat, rounding: Any, cotangent: Any) -> Any:
    """How far kinks nearer than rounding may move each entry: what those of the point itself open is in the truth already."""
    try:
        hull = run(f, x, form.settings(midpoint=False), cotangent).gradient
    except CannotFollow:
        return None
    beyond = [magnitude(ball - true.mid()) - float(true.rad()) for ball, true in zip(hull, truth.balls, strict=True)]
    return np.maximum(np.array(beyond) - rounding, 0.0)


def _on_each_side(f: Callable[..., Any], x: Any, truth: Certified, settings: RunSettings, cotangent: Any) -> list[Any]:
    """The gradient with its rounding for every combination of sides; [] if there are too many."""
    try:
        outcomes = combinations(f, x, settings, cotangent, apart=truth.smooth or truth.apart)
    except CannotFollow:
        return []
    sides = [outcome.gradient for outcome in by_equality(outcomes)[0]]
    return sides if all(ball.is_finite() for side in sides for ball in side) else []


def own_error(grad: Callable[..., Any], x: Any, dtype: Any, *more: Any) -> list[Any] | None:
    """Bounds for the gradient code itself, leaf by leaf, where it runs on such values."""
    form = RunFormat.of(dtype)
    try:
        results, _ = run_values(grad, x, form.settings(midpoint=True), *more)
    except CannotFollow:
        return None
    return [radii([cell.ball for cell in part.ravel()], form).reshape(part.shape) for part in results]


def run_key() -> Any:
    """What tells the runs of the same code at the same point apart that keep no tape; None outside of such a run."""
    if not active.running or active.tape is not None:
        return None
    return current_precision(), active.unit, active.tiny, active.widen, active.choices.mode


def met_ties() -> bool:
    """Whether comparisons of this run could not be decided."""
    return bool(active.choices.ties)


def same_value(
    f: Callable[..., Any], x: Any, value: float, cotangent: Any = None, *, coarse: FloatFormat | None = None
) -> bool:
    """Whether f gives on balls what it gives on floats, for all that half precision, or a coarser format, explains.

    Code that asks for the type of a number, or reads its memory, may go another way on balls.
    """
    try:
        ball = run(f, x, RunFormat.of(coarse or HALF).settings(midpoint=True), cotangent).value
    except CannotFollow:
        return True
    return _explains([ball], np.array([value]), coarse or HALF)


def same_claim(grad: Callable[..., Any], x: Any, claimed: list[Any], *more: Any, coarse: FloatFormat | None = None) -> bool:
    """The same of the gradient code."""
    try:
        results, _ = run_values(grad, x, RunFormat.of(coarse or HALF).settings(midpoint=True), *more)
    except CannotFollow:
        return True
    balls = [cell.ball for part in results for cell in part.ravel()]
    floats = flattened(claimed)
    return len(balls) == floats.size and _explains(balls, floats, coarse or HALF)


def _explains(balls: list[Any], floats: Any, coarse: FloatFormat) -> bool:
    allowed = SAFETY * radii(balls, RunFormat.of(coarse))
    off = np.array([abs(float(ball.mid()) - value) for ball, value in zip(balls, floats, strict=True)])
    return bool((~np.isfinite(allowed) | (off <= allowed)).all())


def radii(balls: list[Any], form: RunFormat) -> Any:
    """Radius, and one rounding of the result itself."""
    return np.array([(float(b.rad()) if b.is_finite() else np.inf) + form.u * magnitude(b) + form.tiny for b in balls])


def judged_truth(truth: Certified, bounds: Bounds, own: list[Any] | None) -> Truth:
    """What the judge needs, by leaf, safety included: the larger of both running errors, the code's own within limits."""
    gradient, rounding, lowest, highest, start = {}, {}, {}, {}, 0
    parts: list[dict[str, Any]] = [{} for _ in bounds.parts]
    balls: list[dict[str, Any]] = [{} for _ in bounds.balls]
    for place, (name, part) in enumerate(zip(truth.names, truth.gradient, strict=True)):
        span = slice(start, start + part.mid.size)
        start += part.mid.size
        mine = bounds.rounding[span].reshape(part.mid.shape)
        if own is not None and own[place].shape == mine.shape:
            mine = np.maximum(mine, np.minimum(own[place], OWN_SHARE * mine))
        rounding[name] = SAFETY * mine
        for by_name, rows in zip(parts, bounds.parts, strict=True):
            by_name[name] = rows[:, span].reshape(-1, *part.mid.shape)
        for by_name, rows in zip(balls, bounds.balls, strict=True):
            by_name[name] = rows[:, span].reshape(-1, *part.mid.shape)
        low, high = _reachable(truth, [by_name[name] for by_name in parts], [by_name[name] for by_name in balls], mine, span)
        near = bounds.near[span].reshape(part.mid.shape)
        lowest[name], highest[name] = low - near, high + near
        exact = np.where(high > low, 0.0, part.rad)  # at a kink the ends say what is reachable
        gradient[name] = Enclosure(part.mid, part.low, exact)
    witness = Sentence("functions.certified")
    if truth.bits > FIRST_PRECISION:
        witness = Sentence("functions.certified-bits", bits=truth.bits)
    kinks = Kinks(bounds.places, tuple(parts), bounds.whole, tuple(balls)) if bounds.places else None
    return Truth(gradient, Budget(rounding, lowest, highest, kinks, bounds.unbounded), witness)


def _reachable(truth: Certified, parts: list[Any], balls: list[Any], rounding: Any, span: slice) -> tuple[Any, Any]:
    """The ends of what a choice of subgradient gives, entry by entry; equal where the derivative is one number."""
    shape = rounding.shape
    mids = np.array([float(ball.mid()) for ball in truth.balls[span]]).reshape(shape)
    if parts:
        reach = sum((np.sqrt((rows**2).sum(axis=0)) for rows in balls), np.zeros(shape))
        low = sum(part.min(axis=0) for part in parts) - reach
        high = sum(part.max(axis=0) for part in parts) + reach
        matters = high - low > rounding
        return np.where(matters, low, mids), np.where(matters, high, mids)
    if truth.smooth:
        return mids, mids
    wide = np.array([float(ball.rad()) > 1e-25 * max(1.0, magnitude(ball)) for ball in truth.balls[span]]).reshape(shape)
    low = np.array([float(ball.lower()) for ball in truth.balls[span]]).reshape(shape)
    high = np.array([float(ball.upper()) for ball in truth.balls[span]]).reshape(shape)
    return np.where(wide, low, mids), np.where(wide, high, mids)
