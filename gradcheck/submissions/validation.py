"""`validate`: one submission, safely run, judged, diagnosed; the result as frozen data."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.explanations.by_hand.case import NoCase, WorkedCase
from gradcheck.isolation.faults import FaultKind
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, exit_code, worst
from gradcheck.sentences.sentence import Sentence, in_language
from gradcheck.version import __version__
from reference_nets.spec import quantity_of
from reports.document import Document
from reports.render import render

if TYPE_CHECKING:
    from gradcheck.explanations.explanation import Explanation
    from gradcheck.explanations.repairs.repair import Repair
    from gradcheck.explanations.traced.code import SourcePlace
    from gradcheck.judge.mistake import Diagnosis
    from gradcheck.submissions.not_judged import NotJudged

SCHEMA = "gradcheck.validation/1"


class Grade(StrEnum):
    """What is said of a file as a whole."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    UNGRADABLE = "ungradable"  # the checker or its machine is at fault


_GRADES = {Verdict.MISMATCH: Grade.FAIL, Verdict.ERROR: Grade.ERROR, Verdict.INCONCLUSIVE: Grade.INCONCLUSIVE}


@dataclass(frozen=True)
class NotAnswered:
    """Why a submission did not answer: the kind, a sentence (the submission's own words may be in it), the place."""

    kind: FaultKind
    message: str
    line: int | None = None
    file: str | None = None
    cell: int | None = None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # of what the line names, where it raised

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        place = {"line": self.line, "file": self.file, "cell": self.cell}
        shapes = {name: list(shape) for name, shape in self.shapes.items()}
        return {"kind": str(self.kind), "message": self.message, **place, "shapes": shapes}


@dataclass(frozen=True)
class Row:
    """One check with its points."""

    check: Check | QuantityCheck
    quantity: str | None = None
    points: float = 0.0
    max_points: float = 0.0
    hidden: bool = False
    follows_through: bool = False  # right by itself, given the wrong delta above it: one slip costs once
    follows_gradient: bool = False  # a property that fails because an entry of the gradient is wrong: that costs once, too
    bears_the_cost: bool = False  # a delta that is wrong by itself: what hangs on it is right given that, and costs nothing
    is_checkers_fault: bool = False  # two checks contradict each other, so neither counts
    function: str = ""  # of the contract layers: whose result it is

    @property
    def verdict(self) -> Verdict:
        """The check's verdict."""
        return self.check.verdict

    @property
    def name(self) -> str:
        """The name of the check in the schema."""
        return self.check.name if isinstance(self.check, Check) else "gradient"

    @property
    def is_delta(self) -> bool:
        """Whether it is about a delta, which is no parameter's gradient and has no points to earn."""
        return bool(self.layer) and quantity_of(str(self.quantity)).kind == "delta"

    @property
    def layer(self) -> int:
        """The layer of a quantity of the network; 0 for anything else."""
        return quantity_of(str(self.quantity)).layer if self.name == "gradient" and not self.function and self.quantity else 0

    @property
    def is_right_given(self) -> bool:
        """Whether it is wrong by what it got alone."""
        return self.follows_through or (self.is_delta and self.verdict is Verdict.MISMATCH and not self.bears_the_cost)

    @property
    def note(self) -> str:
        """What is told beside the check itself."""
        return Sentence("validation.follow-through") if self.follows_through else ""

    @property
    def message(self) -> str:
        """What was seen."""
        return Sentence("validation.beside", words=self.check.message, note=self.note) if self.note else self.check.message

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        numbers = {"witness": None, "max_error": None, "budget": None, "detectable": None}
        own = {**numbers, **self.check.to_dict()}
        own |= {"name": self.name, "quantity": self.quantity, "message": self.message, "hidden": self.hidden}
        return {**own, "points": self.points, "max_points": self.max_points}


AUTO = "auto"  # in place of a network's name: the one that the file's own answers tell


class Stage(StrEnum):
    """What a validation is at work on, in this order."""

    ANSWERS = "answers"
    GRADIENT = "gradient"
    PROPERTIES = "properties"
    FORMULA = "formula"
    MISTAKE = "mistake"
    EXAMPLE = "example"


