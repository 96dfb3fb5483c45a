"""Does a submission backpropagate, or does it difference its cost? Told by what runs how often, and by the error itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.diagnosis.difference_law import Law, difference_law
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.checks import Asked
from gradcheck.witnesses.formula_on_balls import NetworkFormula

NUMERIC_ERROR = 1e-3  # a gradient by differences is right to three digits at the very least


@dataclass(frozen=True)
class Counts:
    """What ran while the gradient of a single example was computed: loops over its units stay below one a parameter."""

    calls: tuple[tuple[int, str], ...]
    line: int
    times: int
    complex: bool

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Counts:
        """From the words of the confined process, which nobody trusts."""
        calls = [
            (int(n), key.removeprefix("calls."))
            for key, n in told.items()
            if key.startswith("calls.") and re.fullmatch("[0-9]{1,12}", n)
        ]
        busiest = told.get("busiest", "")
        line, times = map(int, busiest.split()) if re.fullmatch("[0-9]{1,9} [0-9]{1,12}", busiest) else (0, 0)
        return cls(tuple(sorted(calls)), line, times, bool(told.get("complex")))


def counted(asked: Asked) -> Counts | None:
    """The counts, None where the submission does not answer for a single example."""
    point = asked.points[0]
    one = replace(point, x=point.x[:1], y=point.y[:1])
    try:
        return Counts.read(asked.submission.gradient(asked.spec, one, count=True).told)
    except SubmissionFault as fault:
        if fault.is_final:
            raise
        return None


def analytic(
    asked: Asked, quantities: Sequence[QuantityCheck], formula: NetworkFormula, counts: Counts | None
) -> tuple[Check, list[QuantityCheck]]:
    """The check, and the quantities: what is off by no more than differences explain is no wrong formula."""
    if counts is None:
        return Check("analytic", Verdict.SKIPPED, Sentence("submissions.single-unanswered")), list(quantities)
    off = [q for q in quantities if q.verdict in (Verdict.MISMATCH, Verdict.INACCURATE)]
    how = _how(asked, off, formula, counts)
    if how is None:
        return Check("analytic", Verdict.MATCH, Sentence("submissions.backpropagates")), list(quantities)
    check = Check("analytic", Verdict.INACCURATE, how, "numeric-gradient")
    return check, [_as_numeric(q) if q in off else q for q in quantities]


def _how(asked: Asked, off: Sequence[QuantityCheck], formula: NetworkFormula, counts: Counts) -> str | None:
    """The evidence that the cost is differenced, in words; None where there is none.

    A difference quotient is off everywhere, and by little. Where exact numbers show the formula, its error alone decides;
    what runs how often is asked where they cannot.
    """
    small = all(q.max_error <= NUMERIC_ERROR * _size(asked, q) for q in off)
    if small and (law := _law(asked, off, formula)):
        return law.words
    if formula.is_known:
        return None
    everywhere, by_complex_step = len(off) == len(asked.spec.keys), counts.complex and not off
    return _by_counts(asked.spec.n_params, counts, by_complex_step) if by_complex_step or (small and everywhere) else None


def _by_counts(n: int, counts: Counts, by_complex_step: bool) -> Sentence | None:
    """What is called, or runs, once for each parameter or more often."""
    how = Sentence(f"submissions.{'by-complex-step' if by_complex_step else 'by-differences'}")
    for calls, name in counts.calls:
        if calls >= n:
            return Sentence("submissions.called-so-often", name=name, calls=calls, parameters=n, how=how)
    if counts.times >= n:
        return Sentence("submissions.runs-so-often", line=counts.line, times=counts.times, parameters=n, how=how)
    return None


def _law(asked: Asked, off: Sequence[QuantityCheck], formula: NetworkFormula) -> Law | None:
    """The law of the errors: on exact numbers where these are known, else of the floats that are off."""
    if formula.errors:
        return difference_law(asked.spec, asked.points[0], formula.errors)
    if not off or formula.status is Status.EQUAL:
        return None
    true, claimed = asked.truth(0).gradient, asked.claimed(0)
    return difference_law(asked.spec, asked.points[0], {key: true[key].signed_error(claimed[key]) for key in claimed})


def _size(asked: Asked, check: QuantityCheck) -> float:
    return max(float(np.abs(asked.claimed(0)[check.quantity]).max()), abs(check.worst.expected))


def _as_numeric(check: QuantityCheck) -> QuantityCheck:
    message = Sentence("submissions.right-up-to-differences", error=check.max_error)
    return replace(check, verdict=Verdict.INACCURATE, message=message, id="numeric-gradient", nearly_right=False)
