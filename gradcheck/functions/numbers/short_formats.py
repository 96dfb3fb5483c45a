"""Gradients computed in a shorter format than float64: which one it is, and what is left of them.

A format is evident where it is declared, where x has it, or where the gradient's numbers have it, at x and at random points
(there no number is short by chance). A sum is often kept in a longer format than its terms: then the numbers are those of
float32, and errors that are redrawn from point to point show the shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, copied, flattened, leaves, mapped
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.formula import FormulaAnswer, Status, compare_formula, compare_in_short
from gradcheck.certified.replacements.mentioned_formats import mentioned_formats
from gradcheck.certified.rounding import judged_truth, own_error, running_error, same_claim
from gradcheck.certified.witness import Certified, certify
from gradcheck.functions.numbers.claim import read_claim
from gradcheck.functions.numbers.question import Question
from gradcheck.judge.float_formats import BY_NAME, IN_NUMBERS, SINGLE, FloatFormat, coarsest, of_dtype
from gradcheck.judge.judge import is_reachable, judge
from gradcheck.judge.lost_digits import NEIGHBOURS, as_inaccurate, significant_digits
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence

FORMAT_POINTS = 3  # random ones, at which numbers that are short by chance are not
FEW_DIGITS = 4  # binary ones: of a format with no more, simple fractions are long numbers
FEWEST = 4  # long numbers, without which nothing is evident
AWAY = 0.125  # how far the random points lie, relative to each entry
REDRAWN = 0.25  # of its size: what rounding changes by from point to point; a wrong formula by as much as the point
UNITS_AWAY = 4.0  # units of the format from x to the points at which its rounding is another
ROUNDINGS = 4.0  # in the same direction, in all entries alike: more are not taken for rounding
MANY_ENTRIES = 16  # of which the roundings are not in the same direction by chance
HIDDEN = 0.5  # of the gradient's norm: with a larger error nothing of it is seen


@dataclass
class WholeJacobian:
    """A Jacobian, of which all rows are in the same format."""

    question: Question
    claimed: list[Array]

    @cached_property
    def form(self) -> FloatFormat | None:
        """The format that is evident from all rows together."""
        return evident_format(self.question, self.claimed)


def short_formats(question: Question, claimed: Sequence[Array], single: Callable[[], bool]) -> tuple[FloatFormat, ...]:
    """The formats below float32 of which the gradient was evidently computed in one, the longer first.

    ``single`` tells whether float32 explains it already.
    """
    form = evident_format(question, claimed)
    if form is None and question.declared is None and _in_numbers(question, claimed) is SINGLE:
        if single():
            return ()
        return tuple(BY_NAME[name] for name in ("tf32", "bfloat16") if _redrawn(question, BY_NAME[name]))
    return () if form is None or form is SINGLE else (form,)


def evident_format(question: Question, claimed: Sequence[Array]) -> FloatFormat | None:
    """The format that is declared, that x has, that the numbers have, or that code names whose numbers are float32."""
    if question.declared is not None:
        return question.declared.form
    if question.whole is not None:
        return question.whole.form  # type: ignore[no-any-return]
    if not any(form.holds(flattened(claimed)) for form in IN_NUMBERS):
        return None
    given = coarsest(of_dtype(np.asarray(leaf).dtype) for _, leaf in leaves(question.x))
    if given is not None and given is not SINGLE:
        return given
    seen = _in_numbers(question, claimed)
    if seen is None:
        return None
    found = coarsest({seen, *mentioned_formats(question.grad), *mentioned_formats(question.f)})
    return None if found is SINGLE else found


def _in_numbers(question: Question, claimed: Sequence[Array]) -> FloatFormat | None:
    """The shortest format that holds every number of the gradient, at x and elsewhere."""
    fitting = [form for form in IN_NUMBERS if all(form.holds(part) for part in claimed)]
    if not fitting:
        return None
    rng, samples = np.random.default_rng(2024), [flattened(claimed)]
    for _ in range(FORMAT_POINTS):
        try:
            samples.append(flattened(_claim(question, _moved(question.x, rng, AWAY))))
        except Exception:  # beyond the domain of the user's code
            break
    for form in fitting:
        if all(form.holds(sample) for sample in samples):
            counted = samples if form.digits > FEW_DIGITS else [sample[_changing(samples)] for sample in samples]
            numbers = np.unique([number for sample in counted for number in sample if number])  # a constant shows itself once
            long = form.long(numbers)
            return form if long.sum() >= FEWEST and long.mean() >= 0.5 else None
    return None


def _changing(samples: Sequence[Array]) -> Array:
    """The entries whose digits differ from point to point where they are not 0: 1.5 everywhere is no rounded number."""
    digits = np.array([np.frexp(np.abs(sample))[0] for sample in samples])
    largest = digits.max(axis=0)
    return np.asarray(np.where(digits == 0, largest, digits).min(axis=0) < largest)


def _redrawn(question: Question, form: FloatFormat) -> bool:
    """Whether the errors change from point to point, a few units of the format apart, as its rounding does."""
    rng, errors = np.random.default_rng(12345), []
    try:
        for _ in range(NEIGHBOURS):
            near = _moved(question.x, rng, UNITS_AWAY * form.u)
            truth = certify(question.f, near, cotangent=question.cotangent)
            claimed = _claim(question, near)
            errors.append(flattened(t.signed_error(c) for t, c in zip(truth.gradient, claimed, strict=True)))
    except Exception:  # the user's code, at a point of ours; or balls that cannot follow it there
        return False
    size = np.abs(errors).max(axis=0)
    spread = np.max(errors, axis=0) - np.min(errors, axis=0)
    counted = size > SINGLE.u * np.abs(size).max(initial=0.0)
    return bool(counted.any() and (spread[counted] >= REDRAWN * size[counted]).mean() >= 0.75)


def _moved(x: Any, rng: np.random.Generator, far: float) -> Any:
    def leaf_moved(leaf: Any) -> Any:
        array = np.asarray(leaf)
        numbers = array.astype(np.float64)
        size = np.where(numbers == 0, 1.0, np.abs(numbers))
        return np.asarray(numbers + far * size * rng.uniform(-1, 1, array.shape)).astype(array.dtype)

    return mapped(x, leaf_moved)


def _claim(question: Question, x: Any) -> list[Array]:
    return read_claim(question.grad(copied(x), *question.more), x, question.jacobian)


# What is left


@dataclass(frozen=True)
class InShort:
    """The checks of a gradient in a short format, what balls say of its formula, and the relative error that would show."""

    checks: dict[str, QuantityCheck]
    formula: FormulaAnswer
    detectable: float | None

    @property
    def wrong(self) -> bool:
        """Whether the format does not explain the numbers."""
        return any(check.verdict is Verdict.MISMATCH for check in self.checks.values())


def judged_in_short(
    question: Question,
    claimed: list[Array],
    truth: Certified,
    known: Truth,
    checks: dict[str, QuantityCheck],
    form: FloatFormat,
) -> InShort:
    """What lies beyond the budget of float64, by the budget of the format, and by the formula where balls can follow it."""
    bounds = running_error(question.f, question.x, truth, form, question.cotangent)
    short = judged_truth(truth, bounds, own_error(question.grad, question.x, form, *question.more))
    by_name = dict(zip(truth.names, claimed, strict=True))
    wider = judge(short, by_name)
    formula = _formula(question, claimed, truth, known, form)
    start, told = 0, {}
    for name, part in by_name.items():
        wrong = None if formula.wrong is None else np.asarray(formula.wrong[start : start + part.size])
        start += part.size
        told[name] = _told(checks[name], wider[name], part, short, form, formula, wrong)
    seen = [check.detectable for check in told.values() if check.detectable is not None]
    return InShort(told, formula, formula.detectable if formula.detectable is not None else max(seen, default=None))


def _told(
    check: QuantityCheck, wider: QuantityCheck, part: Array, short: Truth, form: FloatFormat, formula: FormulaAnswer, wrong: Any
) -> QuantityCheck:
    """One quantity: as it was if it is no mismatch, wrong if the format does not explain it or balls exclude it."""
    if check.verdict is not Verdict.MISMATCH or not is_reachable(check.quantity, short, part).all():
        return check if check.verdict is not Verdict.MISMATCH else wider
    if formula.status == Status.DIFFERENT and wrong is not None and wrong.any():
        other = Sentence("functions.format-could-explain", told=check.message, format=form.name)
        return replace(check, message=other)
    true, allowed = short.gradient[check.quantity].mid, short.budget.rounding[check.quantity]
    largest = float(np.abs(true).max(initial=0.0))
    error = short.gradient[check.quantity].distance(part)
    digits = significant_digits(float(error.max(initial=0.0)), largest)
    shown = f"{digits:.{0 if digits >= 0.95 else 1}f}"
    left = Sentence("functions.digits-of-format", digits=shown, count=round(digits), format=form.name)
    if formula.status in (Status.EQUAL, Status.WITHIN_CONSTANTS):
        return replace(
            as_inaccurate(check, Sentence("functions.compute-in-float64", left=left), "short-format"),
            detectable=formula.detectable,
        )
    if float(np.vdot(part, true)) < 0 and part.size >= FEWEST:
        return replace(check, message=Sentence("functions.points-the-other-way", told=check.message))
    if float(np.linalg.norm(error)) > HIDDEN * float(np.linalg.norm(true)) or _scaled(part, true, form):
        message = Sentence("functions.too-few-digits", left=left)
        return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, id="short-format")
    seen = min(float(allowed.max(initial=0.0)) / largest, HIDDEN) if largest else None
    shown = "" if seen is None else Sentence("functions.seen-of-largest", seen=seen)
    message = Sentence("functions.right-as-far-as", format=form.name, left=left, shown=shown)
    return replace(check, verdict=Verdict.INACCURATE, message=message, id="short-format", detectable=seen)


def _scaled(part: Array, true: Array, form: FloatFormat) -> bool:
    """Whether all entries together are off by one factor that some roundings in the same direction would have to explain."""
    size = float(np.vdot(true, true))
    return part.size >= MANY_ENTRIES and size > 0 and abs(float(np.vdot(part, true)) / size - 1) > ROUNDINGS * form.u


def _formula(question: Question, claimed: list[Array], truth: Certified, known: Truth, form: FloatFormat) -> FormulaAnswer:
    """What balls say of the gradient code, with the arrays that it rounded to the format as wide as that leaves them."""
    if not truth.smooth:
        return FormulaAnswer(Status.UNKNOWN, None, None, None)
    allowed = flattened(known.budget.rounding[name] for name in truth.names)
    asked = question.f, question.grad, question.x, truth, allowed
    try:
        formula = compare_formula(*asked, False, *question.more)
        if formula.status != Status.DIFFERENT:
            return formula
        if not same_claim(question.grad, question.x, claimed, *question.more, coarse=form):
            return FormulaAnswer(Status.UNKNOWN, None, None, None)
        return compare_in_short(*asked, form, *question.more)
    except CannotFollow as error:
        return FormulaAnswer(Status.UNKNOWN, error.reason, None, None)
