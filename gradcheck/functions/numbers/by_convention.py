"""At a kink: what a backward pass gives by convention (relu'(0) = 0 everywhere), though no point nearby has it.

A backward pass answers each comparison by itself: relu'(0) = 0 for every unit, say. Of dependent comparisons (more units
than inputs) no point nearby has all of these sides at once, so the gradient is no mixture of those nearby; it is none that
anyone would call wrong either. Comparisons of the same difference, up to a factor, stay linked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradcheck.arrays.pytree import Array
from gradcheck.certified.rounding import Bounds, answered, entry_by_entry, judged_truth
from gradcheck.certified.witness import Certified
from gradcheck.functions.numbers.question import Question
from gradcheck.judge.judge import entry_name, judge
from gradcheck.judge.subgradients import Linked
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.along_tangent import Along

BY_CONVENTION = "subgradient-by-convention"
Checks = dict[str, QuantityCheck]


def unless_conventional(
    question: Question,
    truth: Certified,
    bounds: Bounds,
    own: list[Any] | None,
    claimed: Mapping[str, Array],
    checks: Checks,
    dtype: Any,
) -> Checks:
    """The checks, mismatches `inconclusive` where nothing is wrong if each comparison may be answered by itself.

    Along a tangent all comparisons are of the one variable: there it is asked which of them are linked in x itself.
    """
    along, f, x, tangent = question.f, question.f, question.x, None
    if isinstance(along, Along):
        f, x, tangent = along.f, along.x, along.tangent
        beside = answered(f, x, truth, dtype, question.cotangent, Linked.TOGETHER, tangent=tangent)
        found = judge(judged_truth(truth, beside, own), claimed) if beside else checks
        if not _any_wrong(found):
            return found
    each = answered(f, x, truth, dtype, question.cotangent, Linked.ALIKE, tangent=tangent)
    each = each or entry_by_entry(question.f, question.x, truth, bounds, dtype, question.cotangent)
    if _any_wrong(judge(judged_truth(truth, each, own), claimed)):
        return checks
    return {key: _conventional(check) if check.verdict is Verdict.MISMATCH else check for key, check in checks.items()}


def _any_wrong(checks: Checks) -> bool:
    return any(check.verdict is Verdict.MISMATCH for check in checks.values())


def _conventional(check: QuantityCheck) -> QuantityCheck:
    message = Sentence("functions.by-convention", entry=entry_name(check.quantity, check.worst.index), got=check.worst.got)
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, wrong=0, id=BY_CONVENTION)
