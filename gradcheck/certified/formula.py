"""The gradient code itself on balls: is its formula the derivative, to some 45 digits, whatever digits its floats lose?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow, Reason, Undecided
from gradcheck.certified.numbers.constants import SINGLE
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.replacements.small_constants import ConstantPlace, small_constants
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.certified.witness import Certified, certify
from gradcheck.judge.float_formats import FloatFormat
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, magnitude

MAX_BITS = 1536
MOST_ALONE = 4  # small constants of which each is tried by itself
TOLD = 0.5  # of the entries must be tight: where a logarithm is cut off, others cannot be
CHANCE = 1e4  # times what roundings were seen to change: that far beyond one draw of them lies no other draw
WIDEST = 1e-4  # constants that leave more than this part of the largest entry open decide nothing


class Status(StrEnum):
    """How the formula of the gradient code stands to the derivative."""

    EQUAL = "equal"
    WITHIN_CONSTANTS = "equal within constants"  # of the code, as their author may have meant them
    IN_FLOAT32 = "equal in float32"  # but for the digits that float32 arrays lack
    ROUNDED_ARRAYS = "equal but for rounded arrays"
    SMALL_CONSTANTS = "equal but for small constants"
    LAST_STEPS = "equal but for the last steps of an iteration"
    DIFFERENT = "different"
    AT_A_KINK = "at a kink"
    NOT_ASKED = "not asked"
    UNKNOWN = "unknown"

    @property
    def is_equal(self) -> bool:
        """Whether it is the derivative, if only but for what is named."""
        return self not in (Status.DIFFERENT, Status.AT_A_KINK, Status.NOT_ASKED, Status.UNKNOWN)


@dataclass(frozen=True)
class FormulaAnswer:
    """What a run with error bounds says of the gradient code.

    ``status`` may be unknown, with the reason. ``detectable`` is the relative
    error that would have shown; ``wrong`` marks the entries (flat) whose balls are disjoint; ``slack`` is what the
    constants leave open, entry by entry. ``but_for`` are the small constants without which the formulas are equal.
    """

    status: Status
    reason: Reason | None
    detectable: float | None
    wrong: Any
    slack: Any = 0.0
    but_for: tuple[ConstantPlace, ...] = ()


def compare_formula(
    f: Callable[..., Any],
    grad: Callable[..., Any],
    x: Any,
    truth: Certified,
    allowed: Any,
    within: bool,
    *more: Any,
    floats: Any = None,
) -> FormulaAnswer:
    """The formula verdict.

    ``allowed`` is each entry's rounding budget: a ball as wide as that is no answer. ``within`` says that the floats kept to
    it: then even the arrays that the code closes over may have been rounded. ``more`` are further arguments of the
    gradient code (a cotangent, which then weights f, too). ``floats`` are the entries as the code itself computes them:
    they tell how much roundings change, where balls that are as wide as those grow too wide to tell it.
    """
    try:
        cells = _cells(grad, x, truth, 0, allowed, more)
    except CannotFollow as error:
        return FormulaAnswer(Status.UNKNOWN, error.reason, None, None)
    claimed = [cell.ball for cell in cells]
    wrong = _disjoint(claimed, truth.balls)
    if not wrong.any():
        radii = _radii(claimed, truth.balls)
        if (radii <= allowed).all():
            return FormulaAnswer(Status.EQUAL, None, max(_relative(radii, truth), 2.0**-truth.bits), wrong)
        return _too_wide()
    for widen in (1, 2) if within else (1,):
        found = _with_constants(f, grad, x, truth, widen, allowed, more)
        if found and widen == 2 and found.status == Status.UNKNOWN and _beyond_rounding(claimed, truth, floats):
            break
        if found:
            return found
    if within and not more and all(_is_written_down(cell) for cell, is_wrong in zip(cells, wrong, strict=True) if is_wrong):
        reason = Sentence("following.numbers")
        return FormulaAnswer(Status.UNKNOWN, Reason("numbers", reason), None, None)
    return FormulaAnswer(Status.DIFFERENT, None, None, wrong)


def _is_written_down(cell: Any) -> bool:
    """Is this a float that does not depend on x, such as one computed elsewhere? A formula's constants have more digits."""
    return cell.node == CONSTANT and bool(cell.ball.is_exact()) and bool(Ball(float(cell.ball)) == cell.ball)


