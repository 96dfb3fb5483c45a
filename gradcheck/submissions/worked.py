"""A submission's worked case: what is asked of the file on small networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcheck.contracts.step import LEARNING_RATE
from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.case import NoCase, WorkedCase
from gradcheck.explanations.by_hand.own_numbers import OwnNumbers
from gradcheck.explanations.by_hand.worked import WrongGradient, foretelling, worked_case
from gradcheck.explanations.traced.code import NoAnswer
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.submissions.checks import Inquiry
from gradcheck.submissions.confined_code import ConfinedCode, LocatedMistakes
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


def by_hand(asked: Inquiry, quantities: Sequence[QuantityCheck], found: LocatedMistakes) -> WorkedCase | NoCase | None:
    """A case to work through by hand, where the gradient is wrong."""
    wrong = tuple(check.quantity for check in quantities if check.verdict is Verdict.MISMATCH)
    if not wrong or not asked.submission.session.is_alive:
        return None
    forward = any(one.id == "wrong-forward" for one in found.diagnoses)
    known = WrongGradient(wrong, foretelling(found.diagnoses), found.known.names, forward)
    return worked_case(asked.spec, _asks(asked, found), known)


def _asks(asked: Inquiry, found: LocatedMistakes) -> Asks:
    """The submission on any network like its own; its output and its cost where it has them in the notation's scale."""
    submission, offers = asked.submission, asked.submission.found.offers

    def silenced(ask: Callable[[NetworkSpec, Point], Any]) -> Callable[[NetworkSpec, Point], Any]:
        def asked_for(spec: NetworkSpec, point: Point) -> Any:
            try:
                return ask(spec, point)
            except SubmissionFault as fault:
                raise NoAnswer from fault

        return asked_for

    output = silenced(submission.forward) if "forward" in offers else None
    own = asked.own_scale is None or asked.own_scale.is_notation
    cost = silenced(submission.loss) if "loss" in offers and own else None
    code = ConfinedCode(asked)
    own_numbers = OwnNumbers(code, found.walk).at if found.walk else None
    rate = LEARNING_RATE if submission.found.contract == "step" else None
    return Asks(code.gradient, output, cost, submission.takes_labels, own_numbers, rate)
