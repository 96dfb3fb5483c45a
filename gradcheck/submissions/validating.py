"""How a submission is validated: start its process, ask, judge, diagnose, count points."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.contracts.table import CONTRACTS
from gradcheck.isolation.choose import Isolation, isolation, open_session
from gradcheck.isolation.faults import FaultKind, MachineFault, SandboxFailure, SubmissionFault
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.session import Session
from gradcheck.judge.verdicts import Check, Verdict
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.submissions.reading.files import Files, name_of, read_submission
from gradcheck.submissions.reading.teachers_adapter import check_contract
from gradcheck.submissions.validation import AUTO, NotAnswered, Row, Stage, Validation
from reference_nets.names import named_spec
from reference_nets.spec import NetworkSpec, quantity_of
from reports.neutral import spelled

if TYPE_CHECKING:
    from gradcheck.judge.mistake import Diagnosis
    from gradcheck.submissions.confined_code import Failure
    from gradcheck.submissions.submission import Submission
    from gradcheck.submissions.unnamed import Unnamed


@dataclass(frozen=True)
class ValidationSettings:
    """What `validate` was asked for."""

    contract: str
    entry: str | None
    seed: int
    seconds: float
    memory_mib: int
    level: str | None
    accept_level_c: bool
    examples: int
    batch: int | None
    points: dict[str, float] | None
    hidden: tuple[str, ...]
    allow: tuple[str, ...]
    follow_through: bool
    repair: bool
    on_stage: Callable[[Stage], None]
    finds_network: bool = False  # whether it is judged for the network that its own answers tell


def run(path: Path, network: str | None, settings: ValidationSettings) -> Validation:
    """The whole of it; raises ValueError for misuse, and for nothing that a submission does."""
    with np.errstate(all="ignore"):  # a submission's numbers may be anything, and are compared all the same
        return _run(path, network, settings)


def _run(path: Path, network: str | None, settings: ValidationSettings) -> Validation:
    spec = named_spec(network) if network and network != AUTO else None
    settings = replace(settings, finds_network=network == AUTO)
    check_contract(settings.contract)
    limits = Limits(settings.seconds, settings.memory_mib)
    blank = Validation(spelled(name_of(path)), str(spec) if spec else None, settings.contract, (), (), {}, {}, settings.seed)
    try:
        files = read_submission(path, settings.entry)
    except SubmissionFault as fault:  # what was handed in cannot be read: nothing has to run for that
        return _counted(_faulted(blank, fault), spec, settings)
    blank = replace(blank, notes=files.notes)
    try:
        chosen = isolation(settings.level)
        try:
            return _at_level(chosen, limits, files, spec, settings, blank)
        except SandboxFailure:  # before any of the submission ran
            if not chosen.remembered:
                raise
            anew = isolation(settings.level, believe=False)
            return _at_level(anew, limits, files, spec, settings, blank)
    except SandboxFailure as failure:
        return replace(blank, error=NotAnswered(FaultKind.SANDBOX, told_by(failure)))
    except MachineFault as fault:
        return replace(blank, error=NotAnswered(FaultKind.MACHINE, told_by(fault)))


def _at_level(
    chosen: Isolation, limits: Limits, files: Files, spec: NetworkSpec | None, settings: ValidationSettings, blank: Validation
) -> Validation:
    if chosen.level.name == "C" and not settings.accept_level_c:
        raise SandboxFailure(Sentence("faults.only-level-c", meaning=Sentence("validation.level-C")))
    blank = replace(blank, isolation=chosen.to_dict(limits))
    with open_session(chosen, limits, extra=settings.allow) as session:
        return _in_session(session, files, spec, settings, blank)


def _in_session(
    session: Session, files: Files, spec: NetworkSpec | None, settings: ValidationSettings, blank: Validation
) -> Validation:
    """From the loaded submission to the result; the heavy imports run while the confined process starts."""
    from gradcheck.submissions import judging  # takes as long as the process takes to start
    from gradcheck.submissions.submission import Submission
    from gradcheck.submissions.unnamed import TRIALS, asked_for_its_network

    submission: Submission | None = None
    try:
        try:
            unnamed = None if spec else asked_for_its_network(session, files, settings.contract)
            spec = unnamed.network if unnamed and settings.finds_network else spec
            asked = unnamed.submission if unnamed and not spec else None
            submission = asked or Submission(session, files, spec or TRIALS[0], settings.contract)
            result = _told(blank, submission)
            if unnamed and spec:
                result = replace(result, network=str(spec), network_from=unnamed.evidence)
            elif unnamed:
                result = _without_network(result, unnamed, submission)
            result = _judged(submission, spec, settings, result)
            if result.is_judged or not submission.found.called.whole_network:
                result = replace(result, not_judged=submission.not_judged())
            session.finish()
        except SubmissionFault as fault:
            result = _told(blank, submission) if submission else blank
            asked_for = spec if fault.kind in _OF_ANOTHER_NETWORK else None
            other = judging.with_other_biases(session, files, asked_for, settings, blank) if asked_for else None
            if other is not None:
                result = _faulted(result, SubmissionFault(fault.kind, other))
            else:
                problem, found = _where(submission, spec, settings, fault)
                known, repairs = (found.known, found.repairs) if found else (None, ())
                result = replace(_faulted(result, fault, problem), explanation=known, repair=repairs)
    finally:
        session_printed = session.printed
    return _counted(replace(result, printed=session_printed.decode("utf-8", "backslashreplace")), spec, settings)


def _counted(result: Validation, spec: NetworkSpec | None, settings: ValidationSettings) -> Validation:
    """With the points of each row, where there are any to be had."""
    alone = result.contract in CONTRACTS and not CONTRACTS[result.contract].whole_network
    return replace(result, rows=_with_points(result, spec, settings)) if spec or alone else result


def _judged(submission: Any, spec: NetworkSpec | None, settings: ValidationSettings, result: Validation) -> Validation:
    """By layer functions, which need no network; by the network; or told what is missing."""
    from gradcheck.submissions.judging import judge_submission
    from gradcheck.submissions.layer_checks import judged_layers

    whole = submission.found.called.whole_network
    if not whole and spec and settings.contract == "auto":
        raise SubmissionFault("missing-function", Sentence("faults.layers-only"))
    if not whole:
        return judged_layers(submission, settings.seed, result, repair=settings.repair)
    return judge_submission(submission, spec, settings, result) if spec else result


def _told(blank: Validation, submission: Any) -> Validation:
    found = submission.found
    notes = [*blank.notes, *(Sentence("submissions.passed-over", words=words) for words in found.skipped)]
    if found.stand_ins:
        notes.append(Sentence("submissions.stand-ins", names=found.stand_ins))
    if found.python2:
        notes.append(Sentence("submissions.python2"))
    conventions = {**found.conventions, "cost": Sentence("submissions.as-notation")}
    return replace(blank, contract=found.contract, conventions=conventions, notes=tuple(notes))


def _where(
    submission: Any, spec: NetworkSpec | None, settings: ValidationSettings, fault: SubmissionFault
) -> tuple[NotAnswered, Failure | None]:
    """The fault with its line: where the submission says it arose, or where a trace shows it, and the lines around it."""
    problem = NotAnswered(fault.kind, fault.message, fault.line or None)
    if submission is None or spec is None or not submission.found.called.whole_network:
        return problem, None
    from gradcheck.submissions.confined_code import where_it_failed

    found = where_it_failed(submission, spec, settings.seed, fault, repair=settings.repair)
    if found is None:
        return problem, None
    place, file = found.place, found.place.file if len(submission.files.contents) > 1 else None
    problem = replace(problem, line=place.line, file=file, cell=place.cell or None, shapes=found.raised.shapes)
    return problem, found


def _faulted(result: Validation, fault: SubmissionFault, problem: NotAnswered | None = None) -> Validation:
    problem = problem or NotAnswered(fault.kind, fault.message, fault.line or None)
    row = Row(Check("interface", Verdict.ERROR, fault.told))
    told = tuple(replace(one, line=problem.line, file=problem.file or "", cell=problem.cell) for one in _by_shape(fault))
    return replace(result, rows=(row,), error=problem, diagnoses=told)


# How a file fails that computes a network with biases where one without was asked for, or the reverse.
_OF_ANOTHER_NETWORK = (FaultKind.WRONG_SHAPE, FaultKind.WRONG_TYPE, FaultKind.EXCEPTION)

# What a wrong shape is most often a sign of: the sentence that was told, the kind of gradient, the mistake.
_SHAPES = {
    ("contracts.shape-transposed", "W"): "weight-gradient-transposed",
    ("contracts.shape-over-all-entries", "b"): "bias-gradient-over-all-entries",
    ("contracts.shape-wrong-axis", "b"): "bias-gradient-wrong-axis",
    ("contracts.shape-reversed", "W"): "layers-swapped",
}


def _by_shape(fault: SubmissionFault) -> tuple[Diagnosis, ...]:
    """The mistake that a wrong shape points to; empty where it points to none."""
    said = fault.message
    if fault.kind is not FaultKind.WRONG_SHAPE or not isinstance(said, Sentence):
        return ()
    found = re.fullmatch(r"d([Wb])([0-9]{1,3})", str(said.values.get("name")))
    mistake = _SHAPES.get((said.key, found[1])) if found else None
    if not found or mistake is None:
        return ()
    from gradcheck.judge.mistake import Diagnosis

    message = Sentence("contracts.shape", **said.values)
    return (Diagnosis(mistake, int(found[2]), f"{found[1]}{found[2]}", message, "", "", 0.0),)


def _without_network(result: Validation, unnamed: Unnamed, submission: Submission) -> Validation:
    """What can be said where no network was named: the network that the file's answers tell, or why they tell none."""
    found = submission.found
    if unnamed.network:
        network, file = str(unnamed.network), result.submission
        message = Sentence("submissions.this-network", network=network, evidence=unnamed.evidence, file=file)
    else:
        offers, usual = (Sentence("submissions.the-gradient"), *found.offers), found.called.usual
        known = {"contract": found.contract, "usual": usual, "why": unnamed.evidence}
        message = Sentence("submissions.which-network", offers=offers, **known)
    return replace(result, rows=(Row(Check("interface", Verdict.INCONCLUSIVE, message)),))


