"""The gradient code itself on balls: is its formula the derivative, to some 45 digits, whatever digits its floats lose?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.certified.reasons import CannotFollow, Reason, Undecided
from gradcheck.certified.run import Settings, run_values
from gradcheck.certified.witness import Certified, certify
from symbolic.balls import magnitude

MAX_BITS = 1536


@dataclass(frozen=True)
class Formula:
    """What balls say of the gradient code.

    ``status`` is "equal", "equal within constants" (of the code, as their author may have meant them), "different" or
    "unknown", with the reason. ``detectable`` is the relative error that would have shown; ``wrong`` marks the entries
    (flat) whose balls are disjoint.
    """

    status: str
    reason: Reason | None
    detectable: float | None
    wrong: Any


def compare_formula(
    f: Callable[..., Any], grad: Callable[..., Any], x: Any, truth: Certified, allowed: Any, *more: Any
) -> Formula:
    """The formula verdict; ``allowed`` is each entry's rounding budget: a ball as wide as that is no answer.

    ``more`` are further arguments of the gradient code (a cotangent, which then weights f, too).
    """
    cotangent = more[0] if more else None
    for widen in (0, 1, 2):
        try:
            at = truth if not widen else certify(f, x, cotangent=cotangent, widen=widen)
            claimed = _claimed(grad, x, at, widen, allowed, more)
        except CannotFollow as error:
            return Formula("unknown", error.reason, None, None)
        wrong = np.array([not a.overlaps(b) for a, b in zip(claimed, at.balls, strict=True)], dtype=bool)
        if widen == 0:
            first = wrong
        if wrong.any():
            continue
        radii = np.array([float(a.rad()) + float(b.rad()) for a, b in zip(claimed, at.balls, strict=True)])
        if not (radii <= allowed).all():
            reason = Reason("wide", "on balls the gradient code stays too wide to be compared")
            return Formula("unknown", reason, None, first if widen else None)
        sizes = np.array([magnitude(ball) for ball in truth.balls])
        seen = np.where(sizes > 0, radii / np.where(sizes > 0, sizes, 1), 0.0)
        detectable = float(seen[radii < sizes].max(initial=0.0))
        return Formula("equal" if not widen else "equal within constants", None, detectable, first)
    return Formula("different", None, None, first)


def _claimed(
    grad: Callable[..., Any], x: Any, truth: Certified, widen: int, allowed: Any, more: tuple[Any, ...]
) -> list[Any]:
    """The balls of the gradient code, flat, with as many bits as it takes."""
    bits = truth.bits
    while True:
        results, choices = run_values(grad, x, Settings(bits, widen=widen), *more)
        if len(results) != len(truth.gradient) or any(
            np.shape(part) != np.shape(known.mid) for part, known in zip(results, truth.gradient, strict=True)
        ):
            raise CannotFollow("shape", "on balls the gradient code returns other shapes than on floats")
        if choices.ties:
            raise Undecided("the gradient code compares values that cannot be told apart")
        balls = [cell.ball for part in results for cell in part.ravel()]
        tight = all(ball.is_finite() and float(ball.rad()) <= room / 1024 for ball, room in zip(balls, allowed, strict=True))
        if tight or widen or bits >= MAX_BITS:
            return balls
        bits *= 2
