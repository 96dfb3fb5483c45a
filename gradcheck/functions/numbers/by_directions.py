"""A claimed gradient against f along a few random directions: if asked for, or where differences would take too long."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, copied, flattened, float_leaves, leaves
from gradcheck.certified.code.reasons import Reason
from gradcheck.certified.formula import Status
from gradcheck.certified.numbers.arrays import Array as BallArray
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.functions.numbers.by_differences import judge_by_differences
from gradcheck.functions.numbers.directional import MISSED, directional, judged
from gradcheck.functions.numbers.question import Answer, Question
from gradcheck.functions.numbers.short_differences import excused
from gradcheck.judge.verdicts import Verdict
from gradcheck.sentences.durations import duration
from gradcheck.sentences.sentence import Sentence

DIRECTIONS = 20_000  # a seed: which directions they are does not depend on the caller's
CALLS_AN_ENTRY = 90  # of f, by Ridders' extrapolation: 4 first steps of 20 values, and those that look for kinks


@dataclass(frozen=True)
class PairedFunction:
    """``sum(cotangent * f(x))`` as a function of x, on floats and on balls."""

    question: Question

    @property
    def f(self) -> Any:
        """The function itself, where the witness looks for names to replace."""
        return self.question.f

    def __call__(self, x: Any) -> Any:
        """The number."""
        result = self.question.f(x)
        if self.question.cotangent is None or not any(isinstance(leaf, BallArray | Scalar) for _, leaf in leaves(result)):
            return result if self.question.cotangent is None else self.question.number(result)
        pairs = zip(leaves(self.question.cotangent), leaves(result), strict=True)
        return sum(np.sum(np.asarray(weights) * part) for (_, weights), (_, part) in pairs)


def seconds_by_differences(question: Question) -> float:
    """How long differences of every entry would take: one call of f is timed."""
    copy = copied(question.x)
    start = time.perf_counter()
    question.f(copy)
    size = sum(array.size for _, array in float_leaves(question.x))
    return (time.perf_counter() - start) * size * CALLS_AN_ENTRY


def judge_by_directions(question: Question, claimed: list[Array], rng: np.random.Generator, why: str = "") -> Answer:
    """The verdict of some directions; ``why`` says what they stand in for, if they were not asked for."""
    asked, given = question, claimed
    question, claimed, rows = _contracted(question, claimed, rng)
    flat = flattened(claimed)
    seen, measured = directional(PairedFunction(question), question.x, flat, rng, max_seconds=question.max_seconds)
    checks, local = judged(seen, measured, flat)
    checks = excused(asked, given, checks)
    told = (
        Sentence("functions.evaluations", calls=seen.calls, detectable=seen.detectable, missed=MISSED),
        *([why] if why else []),
        *([rows] if rows else []),
    )
    norm = float(np.linalg.norm(flat))
    detectable = seen.detectable / norm if seen.verdict is Verdict.MATCH and norm else None
    return Answer(checks, local.witness, local.weaker, Status.NOT_ASKED, detectable, told, local.second)


def _contracted(question: Question, claimed: list[Array], rng: np.random.Generator) -> tuple[Question, list[Array], str]:
    """Of a Jacobian the rows weighted by a random cotangent: the gradient of one number."""
    if question.jacobian is None:
        return question, claimed, ""
    weights = rng.choice([-1.0, 1.0], size=question.jacobian) * rng.uniform(0.5, 2.0, size=question.jacobian)
    parts = [np.tensordot(weights, part.astype(np.float64), axes=weights.ndim) for part in claimed]
    paired = Question(question.f, question.grad, question.x, cotangent=weights, max_seconds=question.max_seconds)
    return paired, parts, Sentence("functions.rows-together")


def judge_by_floats(question: Question, claimed: list[Array], reason: Reason) -> Answer:
    """By differences of every entry, or along some directions where those would take too long.

    ``reason`` says why nothing stronger could.
    """
    seconds = seconds_by_differences(question) * question.rows
    if seconds <= question.max_seconds:
        return judge_by_differences(question, claimed, reason)
    why = Sentence("functions.some-directions", time=duration(seconds), max_seconds=question.max_seconds)
    answer = judge_by_directions(question, claimed, np.random.default_rng(DIRECTIONS), why)
    return replace(answer, weaker=(("certified", reason), *answer.weaker))
