"""Gradients in a short format where differences decide: there is no budget, and what the format may have done is estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.arrays.pytree import Array
from gradcheck.functions.numbers.question import Question
from gradcheck.functions.numbers.short_formats import evident_format
from gradcheck.judge.float_formats import SINGLE, FloatFormat
from gradcheck.judge.lost_digits import significant_digits
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.estimates import PROOF, TRUST


def excused(question: Question, claimed: Sequence[Array], checks: Sequence[QuantityCheck]) -> tuple[QuantityCheck, ...]:
    """Mismatches that are a few roundings of an evident short format of the largest entry are none, or cannot be told."""
    if all(check.verdict is not Verdict.MISMATCH for check in checks):
        return tuple(checks)
    form = evident_format(question, claimed)
    if form is None or form is SINGLE:
        return tuple(checks)
    return tuple(_excused(check, part, form) for check, part in zip(checks, claimed, strict=True))


def _excused(check: QuantityCheck, part: Array, form: FloatFormat) -> QuantityCheck:
    largest = float(np.abs(part).max(initial=0.0))
    if check.verdict is not Verdict.MISMATCH or not check.max_error <= PROOF * form.u * largest:
        return check
    digits = significant_digits(check.max_error, largest)
    left = Sentence("functions.digits-of-largest", digits=digits, format=form.name)
    if check.max_error <= TRUST * form.u * largest:
        seen = min(PROOF * form.u, 1.0)
        message = Sentence("functions.right-as-far-as-of-it", format=form.name, left=left, seen=seen)
        return replace(check, verdict=Verdict.INACCURATE, message=message, id="short-format", evidence=None)
    message = Sentence("functions.cannot-tell-roundings", left=left)
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, id="short-format", evidence=None)
