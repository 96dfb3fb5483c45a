"""Which witness judges the numbers of a claimed gradient: the strongest that can follow the code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from gradcheck.by_differences import judge_by_differences
from gradcheck.certified.reasons import CannotFollow, Reason
from gradcheck.certified.rounding import same_value
from gradcheck.certified.structure import Array, copied
from gradcheck.certified.witness import Certified, certify
from gradcheck.certified_numbers import judge_certified
from gradcheck.jacobian_checks import judge_rows
from gradcheck.question import Answer, Question
from gradcheck.second_witness import Says, SecondWitness, Why, second_witness
from gradcheck.verdicts import CheckerFault, Entry, QuantityCheck, Verdict


def judge_numbers(question: Question, claimed: list[Array], calls_of_f: int, *, certified: bool = True) -> Answer:
    """The answer to a question: of a Jacobian row by row, of a gradient at once."""
    if question.jacobian is not None:
        return judge_rows(question, claimed, partial(judge_numbers, calls_of_f=0, certified=certified), certified=certified)
    if not certified:
        return judge_by_differences(question, claimed, Reason("asked", "differences were asked for"))
    try:
        truth = question.known[0] if question.known else certify(question.f, question.x, cotangent=question.cotangent)
    except CannotFollow as error:
        return judge_by_differences(question, claimed, error.reason)
    if not all(np.isfinite(part.rad).all() for part in truth.gradient):
        return _not_finite(claimed, truth)
    if not np.isfinite(truth.value.rad).all():
        return judge_by_differences(question, claimed, Reason("not-finite", "on balls the value of the function is not known"))
    second = asked_beside(question, truth)
    return replace(judge_certified(question, claimed, truth, calls_of_f), second=second)


def asked_beside(question: Question, truth: Certified) -> SecondWitness:
    """The word of the second witness on a certified derivative; a contradiction is a fault, if balls went the way of floats."""
    try:
        return second_witness(question.f, question.x, truth, question.number, question.lines)
    except CheckerFault:
        value = float(question.number(question.f(copied(question.x))))
        if same_value(question.f, question.x, value, question.cotangent):
            raise
        return SecondWitness(Says.NOTHING, Why.ANOTHER_WAY)


def _not_finite(claimed: list[Array], truth: Certified) -> Answer:
    """The derivative does not exist as a finite number, or balls cannot tell: no verdict."""
    reason = Reason("not-finite", "the derivative is not finite at this point, or balls cannot tell (0/0, sqrt at 0)")
    quantities = tuple(
        undecided(name, part, "certified", reason.message) for name, part in zip(truth.names, claimed, strict=True)
    )
    weaker = (("the certified derivative", reason),)
    return Answer(quantities, "", weaker, "not asked", None, ("move the point a little",))


def undecided(name: str, part: Array, witness: str, message: str) -> QuantityCheck:
    """A quantity of which nothing is known."""
    nowhere = Entry((0,) * part.ndim, float("nan"), float("nan"), float("nan"), float("nan"))
    return QuantityCheck(name, part.shape, Verdict.INCONCLUSIVE, witness, 0.0, 0.0, None, 1.0, 0, nowhere, message)
