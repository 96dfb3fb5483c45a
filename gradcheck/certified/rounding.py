"""The rounding budget of arbitrary code: what floats may do to a correct gradient at this point.

The code is run on balls that are widened, operation by operation, by the rounding error of the float format, and sums
by ``n u sum |term|``, which holds for any order of summation (Higham 2002, ch. 3); the reverse sweep likewise. Slopes are
taken on the widened values, so that curvature counts. A comparison closer than its own rounding error is a kink.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.budget import SAFETY, Budget, Roundoff
from gradcheck.certified.active import active
from gradcheck.certified.reasons import CannotFollow
from gradcheck.certified.run import Settings, run, run_values
from gradcheck.certified.witness import Certified
from gradcheck.judge import Truth
from symbolic.balls import FIRST_PRECISION, Enclosure, current_precision, magnitude

BITS = 128
# An unstable form may explain its own errors up to here, beyond what the sweep of f explains; further digits are lost.
OWN_SHARE = 2.0**10


@dataclass(frozen=True)
class Format:
    """A float format for a run: unit roundoff and smallest number."""

    u: float
    tiny: float

    @classmethod
    def of(cls, dtype: Any) -> Format:
        """That of a NumPy dtype."""
        known = Roundoff.of(dtype)
        return cls(known.u, known.tiny)

    def settings(self, *, midpoint: bool) -> Settings:
        """A run that rounds as this format does."""
        return Settings(BITS, midpoint=midpoint, unit=self.u, tiny=self.tiny)


def running_error(f: Callable[..., Any], x: Any, truth: Certified, dtype: Any, cotangent: Any = None) -> tuple[Any, Any]:
    """Bounds for the reverse sweep of f, flat: of rounding, and of kinks nearer than that. Safety is not included."""
    form = Format.of(dtype)
    try:
        outcome = run(f, x, form.settings(midpoint=True), cotangent)
    except CannotFollow:
        return np.full(len(truth.balls), np.inf), np.zeros(len(truth.balls))
    rounding = radii(outcome.gradient, form)
    if not outcome.choices.ties:
        return rounding, np.zeros_like(rounding)
    try:
        hull = run(f, x, form.settings(midpoint=False), cotangent).gradient
    except CannotFollow:
        return rounding, np.zeros_like(rounding)
    # What the kink of the point itself opens is in the truth already.
    if not np.isfinite(rounding).all():
        return rounding, np.zeros_like(rounding)
    beyond = [magnitude(ball - true.mid()) - float(true.rad()) for ball, true in zip(hull, truth.balls, strict=True)]
    return rounding, np.maximum(np.array(beyond) - rounding, 0.0)


def own_error(grad: Callable[..., Any], x: Any, dtype: Any, *more: Any) -> list[Any] | None:
    """Bounds for the gradient code itself, leaf by leaf, where it runs on such values."""
    form = Format.of(dtype)
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


def same_value(f: Callable[..., Any], x: Any, value: float, cotangent: Any = None) -> bool:
    """Whether f gives on balls what it gives on floats, for all that half precision explains.

    Code that asks for the type of a number, or reads its memory, may go another way on balls.
    """
    try:
        ball = run(f, x, Format.of(np.float16).settings(midpoint=True), cotangent).value
    except CannotFollow:
        return True
    return _explains([ball], np.array([value]))


def same_claim(grad: Callable[..., Any], x: Any, claimed: list[Any], *more: Any) -> bool:
    """The same of the gradient code."""
    try:
        results, _ = run_values(grad, x, Format.of(np.float16).settings(midpoint=True), *more)
    except CannotFollow:
        return True
    balls = [cell.ball for part in results for cell in part.ravel()]
    floats = np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in claimed])
    return len(balls) == floats.size and _explains(balls, floats)


def _explains(balls: list[Any], floats: Any) -> bool:
    allowed = SAFETY * radii(balls, Format.of(np.float16))
    off = np.array([abs(float(ball.mid()) - value) for ball, value in zip(balls, floats, strict=True)])
    return bool((~np.isfinite(allowed) | (off <= allowed)).all())


def radii(balls: list[Any], form: Format) -> Any:
    """Radius, and one rounding of the result itself."""
    return np.array([(float(b.rad()) if b.is_finite() else np.inf) + form.u * magnitude(b) + form.tiny for b in balls])


def judged_truth(truth: Certified, bounds: tuple[Any, Any], own: list[Any] | None) -> Truth:
    """What the judge needs, by leaf, safety included: the larger of both running errors, the code's own within limits."""
    gradient, rounding, lowest, highest, start = {}, {}, {}, {}, 0
    for place, (name, part) in enumerate(zip(truth.names, truth.gradient, strict=True)):
        span = slice(start, start + part.mid.size)
        start += part.mid.size
        mine = bounds[0][span].reshape(part.mid.shape)
        if own is not None and own[place].shape == mine.shape:
            mine = np.maximum(mine, np.minimum(own[place], OWN_SHARE * mine))
        rounding[name] = SAFETY * mine
        low, high = _reachable(truth, span, part.mid.shape)
        near = bounds[1][span].reshape(part.mid.shape)
        lowest[name], highest[name] = low - near, high + near
        exact = np.where(high > low, 0.0, part.rad)  # at a kink the ends say what is reachable
        gradient[name] = Enclosure(part.mid, part.low, exact)
    bits = f" ({truth.bits} bits)" if truth.bits > FIRST_PRECISION else ""
    return Truth(gradient, Budget(rounding, lowest, highest), "certified" + bits)


def _reachable(truth: Certified, span: slice, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """The ends of what a choice of subgradient gives, entry by entry; equal where the derivative is one number."""
    mids = np.array([float(ball.mid()) for ball in truth.balls[span]]).reshape(shape)
    if truth.smooth:
        return mids, mids
    if truth.branches:
        found = np.stack([branch[span].reshape(shape) for branch in truth.branches])
        return found.min(axis=0), found.max(axis=0)
    wide = np.array([float(ball.rad()) > 1e-25 * max(1.0, magnitude(ball)) for ball in truth.balls[span]]).reshape(shape)
    low = np.array([float(ball.lower()) for ball in truth.balls[span]]).reshape(shape)
    high = np.array([float(ball.upper()) for ball in truth.balls[span]]).reshape(shape)
    return np.where(wide, low, mids), np.where(wide, high, mids)
