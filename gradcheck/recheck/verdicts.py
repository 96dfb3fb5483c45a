"""Whether a verdict follows from numbers that were taken again: from the errors found, and from what rounding does.

A budget is not believed: an estimate made by other means stands beside it. Within a factor of NEAR the two are taken for
one; a verdict that holds by the certificate's own budget alone is not confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.recheck.reading import VERDICTS

NEAR_ESTIMATE = 128.0  # budgets of 180 networks lay within 1/8 and 53 of the estimate, see tests; where code saturates not
FAR = 1e9  # beyond it no analysis of rounding explains a budget
MARGIN = 4.0  # of an error that is sure to be rounding, in estimates


@dataclass(frozen=True)
class RecheckedEntry:
    """One entry taken again: how far the claim is off, what the certificate allows, and what rounding does by an estimate."""

    index: tuple[int, ...]
    error: float
    within: bool  # the error is at most budget and radius, compared exactly
    budget: float
    typical: float | None  # None where there is no estimate
    least: float | None  # the same without what is small beside other entries

    @property
    def is_rounding(self) -> bool:
        """Is the error explained by rounding, whatever the certificate allows?"""
        return self.typical is not None and self.error <= MARGIN * self.typical


@dataclass(frozen=True)
class Finding:
    """Sentences on what does not hold, and on what the verdict rests on unconfirmed."""

    faults: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def worst(verdicts: Sequence[str]) -> str:
    """The worst of some verdicts."""
    return max(verdicts, key=VERDICTS.index)


def judged(
    name: str,
    verdict: str,
    entries: Sequence[RecheckedEntry],
    *,
    formula_differs: bool = False,
    formula_equal: bool = False,
    formula_seen: bool = False,
    together: bool = False,
) -> Finding:
    """Whether the verdict on a quantity is that of its entries.

    ``formula_differs`` and ``formula_equal`` are what the certificate says of the gradient's formula, or, with
    ``formula_seen``, what was found again. ``together``: entries at a kink may be wrong together and right one by one.
    """
    beyond = [entry for entry in entries if not entry.within]
    faults, left = _of_budgets(name, entries)
    if verdict == "mismatch":
        more = _mismatch(name, beyond, formula_differs, formula_seen, together)
    elif verdict in ("match", "kink"):
        more = _match(name, verdict, entries, beyond, formula_equal)
    elif verdict == "inaccurate":
        more = _inaccurate(name, beyond, formula_equal and formula_seen)
    else:
        more = Finding(open=(f"the verdict on {name} is inconclusive: nothing is certified of it",))
    return Finding((*faults, *more.faults), (*left, *more.open))


def _of_budgets(name: str, entries: Sequence[RecheckedEntry]) -> tuple[list[str], list[str]]:
    """Budgets that are not what rounding does."""
    faults, left = [], []
    for entry in entries:
        if entry.typical is None or entry.least is None:
            continue
        told = f"the budget of {_entry(name, entry)} is {entry.budget:.1e}, where rounding makes about {entry.typical:.1e}"
        if entry.budget > FAR * entry.typical:
            faults.append(told)
        elif entry.budget > NEAR_ESTIMATE * entry.typical or entry.budget * NEAR_ESTIMATE < entry.least:
            left.append(f"{told}: it is not confirmed")
    if any(entry.typical is None for entry in entries):
        left.append(f"the budget of {name}: there is no estimate of rounding to compare it with")
    return faults, left[:3]


def _match(
    name: str, verdict: str, entries: Sequence[RecheckedEntry], beyond: Sequence[RecheckedEntry], formula_equal: bool
) -> Finding:
    if beyond and formula_equal:  # as far as the float constants of the code allow
        return Finding(
            open=(f"{name} is a {verdict} by its formula alone: {len(beyond)} of its entries lie beyond their budget",)
        )
    if beyond:
        return Finding((f"the verdict on {name} is {verdict}, but its entries say otherwise: {_told(name, beyond)}",))
    loose = [entry for entry in entries if not entry.is_rounding and entry.typical is not None]
    if not loose:
        return Finding()
    return Finding(open=(f"the {verdict} of {name} rests on the certificate's own budget: {_told(name, loose)}",))


def _mismatch(name: str, beyond: Sequence[RecheckedEntry], formula_differs: bool, seen: bool, together: bool) -> Finding:
    if beyond and not all(entry.is_rounding for entry in beyond):
        return Finding()
    if beyond:
        return Finding(open=(f"the mismatch of {name} rests on the certificate's own budget: {_told(name, beyond)}",))
    if formula_differs:
        told = f"the mismatch of {name} is one of the formula: its numbers are within rounding"
        return Finding() if seen else Finding(open=(told,))
    if together:
        return Finding(open=(f"the mismatch of {name}: that no choice of subgradients gives all its entries together",))
    return Finding((f"the verdict on {name} is mismatch, but its entries say otherwise: all are within their budget",))


def _inaccurate(name: str, beyond: Sequence[RecheckedEntry], right: bool) -> Finding:
    if not beyond:
        return Finding((f"the verdict on {name} is inaccurate, but its entries say otherwise: all are within their budget",))
    told = f"that the formula of {name} is right although digits were lost"
    return Finding() if right else Finding(open=(told,))


def _told(name: str, entries: Sequence[RecheckedEntry]) -> str:
    worst = max(entries, key=lambda entry: (entry.error != entry.error, entry.error))
    more = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
    return f"{_entry(name, worst)} is {worst.error:.1e} off{more}"


def _entry(name: str, entry: RecheckedEntry) -> str:
    return f"{name}{list(entry.index)}"