def compare_in_single(
    f: Callable[..., Any], grad: Callable[..., Any], x: Any, truth: Certified, allowed: Any, *more: Any
) -> FormulaAnswer | None:
    """The same once more where float32 explains the floats: are the formulas equal but for what float32 arrays hold?"""
    found = _with_constants(f, grad, x, truth, SINGLE, allowed, more)
    return replace(found, status=Status.IN_FLOAT32) if found and found.status == Status.WITHIN_CONSTANTS else None


def compare_in_short(
    f: Callable[..., Any], grad: Callable[..., Any], x: Any, truth: Certified, allowed: Any, form: FloatFormat, *more: Any
) -> FormulaAnswer:
    """Both codes once more with the arrays that hold numbers of a short format as wide as rounding to it left them."""
    at = certify(f, x, cotangent=more[0] if more else None, widen=SINGLE, short=form)
    claimed = _claimed(grad, x, at, SINGLE, allowed, more, form)
    wrong, radii = _disjoint(claimed, at.balls), _radii(claimed, at.balls)
    if not wrong.any():
        return FormulaAnswer(Status.ROUNDED_ARRAYS, None, _relative(radii, truth), wrong, radii)
    numbers = np.array([float(ball.mid()) for ball in claimed])
    if form.holds(numbers) and form.long(numbers[numbers != 0]).mean() >= 0.5:
        return FormulaAnswer(Status.UNKNOWN, Reason("rounds", Sentence("following.rounds")), None, None)
    return FormulaAnswer(Status.DIFFERENT, None, None, wrong)


def compare_but_for_small(
    f: Callable[..., Any], grad: Callable[..., Any], x: Any, truth: Certified, allowed: Any, *more: Any
) -> FormulaAnswer | None:
    """Both codes with small constants that they name anywhere between nothing and themselves: one alone, or all of them."""
    known = small_constants((f, grad))
    sets = [frozenset({value}) for value in known] if 1 < len(known) <= MOST_ALONE else []
    for small in [*sets, *([frozenset(known)] if known else [])]:
        try:
            at = certify(f, x, cotangent=more[0] if more else None, small=small)
            claimed = _claimed(grad, x, at, 0, allowed, more, small=small)
        except CannotFollow:
            continue
        if _disjoint(claimed, at.balls).any():
            continue
        radii, wrong = _radii(claimed, at.balls), np.zeros(len(claimed), dtype=bool)
        largest = max((magnitude(ball) for ball in truth.balls), default=0.0)
        if np.isfinite(radii).all() and (radii <= WIDEST * largest).mean() >= TOLD:
            places = tuple(known[value] for value in known if value in small)
            return FormulaAnswer(Status.SMALL_CONSTANTS, None, _relative(radii, truth), wrong, 2 * radii, places)
    return None


def open_by_small(f: Callable[..., Any], x: Any, truth: Certified, *more: Any) -> FormulaAnswer | None:
    """What the small constants of f alone leave open of its derivative, for a gradient code that balls cannot follow."""
    known = small_constants((f,))
    if not known:
        return None
    try:
        at = certify(f, x, cotangent=more[0] if more else None, small=frozenset(known))
    except CannotFollow:
        return None
    radii = _radii(at.balls, truth.balls)
    largest = max((magnitude(ball) for ball in truth.balls), default=0.0)
    if not np.isfinite(radii).all() or (radii <= WIDEST * largest).mean() < TOLD:
        return None
    return FormulaAnswer(Status.UNKNOWN, None, None, np.zeros(len(radii), dtype=bool), 2 * radii, tuple(known.values()))