@dataclass(frozen=True)
class Validation:
    """What was found out about one submission."""

    submission: str
    network: str | None
    contract: str
    rows: tuple[Row, ...]
    diagnoses: tuple[Diagnosis, ...]
    conventions: Mapping[str, str]
    isolation: Mapping[str, Any]
    seed: int
    error: NotAnswered | None = None
    worked_case: WorkedCase | NoCase | None = None
    explanation: Explanation | None = None  # of a file that is wrong: its lines, its names, its first wrong numbers
    first_wrong_line: int | None = None
    first_wrong: SourcePlace | None = None  # where no diagnosis has it: of a layer function
    repair: tuple[Repair, ...] = ()  # of the lines that are wrong, tried: with all of them every entry is right
    formula: str | None = None
    formula_is_known: bool = False  # whether the code could be followed on exact numbers
    notes: tuple[str, ...] = ()
    network_from: str = ""  # where nobody named the network: from what it was found
    not_judged: tuple[NotJudged, ...] = ()
    printed: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def _first(self) -> Diagnosis | SourcePlace | None:
        """What has the first wrong line: a diagnosis, or that line itself."""
        return next((one for one in self.diagnoses if one.line), self.first_wrong)

    @property
    def _has_files(self) -> bool:
        return self.explanation is not None and self.explanation.files > 1

    @property
    def is_judged(self) -> bool:
        """Whether any number of a gradient was compared: else nothing can be right, and nothing wrong."""
        return any(isinstance(row.check, QuantityCheck) for row in self.rows)

    @property
    def counterexample(self) -> dict[str, Any] | None:
        """A small network, simple numbers, and the wrong quantities there; of the worked case."""
        return self.worked_case.counterexample if isinstance(self.worked_case, WorkedCase) else None

    @property
    def worst(self) -> Verdict:
        """The worst verdict of all checks; an error counts as one."""
        verdicts = [row.verdict for row in self.rows]
        if self.error is not None:
            return Verdict.ERROR
        return worst(verdicts) if verdicts else Verdict.INCONCLUSIVE

    @property
    def verdict(self) -> Grade:
        """What the checks come to; ungradable where all is right but for what we could not do."""
        if self.error is not None:
            return Grade.UNGRADABLE if self.error.kind is FaultKind.MACHINE else Grade.ERROR
        if any(row.verdict is Verdict.ERROR for row in self.rows):
            return Grade.FAIL
        found = _GRADES.get(self.worst, Grade.PASS)
        return Grade.UNGRADABLE if found is Grade.PASS and any(row.is_checkers_fault for row in self.rows) else found

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong (digits may have been lost)."""
        return self.verdict is Grade.PASS

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the command: a fault of ours where isolation could not start, or what is ungradable."""
        if self.verdict is Grade.UNGRADABLE or (self.error is not None and self.error.kind is FaultKind.SANDBOX):
            return ExitCode.FAULT
        return exit_code(self.worst)

    @property
    def score(self) -> float:
        """The points earned."""
        return round(sum(row.points for row in self.rows), 6)

    @property
    def max_score(self) -> float:
        """The points that there were to earn."""
        return round(sum(row.max_points for row in self.rows), 6)

    def to_dict(self) -> dict[str, Any]:
        """The object of the schema; every rendering and export is made from the same data."""
        return {
            "schema": SCHEMA,
            "submission": self.submission,
            "network": self.network,
            "network_from": str(self.network_from) or None,
            "contract": self.contract,
            "verdict": self.verdict,
            "score": self.score,
            "max_score": self.max_score,
            "conventions": dict(self.conventions),
            "checks": [row.to_dict() for row in self.rows],
            "diagnoses": [diagnosis.to_dict() for diagnosis in self.diagnoses],
            "first_wrong_line": self.first_wrong_line,
            "first_wrong_file": self._first.file if self._first and self._has_files else None,
            "first_wrong_cell": (self._first.cell or None) if self._first else None,
            "no_line": str(self.explanation.unsure) if self.explanation and self.explanation.unsure else None,
            "repair": self._repairs[0] if self.repair else None,
            "repairs": self._repairs,
            "formula": self.formula,
            "counterexample": self.counterexample,
            "worked_case": self.worked_case.to_dict() if isinstance(self.worked_case, WorkedCase) else None,
            "error": self.error.to_dict() if self.error else None,
            "not_judged": [one.to_dict() for one in self.not_judged],
            "notes": list(self.notes),
            "isolation": dict(self.isolation),
            "timings": dict(self.timings),
            "seed": self.seed,
            "toolkit": __version__,
        }

    @property
    def _repairs(self) -> list[dict[str, Any]]:
        return [{**one.to_dict(), **({} if self._has_files else {"file": None})} for one in self.repair]

    def report(self, view: str = "student", language: str = "en", hints: str | None = None) -> Document:
        """The result as a document: ``student``, or ``teacher`` with hidden checks, timings, isolation and output.

        ``language`` is ``en`` or ``zh``; what the submission says stays as it is. ``hints`` is how much is said of a
        mistake: ``where``, ``why``, ``by-hand`` or ``line``; up to ``by-hand`` for a student unless asked for.
        """
        from gradcheck.submissions.report import validation_document

        return validation_document(self, view, language, hints)

    def hints_as_text(self, language: str = "en", hints: str | None = None) -> str:
        """Where, why and by hand as plain text, for a terminal, as far as the level goes; empty where nothing is known."""
        from gradcheck.submissions.report import hints_document

        document = hints_document(self, language, hints)
        return render(document, "text") if document.blocks else ""

    def first_lines(self, language: str = "en") -> str:
        """At most five lines: the verdict, then what to fix first."""
        from gradcheck.submissions.first_lines import first_lines

        return "\n".join(in_language(first_lines(self), language))

    def __str__(self) -> str:
        return self.first_lines()

    def _repr_html_(self) -> str:
        return render(self.report(), "html")


