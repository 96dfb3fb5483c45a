"""The judgement of a loaded submission: the checks one after the other, then what explains a wrong gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.diagnosis.own_cost import Scale
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.isolation.session import Session
from gradcheck.judge.judge import unless_hidden
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.properties.check import PropertyResult
from gradcheck.rounding.budget import rounding_budget
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions import checks
from gradcheck.submissions.checks import Inquiry
from gradcheck.submissions.confined_code import located, repaired
from gradcheck.submissions.explaining import Charges, any_wrong, charges, comparison, delta_check, explained
from gradcheck.submissions.formula import analytic, counted, formula_of, told_by_formula
from gradcheck.submissions.properties import Gradients, agreed, found_properties, up_to_formula
from gradcheck.submissions.reading.files import Files
from gradcheck.submissions.same_object import same_object
from gradcheck.submissions.submission import Submission
from gradcheck.submissions.validation import Row, Stage, Validation
from gradcheck.submissions.worked import by_hand
from gradcheck.witnesses.formula_on_balls import NetworkFormula
from reference_nets.spec import NetworkSpec

if TYPE_CHECKING:
    from gradcheck.submissions.validating import ValidationSettings


def judge_submission(submission: Submission, spec: NetworkSpec, settings: ValidationSettings, result: Validation) -> Validation:
    """Every check in its order; raises SubmissionFault where the submission stops answering."""
    spec, note = _judged_spec(submission, spec)
    rng = np.random.default_rng(settings.seed)
    submission.look_for_labels()
    points = checks.judged_points(spec, rng, labels=submission.takes_labels, m=settings.batch)
    asked = Inquiry(submission, spec, points, rng)
    settings.on_stage(Stage.ANSWERS)
    interface = checks.first_answers(asked)
    if submission.found.called.labels_from_one and not submission.counts_from_one and any_wrong(checks.gradient(asked)):
        return _with_labels_from_one(submission, spec, settings, result)
    given = [interface, *checks.forward(asked), *checks.loss(asked)]
    budget = rounding_budget(spec, points[0].params, points[0].x, points[0].y).rounding
    behaviour = checks.behaviour(asked, budget)
    kept = same_object(asked, budget)
    if submission.takes_labels and submission.found.layout.get("y") == "one-hot":
        note["y"] = Sentence("submissions.only-classes", layout=result.conventions["y"])
    conventions = {**result.conventions, **note}
    return _judged(asked, settings, replace(result, conventions=conventions), given, behaviour, kept)


def _judged(
    asked: Inquiry,
    settings: ValidationSettings,
    result: Validation,
    given: Sequence[Check],
    behaviour: Sequence[Check],
    kept: Check | None,
) -> Validation:
    """The gradient, its formula and its properties: first all that asks for floats, then balls, then what explains it."""
    steady = all(check.verdict is Verdict.MATCH for check in behaviour)
    if kept is not None and steady:  # new objects answer alike, so only this row is about the same one
        behaviour = [kept if check.name == kept.name else check for check in behaviour]
    settings.on_stage(Stage.GRADIENT)
    quantities = _in_own_scale(asked)
    consistency = checks.self_consistency(asked) if steady else []
    counts, gradients = counted(asked), Gradients(asked)
    settings.on_stage(Stage.PROPERTIES)
    is_wrong = any_wrong(quantities)
    properties = found_properties(gradients, settings, is_wrong=is_wrong) if steady and settings.examples else ()
    settings.on_stage(Stage.FORMULA)
    formula = formula_of(asked, quantities) if steady else NetworkFormula(Status.UNKNOWN, Sentence("submissions.not-steady"))
    quantities = checks.nearly_right(asked, told_by_formula(asked, quantities, formula))
    if not formula.is_known:
        quantities = [unless_hidden(check, formula.why) for check in quantities]
    backpropagates, quantities = analytic(asked, quantities, formula, counts)
    properties = up_to_formula(properties, quantities, formula)
    properties, quantities = agreed(asked, properties, quantities)
    settings.on_stage(Stage.MISTAKE)
    found = located(asked, explained(asked, quantities, [*behaviour, backpropagates, *given], steady=steady))
    diagnoses = found.diagnoses
    charged = charges(asked, quantities, diagnoses) if settings.follow_through and steady else Charges()
    settings.on_stage(Stage.EXAMPLE)
    case = by_hand(asked, quantities, found) if steady else None
    deltas = [delta_check(delta) for delta in charged.deltas]
    if settings.repair:
        asked.submission.remember_definitions()
    rows = [
        *(Row(check) for check in given),
        *(Row(q, q.quantity, follows_through=q.quantity in charged.follow) for q in quantities),
        *(Row(q, q.quantity, bears_the_cost=q.quantity in charged.rows) for q in deltas),
        *(Row(check) for check in consistency),
        *(_property(p, follows=settings.follow_through and any_wrong(quantities)) for p in properties),
        *(Row(check) for check in (*behaviour, backpropagates)),
    ]
    return replace(
        result,
        rows=tuple(rows),
        diagnoses=diagnoses,
        conventions={**result.conventions, "cost": asked.scale.words},
        notes=(*result.notes, *(check.message for check in behaviour if check.remark)),
        worked_case=case,
        formula=formula.words,
        formula_is_known=formula.is_known,
        explanation=found.known.compared(comparison(asked, quantities, charged)),
        first_wrong_line=next((d.line for d in diagnoses if d.line), None),
        repair=repaired(asked, found, steady=steady) if settings.repair else (),
    )


def _property(result: PropertyResult, *, follows: bool) -> Row:
    """A property that contradicts the entries is the checker's fault: told, and without a point to lose.

    Every right gradient has it, so beside a wrong entry (``follows``) its failure says nothing more.
    """
    verdict = Verdict.SKIPPED if result.is_checkers_fault else result.verdict
    row = Row(Check("property", verdict, result.message), result.name, is_checkers_fault=result.is_checkers_fault)
    return replace(row, follows_gradient=follows and verdict is Verdict.MISMATCH)


def _in_own_scale(asked: Inquiry) -> list[QuantityCheck]:
    """The quantities in the scale of the file's own cost, if the gradient goes with it: then that is its convention."""
    quantities = checks.gradient(asked)
    if not asked.scale.is_notation and any_wrong(quantities):
        asked.scale = Scale()
        quantities = checks.gradient(asked)
    return quantities