def _with_constants(
    f: Callable[..., Any], grad: Callable[..., Any], x: Any, truth: Certified, widen: int, allowed: Any, more: tuple[Any, ...]
) -> FormulaAnswer | None:
    """Both codes with their constants as wide as they may have been meant; None where they differ all the same."""
    try:
        at = certify(f, x, cotangent=more[0] if more else None, widen=widen)
        claimed = _claimed(grad, x, at, widen, allowed, more)
    except CannotFollow as error:
        return FormulaAnswer(Status.UNKNOWN, error.reason, None, None)
    if (wrong := _disjoint(claimed, at.balls)).any():
        return None
    radii = _radii(claimed, at.balls)
    largest = max((magnitude(ball) for ball in truth.balls), default=0.0)
    if (radii > WIDEST * largest).any():
        return _too_wide()
    return FormulaAnswer(Status.WITHIN_CONSTANTS, None, max(_relative(radii, truth), 2.0**-52), wrong, radii)


def _beyond_rounding(claimed: Any, truth: Certified, floats: Any) -> bool:
    """Is the formula farther from the derivative than arrays that had been rounded before could have put it?

    Balls may be far wider than what they stand for. But the code on floats has rounded at every step, by as much as such
    arrays may have been: its distance from the code on balls shows how much that changes.
    """
    if floats is None or not np.isfinite(floats).all():
        return False
    codes, true = (np.array([float(ball.mid()) for ball in balls]) for balls in (claimed, truth.balls))
    changed = np.abs(floats - codes).max(initial=0.0) + np.finfo(float).eps * np.abs(true).max(initial=0.0)
    return bool(np.abs(codes - true).max(initial=0.0) > CHANCE * changed)


def _too_wide() -> FormulaAnswer:
    return FormulaAnswer(Status.UNKNOWN, Reason("wide", Sentence("following.too-wide")), None, None)


def _disjoint(a: Any, b: Any) -> Any:
    return np.array([not p.overlaps(q) for p, q in zip(a, b, strict=True)], dtype=bool)


def _radii(a: Any, b: Any) -> Any:
    return np.array([float(p.rad()) + float(q.rad()) for p, q in zip(a, b, strict=True)])


def _relative(radii: Any, truth: Certified) -> float:
    """The largest radius relative to its entry; entries that are zero, or nearly, count relative to the largest."""
    sizes = np.array([magnitude(ball) for ball in truth.balls])
    largest = float(sizes.max(initial=0.0))
    beside = np.where(sizes <= 2.0**-60 * largest, largest, sizes)
    return float((radii / np.maximum(beside, 1e-300)).max(initial=0.0)) if largest else 0.0


def _as_one(results: list[Any], truth: Certified) -> list[Any]:
    """A list of numbers as the array that it is on floats."""
    size = sum(part.size for part in results)
    if len(truth.gradient) != 1 or len(results) == 1 or size != truth.gradient[0].mid.size:
        return results
    return [np.concatenate([part.ravel() for part in results]).reshape(truth.gradient[0].mid.shape)]


def _claimed(*asked: Any, **options: Any) -> list[Any]:
    """The balls of the gradient code, flat; asked as `_cells` is."""
    return [cell.ball for cell in _cells(*asked, **options)]


def _cells(
    grad: Callable[..., Any],
    x: Any,
    truth: Certified,
    widen: int,
    allowed: Any,
    more: tuple[Any, ...],
    short: FloatFormat | None = None,
    small: frozenset[float] = frozenset(),
) -> list[Any]:
    """The numbers of the gradient code, flat, with as many bits as it takes."""
    bits = truth.bits
    while True:
        results, choices = run_values(grad, x, RunSettings(bits, widen=widen, short=short, small=small), *more)
        results = _as_one(results, truth)
        if len(results) != len(truth.gradient) or any(
            np.shape(part) != np.shape(known.mid) for part, known in zip(results, truth.gradient, strict=True)
        ):
            raise CannotFollow("shape", Sentence("following.other-shapes"))
        if choices.ties:
            raise Undecided(Sentence("following.gradient-compares"))
        cells = [cell for part in results for cell in part.ravel()]
        balls = [cell.ball for cell in cells]
        tight = all(ball.is_finite() and float(ball.rad()) <= room / 1024 for ball, room in zip(balls, allowed, strict=True))
        if tight or widen or small or bits >= MAX_BITS:
            return cells
        bits *= 2
