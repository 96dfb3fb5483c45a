"""Is a gradient code's formula the derivative? Its own code run on balls (numbers of 50 digits and more that know their error).

Two formulas that agree at a random point to some thirty digits are the same, whatever digits the floats lose. Balls may
vouch for a formula whose floats are off or whose budget hides everything, and prove one wrong; where the code cannot be
followed, or does on balls what it does not do on floats, the floats alone decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.judge.lost_digits import FEWEST_DIGITS, SHORT, as_inaccurate, significant_digits
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from symbolic.balls import FIRST_PRECISION, TIGHT, Enclosure, difference, disjoint

MOST_ON_BALLS = 5000  # parameters: beyond, balls take longer than one waits, and are asked where rounding hides the gradient
SECONDS = 2.0  # of computing for each run on balls
SECONDS_WHERE_HIDDEN = 20.0  # the same where nothing else can decide
MOST_BITS = 4 * FIRST_PRECISION
MOST_LOST = 2.0**29  # times the budget: what single precision loses; a steady error beyond is no rounding
SHORT_CONSTANTS = 2.0**-20  # relatively: what a few constants that were rounded to float32 change in a formula
WIDEST = 1e-4  # constants that leave more than this part of an entry open decide nothing
HIDES = 1e-9  # a budget that is this part of the largest entry is no measure of how wide a ball may be

FEW_ROUNDINGS = 2.0**-46  # relatively: what an array that the code computed from constants in floats may be off by
Exactly = Callable[[int], Mapping[str, Enclosure]]  # bits -> the gradient on balls


@dataclass(frozen=True)
class Meant:
    """One way to read the code's constants: as wide as they may have been meant.

    ``slack`` says whether what they leave open excuses floats, ``part_of_formula`` whether the formula with them is the
    derivative itself; it is not where a small constant is left out. ``exactly`` gives None where such a run decides nothing.
    """

    exactly: Callable[[int], Mapping[str, Enclosure] | None]
    slack: bool = True
    part_of_formula: bool = True


@dataclass(frozen=True)
class NetworkFormula:
    """What balls say: are the formulas the same? Where that is not known, ``why``.

    By key: ``radius`` relative to the largest entry, what would have been seen; ``apart`` how far the formula is from the
    true one, relatively; ``slack`` what its float constants leave open; ``consistent`` whether the floats are those of the
    same formula, within rounding, ``consistent_short`` within that of float32; ``errors`` the signed differences, where
    there are any. ``but_for_small`` are the keys in which it is the true one but for small constants that the code names.
    """

    status: Status
    why: str = ""
    radius: Mapping[str, float] = field(default_factory=dict)
    apart: Mapping[str, float] = field(default_factory=dict)
    slack: Mapping[str, Array] = field(default_factory=dict)
    consistent: Mapping[str, bool] = field(default_factory=dict)
    consistent_short: Mapping[str, bool] = field(default_factory=dict)
    errors: Mapping[str, Array] = field(default_factory=dict)
    but_for_small: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether balls could follow the code to an answer."""
        return self.status is not Status.UNKNOWN

    @property
    def words(self) -> Sentence:
        """What a report says of it."""
        if self.status is Status.UNKNOWN:
            return Sentence("networks.formula-unknown", why=self.why)
        if self.status is Status.DIFFERENT:
            return Sentence("networks.formula-different", apart=max(self.apart.values()))
        digits = int(-np.log10(max(self.radius.values(), default=1.0) or 1e-32))
        within = self.status is Status.WITHIN_CONSTANTS
        return Sentence("networks.formula-equal-within" if within else "networks.formula-equal", digits=digits)