def _with_points(result: Validation, spec: NetworkSpec | None, settings: ValidationSettings) -> tuple[Row, ...]:
    """The points of each row: by default one a quantity, and one for all properties together."""
    worth = settings.points if settings.points is not None else {"gradient": 1.0, "property": 1.0}
    rows = result.rows
    if spec and not result.is_judged:
        rows = (*rows, *_unanswered(spec))
    properties = [row for row in rows if row.name == "property" and row.verdict is not Verdict.SKIPPED]
    something = any(row.name == "gradient" and not row.is_delta and _earns(row) for row in rows)  # else nothing follows from it
    counted = []
    for row in rows:
        key = f"gradient.{row.quantity}" if row.name == "gradient" else row.name
        is_parameter = row.name == "gradient" and not row.is_delta
        most = worth.get(key, worth.get(row.name, 0.0) if is_parameter else 0.0)
        if row.name == "property":
            most = most / len(properties) if row in properties else 0.0
        earned = most if _earns(row) or (row.follows_gradient and something) else 0.0
        if row.bears_the_cost:
            earned = -_worth_of_layer(worth, str(row.quantity))
        counted.append(replace(row, points=earned, max_points=most, hidden=row.name in settings.hidden))
    return tuple(counted)


def _worth_of_layer(worth: Mapping[str, float], delta: str) -> float:
    """What a wrong delta costs: the points of its bias gradient, which for one example is the delta, or of its weights'."""
    layer, other = quantity_of(delta).layer, worth.get("gradient", 0.0)
    own = (worth.get(f"gradient.{letter}{layer}", 0.0) for letter in "bW")
    return next(filter(None, own), other)


def _earns(row: Row) -> bool:
    return row.verdict.ok or row.follows_through


def _unanswered(spec: NetworkSpec) -> list[Row]:
    """The quantities that never came: they count, so that a full score is the same for everyone."""
    skipped = [Check("gradient", Verdict.SKIPPED, Sentence("submissions.unanswered")) for _ in spec.keys]
    return [Row(check, key) for check, key in zip(skipped, spec.keys, strict=True)]
