"""The judge: a claimed gradient against the enclosed truth and the rounding budget, entry by entry; no tolerance.

An error within the budget is rounding. Beyond it, an entry that a choice of subgradient at a kink can reach is a
`kink`. What lies beyond both is wrong, or it is right and lost digits: `lost_digits` tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.judge.subgradients import MAX_COMBINATIONS, Kinks, outside_of_hull
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Entry, Evidence, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from symbolic.balls import Enclosure

VISIBLE = 0.01  # of the largest entry: a match that could not have seen an error of this size is none
CLEAR_ERROR = 1e-6  # of the largest entry: where floats alone would have seen so small an error, large networks need no balls
BLIND = 1e-6  # an entry counts as blind where a relative error of this size might pass; printed, never decided upon


def judge(truth: Truth, claimed: Mapping[str, Array]) -> dict[str, QuantityCheck]:
    """Every quantity's verdict, in the order of the keys of ``truth.gradient``; at a kink all of them together."""
    checks = {key: judge_quantity(key, truth, claimed[key]) for key in truth.gradient}
    kinks, kinked = truth.budget.kinks, [key for key, check in checks.items() if check.verdict is Verdict.KINK]
    if kinks is None or not kinked:
        return checks
    return checks | _together(truth, kinks, {key: claimed[key] for key in kinked}, checks)


VERTEX_ROUNDING = 1.25  # the vertices themselves are rounded, by less than a fourth of the budget


def _together(
    truth: Truth, kinks: Kinks, claimed: Mapping[str, Array], checks: Mapping[str, QuantityCheck]
) -> dict[str, QuantityCheck]:
    """Entries that a subgradient reaches one by one: whether one choice of subgradients gives them all."""
    slack = {key: VERTEX_ROUNDING * _allowed(key, truth) for key in claimed}
    away = outside_of_hull(kinks.parts, claimed, slack, kinks.balls) if kinks.followed else {}
    if kinks.followed and kinks.whole:
        verdict, told = Verdict.KINK, Sentence("judge.kinked-together", kinks=_places(kinks))
    else:
        verdict, told = Verdict.INCONCLUSIVE, Sentence("judge.kinked-open", most=MAX_COMBINATIONS, kinks=_places(kinks))
    return {
        key: _no_choice(checks[key], claimed[key], away[key], kinks, slack[key])
        if away and (np.abs(away[key]) > 1).any()
        else replace(checks[key], verdict=verdict, message=told)
        for key in claimed
    }


NAMED = 2  # kinks that a message names


def _places(kinks: Kinks) -> Sentence:
    """Some of the kinks by name, and how many more there are."""
    more, first = len(kinks.places) - NAMED, kinks.places[:NAMED]
    if more <= 0:
        return Sentence("judge.places", names=first)
    return Sentence("judge.places-and-more", names=first, count=more)


def _no_choice(check: QuantityCheck, claimed: Array, away: Array, kinks: Kinks, slack: Array) -> QuantityCheck:
    """A mismatch of entries that are reachable one by one and not together, told by the one farthest from the nearest."""
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(away))), away.shape))
    error, got = float(abs(away[index]) * slack[index]), float(claimed[index])
    entry = Entry(index, got, got + float(away[index] * slack[index]), error, float(slack[index]))
    name = entry_name(check.quantity, index)
    message = Sentence("judge.kinked-apart", name=name, got=got, expected=entry.expected, kinks=_places(kinks))
    wrong = int((np.abs(away) > 1).sum())
    told = replace(check, verdict=Verdict.MISMATCH, wrong=wrong, worst=entry, message=message)
    return replace(told, max_error=error, budget=entry.budget, detectable=None)


def judge_quantity(key: str, truth: Truth, claimed: Array) -> QuantityCheck:
    """One quantity: ``|claimed - true| <= budget`` in every entry is a match."""
    enclosed, allowed = truth.gradient[key], _allowed(key, truth)
    span = truth.budget.highest[key] - truth.budget.lowest[key]
    kinked, error = span > 0, _error(key, truth, claimed)
    reachable = error <= allowed  # False for NaN
    undecided = ~np.isfinite(allowed)
    verdict = Verdict.MATCH
    if not reachable.all():
        verdict = Verdict.MISMATCH
    elif undecided.any():
        verdict = Verdict.INCONCLUSIVE
    elif kinked.any():
        verdict = Verdict.KINK
    unseen = error + np.where(kinked, allowed + span, allowed)
    entry = _worst_entry(enclosed, claimed, error, allowed)
    return QuantityCheck(
        quantity=key,
        shape=claimed.shape,
        verdict=verdict,
        witness=truth.witness,
        max_error=entry.error,
        budget=entry.budget,
        detectable=_detectable(unseen, enclosed) if verdict in (Verdict.MATCH, Verdict.KINK) else None,
        blind=float(np.mean(_relative(unseen, enclosed.mid) > BLIND)) if claimed.size else 0.0,
        wrong=int(np.sum(~reachable)),
        worst=entry,
        message=_message(key, verdict, entry, int(np.sum(~reachable)), claimed.size, truth.budget.unbounded),
        evidence=None if kinked.any() else Evidence(enclosed.mid, allowed),
    )


