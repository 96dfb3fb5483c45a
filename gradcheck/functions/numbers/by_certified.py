"""The numbers of a claimed gradient against the certified one: by the budget of floats, then by its own formula on balls."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, copied, flattened
from gradcheck.certified.code.reasons import Reason
from gradcheck.certified.formula import (
    FormulaAnswer,
    Status,
    compare_but_for_small,
    compare_formula,
    compare_in_single,
    open_by_small,
)
from gradcheck.certified.rounding import judged_truth, own_error, running_error, same_claim, same_value
from gradcheck.certified.witness import Certified
from gradcheck.functions.numbers.by_convention import unless_conventional
from gradcheck.functions.numbers.by_differences import largest_detectable
from gradcheck.functions.numbers.by_directions import judge_by_floats
from gradcheck.functions.numbers.lost_digits import InSingle, by_digits, differenced, without_lost_digits
from gradcheck.functions.numbers.question import Answer, Question
from gradcheck.functions.numbers.short_formats import judged_in_short, short_formats
from gradcheck.judge.float_formats import FloatFormat, coarsest
from gradcheck.judge.judge import entry_name, is_reachable, judge, unless_hidden
from gradcheck.judge.lost_digits import as_short, significant_digits
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Entry, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence

ELSEWHERE = Reason("another-way", Sentence("functions.another-way"))
STOPS = 1e3  # times its tolerance: what an iteration that stops when it is near enough may leave of a derivative


def judge_certified(question: Question, claimed: list[Array], truth: Certified, calls_of_f: int) -> Answer:
    """The floats by their budget; at a smooth point the formula too, where the gradient has one that balls can follow."""
    single = any(part.dtype == np.float32 for part in claimed) and question.dtype == np.float32
    known, checks = by_budget(question, claimed, truth, np.float32 if single else question.dtype)
    beyond = any(check.verdict is Verdict.MISMATCH for check in checks.values())
    forms = short_formats(question, claimed, partial(_in_single, question, claimed, truth)) if beyond else ()
    form = coarsest(forms)
    if beyond and not same_value(question.f, question.x, _value_on_floats(question), question.cotangent, coarse=form):
        return judge_by_floats(question, claimed, ELSEWHERE)
    if forms and (found := _in_short(question, claimed, truth, known, checks, forms)):
        return found
    if not truth.smooth:
        return Answer(tuple(checks.values()), known.witness, (), Status.AT_A_KINK, None, _remarks(truth), certified=True)
    if beyond and calls_of_f > sum(part.size for part in claimed):
        checks = {name: differenced(check) for name, check in checks.items()}
        reason = Reason("numeric-gradient", Sentence("functions.numeric-gradient", calls_of_f=calls_of_f))
        weaker = ((Sentence("functions.the-formula"), reason),)
        witness = Sentence("functions.witness-value", witness=known.witness)
        return Answer(tuple(checks.values()), witness, weaker, Status.NOT_ASKED, None, certified=True)
    return _with_formula(question, claimed, truth, known, checks)


def _in_single(question: Question, claimed: list[Array], truth: Certified) -> bool:
    """Whether the budget of float32 explains the floats."""
    known = InSingle(question, truth).known
    return all(is_reachable(name, known, part).all() for name, part in zip(truth.names, claimed, strict=True))


def _in_short(
    question: Question,
    claimed: list[Array],
    truth: Certified,
    known: Truth,
    checks: dict[str, QuantityCheck],
    forms: tuple[FloatFormat, ...],
) -> Answer | None:
    """What is left of a gradient that was computed in a format shorter than float32."""
    for form in forms:
        found = judged_in_short(question, claimed, truth, known, checks, form)
        if not found.wrong or len(forms) == 1:
            break
    else:
        return None
    seen = found.formula.status != Status.UNKNOWN
    witness = Sentence("functions.witness-value-of", witness=known.witness, format=form.name)
    if seen:
        witness = Sentence("functions.witness-formula", witness=known.witness)
    weaker = () if seen or found.formula.reason is None else ((Sentence("functions.the-formula"), found.formula.reason),)
    remarks = (*_remarks(truth), Sentence("functions.computed-in", name=form.name, u=form.u))
    told = tuple(found.checks.values())
    return Answer(told, witness, weaker, found.formula.status, found.detectable, remarks, certified=True)


def _with_formula(
    question: Question, claimed: list[Array], truth: Certified, known: Truth, checks: dict[str, QuantityCheck]
) -> Answer:
    """What balls say of the formula decides, where they say something."""
    remarks, single = _remarks(truth), InSingle(question, truth)
    formula = _formula(question, checks, claimed, truth, known, single)
    if formula.status == Status.UNKNOWN:
        reason = formula.reason or Reason("unknown", "")
        told = by_digits(question, checks, claimed, known, single).items()
        checks = {name: unless_hidden(check, str(reason)) for name, check in told}
        checks = _but_for_small(question, checks, claimed, truth, known)
        found, witness = tuple(checks.values()), Sentence("functions.witness-value", witness=known.witness)
        weaker = ((Sentence("functions.the-formula"), reason),)
        return Answer(found, witness, weaker, Status.UNKNOWN, largest_detectable(found), remarks, certified=True)
    checks = _by_formula(checks, claimed, known, formula, single)
    if formula.status == Status.DIFFERENT and truth.tolerance:
        parts = dict(zip(truth.names, claimed, strict=True))
        checks = {name: _stopped_early(check, parts[name], known, truth.tolerance) for name, check in checks.items()}
    stopped = (
        truth.tolerance
        and formula.status == Status.DIFFERENT
        and all(check.verdict is Verdict.MATCH for check in checks.values())
    )
    detectable = formula.detectable if formula.status.is_equal else None
    if stopped:
        detectable = largest_detectable(tuple(checks.values()))
        remarks += (Sentence("functions.iterates", tolerance=truth.tolerance),)
    if formula.status == Status.WITHIN_CONSTANTS:
        remarks += (Sentence("functions.within-constants"),)
    if formula.but_for:
        remarks += (Sentence("functions.but-for", places=tuple(map(str, formula.but_for))),)
    status = Status.LAST_STEPS if stopped else formula.status
    witness = Sentence("functions.witness-formula", witness=known.witness)
    return Answer(tuple(checks.values()), witness, (), status, detectable, remarks, certified=True)


def _but_for_small(
    question: Question, checks: dict[str, QuantityCheck], claimed: list[Array], truth: Certified, known: Truth
) -> dict[str, QuantityCheck]:
    """Mismatches of a code that balls cannot follow which are no larger than what a small constant of f makes."""
    if all(check.verdict is not Verdict.MISMATCH for check in checks.values()):
        return checks
    if (opened := open_by_small(question.f, question.x, truth, *question.more)) is None:
        return checks
    found, start = {}, 0
    for (name, check), part in zip(checks.items(), claimed, strict=True):
        found[name] = _within_slack(check, part, known, opened, start)
        start += part.size
    return found


def _remarks(truth: Certified) -> tuple[str, ...]:
    """The first comparison that could not be decided, and whether the function jumps."""
    said = "functions.undecided-smooth" if truth.smooth else "functions.undecided-kink"
    ties = [Sentence(said, tie=str(tie)) for tie in truth.ties[:1]]
    return (*ties, *([Sentence("functions.jumps")] if truth.jumps else []))


def _formula(
    question: Question,
    checks: dict[str, QuantityCheck],
    claimed: list[Array],
    truth: Certified,
    known: Truth,
    single: InSingle,
) -> FormulaAnswer:
    """What balls say of the gradient code; nothing, where it goes another way on them than on floats."""
    within = all(check.verdict is Verdict.MATCH for check in checks.values())
    allowed = flattened(known.budget.rounding[name] for name in truth.names)
    asked = question.f, question.grad, question.x, truth, allowed
    floats = flattened(claimed)
    formula = compare_formula(*asked, within, *question.more, floats=floats)
    if (formula.status == Status.DIFFERENT or not within) and not same_claim(
        question.grad, question.x, claimed, *question.more
    ):
        return FormulaAnswer(Status.UNKNOWN, ELSEWHERE, None, None)
    if formula.status == Status.DIFFERENT and (found := compare_but_for_small(*asked, *question.more)):
        return found
    if formula.status == Status.DIFFERENT and not within and single.may_explain(checks, claimed):
        return compare_in_single(*asked, *question.more) or formula
    return formula


def _value_on_floats(question: Question) -> float:
    """The one number that is differentiated, as f itself computes it."""
    return float(question.number(question.f(copied(question.x))))


def by_budget(question: Question, claimed: list[Array], truth: Certified, dtype: Any) -> tuple[Truth, dict[str, QuantityCheck]]:
    """The floats against the budget of f's own sweep; where they exceed it, of the gradient code itself if that is larger."""
    bounds = question.known[1] if question.known else running_error(question.f, question.x, truth, dtype, question.cotangent)
    known = judged_truth(truth, bounds, None)
    by_name = dict(zip(truth.names, claimed, strict=True))
    checks = judge(known, by_name)
    if any(check.verdict is Verdict.MISMATCH for check in checks.values()):
        own = own_error(question.grad, question.x, dtype, *question.more)
        known = judged_truth(truth, bounds, own)
        checks = judge(known, by_name)
        wrong = any(check.verdict is Verdict.MISMATCH for check in checks.values())
        if wrong and bounds.places and not truth.smooth and not truth.cusps:
            checks = unless_conventional(question, truth, bounds, own, by_name, checks, dtype)
    return known, checks


