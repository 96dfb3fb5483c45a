"""One object of a submission's class, asked several times: does it answer as a new one does?

What adds to the last call's gradient is a mistake, unless the class has a method that clears it, as zero_grad does. An object
that cannot be asked again, or answers something else then, is meant for one call: a new one decides, and a remark says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcheck.contracts.again import TIMES, Again
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.steadiness import adds_up, allowed_between_calls, is_single, moving
from gradcheck.judge.verdicts import Check, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.checks import Inquiry
from reference_nets.activations import Array


def same_object(asked: Inquiry, budget: Mapping[str, Array]) -> Check | None:
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
    return _kept(found, allowed_between_calls(claim.grads, budget, claim.single or is_single(claim.grads)))


def _kept(found: Again, allowed: Mapping[str, Array]) -> Check | None:
    if len(found.grads) < TIMES:
        return _remark("asked-once", why=found.ended or Sentence("submissions.no-number"))
    changed = moving(found.grads, allowed)
    if not changed:
        return None
    if found.reset:
        return _remark("adds-until-reset", reset=found.reset)
    where = tuple(f"self.{name}" for name in found.moved)
    if not adds_up(found.grads, changed, allowed):
        return _remark("other-when-asked-again", where=where)
    quantities = tuple(f"d{key}" for key in changed)
    message = (
        Sentence("submissions.object-keeps", names=quantities, where=where)
        if where
        else Sentence("submissions.object-adds-up", names=quantities)
    )
    return Check("no-state", Verdict.MISMATCH, message, "accumulates-across-calls")


def _remark(key: str, /, **values: object) -> Check:
    words = Sentence(f"submissions.{key}", **values)
    return Check("no-state", Verdict.MATCH, Sentence("submissions.new-each-time", words=words), remark=True)
