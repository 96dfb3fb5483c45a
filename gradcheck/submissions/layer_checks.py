"""Layer functions judged one by one: a row for each result of each function, and what explains those that are wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.diagnosis.layer_catalogue import mistake_of_layer
from gradcheck.explanations.explanation import Explanation
from gradcheck.explanations.repairs.repair import Repair
from gradcheck.explanations.traced.code import NoAnswer, SourcePlace
from gradcheck.explanations.traced.where import at
from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.judge.judge import judge_quantity
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.checks import Inquiry
from gradcheck.submissions.confined_code import ConfinedCode, lines_of
from gradcheck.submissions.layers.cases import FUNCTIONS, LayerCase, layer_case
from gradcheck.submissions.layers.lines import LayerTrace
from gradcheck.submissions.layers.repairs import Wrong, put_right
from gradcheck.submissions.submission import Submission
from gradcheck.submissions.validation import Row, Validation
from reference_nets.activations import Array

HANDED = ("x", "w", "b")  # what a layer function leaves as it is; ``dout`` is its own: nobody needs it after

# What a wrong shape is most often a sign of: the sentence that was told, the result, the mistake.
_SHAPES = {
    ("contracts.shape-transposed", "w"): "weight-gradient-transposed",
    ("contracts.shape-over-all-entries", "b"): "bias-gradient-over-all-entries",
    ("contracts.shape-wrong-axis", "b"): "bias-gradient-wrong-axis",
}


@dataclass(frozen=True)
class _RowOfResult:
    """A row, the result that it is about, and the mistake behind it where it is known without looking at numbers."""

    row: Row
    claimed: Array | None = None
    told: Diagnosis | None = None
    place: SourcePlace | None = None


@dataclass
class _Told:
    """What was found out about the functions so far."""

    rows: list[Row]
    places: list[SourcePlace] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    wrong: dict[str, list[Wrong]] = field(default_factory=dict)  # by function


def judged_layers(submission: Submission, seed: int, result: Validation, *, repair: bool = False) -> Validation:
    """The interface, then a row for each result of each function that is known here; names are the submission's word."""
    offers = submission.found.offers
    if not set(offers) <= FUNCTIONS:
        raise SubmissionFault("protocol", Sentence("faults.other-functions"))
    if not offers and FUNCTIONS & submission.defined():
        raise SubmissionFault("protocol", Sentence("faults.no-functions"))
    if not offers:
        words = Sentence("submissions.no-known-layer")
        return replace(result, rows=(Row(Check("interface", Verdict.INCONCLUSIVE, words)),))
    interface = Row(Check("interface", Verdict.MATCH, Sentence("submissions.each-by-itself", names=offers)))
    rng = np.random.default_rng(seed)
    told, faults = _Told([interface]), list[SubmissionFault]()
    cases = [layer_case(name, rng) for name in offers]
    for case in cases:
        try:
            judged = list(_judged_layer(submission, case))
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            faults.append(fault)
            judged = [_failed(submission, case, fault)]
        _note(submission, case, judged, told)
    if len(faults) == len(offers) and not told.diagnoses:
        raise faults[0]
    if repair:
        told.repairs = _repairs(submission, cases, told.wrong, seed)
    first = told.places[0] if told.places else None
    known = Explanation(lines_of(submission, told.places), files=len(submission.files.contents))
    told_rows: dict[str, Any] = {"rows": tuple(told.rows), "diagnoses": tuple(told.diagnoses), "repair": tuple(told.repairs)}
    return replace(result, **told_rows, explanation=known, first_wrong=first, first_wrong_line=first.line if first else None)


def _note(submission: Submission, case: LayerCase, judged: list[_RowOfResult], told: _Told) -> None:
    """The rows of a function, with the line and the mistake of each that is wrong."""
    told.rows += [one.row for one in judged]
    wrong = [one for one in judged if one.row.verdict in (Verdict.MISMATCH, Verdict.ERROR)]
    made = traced(submission, case) if wrong else None
    for one in wrong:
        place = one.place or (made.of_result(one.claimed) if made else None)
        found = one.told or _diagnosed(case, one)
        if place:
            told.places.append(place)
        told.wrong.setdefault(case.function, []).append((place, str(one.row.quantity).partition(": ")[2]))
        if found:
            told.diagnoses.append(at(found, place) if place else found)