def compared(exactly: Exactly, truth: Truth, floats: Mapping[str, Array], meant: Iterable[Meant] = ()) -> NetworkFormula:
    """The formula against the true one at the point of ``truth``, where the same code gave these floats.

    ``meant`` are further readings of its constants, tried one after the other where it differs as it stands.
    """
    bits, claimed = _claimed(exactly, truth)
    wrong = {key: disjoint(claimed[key], truth.gradient[key]) for key in claimed}
    radii = {key: claimed[key].rad + truth.gradient[key].rad for key in claimed}
    if not all((radii[key] <= _room(truth, key)).all() for key in radii):
        return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-too-wide"))
    if not any(part.any() for part in wrong.values()):
        return NetworkFormula(Status.EQUAL, radius=_relative(truth, radii))
    if truth.budget.kinks is not None:
        return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-near-kink"))
    errors = {key: difference(claimed[key], truth.gradient[key]) for key in claimed}
    apart = _relative(truth, {key: np.where(wrong[key], np.abs(errors[key]), 0.0) for key in claimed})
    found = _with_constants(meant, bits, truth, apart, {key for key in claimed if not _is_far(truth, key, floats, apart)})
    if not found.different:
        if found.too_wide:
            return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-constants"))
        slack = radii | found.slack
        return NetworkFormula(Status.WITHIN_CONSTANTS, radius=_relative(truth, slack), slack=slack, errors=errors)
    return NetworkFormula(
        Status.DIFFERENT,
        apart={key: part if key in found.different else 0.0 for key, part in apart.items()},
        consistent={key: _consistent(truth, key, claimed[key], floats) for key in claimed},
        consistent_short={key: _consistent(truth, key, claimed[key], floats, MOST_LOST) for key in claimed},
        errors=errors,
        but_for_small=frozenset(found.but_for_small),
    )


@dataclass
class _Constants:
    """By key: what constants explain of the differences (``slack``), and where they do not."""

    different: set[str]
    slack: dict[str, Array] = field(default_factory=dict)
    too_wide: set[str] = field(default_factory=set)
    but_for_small: set[str] = field(default_factory=set)


def _with_constants(
    readings: Iterable[Meant], bits: int, truth: Truth, apart: Mapping[str, float], near: set[str]
) -> _Constants:
    """The same with the code's constants as wide as they may have been meant, one reading after the other."""
    none = {key: np.zeros_like(truth.gradient[key].rad) for key in apart}
    found = _Constants({key for key, part in apart.items() if part})
    pending = found.different & near
    for reading in readings:
        meant = (reading.exactly(bits) if pending else None) or {}
        for key in sorted(pending & set(meant)):
            if disjoint(meant[key], truth.gradient[key]).any():
                continue
            slack = meant[key].rad + truth.gradient[key].rad
            if _relative(truth, {key: slack})[key] > WIDEST:
                found.too_wide.add(key)
                continue
            pending.remove(key)
            if reading.part_of_formula:
                found.different.remove(key)
                found.slack[key] = slack if reading.slack else none[key]
            else:
                found.but_for_small.add(key)
    found.different -= found.too_wide & pending
    return found


def _is_far(truth: Truth, key: str, floats: Mapping[str, Array], apart: Mapping[str, float]) -> bool:
    """Whether floats and balls both differ by more than constants may leave open."""
    off = truth.gradient[key].distance(floats[key]) > truth.budget.rounding[key]
    return bool(off.any()) and apart[key] > WIDEST


def _claimed(exactly: Exactly, truth: Truth) -> tuple[int, Mapping[str, Enclosure]]:
    """The code's balls with as many bits as it takes, and how many these are."""
    bits = FIRST_PRECISION
    while True:
        found = exactly(bits)
        if bits >= MOST_BITS or all((part.rad <= _room(truth, key) / 1024).all() for key, part in found.items()):
            return bits, found
        bits *= 2


def _room(truth: Truth, key: str) -> Array:
    """How wide a ball may be that is an answer: as wide as the budget, unless that is itself a part of the gradient.

    Entries that are nothing beside the largest need not be known better than the truth itself is enclosed.
    """
    largest, budget = float(np.abs(truth.gradient[key].mid).max(initial=0.0)), truth.budget.rounding[key]
    return np.maximum(np.minimum(budget, HIDES * largest), 4 * TIGHT * largest) if largest else budget


def _relative(truth: Truth, sizes: Mapping[str, Array]) -> dict[str, float]:
    """By key, the largest of some sizes relative to the largest entry of the true gradient."""
    tiny = float(np.finfo(np.float64).tiny)
    true = {key: max(float(np.abs(truth.gradient[key].mid).max(initial=0.0)), tiny) for key in sizes}
    return {key: float(part.max(initial=0.0)) / true[key] for key, part in sizes.items()}


