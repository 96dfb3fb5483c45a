"""Large problems: a gradient checked along a few random directions, wrong entries localised by bisection.

Along a unit direction d the difference of f must equal ``grad . d``. An error vector r shows unless ``|r . d|`` falls below
the noise tau of the measurement; for a random direction that has probability about ``0.8 tau sqrt(P) / |r|``, for k of
them the k-th power of that. On failure the direction is halved again and again: what is left of ``f' - grad . d`` says
which half holds wrong entries, some 17 halvings for 100,000 of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, filled, flattened, float_leaves, leaf_name
from gradcheck.certified.code.reasons import CannotFollow, Reason
from gradcheck.certified.numbers.arrays import Array as BallArray
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.witness import certify
from gradcheck.judge.judge import entry_name
from gradcheck.judge.verdicts import Entry, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.estimates import PROOF, compared, measured_noise
from gradcheck.witnesses.second_witness import second_witness
from gradcheck.witnesses.slope_evidence import SecondWitness

MISSED = 1e-6  # the probability with which a larger error than the one stated would have been missed
FEWEST = 3
TRUST = 8.0  # a measurement's spread times this is its noise
MOST_FOUND = 32  # wrong entries that are localised and judged one by one
CERTIFY_SECONDS = 20.0


UNIT = 2.0**-52
STAYS = 0.75  # of how far the sides were apart at twice the step: smooth functions come to half of that, kinks stay
SLOWLY = 0.5  # of the last change of the slope: smooth functions come to a fourth, where kinks are crossed they do not


@dataclass(frozen=True)
class _Slope:
    """A central quotient; how far apart the one-sided ones are; the noise of it."""

    slope: float
    apart: float
    noise: float


@dataclass
class FlatFunction:
    """The function as a flat vector's, with the number of its evaluations."""

    f: Callable[[Any], Any]
    x: Any
    calls: int = 0
    shapes: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    here: float | None = None
    noise: float = 0.0

    def __post_init__(self) -> None:
        found = float_leaves(self.x)
        self.shapes = [(leaf_name(path), array.shape) for path, array in found]
        self.flat = flattened(array for _, array in found)

    def value(self, flat: Array) -> float:
        """F at a flat vector."""
        self.calls += 1
        return float(self.f(filled(self.x, flat)))

    def along(self, direction: Array, *, quickly: bool = False) -> tuple[float, float]:
        """The derivative along a direction, and how far it may be off: by what an extrapolation changes with the step.

        ``quickly`` trusts the order of the error, which a smooth function has: to find places, not to judge them.
        """
        size = float(np.abs(direction).max()) or 1.0
        h = 1e-3 * max(1.0, float(np.abs(self.flat).max(initial=0.0))) / max(size, float(np.linalg.norm(direction)))
        coarse, middle = self._slope(direction, h), self._slope(direction, h / 2)
        first = (4 * middle.slope - coarse.slope) / 3
        if quickly:
            return first, abs(middle.slope - coarse.slope) / 64 + middle.noise
        fine = self._slope(direction, h / 4)
        best = (4 * fine.slope - middle.slope) / 3
        changed = abs(fine.slope - middle.slope)
        error = abs(best - first) + fine.noise
        if changed > SLOWLY * abs(middle.slope - coarse.slope) + fine.noise:
            error += changed
        return best, error + (fine.apart if fine.apart > STAYS * middle.apart + fine.noise else 0.0)

    def _slope(self, direction: Array, h: float) -> _Slope:
        """The central quotient at one step, how far both sides are apart, and what noise makes of it."""
        if self.here is None:
            self.here = self.value(self.flat)
            self.noise = measured_noise(self.value, self.flat)
        above, below = self.value(self.flat + h * direction), self.value(self.flat - h * direction)
        noise = 2 * max(self.noise, UNIT * max(abs(above), abs(below))) / h
        return _Slope((above - below) / (2 * h), abs(above - 2 * self.here + below) / h, noise)


@dataclass(frozen=True)
class Directional:
    """What the directions showed: the norm of error that would have been seen, the wrong entries (flat places), the cost."""

    verdict: Verdict
    detectable: float
    wrong: tuple[int, ...]
    calls: int
    complete: bool
    leaves: dict[str, Entry] = field(default_factory=dict)  # far off along a direction of their own: both slopes there


