"""The certified witness: value and every partial derivative of unmodified NumPy code, enclosed to some 45 digits.

Precision is doubled until the enclosure is tight. Comparisons that cannot be decided are followed both ways: if the
derivative stays tight the function is smooth there all the same, else it has a kink and the enclosure holds what any
choice of subgradient gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from time import monotonic
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import entry_names, float_leaves, leaf_name
from gradcheck.certified.code.reasons import CannotFollow, Undecided
from gradcheck.certified.numbers.choices import APART, TOO_MANY, Tie
from gradcheck.certified.numbers.nodes import MAX_SECONDS
from gradcheck.certified.runs.cusps import lengths
from gradcheck.certified.runs.differentiate import Cusp, RunOutcome, run
from gradcheck.certified.runs.evaluate import RunSettings
from gradcheck.certified.runs.groups import Groups, in_groups
from gradcheck.judge.float_formats import FloatFormat
from gradcheck.judge.subgradients import MAX_COMBINATIONS
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import FIRST_PRECISION, LAST_PRECISION, NAN_BALL, Enclosure, enclosure, magnitude, precision, widened

Function = Callable[..., Any]
TIE_PRECISION = 768  # bits at which values that still overlap are taken for equal
UP = 2.0**-40  # how far the ends of what a norm reaches are rounded outwards
FEW = 6  # comparisons of two numbers, of which all combinations are certainly not too many
TIGHT = 2.0**-90  # of the entry itself
TIGHT_BESIDE = 2.0**-110  # of the largest entry, for entries that are zero or nearly so


@dataclass(frozen=True)
class Certified:
    """The enclosed derivative at a point. ``balls`` are those of all entries, flat; ``names`` those of the leaves.

    Where not ``smooth``, the enclosure holds the derivative of every branch and what lies between; ``branches`` are the
    gradients of each combination of choices (flat float arrays), if all were followed, ``jumps`` says that the value
    differs between them, ``apart`` that one of several largest values was chosen in each, ``tolerance`` is that of an iteration
    in the code which stops when it is near enough, or 0, and ``compared`` counts the comparisons.
    """

    value: Enclosure
    gradient: tuple[Enclosure, ...]
    names: tuple[str, ...]
    balls: tuple[Any, ...]
    bits: int
    smooth: bool
    ties: tuple[Tie, ...]
    branches: tuple[Any, ...]
    jumps: bool
    apart: bool
    steps: int
    seconds: float
    widened: tuple[float, ...]
    tolerance: float
    compared: int
    cusps: tuple[tuple[Cusp, Any], ...]  # norms at zero that matter, and the matrix of which each is the length


def certify(
    f: Function,
    x: Any,
    *,
    cotangent: Any = None,
    widen: int = 0,
    max_seconds: float = MAX_SECONDS,
    short: FloatFormat | None = None,
    small: frozenset[float] = frozenset(),
) -> Certified:
    """Enclose the gradient of f at x (of ``sum(cotangent * f)`` with a cotangent); CannotFollow says why it cannot be."""
    start, bits = monotonic(), FIRST_PRECISION
    while True:
        left = max(max_seconds - (monotonic() - start), 0.1)
        settings = RunSettings(bits, widen=widen, short=short, small=small, max_seconds=left)
        found = _at_precision(f, x, settings, cotangent)
        if found.settled or bits >= LAST_PRECISION or monotonic() - start > max_seconds / 3:
            break
        bits *= 2
    return _certified(x, found, bits, monotonic() - start)


def _certified(x: Any, found: _Attempt, bits: int, seconds: float) -> Certified:
    leaves = float_leaves(x)
    names = entry_names(x) if any(tie.entries for tie in found.ties) else []
    return Certified(
        value=enclosure(_objects([found.value])),
        gradient=tuple(enclosure(part) for part in _split(found.gradient, [array.shape for _, array in leaves])),
        names=tuple(leaf_name(path) for path, _ in leaves),
        balls=tuple(found.gradient),
        bits=bits,
        smooth=all_tight(found.value, found.gradient),
        ties=tuple(tie.named(names) for tie in found.ties),
        branches=found.branches,
        jumps=found.jumps,
        apart=found.apart,
        steps=found.steps,
        seconds=seconds,
        widened=found.widened,
        tolerance=found.tolerance,
        compared=found.compared,
        cusps=found.cusps,
    )


@dataclass(frozen=True)
class _Attempt:
    """What can be had with so many bits; ``settled`` where more would not help."""

    value: Any
    gradient: list[Any]
    ties: tuple[Tie, ...]
    steps: int
    widened: tuple[float, ...]
    settled: bool
    branches: tuple[Any, ...] = ()
    jumps: bool = False
    apart: bool = False
    tolerance: float = 0.0
    compared: int = 0
    cusps: tuple[tuple[Cusp, Any], ...] = ()


def _at_precision(f: Function, x: Any, settings: RunSettings, cotangent: Any) -> _Attempt:
    """Both sides of every comparison at once; one after the other where that is not possible, or not tight."""
    may_gain = settings.bits < TIE_PRECISION
    try:
        outcome = run(f, x, settings, cotangent)
    except Undecided:
        return _branched(f, x, settings, cotangent)
    except CannotFollow as error:
        if error.reason.code != "not-finite" or not may_gain:
            raise
        return _Attempt(NAN_BALL, [NAN_BALL], (), 0, (), settled=False)
    if outcome.cusps and (found := _at_cusps(f, x, settings, outcome)):
        return found
    tight = all_tight(outcome.value, outcome.gradient)
    inexact = any(not tie.exact for tie in outcome.choices.ties)
    if outcome.choices.ties and not tight and not (inexact and may_gain):
        if followed := _followed(f, x, settings, cotangent, outcome):
            return followed
        tight = True  # the hull is what there is
    finite = all(ball.is_finite() for ball in (outcome.value, *outcome.gradient))
    return _found([outcome], settings.bits, settled=tight or not (finite or may_gain))


def _found(outcomes: list[RunOutcome], bits: int, *, settled: bool) -> _Attempt:
    value = outcomes[0].value
    gradient = outcomes[0].gradient
    with precision(bits):
        for outcome in outcomes[1:]:
            value = value.union(outcome.value)
            gradient = [a.union(b) for a, b in zip(gradient, outcome.gradient, strict=True)]
    several = len(outcomes) > 1 and all(all_tight(outcome.value, outcome.gradient) for outcome in outcomes)
    return _Attempt(
        value,
        gradient,
        tuple(outcomes[0].choices.ties),
        outcomes[0].steps,
        outcomes[0].widened,
        settled,
        tuple(np.array([float(b.mid()) for b in outcome.gradient]) for outcome in outcomes) if several else (),
        any(not outcome.value.overlaps(outcomes[0].value) for outcome in outcomes[1:]),
        outcomes[0].choices.apart,
        outcomes[0].choices.tolerance,
        outcomes[0].choices.asked,
    )


def _followed(f: Function, x: Any, settings: RunSettings, cotangent: Any, outcome: RunOutcome) -> _Attempt | None:
    """Every combination of answers, or group by group if there are many; None where neither can be done."""
    groups = in_groups(f, x, settings, cotangent) if len(outcome.choices.compared) > FEW else None
    if groups and groups.whole:
        return _of_groups(outcome, groups)
    found = None
    with suppress(CannotFollow):
        found = _branched(f, x, settings, cotangent)
        if found.branches or all_tight(found.value, found.gradient):
            return found
    groups = groups or in_groups(f, x, settings, cotangent)
    return _of_groups(outcome, groups) if groups else found


def _at_cusps(f: Function, x: Any, settings: RunSettings, outcome: RunOutcome) -> _Attempt | None:
    """The derivative where it depends on norms at zero and on nothing else that is open; None where they are no norms."""
    slopes = [cusp.slope for cusp in outcome.cusps]
    wide = sum(float(slope.rad()) > TIGHT * magnitude(slope) for slope in slopes if slope.is_finite())
    if wide > 1 or not (all(slope.is_finite() for slope in slopes) and all_tight(outcome.value, outcome.rest)):
        return None  # the largest of several multiples of one norm holds them all; of two, more than can occur
    entries = sorted({k for cusp in outcome.cusps for k in cusp.entries})
    found = lengths(f, x, [cusp.place for cusp in outcome.cusps], entries)
    if found is None:
        return None
    balls = tuple(magnitude(slope) * rows for slope, rows in zip(slopes, found, strict=True))
    reach = sum(np.sqrt((rows**2).sum(axis=0)) for rows in balls)
    with precision(settings.bits):
        gradient = [widened(ball, float(r) * (1 + UP)) if r else ball for ball, r in zip(outcome.rest, reach, strict=True)]
    plain = _found([replace(outcome, gradient=gradient)], settings.bits, settled=True)
    return replace(plain, cusps=tuple(zip(outcome.cusps, found, strict=True)))


def _of_groups(outcome: RunOutcome, groups: Groups) -> _Attempt:
    """Where the groups leave the derivative open, and where it is one number whatever is chosen."""
    base, *parts = groups.parts
    gradient = list(base[0])
    for part in parts:
        for k, balls in enumerate(zip(*part, strict=True)):
            first, *others = balls
            if any(not ball.overlaps(first) for ball in others):
                gradient[k] += reduce(lambda a, b: a.union(b), [ball - first for ball in balls])
    return _found([replace(outcome, gradient=gradient)], FIRST_PRECISION, settled=True)


# One branch after the other


def combinations(f: Function, x: Any, settings: RunSettings, cotangent: Any, *, apart: bool) -> list[RunOutcome]:
    """A run for every combination of answers to undecided comparisons that holds somewhere next to the point.

    Each run takes the first answer that is possible wherever none is forced; the others wait, each with the answers
    before it and with what those ask of a direction.
    """
    waiting: list[tuple[dict[Any, int], dict[Any, list[Any]]]] = [({}, {})]
    outcomes: list[RunOutcome] = []
    always = {APART: 1} if apart else {}
    end = monotonic() + settings.max_seconds
    while waiting:
        if len(outcomes) + len(waiting) > MAX_COMBINATIONS:
            raise Undecided(TOO_MANY)
        if (left := end - monotonic()) <= 0:
            raise Undecided(Sentence("following.combinations-take", seconds=settings.max_seconds))
        forced, asks = waiting.pop()
        outcome = run(f, x, replace(settings, forced=always | forced, asks=asks, max_seconds=left), cotangent)
        outcomes.append(outcome)
        choices = outcome.choices
        taken: dict[Any, int] = {}
        asked: dict[Any, list[Any]] = {}
        for key, (option, others) in choices.trail.items():
            waiting += [({**taken, key: other}, {**asked, key: choices.asked_of[key][other]}) for other in others]
            taken[key] = option
            if key in choices.asks:
                asked[key] = choices.asks[key]
    return outcomes


def _branched(f: Function, x: Any, settings: RunSettings, cotangent: Any) -> _Attempt:
    """All combinations; with one of several largest values chosen in each if their weights leave the derivative wide."""
    outcomes = combinations(f, x, settings, cotangent, apart=False)
    if _max_matters(outcomes):
        with suppress(Undecided):  # then the weights are what there is
            outcomes = combinations(f, x, settings, cotangent, apart=True)
    inexact = any(not tie.exact for outcome in outcomes for tie in outcome.choices.ties)
    beside, at_point = by_equality(outcomes)
    _check_equalities(beside, at_point)
    found = _found(beside, settings.bits, settled=True)
    tight = all_tight(found.value, found.gradient)
    finite = all(ball.is_finite() for ball in (found.value, *found.gradient))
    gain = settings.bits < TIE_PRECISION and inexact
    return replace(found, settled=tight or not (gain or (finite and not found.ties)))


def _max_matters(outcomes: list[RunOutcome]) -> bool:
    """Whether some combination stays wide, and a max or min of which several values may be it."""
    tied = any(tie.operation in ("max", "min") for outcome in outcomes for tie in outcome.choices.ties)
    return tied and not all(all_tight(outcome.value, outcome.gradient) for outcome in outcomes)


def by_equality(outcomes: list[RunOutcome]) -> tuple[list[RunOutcome], list[RunOutcome]]:
    """The runs in which every undecided ``==`` was taken for false, as it is next to the point, and the others."""
    beside: list[RunOutcome] = []
    at_point: list[RunOutcome] = []
    for outcome in outcomes:
        equal = any(option == 1 for key, (option, _) in outcome.choices.trail.items() if _is_equality(key))
        (at_point if equal else beside).append(outcome)
    return beside, at_point


def _is_equality(key: Any) -> bool:
    return isinstance(key, tuple) and key[0] == "equal"


def _check_equalities(beside: list[RunOutcome], at_point: list[RunOutcome]) -> None:
    """What holds at the point alone must agree with what holds next to it; along a single input its slope need not."""
    for outcome in at_point:
        keys: list[Any] = [key for key, (option, _) in outcome.choices.trail.items() if _is_equality(key) and option == 1]
        free = {key[1].node for key in keys} if len(keys) == 1 else set()
        agree = all(
            outcome.value.overlaps(other.value)
            and all(ball.is_finite() for ball in other.gradient)
            and all(
                a.overlaps(b) for k, (a, b) in enumerate(zip(outcome.gradient, other.gradient, strict=True)) if k not in free
            )
            for other in beside
        )
        if not agree:
            raise CannotFollow("equality", Sentence("following.very-point"))


# Tightness


def all_tight(value: Any, gradient: Sequence[Any]) -> bool:
    """Whether every ball is narrow beside its own number, or beside the largest."""
    if not all(ball.is_finite() and math.isfinite(float(ball.rad())) for ball in (value, *gradient)):
        return False
    if float(value.rad()) > TIGHT * max(magnitude(value), 1.0):
        return False
    largest = max((magnitude(ball) for ball in gradient), default=0.0)
    beside = TIGHT_BESIDE * (largest if largest > 2.0**-60 else 1.0)
    return all((r := float(ball.rad())) <= beside or r <= TIGHT * magnitude(ball) for ball in gradient)


def _objects(balls: list[Any]) -> Any:
    array = np.empty(len(balls), dtype=object)
    array[:] = balls
    return array


def settled(outcome: RunOutcome) -> bool:
    """Whether one run says all: every ball is tight."""
    return all_tight(outcome.value, outcome.gradient)


def certified(x: Any, outcome: RunOutcome) -> Certified:
    """What `certify` gives, of one such run."""
    return _certified(x, _found([outcome], FIRST_PRECISION, settled=True), FIRST_PRECISION, 0.0)


def _split(balls: list[Any], shapes: list[tuple[int, ...]]) -> list[Any]:
    """Flat balls in the shapes of the leaves."""
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape, dtype=np.int64))
        parts.append(_objects(balls[start : start + size]).reshape(shape))
        start += size
    return parts
