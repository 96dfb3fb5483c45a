"""Which witness judges the numbers of a claimed gradient: the strongest that can follow the code."""

from __future__ import annotations

from functools import partial

import numpy as np

from gradcheck.by_differences import judge_by_differences
from gradcheck.certified.reasons import CannotFollow, Reason
from gradcheck.certified.structure import Array
from gradcheck.certified.witness import Certified, certify
from gradcheck.certified_numbers import judge_certified
from gradcheck.jacobian_checks import judge_rows
from gradcheck.question import Answer, Question
from gradcheck.verdicts import Entry, QuantityCheck, Verdict


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
    return judge_certified(question, claimed, truth, calls_of_f)


def _not_finite(claimed: list[Array], truth: Certified) -> Answer:
    """The derivative does not exist as a finite number, or balls cannot tell: no verdict."""
    reason = Reason("not-finite", "the derivative is not finite at this point, or balls cannot tell (0/0, sqrt at 0)")
    quantities = tuple(
        undecided(name, part, "certified", reason.message) for name, part in zip(truth.names, claimed, strict=True)
    )
    return quantities, "", (("the certified derivative", reason),), "not asked", None, ("move the point a little",)


def undecided(name: str, part: Array, witness: str, message: str) -> QuantityCheck:
    """A quantity of which nothing is known."""
    nowhere = Entry((0,) * part.ndim, float("nan"), float("nan"), float("nan"), float("nan"))
    return QuantityCheck(name, part.shape, Verdict.INCONCLUSIVE, witness, 0.0, 0.0, None, 1.0, 0, nowhere, message)