def directional(
    f: Callable[[Any], Any],
    x: Any,
    claimed: Array,
    rng: np.random.Generator,
    *,
    directions: int = FEWEST,
    max_seconds: float = np.inf,
) -> tuple[Directional, FlatFunction]:
    """Compare the flat gradient ``claimed`` with f along random unit directions; localise what does not fit."""
    if directions < FEWEST:
        raise ValueError(Sentence("functions.few-directions", directions=directions, fewest=FEWEST))
    measured, size, end = FlatFunction(f, x), claimed.size, monotonic() + max_seconds
    noise, failing = 0.0, None
    for _ in range(directions):
        d = rng.standard_normal(size)
        d /= np.linalg.norm(d)
        slope, error = measured.along(d)
        tau = TRUST * error + 2.0**-50 * float(np.abs(claimed) @ np.abs(d))
        noise = max(noise, tau)
        if not abs(slope - float(claimed @ d)) <= tau and failing is None:
            failing = d
    detectable = 0.8 * noise * np.sqrt(size) * (1 / MISSED) ** (1 / directions)
    if failing is None:
        useful = detectable <= float(np.linalg.norm(claimed)) or not claimed.any()
        verdict = Verdict.MATCH if useful and np.isfinite(detectable) else Verdict.INCONCLUSIVE
        return Directional(verdict, detectable, (), measured.calls, complete=True), measured
    leaves = _wrong_leaves(measured, claimed, rng) if len(measured.shapes) > 1 else _wrong_leaf(measured, claimed, failing, 0)
    wrong, complete = _localised(measured, claimed, rng, end)
    return Directional(Verdict.MISMATCH, detectable, wrong, measured.calls, complete, leaves), measured


def _wrong_leaves(measured: FlatFunction, claimed: Array, rng: np.random.Generator) -> dict[str, Entry]:
    """The leaves that are far off along a random direction of their own, with both slopes there: an answer in any case."""
    found: dict[str, Entry] = {}
    start = 0
    for place, (_, shape) in enumerate(measured.shapes[:MOST_FOUND]):
        size = int(np.prod(shape, dtype=np.int64))
        d = np.zeros(claimed.size)
        d[start : start + size] = rng.standard_normal(size)
        start += size
        if d.any():
            found |= _wrong_leaf(measured, claimed, d / np.linalg.norm(d), place)
    return found


def _wrong_leaf(measured: FlatFunction, claimed: Array, d: Array, place: int) -> dict[str, Entry]:
    """Both slopes along a direction, if they are so far apart that no measurement explains it."""
    name, shape = measured.shapes[place]
    slope, error = measured.along(d)
    told, room = float(claimed @ d), error + 2.0**-50 * float(np.abs(claimed) @ np.abs(d))
    if not abs(slope - told) > PROOF * room:
        return {}
    return {name: Entry((0,) * len(shape), told, slope, abs(slope - told), TRUST * room)}


