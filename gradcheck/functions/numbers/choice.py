"""Which witness judges the numbers of a claimed gradient: the strongest that can follow the code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from gradcheck.arrays.pytree import Array, copied
from gradcheck.certified.code.reasons import CannotFollow, Reason
from gradcheck.certified.numbers.nodes import MAX_EDGES
from gradcheck.certified.rounding import same_value
from gradcheck.certified.runs.work import surely_too_large
from gradcheck.certified.witness import Certified, certify
from gradcheck.functions.numbers.by_certified import judge_certified
from gradcheck.functions.numbers.by_differences import largest_detectable
from gradcheck.functions.numbers.by_directions import judge_by_floats
from gradcheck.functions.numbers.jacobians import judge_rows
from gradcheck.functions.numbers.question import Answer, Question
from gradcheck.judge.verdicts import CheckerFault, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.second_witness import second_witness
from gradcheck.witnesses.slope_evidence import Says, SecondWitness, Silence

TOO_LARGE = Sentence("following.too-large-counted", edges=MAX_EDGES)


def judge_numbers(question: Question, claimed: list[Array], calls_of_f: int, *, certified: bool = True) -> Answer:
    """The answer to a question: of a Jacobian row by row, of a gradient at once."""
    if question.jacobian is not None:
        return judge_rows(question, claimed, partial(judge_numbers, calls_of_f=0, certified=certified), certified=certified)
    if not certified:
        return judge_by_floats(question, claimed, Reason("asked", Sentence("functions.asked-for")))
    try:
        if not question.known and surely_too_large(question.f, question.x):
            return judge_by_floats(question, claimed, Reason("memory", TOO_LARGE))
        truth = question.known[0] if question.known else _certified(question)
    except CannotFollow as error:
        return judge_by_floats(question, claimed, error.reason)
    if not all(np.isfinite(part.rad).all() for part in truth.gradient):
        return _by_leaves(question, claimed, truth, calls_of_f)
    if not np.isfinite(truth.value.rad).all():
        return judge_by_floats(question, claimed, Reason("not-finite", Sentence("functions.value-unknown")))
    second = asked_beside(question, truth)
    answer = replace(judge_certified(question, claimed, truth, calls_of_f), second=second)
    return _not_by_decisions(answer) if second.why is Silence.DECISIONS else answer


def _not_by_decisions(answer: Answer) -> Answer:
    """A function of comparisons, such as a bisection, has the derivative zero and is meant to have another one."""
    message = Sentence("functions.not-by-decisions", why=Silence.DECISIONS.sentence)

    def told(check: QuantityCheck) -> QuantityCheck:
        if check.verdict is not Verdict.MISMATCH:
            return check
        return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, detectable=None)

    return replace(answer, quantities=tuple(map(told, answer.quantities)))


def _certified(question: Question) -> Certified:
    return certify(question.f, question.x, cotangent=question.cotangent, max_seconds=question.max_seconds)


def asked_beside(question: Question, truth: Certified) -> SecondWitness:
    """The word of the second witness on a certified derivative; a contradiction is a fault, if balls went the way of floats."""
    try:
        return second_witness(question.f, question.x, truth, question.number, question.lines)
    except CheckerFault:
        value = float(question.number(question.f(copied(question.x))))
        if same_value(question.f, question.x, value, question.cotangent):
            raise
        return SecondWitness(Says.NOTHING, Silence.ANOTHER_WAY)


NOT_FINITE = Reason("not-finite", Sentence("functions.not-finite"))


def _by_leaves(question: Question, claimed: list[Array], truth: Certified, calls_of_f: int) -> Answer:
    """The leaves whose derivative is finite as certified, the others held fast; these by differences."""
    finite = [bool(np.isfinite(part.rad).all()) for part in truth.gradient]
    if not any(finite):
        return judge_by_floats(question, claimed, NOT_FINITE)
    answers = {}
    for kept in (True, False):
        part = question.of_leaves([whether is kept for whether in finite])
        mine = [one for one, whether in zip(claimed, finite, strict=True) if whether is kept]
        answers[kept] = judge_numbers(part, mine, calls_of_f) if kept else judge_by_floats(part, mine, NOT_FINITE)
    of_leaves = {kept: iter(answer.quantities) for kept, answer in answers.items()}
    return replace(
        answers[True],
        quantities=tuple(next(of_leaves[whether]) for whether in finite),
        certified=False,
        witness=Sentence("functions.in-part", most=answers[True].witness, rest=answers[False].witness),
        weaker=(*answers[True].weaker, *answers[False].weaker),
        detectable=largest_detectable([q for answer in answers.values() for q in answer.quantities]),
    )