def _diagnosed(case: LayerCase, judged: _RowOfResult) -> Diagnosis | None:
    """The mistake that gives a wrong result; nothing of a function that gave none."""
    check = judged.row.check
    if judged.row.verdict is not Verdict.MISMATCH or not isinstance(check, QuantityCheck) or judged.claimed is None:
        return None
    right = case.results[check.quantity].gradient[check.quantity].mid
    return mistake_of_layer(case.function, check.quantity, case.arrays, right, judged.claimed)


def _judged_layer(submission: Submission, case: LayerCase) -> Iterator[_RowOfResult]:
    """A row for each result of one function, and one for what it was handed, if that is no longer what it was."""
    name = case.function
    returned = submission.layer(name, case.arrays, case.shapes)
    for (key, truth), claimed in zip(case.results.items(), returned.arrays, strict=True):
        yield _RowOfResult(Row(_told(name, judge_quantity(key, truth, claimed)), f"{name}: {key}", function=name), claimed)
    changed = tuple(case.names[n] for n in returned.changed if case.names[n] in HANDED)
    if changed and not _is_done_forward(submission, case):
        words = Sentence("behaviour.changed", names=changed)
        quantity = f"{name}: {changed[0]}"
        row = Row(Check("inputs-unchanged", Verdict.MISMATCH, words, "mutates-inputs"), quantity, function=name)
        found = Diagnosis("mutates-inputs", 0, quantity, words, "", "", 16.0, alone=False)
        made = traced(submission, case, inputs=True)
        yield _RowOfResult(row, told=found, place=made.changed if made else None)


def _is_done_forward(submission: Submission, case: LayerCase) -> bool:
    """Whether it is the forward function that writes there: a backward one is called after it."""
    forward = case.function.replace("_backward", "_forward")
    if forward == case.function or forward not in submission.found.offers:
        return False
    shape = case.arrays[-1].shape  # that of dout is that of the result
    return bool(submission.layer(forward, case.arrays[:-1], [shape]).changed)


def _failed(submission: Submission, case: LayerCase, fault: SubmissionFault) -> _RowOfResult:
    """The row of a function that gave no numbers; what a wrong shape is a sign of, and where it was made."""
    row = Row(Check("gradient", Verdict.ERROR, fault.told), case.function, function=case.function)
    made = traced(submission, case)
    place = made.of_fault(fault) if made else None
    said = fault.message
    if fault.kind is not FaultKind.WRONG_SHAPE or not isinstance(said, Sentence):
        return _RowOfResult(row, place=place)
    result = case.number_of(said.values.get("name"))
    mistake = _SHAPES.get((said.key, result or ""))
    if mistake is None:
        return _RowOfResult(row, place=place)
    words, quantity = Sentence("contracts.shape", **said.values), f"{case.function}: {result}"
    return _RowOfResult(replace(row, quantity=quantity), told=Diagnosis(mistake, 0, quantity, words, "", "", 0.0), place=place)


def _told(name: str, check: QuantityCheck) -> QuantityCheck:
    """The judge speaks of derivatives; a forward result is none."""
    if not name.endswith("_forward"):
        return check
    entry = check.worst
    where = {"where": f"{check.quantity}[{', '.join(map(str, entry.index))}]", "error": entry.error, "budget": entry.budget}
    if check.verdict is Verdict.MATCH:
        return replace(check, message=Sentence("submissions.value-right", **where))
    if check.verdict is not Verdict.MISMATCH:
        return check
    numbers = {"got": entry.got, "expected": entry.expected, "count": check.wrong, "size": math.prod(check.shape)}
    return replace(check, message=Sentence("submissions.value-wrong", **where, **numbers))


def _repairs(
    submission: Submission, cases: list[LayerCase], wrong: Mapping[str, Sequence[Wrong]], seed: int
) -> list[Repair]:
    """The lines of each function that is wrong put right; none where one of them cannot be."""
    repairs: list[Repair] = []
    for case in cases:
        made = traced(submission, case) if case.function in wrong else None
        done = put_right(made, wrong[case.function], seed) if made else ()
        if case.function in wrong and not done:
            return []
        repairs += [one for one in done if one not in repairs]
    return repairs


def traced(submission: Submission, case: LayerCase, *, inputs: bool = False) -> LayerTrace | None:
    """What the lines of a function make, with what it is handed watched if that is asked; None where it cannot be run."""
    code = ConfinedCode(Inquiry(submission, submission.spec, [], np.random.default_rng(0)))
    try:
        return LayerTrace(code, case, code.trace_layer(case.function, case.arrays, case.shapes, inputs=inputs))
    except NoAnswer:
        return None