def _localised(measured: FlatFunction, claimed: Array, rng: np.random.Generator, end: float) -> tuple[tuple[int, ...], bool]:
    """The places of wrong entries: every set whose residual is above noise is halved, the larger residual first."""
    signs = rng.choice([-1.0, 1.0], size=claimed.size) * rng.uniform(1.0, 2.0, size=claimed.size)

    def residual(places: Array) -> tuple[float, float]:
        d = np.zeros(claimed.size)
        d[places] = signs[places]
        slope, error = measured.along(d, quickly=True)
        return slope - float(claimed @ d), TRUST * error + 2.0**-50 * float(np.abs(claimed) @ np.abs(d))

    everything = np.arange(claimed.size)
    waiting = [(everything, *residual(everything))]
    found: list[int] = []
    while waiting and len(found) < MOST_FOUND and monotonic() < end:
        waiting.sort(key=lambda item: abs(item[1]))
        places, whole, noise = waiting.pop()
        if not abs(whole) > noise:
            continue
        if len(places) == 1:
            found.append(int(places[0]))
            continue
        left, right = places[: len(places) // 2], places[len(places) // 2 :]
        part, part_noise = residual(left)
        waiting += [(left, part, part_noise), (right, whole - part, noise + part_noise)]
    return tuple(sorted(found)), not waiting


# Judging what was found


@dataclass(frozen=True)
class _Chosen:
    """``f`` as a function of some entries of x alone."""

    measured: FlatFunction
    places: tuple[int, ...]

    @property
    def f(self) -> Callable[[Any], Any]:
        """The function itself, where the witness looks for names to replace."""
        return self.measured.f

    def __call__(self, entries: Any) -> Any:
        flat = self.measured.flat.copy()
        if not isinstance(entries, BallArray):
            flat[list(self.places)] = entries
            return self.measured.f(filled(self.measured.x, flat))
        cells = objects(flat).copy()
        cells[list(self.places)] = objects(entries)
        return self.measured.f(filled(self.measured.x, wrap(cells)))


Truths = dict[int, tuple[float, float]]  # by place: the derivative, and how far it may be off


@dataclass(frozen=True)
class LocalSlopes:
    """The derivatives at the places that bisection found, the witness that knows them, and why none stronger does."""

    truth: Truths = field(default_factory=dict)
    witness: str = "directions"
    weaker: tuple[tuple[str, Reason], ...] = ()
    second: SecondWitness | None = None


def judged(found: Directional, measured: FlatFunction, claimed: Array) -> tuple[tuple[QuantityCheck, ...], LocalSlopes]:
    """The verdict leaf by leaf; localised entries are judged exactly where balls can follow, by differences elsewhere."""
    known = _exact(found, measured)
    truth, found = known.truth, _confirmed(found, known.truth, claimed)
    checks, start = [], 0
    for name, shape in measured.shapes:
        size = int(np.prod(shape, dtype=np.int64))
        inside = {place - start: truth[place][0] for place in found.wrong if start <= place < start + size}
        checks.append(_leaf(name, shape, claimed[start : start + size], inside, found, known.witness))
        start += size
    decided = Sentence("functions.directions")
    if found.wrong:
        decided = Sentence("functions.witness-directions-and", witness=known.witness)
    return tuple(checks), replace(known, witness=decided)


def _confirmed(found: Directional, truth: Truths, claimed: Array) -> Directional:
    """Of the places that bisection found, those that are wrong by themselves; where none is, nothing was found."""
    scale = max((abs(slope) for slope, _ in truth.values()), default=0.0)
    wrong = tuple(
        place
        for place in found.wrong
        if not abs(claimed[place] - truth[place][0]) <= TRUST * truth[place][1] + 2.0**-40 * max(scale, abs(claimed[place]))
    )
    return replace(found, wrong=wrong, complete=found.complete and len(wrong) == len(found.wrong))


def _exact(found: Directional, measured: FlatFunction) -> LocalSlopes:
    if not found.wrong:
        return LocalSlopes()
    chosen, entries = _Chosen(measured, found.wrong), measured.flat[list(found.wrong)]
    try:
        truth = certify(chosen, entries, max_seconds=CERTIFY_SECONDS)
        if truth.smooth:
            second = second_witness(chosen, entries, truth, float)
            slopes = map(float, truth.gradient[0].mid)
            known = {place: (slope, 0.0) for place, slope in zip(found.wrong, slopes, strict=True)}
            return LocalSlopes(known, Sentence("functions.certified"), second=second)
        reason = Reason("kink", Sentence("functions.a-kink"))
    except CannotFollow as error:
        reason = error.reason
    measured_slopes = {}
    for place in found.wrong:
        d = np.zeros(measured.flat.size)
        d[place] = 1.0
        measured_slopes[place] = measured.along(d)
    return LocalSlopes(measured_slopes, Sentence("functions.differences"), (("certified", reason),))


def _leaf(
    name: str, shape: tuple[int, ...], part: Array, truth: dict[int, float], found: Directional, witness: str
) -> QuantityCheck:
    if not truth and name in found.leaves and not found.complete:
        entry = found.leaves[name]
        message = Sentence(
            "functions.wrong-along", name=name, expected=entry.expected, got=entry.got, error=entry.error, budget=entry.budget
        )
        return QuantityCheck(
            name, shape, Verdict.MISMATCH, "directions", entry.error, entry.budget, None, 1.0, 0, entry, message
        )
    if not truth:
        verdict = found.verdict if found.verdict is not Verdict.MISMATCH else Verdict.MATCH
        if found.verdict is Verdict.MISMATCH and not (found.wrong and found.complete):
            verdict = Verdict.INCONCLUSIVE
        message = Sentence("functions.seen-along", detectable=found.detectable, missed=MISSED)
        nowhere = Entry((0,) * len(shape), float("nan"), float("nan"), 0.0, found.detectable)
        return QuantityCheck(name, shape, verdict, "directions", 0.0, found.detectable, None, 1.0, 0, nowhere, message)
    places = sorted(truth)
    expected = np.array([truth[place] for place in places])
    check = compared(name, part[places], expected, np.zeros(len(places)), witness)
    worst = max(places, key=lambda place: abs(part[place] - truth[place]))
    index = tuple(int(i) for i in np.unravel_index(worst, shape))
    named = tuple(entry_name(name, [int(i) for i in np.unravel_index(place, shape)]) for place in places[:8])
    error = abs(float(part[worst]) - truth[worst])
    entry = Entry(index, float(part[worst]), truth[worst], error, found.detectable)
    message = Sentence(
        "functions.wrong-entries",
        names=named,
        count=len(places),
        calls=found.calls,
        got=entry.got,
        expected=entry.expected,
    )
    return QuantityCheck(name, shape, Verdict.MISMATCH, witness, error, check.budget, None, 1.0, len(places), entry, message)