def _by_formula(
    checks: dict[str, QuantityCheck],
    claimed: list[Array],
    known: Truth,
    formula: FormulaAnswer,
    single: InSingle,
) -> dict[str, QuantityCheck]:
    """Formula right: within the budget a match, beyond it digits were lost. Formula wrong: a mismatch, however small."""
    found, start = {}, 0
    for (name, check), part in zip(checks.items(), claimed, strict=True):
        wrong = np.asarray(formula.wrong[start : start + part.size]).reshape(part.shape)
        start += part.size
        if wrong.any() and formula.status == Status.DIFFERENT:
            found[name] = _proven_wrong(name, check, part, known, wrong)
        elif formula.status == Status.DIFFERENT:
            found[name] = without_lost_digits(check, part, known, single)
        else:
            if formula.status != Status.EQUAL:
                check = _within_slack(check, part, known, formula, start - part.size)
            check = _no_kink(check, part, known)
            seen = formula.detectable if check.verdict is Verdict.MATCH else None
            found[name] = replace(without_lost_digits(check, part, known, single), detectable=seen)
    return found


def _within_slack(check: QuantityCheck, part: Array, known: Truth, formula: FormulaAnswer, start: int) -> QuantityCheck:
    """A mismatch of the floats that the open part of the constants explains is none; float32 arrays lack digits."""
    truth, budget = known.gradient[check.quantity], known.budget.rounding[check.quantity]
    slack = formula.slack[start : start + part.size].reshape(part.shape)
    if check.verdict is not Verdict.MISMATCH or (truth.distance(part) > budget + slack).any():
        return check
    if formula.status == Status.IN_FLOAT32:
        return as_short(check, "float32")
    if formula.but_for:
        digits = significant_digits(check.worst.error, check.worst.expected)
        message = Sentence("functions.but-for-digits", places=tuple(map(str, formula.but_for)), digits=digits)
        return replace(check, verdict=Verdict.INACCURATE, wrong=0, message=message, id="small-constant")
    return replace(check, verdict=Verdict.MATCH, wrong=0, message=Sentence("functions.equal-within-constants"))


