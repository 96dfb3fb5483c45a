"""Does a gradient function answer equal calls alike, keep nothing from call to call, and leave alone what it is handed?

These come before any number means something. Equal calls may differ by the order in which a sum is taken: threads add up
in another order from call to call. How much that is depends on the format in which the code computes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gradcheck.judge.verdicts import Check, Verdict
from gradcheck.sentences.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]
Gradient = Mapping[str, Array]  # a gradient by the names of its quantities

SINGLE = 2.0**29  # the rounding of float32 in units of that of float64


def is_single(answer: Gradient) -> bool:
    """Whether every number is one of single precision, as those of code that computes in it are, whatever type came."""
    with np.errstate(over="ignore"):
        return all(np.array_equal(value, value.astype(np.float32)) for value in answer.values())


def allowed_between_calls(answer: Gradient, budget: Gradient, single: bool) -> dict[str, Array]:
    """What the order of a sum may change between equal calls, where the rounding in float64 has a budget."""
    return {key: budget[key] * (SINGLE if single else 1.0) + 2.0**-48 * np.abs(value) for key, value in answer.items()}


def allowed_without_budget(answer: Gradient) -> dict[str, Array]:
    """The same of code of which nothing is known: half of the digits of an entry, and the last ones of the largest.

    A sum that cancels may lose half of its digits; one that cancels to almost nothing is off by as much as the others.
    """
    u = 2.0**-24 if is_single(answer) else 2.0**-53
    return {key: np.sqrt(u) * np.abs(value) + 2**8 * u * np.abs(value).max(initial=0.0) for key, value in answer.items()}


def differing(one: Gradient, other: Gradient, allowed: Gradient) -> list[str]:
    """The quantities in which two answers differ by more than is allowed."""
    return [key for key in one if not (np.abs(other[key] - one[key]) <= allowed[key]).all()]


def moving(answers: Sequence[Gradient], allowed: Gradient) -> list[str]:
    """The quantities that change from one answer to the next."""
    changed = {key for one, other in pairwise(answers) for key in differing(one, other, allowed)}
    return [key for key in answers[0] if key in changed]


def adds_up(answers: Sequence[Gradient], keys: Sequence[str], allowed: Gradient) -> bool:
    """Whether each of three answers is the last one and always the same on top: it was not set back to zero."""
    one, other = ({key: b[key] - a[key] for key in keys} for a, b in pairwise(answers))
    return not differing(one, other, {key: 4 * allowed[key] for key in keys})


def steadiness(in_a_row: Sequence[Gradient], apart: Gradient | None, allowed: Gradient) -> list[Check]:
    """Three answers to equal calls in a row, and one with other calls in between: what they say of the function."""
    if keys := moving(in_a_row, allowed):
        if adds_up(in_a_row, keys, allowed):
            return [Check("no-state", Verdict.MISMATCH, _say("adds-up", keys), "accumulates-across-calls")]
        return [Check("determinism", Verdict.MISMATCH, _say("unsteady", keys), "nondeterministic")]
    if apart is not None and (keys := differing(in_a_row[0], apart, allowed)):
        return [Check("no-state", Verdict.MISMATCH, _say("keeps", keys))]
    return [
        Check("determinism", Verdict.MATCH, Sentence("behaviour.same")),
        Check("no-state", Verdict.MATCH, Sentence("behaviour.afresh")),
    ]


def inputs_unchanged(changed: Sequence[str]) -> Check:
    """The check of what was handed over, by the names of what is no longer as it was."""
    if changed:
        return Check(
            "inputs-unchanged", Verdict.MISMATCH, Sentence("behaviour.changed", names=tuple(changed)), "mutates-inputs"
        )
    return Check("inputs-unchanged", Verdict.MATCH, Sentence("behaviour.unchanged"))


def _say(key: str, keys: Sequence[str]) -> Sentence:
    return Sentence(f"behaviour.{key}", names=tuple(f"d{name}" for name in keys), count=len(keys))
