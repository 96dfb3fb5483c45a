"""What formula does the submission's own code have? On balls, in the confined process; and does it backpropagate at all?

That it differences its cost is told by what runs how often, and by the error itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.diagnosis.difference_law import Law, difference_law
from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.judge.judge import may_hide
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.checks import NEARLY, Inquiry
from gradcheck.witnesses.formula_on_balls import (
    MOST_ON_BALLS,
    SECONDS,
    SECONDS_WHERE_HIDDEN,
    Meant,
    NetworkFormula,
    by_formula,
    compared,
    is_explained,
)
from reference_nets.activations import Array
from symbolic.balls import Enclosure

NUMERIC_ERROR = 1e-3  # a gradient by differences is right to three digits at the very least


def formula_of(asked: Inquiry, quantities: Sequence[QuantityCheck]) -> NetworkFormula:
    """Compare the gradient on balls with the true one; raises SubmissionFault only for a breach of protocol.

    In a large network only where rounding hides the gradient: then nothing else can decide.
    """
    hidden = any(map(may_hide, quantities))
    if asked.spec.n_params > MOST_ON_BALLS and not hidden:
        return NetworkFormula(Status.UNKNOWN, Sentence("submissions.too-many-parameters", most=MOST_ON_BALLS))
    seconds = SECONDS_WHERE_HIDDEN if hidden else SECONDS
    session, point = asked.submission.session, asked.points[0]

    def exactly(bits: int, widen: int = 0) -> Mapping[str, Enclosure]:
        """The submission's balls in the scale that was asked for."""
        own = asked.submission.exactly(asked.spec, point, bits, widen=widen, seconds=seconds)
        return asked.scale.undone_exactly(own, point, asked.spec, bits)

    try:
        with session.at_the_judges_cost(seconds):
            return compared(exactly, asked.truth(0), asked.claimed(0), [Meant(lambda bits: exactly(bits, 1))])
    except SubmissionFault as fault:
        if fault.kind is FaultKind.PROTOCOL:
            raise
        return NetworkFormula(Status.UNKNOWN, fault.shortly(200))


def told_by_formula(asked: Inquiry, quantities: Sequence[QuantityCheck], formula: NetworkFormula) -> list[QuantityCheck]:
    """The verdicts, with formula and digits told apart."""

    def explained(key: str, slack: Array) -> bool:
        indices = range(len(asked.points))
        return is_explained(key, slack, map(asked.truth, indices), map(asked.claimed, indices))

    return by_formula(quantities, formula, explained, NEARLY)


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


def counted(asked: Inquiry) -> Counts | None:
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
    asked: Inquiry, quantities: Sequence[QuantityCheck], formula: NetworkFormula, counts: Counts | None
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


def _how(asked: Inquiry, off: Sequence[QuantityCheck], formula: NetworkFormula, counts: Counts) -> str | None:
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


def _law(asked: Inquiry, off: Sequence[QuantityCheck], formula: NetworkFormula) -> Law | None:
    """The law of the errors: on exact numbers where these are known, else of the floats that are off."""
    if formula.errors:
        return difference_law(asked.spec, asked.points[0], formula.errors)
    if not off or formula.status is Status.EQUAL:
        return None
    true, claimed = asked.truth(0).gradient, asked.claimed(0)
    return difference_law(asked.spec, asked.points[0], {key: true[key].signed_error(claimed[key]) for key in claimed})


def _size(asked: Inquiry, check: QuantityCheck) -> float:
    return max(float(np.abs(asked.claimed(0)[check.quantity]).max()), abs(check.worst.expected))


def _as_numeric(check: QuantityCheck) -> QuantityCheck:
    message = Sentence("submissions.right-up-to-differences", error=check.max_error)
    return replace(check, verdict=Verdict.INACCURATE, message=message, id="numeric-gradient", nearly_right=False)