def _consistent(truth: Truth, key: str, claimed: Enclosure, floats: Mapping[str, Array], times: float = 1.0) -> bool:
    allowed = times * truth.budget.rounding[key] + claimed.rad
    return bool((claimed.distance(floats[key]) <= allowed).all())


# What it says of each quantity


def by_formula(
    checks: Iterable[QuantityCheck], formula: NetworkFormula, explained: Callable[[str, Array], bool], nearly: float
) -> list[QuantityCheck]:
    """The verdicts, with formula and digits told apart; a kink is left as it is.

    ``explained`` says whether what the constants leave open explains the floats; a formula that is off by less than
    ``nearly``, relatively, while its floats are right, is remarked upon alone.
    """
    if not formula.is_known:
        return list(checks)

    def told(check: QuantityCheck) -> QuantityCheck:
        if check.verdict is Verdict.KINK:
            return check
        different = formula.status is Status.DIFFERENT
        return _different(check, formula, nearly) if different else _right(check, formula, explained)

    return [told(check) for check in checks]


def _right(check: QuantityCheck, formula: NetworkFormula, explained: Callable[[str, Array], bool]) -> QuantityCheck:
    """The formula is the derivative: what is off are digits, and at least some of them must be there."""
    within = formula.status is Status.WITHIN_CONSTANTS
    words = Sentence("networks.right-within" if within else "networks.right")
    if check.verdict is Verdict.MATCH:
        seen = max(formula.radius[check.quantity], 2.0**-52 if within else 0.0)
        message = Sentence("networks.right-and", right=words, words=check.message)
        return replace(check, witness="certified formula", detectable=seen, message=message)
    if check.verdict is Verdict.MISMATCH and within and explained(check.quantity, formula.slack[check.quantity]):
        return replace(check, verdict=Verdict.MATCH, witness="certified formula", wrong=0, message=words)
    digits = significant_digits(check.worst.error, check.worst.expected)
    if check.verdict is Verdict.MISMATCH and digits >= FEWEST_DIGITS and check.max_error <= MOST_LOST * check.budget:
        lost = Sentence("judge.few-digits", digits=digits)
        return replace(as_inaccurate(check, lost, "unstable-formula"), witness="certified formula")
    if check.verdict is Verdict.MISMATCH:
        return replace(check, message=Sentence("networks.right-elsewhere", words=check.message))
    if check.verdict is Verdict.INCONCLUSIVE and check.id == SHORT:
        lost = Sentence("judge.no-short-digits", format="float32")
        return replace(as_inaccurate(check, lost, SHORT), witness="certified formula")
    return check


def is_explained(key: str, slack: Array, truths: Iterable[Truth], claims: Iterable[Mapping[str, Array]]) -> bool:
    """Whether the open part of the constants, found at the first point, explains the floats at every point."""
    truths = list(truths)
    size = np.abs(truths[0].gradient[key].mid).max()
    relative = float((slack / max(float(size), 1e-300)).max())
    for truth, claimed in zip(truths, claims, strict=True):
        room = truth.budget.rounding[key] + relative * np.abs(truth.gradient[key].mid).max()
        if not (truth.gradient[key].distance(claimed[key]) <= room).all():
            return False
    return True


def _different(check: QuantityCheck, formula: NetworkFormula, nearly: float) -> QuantityCheck:
    """The formula is another one. Where the floats are right all the same, it matters as much as it may show."""
    apart = formula.apart[check.quantity]
    short = check.id == SHORT and formula.consistent_short[check.quantity]
    if not apart or check.verdict is Verdict.MISMATCH or not (short or formula.consistent[check.quantity]):
        return check
    nearly = max(nearly, SHORT_CONSTANTS) if short else nearly
    if apart <= nearly or check.quantity in formula.but_for_small:
        return replace(check, message=Sentence("networks.off-by-small", words=check.message, apart=apart))
    message = Sentence("networks.different", key=check.quantity, apart=apart)
    return replace(check, verdict=Verdict.MISMATCH, witness="certified formula", detectable=None, message=message, id=None)