def validate(
    path: str | Path,
    *,
    network: str | None = None,
    contract: str = "auto",
    entry: str | None = None,
    seed: int = 20250725,
    seconds: float = 10.0,
    memory_mib: int = 1536,
    level: str | None = None,
    accept_level_c: bool = True,
    examples: int = 20,
    batch: int | None = None,
    points: Mapping[str, float] | None = None,
    hidden: Sequence[str] = (),
    allow: Sequence[str] = (),
    follow_through: bool = True,
    repair: bool = False,
    on_stage: Callable[[Stage], None] = lambda _: None,
) -> Validation:
    """Judge the submission in a file, a notebook, a directory or a zip archive; it runs in a confined process of its own.

    Parameters
    ----------
    path : what was handed in; ``entry`` names the file to call where there are several.
    network : a notation, a preset's name, or ``auto``, the one that the file's own answers tell; without it that is told alone.
    contract : how it is to be called, ``auto``, or the path of a teacher's adapter (a ``.py`` file).
    seed : decides the points; the same seed gives the same answer, save the timings.
    seconds, memory_mib : for all calls together; seconds of computing (on any number of processors) and of sleeping,
        however busy the machine is.
    level : a level of isolation to insist on (``A``, ``A-``, ``B``, ``C``); by default the best that holds here.
    examples : random networks for each property.
    points : points by ``gradient.W2``, ``property``, ``forward``, ...; by default one a quantity and one for properties.
    hidden : names of checks that the student's view leaves out.
    allow : packages that may be imported beside NumPy.
    repair : whether wrong lines are put right, too, and tried: some seconds more; a report shows them at ``hints="line"``.
    on_stage : told what comes next, as the work goes on.

    Raises ValueError for a bad notation, an unknown contract, a path that holds no submission.
    """
    from gradcheck.submissions.validating import ValidationSettings, run

    settings = ValidationSettings(
        contract=contract, entry=entry, seed=seed, seconds=seconds, memory_mib=memory_mib, level=level,
        accept_level_c=accept_level_c, examples=examples, batch=batch, points=dict(points) if points is not None else None,
        hidden=tuple(hidden), allow=tuple(allow), follow_through=follow_through, repair=repair,
        on_stage=on_stage,
    )  # fmt: skip
    started = time.perf_counter()
    result = run(Path(path), network, settings)
    return replace(result, timings={**result.timings, "total": round(time.perf_counter() - started, 4)})
