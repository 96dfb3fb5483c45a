"""The properties of a submission's gradient, checked at random points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.isolation.faults import MachineFault, SubmissionFault
from gradcheck.judge.verdicts import QuantityCheck, Verdict, merged, worst
from gradcheck.networks.claim import BadClaim
from gradcheck.properties.check import PropertyResult, check_properties
from gradcheck.properties.invariants import PROPERTIES
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.submissions.checks import Inquiry, judged_at
from gradcheck.witnesses.formula_on_balls import NetworkFormula
from reference_nets.activations import Array
from reference_nets.points import Point

if TYPE_CHECKING:
    from gradcheck.submissions.validating import ValidationSettings


class Gradients:
    """The submission as a gradient function of any network, for the properties; what ended its process is kept."""

    def __init__(self, asked: Inquiry) -> None:
        self.asked = asked
        self.ended: list[SubmissionFault | MachineFault] = []

    def own(self, params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
        """On the network that it is judged for: what is no gradient there violates every property."""
        try:
            return self.asked.grads(Point(dict(params), np.asarray(x), np.asarray(y)))
        except SubmissionFault as fault:
            self._note(fault)
            raise BadClaim(fault.told) from None
        except MachineFault as fault:  # raised again when the search is over: it would try to find a smaller case
            self.ended.append(fault)
            raise BadClaim(told_by(fault)) from None

    def _note(self, fault: SubmissionFault) -> None:
        if fault.is_final:
            self.ended.append(fault)


def found_properties(gradients: Gradients, settings: ValidationSettings, *, is_wrong: bool) -> tuple[PropertyResult, ...]:
    """The properties at random points, at few of them where an entry of the gradient is known to be wrong."""
    asked = gradients.asked
    examples = min(_examples(asked, settings), WHERE_WRONG if is_wrong else settings.examples)
    free = not asked.submission.takes_labels
    found = check_properties(gradients.own, asked.spec, shrink=0, examples=examples, seed=settings.seed, free_targets=free)
    if asked.submission.takes_labels and asked.spec.cost == "bce":  # points have any zeros and ones, a label is a single one
        found = tuple(_not_for_labels(result) if result.name in ABOUT_THE_COST else result for result in found)
    if gradients.ended:
        raise gradients.ended[0]
    return found


def up_to_formula(
    properties: tuple[PropertyResult, ...], quantities: list[QuantityCheck], formula: NetworkFormula
) -> tuple[PropertyResult, ...]:
    """Where the formula is right, a property fails by the digits that were lost, or by those of a constant."""
    verdicts = {q.verdict for q in quantities}
    if Verdict.MISMATCH in verdicts or not (Verdict.INACCURATE in verdicts or formula.status is Status.WITHIN_CONSTANTS):
        return properties
    told = _inaccurate if Verdict.INACCURATE in verdicts else _within_constants
    return tuple(told(result) if result.verdict is Verdict.MISMATCH else result for result in properties)


def agreed(
    asked: Inquiry, properties: tuple[PropertyResult, ...], quantities: list[QuantityCheck]
) -> tuple[tuple[PropertyResult, ...], list[QuantityCheck]]:
    """Properties and entries may not contradict each other: where the entries match, a failing property shows where not.

    A property asks at points of its own, such as a batch of one. A wrong entry there is a wrong entry: the point joins those
    that are judged. Targets that a property makes up need not be any that a file takes whose cost is about classes.
    """
    if any(q.verdict is Verdict.MISMATCH for q in quantities):
        return properties, quantities
    if asked.spec.cost in ("cross_entropy", "bce"):
        properties = tuple(_not_for_labels(p) if p.verdict is Verdict.MISMATCH and p.name in MADE_UP else p for p in properties)
    failing = [p for p in properties if p.verdict is Verdict.MISMATCH and p.wrong_at is not None]
    if not failing or failing[0].wrong_at is None or not asked.submission.session.is_alive:
        return properties, quantities
    asked.look_at_first(failing[0].wrong_at)
    there = judged_at(asked, 0)
    quantities = [merged([check, there[check.quantity]]) for check in quantities]
    verdict = worst(check.verdict for check in there.values())
    if verdict is Verdict.MISMATCH:
        return properties, quantities
    return tuple(_no_failure(p) if p in failing else p for p in properties), quantities


def _no_failure(result: PropertyResult) -> PropertyResult:
    """What failed by a difference that the judge of entries explains: digits that were lost, or a kink."""
    message = Sentence("submissions.holds-as-entries")
    return replace(result, verdict=Verdict.MATCH, message=message, counterexample=None)


def _within_constants(result: PropertyResult) -> PropertyResult:
    return replace(result, verdict=Verdict.MATCH, message=Sentence("submissions.holds-within-constants"))


MADE_UP = tuple(row.name for row in PROPERTIES if row.free_targets)
ABOUT_THE_COST = ("taylor", "downhill")


def _not_for_labels(result: PropertyResult) -> PropertyResult:
    return replace(result, verdict=Verdict.SKIPPED, message=Sentence("submissions.needs-other-targets"), counterexample=None)


def _examples(asked: Inquiry, settings: ValidationSettings) -> int:
    """As many as asked for; fewer on a large network, and for a submission so slow that they would use up its time."""
    session, size = asked.submission.session, asked.spec.n_params
    each = session.spent / max(session.answered, 1) * CALLS_AN_EXAMPLE
    most = min(settings.examples, next((n for parameters, n in FEWER if size > parameters), settings.examples))
    return next((n for n in (most, 5) if n <= most and n * each < session.remaining / 2), 1)


# Nothing depends on a property any more then; the mistakes of the catalogue violate theirs at one point as at another.
WHERE_WRONG = 5
CALLS_AN_EXAMPLE = 30  # of the gradient, for all properties together
FEWER = ((1000, 2), (300, 5))  # beyond so many parameters so many examples: the true values take their time


def _inaccurate(result: PropertyResult) -> PropertyResult:
    message = Sentence("submissions.holds-up-to-digits", words=result.message)
    return replace(result, verdict=Verdict.INACCURATE, message=message)
