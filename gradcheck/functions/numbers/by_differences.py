"""The numbers of a claimed gradient against differences: they judge, or abstain below their own error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gradcheck.arrays.pytree import Array, filled, flattened, float_leaves, leaf_name
from gradcheck.certified.code.reasons import Reason
from gradcheck.certified.formula import Status
from gradcheck.certified.replacements.mentioned_formats import mentions_short_format
from gradcheck.functions.numbers.question import Answer, Question
from gradcheck.functions.numbers.short_differences import excused
from gradcheck.judge.verdicts import QuantityCheck
from gradcheck.witnesses.estimates import compared, compared_at_kink, estimate


def judge_by_differences(question: Question, claimed: list[Array], reason: Reason) -> Answer:
    """Every quantity compared with one estimate of the whole gradient; ``reason`` says why nothing stronger could."""
    known = float_leaves(question.x)

    def value(entries: Array) -> Any:
        return question.number(question.f(filled(question.x, entries)))

    declared = question.declared.form if question.declared else None
    found = estimate(value, flattened(array for _, array in known), declared.u if declared else 0.0)
    short = any(mentions_short_format(function) for function in (question.f, question.grad))
    quantities, start = [], 0
    for (path, array), part in zip(known, claimed, strict=True):
        span = slice(start, start + array.size)
        start += array.size
        error, method = found.error[span].reshape(array.shape), found.method
        if found.around is None:
            expected = found.gradient[span].reshape(array.shape)
            zero = found.zero_scale
            quantities.append(compared(leaf_name(path), part, expected, error, method, short=short, zero_scale=zero))
        else:
            around = found.around.of(span)
            quantities.append(compared_at_kink(leaf_name(path), part, around, error, method, short=short))
    told, weaker = excused(question, claimed, quantities), (("certified", reason),)
    return Answer(told, found.method, weaker, Status.UNKNOWN, largest_detectable(told))


def largest_detectable(checks: Iterable[QuantityCheck]) -> float | None:
    """The largest error that would not have been seen, as far as it is known."""
    return max((check.detectable for check in checks if check.detectable is not None), default=None)
