"""A submission's formula on balls: its own code, run in the confined process at one of the judged points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck.certified.formula import Status
from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.judge.judge import may_hide
from gradcheck.judge.verdicts import QuantityCheck
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.checks import NEARLY, Asked
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


def formula_of(asked: Asked, quantities: Sequence[QuantityCheck]) -> NetworkFormula:
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
        return asked.scale.undone_exactly(own, point, asked.spec.l2, bits)

    try:
        with session.at_the_judges_cost(seconds):
            return compared(exactly, asked.truth(0), asked.claimed(0), [Meant(lambda bits: exactly(bits, 1))])
    except SubmissionFault as fault:
        if fault.kind is FaultKind.PROTOCOL:
            raise
        return NetworkFormula(Status.UNKNOWN, fault.shortly(200))


def told_by_formula(asked: Asked, quantities: Sequence[QuantityCheck], formula: NetworkFormula) -> list[QuantityCheck]:
    """The verdicts, with formula and digits told apart."""

    def explained(key: str, slack: Array) -> bool:
        indices = range(len(asked.points))
        return is_explained(key, slack, map(asked.truth, indices), map(asked.claimed, indices))

    return by_formula(quantities, formula, explained, NEARLY)
