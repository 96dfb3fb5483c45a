"""Off by more than rounding, and yet right? A shorter format, an unsteady form, or a function that is itself a difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import NoNumbers, real
from gradcheck.arrays.pytree import Array, leaves, mapped
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.replacements.mentioned_formats import mentions_short_format
from gradcheck.certified.rounding import judged_truth, running_error
from gradcheck.certified.witness import Certified, certify
from gradcheck.functions.numbers.question import Question
from gradcheck.judge.judge import is_reachable
from gradcheck.judge.lost_digits import (
    NEIGHBOURS,
    after_neighbours,
    as_inaccurate,
    as_short,
    lost_digits,
    nearby,
    short_format,
    significant_digits,
)
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence

NUMERIC = 1e-3  # a difference quotient is off by less than this part; what is not was no derivative of that function


@dataclass
class InSingle:
    """The truth with the budget of float32, worked out when it is first asked for; an unstable form has no share in it."""

    question: Question
    truth: Certified

    @cached_property
    def known(self) -> Truth:
        """For `gradcheck.judge.judge`."""
        bounds = running_error(self.question.f, self.question.x, self.truth, np.float32, self.question.cotangent)
        return judged_truth(self.truth, bounds, None)

    @cached_property
    def mentioned(self) -> Truth | None:
        """The same where the code mentions float32 at all."""
        return self.known if any(map(mentions_short_format, (self.question.f, self.question.grad))) else None

    def may_explain(self, checks: dict[str, QuantityCheck], claimed: list[Array]) -> bool:
        """Whether the gradient alone mentions float32, and its floats are no farther off than that allows."""
        if mentions_short_format(self.question.f) or not mentions_short_format(self.question.grad):
            return False
        return all(is_reachable(name, self.known, part).all() for name, part in zip(checks, claimed, strict=True))


def differenced(check: QuantityCheck) -> QuantityCheck:
    """A mismatch of a gradient that differences its function: lost digits, unless it is far off."""
    if check.verdict is not Verdict.MISMATCH or check.worst.error > NUMERIC * abs(check.worst.expected):
        return check
    digits = significant_digits(check.worst.error, check.worst.expected)
    return as_inaccurate(check, Sentence("functions.digits-of-differences", digits=digits), "numeric-gradient")


def without_lost_digits(check: QuantityCheck, part: Array, known: Truth, single: InSingle) -> QuantityCheck:
    """The formula is right: what lies beyond the budget are lost digits."""
    if check.verdict is not Verdict.MISMATCH:
        return check
    if short := short_format(check.quantity, known, single.known, part):
        return as_short(check, short)
    return lost_digits(check, single.mentioned, part, seen=True)


def by_digits(
    question: Question, checks: dict[str, QuantityCheck], claimed: list[Array], known: Truth, single: InSingle
) -> dict[str, QuantityCheck]:
    """The budget alone; what lies beyond it may be a shorter format, or is looked at once more at neighbouring points."""
    parts = dict(zip(checks, claimed, strict=True))
    wrong = [name for name, check in checks.items() if check.verdict is Verdict.MISMATCH]
    told = dict(checks)
    for name in wrong:
        if short := short_format(name, known, single.known, parts[name]):
            told[name] = as_short(checks[name], short)
        elif is_reachable(name, single.known, parts[name]).all() and mentions_short_format(question.grad):
            told[name] = as_short(checks[name], "float32")
    pending, errors = {name: told[name] for name in wrong}, partial(_errors_nearby, question, parts)
    try:
        return told | after_neighbours(pending, parts, known, single.known, errors, mentioned=single.mentioned)
    except (CannotFollow, NoNumbers):
        return told


def _errors_nearby(
    question: Question, claimed: Mapping[str, Array], failing: Mapping[str, Array]
) -> Iterator[dict[str, Array]]:
    """The signed errors of the failing entries at one neighbouring point after the other.

    None where those entries do not move with x at all: then it is the truth that moves, and no rounding that scatters.
    """
    rng = np.random.default_rng(12345)
    for _ in range(NEIGHBOURS):
        near = mapped(question.x, lambda leaf: nearby(leaf, rng))
        there = certify(question.f, near, cotangent=question.cotangent)
        got = _flat_leaves(question.grad(near, *question.more), there)
        pairs = [each for each in zip(there.names, there.gradient, got, strict=True) if each[0] in failing]
        if all(np.array_equal(value[failing[name]], claimed[name][failing[name]]) for name, _, value in pairs):
            return
        yield {name: part.signed_error(value)[failing[name]] for name, part, value in pairs}


def _flat_leaves(value: Any, truth: Certified) -> list[Array]:
    one = len(truth.gradient) == 1 and isinstance(value, list | tuple)
    parts = [value] if one else [leaf for _, leaf in leaves(value)]
    return [real(part).astype(np.float64).reshape(np.shape(a.mid)) for part, a in zip(parts, truth.gradient, strict=True)]
