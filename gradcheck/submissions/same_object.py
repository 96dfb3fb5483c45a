"""One object of a submission's class, asked several times: does it answer as a new one does?

What adds to the last call's gradient is a mistake, unless the class has a method that clears it, as zero_grad does. An object
that cannot be asked again, or answers something else then, is meant for one call: a new one decides, and a remark says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcheck.contracts.again import TIMES, Again
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.verdicts import Check, Verdict
from gradcheck.submissions.checks import Asked, allowed_between_calls, differing
from reference_nets.activations import Array

NEW = "a new one is asked each time"


def same_object(asked: Asked, budget: Mapping[str, Array]) -> Check | None:
    """The check of what an object keeps; None where it answers as a new one does, or where the file makes none."""
    if not asked.submission.makes_objects:
        return None
    try:
        found = asked.submission.again(asked.spec, asked.points[0])
    except SubmissionFault as fault:
        if fault.is_final:
            raise
        return None
    claim = asked.claims[0]
    return _kept(found, allowed_between_calls(claim.grads, budget, claim.single))


def _kept(found: Again, allowed: Mapping[str, Array]) -> Check | None:
    if len(found.grads) < TIMES:
        why = found.ended or "the next answer is no number"
        return _remark(f"an object can be asked once only ({why})")
    first, second, third = found.grads
    moving = sorted({*differing(first, second, allowed), *differing(second, third, allowed)})
    if not moving:
        return None
    if found.reset:
        return _remark(f"an object adds to its last call's gradient until {found.reset}() is called")
    where = ", ".join(f"self.{name}" for name in found.moved)
    one, other = ({key: b[key] - a[key] for key in moving} for a, b in ((first, second), (second, third)))
    if differing(one, other, {key: 4 * allowed[key] for key in moving}):
        return _remark(f"an object gives another gradient when it is asked again ({where})")
    quantities, kept = ", ".join(f"d{key}" for key in moving), f", kept in {where}" if where else ""
    message = f"each call of the same object adds to the last in {quantities}{kept}: set it to zero first"
    return Check("no-state", Verdict.MISMATCH, message, "accumulates-across-calls")


def _remark(words: str) -> Check:
    return Check("no-state", Verdict.MATCH, f"{words}; {NEW}", remark=True)