def _with_labels_from_one(
    submission: Submission, spec: NetworkSpec, settings: ValidationSettings, result: Validation
) -> Validation:
    """Labels 1 .. K, where 0 .. K-1 gave a wrong gradient; if that is wrong, too, the first answer stands."""
    try:
        submission.count_labels_from(1)
        other = judge_submission(submission, spec, settings, result)
        if not any(row.verdict is Verdict.MISMATCH and row.name == "gradient" for row in other.rows):
            return replace(other, conventions={**other.conventions, "y": Sentence("submissions.labels-from-one")})
    except SubmissionFault as fault:
        if fault.is_final:
            raise
    submission.count_labels_from(0)
    submission.counts_from_one = True  # both were tried
    return judge_submission(submission, spec, settings, result)


def _judged_spec(submission: Submission, spec: NetworkSpec) -> tuple[NetworkSpec, dict[str, str]]:
    """Nielsen's backprop knows no L2, because his update adds it: it is judged without."""
    if spec.l2 and not submission.found.called.has_l2:
        return replace(spec, l2=0.0), {"l2": Sentence("submissions.without-l2")}
    return spec, {}


def with_other_biases(
    session: Session, files: Files, spec: NetworkSpec, settings: ValidationSettings, blank: Validation
) -> Sentence | None:
    """What is true of a file that gives no gradient of a network with biases, but one of the network without; or the reverse.

    None where it gives neither: then the fault says what is wrong.
    """
    other = replace(spec, has_biases=not spec.has_biases)
    try:
        anew = Submission(session, files, other, settings.contract)
        if not anew.found.called.whole_network:
            return None
        result = judge_submission(anew, other, replace(settings, repair=False), blank)
    except SubmissionFault:
        return None
    if not result.is_judged or any(row.verdict is Verdict.ERROR for row in result.rows):
        return None
    outcome = Sentence("submissions.as-other-right" if not any_wrong_row(result) else "submissions.as-other-wrong")
    key = "submissions.takes-biases" if other.has_biases else "submissions.takes-no-biases"
    return Sentence(key, network=str(spec), other=str(other), outcome=outcome)


def any_wrong_row(result: Validation) -> bool:
    """Whether anything that was compared is wrong."""
    return any(row.verdict is Verdict.MISMATCH for row in result.rows)