def _no_kink(check: QuantityCheck, part: Array, known: Truth) -> QuantityCheck:
    """A kink nearer than rounding, on whose right side the floats are: the function is smooth at the point itself."""
    error, budget = known.gradient[check.quantity].distance(part), known.budget.rounding[check.quantity]
    if check.verdict is not Verdict.KINK or (error > budget).any():
        return check
    return replace(check, verdict=Verdict.MATCH, message=Sentence("functions.within-budget"))


def _stopped_early(check: QuantityCheck, part: Array, known: Truth, tolerance: float) -> QuantityCheck:
    """A mismatch as small as that of an iteration and its limit: of which of them the gradient is meant to be is not known."""
    largest = float(np.abs(known.gradient[check.quantity].mid).max(initial=0.0))
    if check.verdict is not Verdict.MISMATCH or check.worst.error > STOPS * tolerance * largest:
        return check
    truth, budget = known.gradient[check.quantity], known.budget.rounding[check.quantity]
    if not (truth.distance(part) > budget).any():
        message = Sentence("functions.within-budget")
        detectable = float(budget.max(initial=0.0)) / max(largest, 1e-300)
        return replace(check, verdict=Verdict.MATCH, wrong=0, message=message, detectable=detectable)
    message = Sentence(
        "functions.stopped-early",
        entry=entry_name(check.quantity, check.worst.index),
        error=check.worst.error,
        tolerance=tolerance,
    )
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, detectable=None)


def _proven_wrong(name: str, check: QuantityCheck, part: Array, known: Truth, wrong: Array) -> QuantityCheck:
    if check.verdict is Verdict.MISMATCH:
        return check
    truth = known.gradient[name]
    error = np.where(wrong, truth.distance(part), -1.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), part.shape))
    entry = Entry(
        index, float(part[index]), float(truth.mid[index]), float(error[index]), float(known.budget.rounding[name][index])
    )
    message = Sentence("functions.proven-wrong", entry=entry_name(name, index), got=entry.got, expected=entry.expected)
    return replace(check, verdict=Verdict.MISMATCH, worst=entry, wrong=int(wrong.sum()), message=message, detectable=None)