def is_reachable(key: str, truth: Truth, claimed: Array) -> Array:
    """Entry by entry, whether rounding and a choice of subgradient at kinks can lead to the claimed value."""
    return np.asarray(_error(key, truth, claimed) <= _allowed(key, truth))


def reachable_apart_alone(truth: Truth, claimed: Mapping[str, Array]) -> list[str]:
    """The quantities whose entries subgradients reach one by one, and no choice of them reaches together."""
    checks = judge(truth, claimed)
    return [k for k, c in checks.items() if c.verdict is Verdict.MISMATCH and is_reachable(k, truth, claimed[k]).all()]


def _allowed(key: str, truth: Truth) -> Array:
    """Rounding and the radius of the truth; at a kink that holds both sides, as ``lowest`` and ``highest`` do already."""
    radius, kinked = truth.gradient[key].rad, truth.budget.highest[key] > truth.budget.lowest[key]
    return np.asarray(truth.budget.rounding[key] + np.where(kinked & np.isfinite(radius), 0.0, radius))


def _error(key: str, truth: Truth, claimed: Array) -> Array:
    """``|claimed - true|``; at a kink, how far the claimed value lies outside of what a subgradient can reach."""
    error, lowest, highest = truth.gradient[key].distance(claimed), truth.budget.lowest[key], truth.budget.highest[key]
    outside = np.maximum(np.maximum(lowest - claimed, claimed - highest), 0)
    return np.where(highest > lowest, np.minimum(error, outside), error)


def _relative(size: Array, true: Array) -> Array:
    """``size / |true|``, entry by entry; a true zero sees all."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        relative = size / np.abs(true)
    return np.where(true == 0, 0.0, relative)


def _detectable(size: Array, enclosed: Enclosure) -> float:
    """The smallest error that would have been caught in any entry, relative to the largest; zeros see all.

    Relative to the largest: entries that are rounding residues beside it exist in every gradient, and hide nothing.
    """
    largest = float(np.where(np.abs(enclosed.mid) <= enclosed.rad, 0.0, np.abs(enclosed.mid)).max(initial=0.0))
    with np.errstate(over="ignore"):
        return float(size.max(initial=0.0) / np.float64(largest)) if largest else 0.0


def is_hidden(check: QuantityCheck) -> bool:
    """Whether a match could not have seen an error of VISIBLE: rounding may be as large as the gradient there.

    What equals the truth to the last bit, such as the zeros of a parameter that counts for nothing, hides nothing.
    """
    match, seen = check.verdict is Verdict.MATCH, check.detectable
    return match and seen is not None and seen > VISIBLE and check.max_error > 0


def may_hide(check: QuantityCheck) -> bool:
    """Whether rounding leaves room for a small mistake: then the formula is worth a long run on balls."""
    return check.verdict is Verdict.MATCH and check.detectable is not None and check.detectable > CLEAR_ERROR


def unless_hidden(check: QuantityCheck, why: str) -> QuantityCheck:
    """The check itself, or `inconclusive` where rounding alone decided and could have hidden a wrong formula."""
    if not is_hidden(check):
        return check
    message = Sentence("judge.hidden", detectable=check.detectable, visible=VISIBLE, why=why)
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, detectable=None, id="hidden-by-rounding")


def _worst_entry(enclosed: Enclosure, claimed: Array, error: Array, allowed: Array) -> Entry:
    """The entry farthest beyond its budget, or nearest to it; none of an array without entries."""
    if not claimed.size:
        return Entry((0,) * claimed.ndim, 0.0, 0.0, 0.0, 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        excess = np.where(error == 0, 0.0, error / allowed)
    place = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
    index = tuple(int(i) for i in np.unravel_index(place, claimed.shape))
    return Entry(index, float(claimed[index]), float(enclosed.mid[index]), float(error[index]), float(allowed[index]))


def entry_name(key: str, index: Sequence[int]) -> str:
    """An entry as it is written in code: ``dW2[1, 0]``."""
    return f"d{key}[{', '.join(map(str, index))}]"


def _message(key: str, verdict: Verdict, entry: Entry, wrong: int, size: int, unbounded: str) -> Sentence:
    name = entry_name(key, entry.index)
    if verdict is Verdict.MISMATCH:
        numbers = {"got": entry.got, "expected": entry.expected, "error": entry.error, "budget": entry.budget}
        return Sentence("judge.wrong", name=name, count=wrong, size=size, **numbers)
    if verdict is Verdict.KINK:
        return Sentence("judge.kinked")
    if verdict is Verdict.INCONCLUSIVE:
        return Sentence("judge.unbounded", name=name, why=unbounded)
    return Sentence("judge.within", name=name, error=entry.error, budget=entry.budget)
