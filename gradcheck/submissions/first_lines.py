"""What a reader sees first of a validation: the verdict in one sentence, then what to fix first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradcheck.isolation.faults import FaultKind
from gradcheck.judge.mistake import UNKNOWN
from gradcheck.judge.verdicts import QuantityCheck, Verdict, worst
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.not_judged import WhyNotJudged
from gradcheck.submissions.validation import Grade, NotAnswered, Row, Validation
from reference_nets.spec import quantity_of
from reports.neutral import spelled

MOST_NAMED = 12  # of what was not judged; the JSON has all
_BY_VERDICT = {
    Grade.PASS: "right",
    Grade.FAIL: "wrong-submission",
    Grade.UNGRADABLE: "contradiction",
    Grade.INCONCLUSIVE: "not-told",
    Grade.ERROR: "no-answer",
}
_BY_ERROR = {
    FaultKind.SANDBOX: "not-started",
    FaultKind.MACHINE: "machine",
    FaultKind.MISSING_FUNCTION: "not-called",
}


def first_lines(result: Validation) -> list[Sentence]:
    """At most five lines: the verdict, then what to fix first."""
    verdict, submission = Sentence(f"validation.word-{result.verdict}"), spelled(result.submission)
    first = (
        Sentence(
            "validation.first-line-network",
            verdict=verdict,
            submission=submission,
            network=result.network,
            sentence=verdict_sentence(result),
        )
        if result.network
        else Sentence("validation.first-line", verdict=verdict, submission=submission, sentence=verdict_sentence(result))
    )
    beside = [Sentence("validation.not-judged-line", words=words) for words in names_not_judged(result)]
    return [first, *found_network(result), *seen(result), *left_open(result), *summary(result), *beside, *causes(result)][:5]


def found_network(result: Validation) -> list[Sentence]:
    """Where nobody named the network: which one was found, and from what."""
    if not result.network_from:
        return []
    return [Sentence("validation.found-from-itself", network=result.network, evidence=result.network_from)]


def summary(result: Validation) -> list[Sentence]:
    """How many mistakes there are and where, then what is right and what is wrong by them alone; nothing if none is named."""
    if result.error is None and result.diagnoses and any(row.function for row in result.rows):
        return [_how_many(result)]
    if result.error is not None or not any(row.verdict is Verdict.MISMATCH for row in _own(result)):
        return []
    right = tuple(name_of(row) for row in _own(result) if row.verdict in (Verdict.MATCH, Verdict.KINK) and not row.is_delta)
    given = tuple(name_of(row) for row in _own(result) if row.follows_through)
    if any(one.id == "wrong-forward" for one in result.diagnoses):  # then all of it is right given another network
        given = ()
    bearing = tuple(_with_own_name(result, name_of(row)) for row in _own(result) if row.bears_the_cost)
    parts = [_how_many(result)] if result.diagnoses else []
    if right:
        parts.append(Sentence("validation.these-are-right", names=right, count=len(right)))
    if given and bearing:
        parts.append(Sentence("validation.wrong-by-it-alone", names=given, count=len(given), cause=bearing))
    return [Sentence("validation.parts", parts=tuple(parts))] if parts else []


def _with_own_name(result: Validation, name: str) -> str:
    """A quantity with the name that the file has for it; one that is something else in the file by its layer."""
    names = result.explanation.names if result.explanation else {}
    if name not in names and name in names.values() and (found := quantity_of(name)).kind == "delta":
        return Sentence("validation.delta-of-layer", layer=found.layer)
    own = result.explanation.names.get(name) if result.explanation else None
    return Sentence("validation.own-name", name=name, own=own) if own else name


def _own(result: Validation) -> list[Row]:
    """The rows of the gradient, the output layer first."""
    return [row for row in reversed(result.rows) if row.name == "gradient" and not row.function and not row.hidden]


def _how_many(result: Validation) -> Sentence:
    """One mistake, in line 20; or what is known where none is named."""
    diagnoses = result.diagnoses
    places = [(d.file, d.cell or 0, d.line) for d in diagnoses if d.line]
    name = "unknown-mistake" if any(d.id == UNKNOWN for d in diagnoses) else "mistakes"
    if not places:
        return Sentence(f"validation.{name}", count=len(diagnoses))
    several = result.explanation is not None and result.explanation.several_files
    return Sentence(f"validation.{name}-where", count=len(diagnoses), where=_in_places(places, several_files=several))


def _in_places(places: Sequence[tuple[str, int, int]], *, several_files: bool) -> Sentence:
    """``in lines 8 and 9``; of several files or cells each with its own: ``in line 3 of cost.py and line 12 of model.py``."""
    places = list(dict.fromkeys(places))
    if not several_files and not any(cell for _, cell, _ in places):
        return Sentence("validation.in-lines", lines=tuple(str(line) for _, _, line in places), count=len(places))
    return Sentence("validation.in-places", places=tuple(_place(*place, named=several_files) for place in places))


def _place(file: str, cell: int, line: int, *, named: bool) -> Sentence:
    kind = ("-in-cell" if cell else "") + ("-in-file" if named else "")
    return Sentence(f"validation.line{kind}", line=line, cell=cell, file=spelled(file))


def verdict_sentence(result: Validation) -> Sentence:
    """The verdict in one sentence, which says as well what it does not speak of."""
    if result.error is not None and result.error.kind in _BY_ERROR:
        return _stopped(_BY_ERROR[result.error.kind])
    if not result.is_judged:
        return _stopped("nothing-known" if result.not_judged else _BY_VERDICT[result.verdict])
    others = len(result.not_judged)
    if any(row.function for row in result.rows):
        return _by_function(result.rows, others)
    judgement = Sentence(f"validation.{_judgement(result)}")
    if not others:
        return Sentence("validation.full-stop", words=judgement)
    return Sentence("validation.with-others", words=judgement, count=others)


def _stopped(name: str) -> Sentence:
    return Sentence("validation.full-stop", words=Sentence(f"validation.{name}"))


def _judgement(result: Validation) -> str:
    if result.verdict is Grade.PASS and (ids := {_id(row) for row in result.rows if row.verdict is Verdict.INACCURATE}):
        return next((name for name in ("numeric-gradient", "nearly-right") if name in ids), "digits-lost")
    if result.verdict is Grade.FAIL and any(row.verdict is Verdict.MISMATCH and row.name == "gradient" for row in result.rows):
        return "wrong-gradient"
    return _BY_VERDICT[result.verdict]


def _id(row: Row) -> str | None:
    """The mistake that an inaccurate row names; a steady small difference is told apart from lost digits."""
    return "nearly-right" if isinstance(row.check, QuantityCheck) and row.check.nearly_right else row.check.id


# What is told of layer functions, in this order; a function is as bad as its worst result.
_COUNTED = (
    ("state-wrong", (Verdict.MISMATCH,)),
    ("state-unanswered", (Verdict.ERROR,)),
    ("state-inaccurate", (Verdict.INACCURATE,)),
    ("state-undecided", (Verdict.INCONCLUSIVE,)),
    ("state-right", (Verdict.MATCH, Verdict.KINK)),
)


def _by_function(rows: Sequence[Row], others: int) -> Sentence:
    """How many functions are wrong, how many are right, how many were not judged."""
    names = dict.fromkeys(row.function for row in rows if row.function)
    verdicts = [worst(row.verdict for row in rows if row.function == name) for name in names]
    counts = [(sum(verdict in kinds for verdict in verdicts), state) for state, kinds in _COUNTED]
    named = [(count, Sentence(f"validation.{state}")) for count, state in (*counts, (others, "state-not-judged")) if count]
    keys = ["validation.functions", *["validation.more-functions"] * (len(named) - 1)]
    parts = tuple(Sentence(key, count=count, state=state) for key, (count, state) in zip(keys, named, strict=True))
    return Sentence("validation.by-function", counts=parts)


def seen(result: Validation) -> list[Sentence]:
    """Of a gradient that is right: the smallest error that would have been caught."""
    own = [row.check for row in result.rows if row.name == "gradient" and isinstance(row.check, QuantityCheck)]
    found = [check.detectable for check in own if check.verdict is Verdict.MATCH and check.detectable is not None]
    if not result.ok or not found or len(found) < len(own):
        return []
    return [Sentence("validation.seen", relative=max(found))]


def left_open(result: Validation) -> list[Sentence]:
    """What the verdict leaves open where a gradient was read off a change of the parameters: a factor that all share."""
    return [Sentence("validation.left-open")] if result.is_judged and "scale" in result.conventions else []


def names_not_judged(result: Validation) -> list[Sentence]:
    """What the verdict does not speak of, by reason."""
    by_reason: dict[WhyNotJudged, list[str]] = {}
    for one in result.not_judged:
        by_reason.setdefault(one.reason, []).append(one.name)
    return [
        Sentence("validation.not-judged-names", names=some(names), reason=reason.words) for reason, names in by_reason.items()
    ]


def some(names: Sequence[str]) -> Sentence:
    """The first of many names, and how many more there are."""
    more, first = len(names) - MOST_NAMED, tuple(names[:MOST_NAMED])
    if more <= 0:
        return Sentence("validation.some", names=first)
    return Sentence("validation.some-of-many", names=first, count=more)


def causes(result: Validation) -> list[Sentence]:
    """What is wrong, the first thing to fix first."""
    if result.error is not None:
        return [_error(result.error)]
    lines = [Sentence("validation.cause", what=d.id, words=d.message) for d in result.diagnoses]
    explained = {d.quantity for d in result.diagnoses}
    for row in result.rows:
        held = row.verdict in (Verdict.MATCH, Verdict.KINK, Verdict.SKIPPED) and not row.is_checkers_fault
        if held or row.quantity in explained or row.hidden:
            continue
        name = name_of(row) if row.name == "gradient" else row.quantity or check_name(row)
        lines.append(Sentence("validation.cause", what=name, words=row.message))
    return lines


def name_of(row: Row) -> str:
    """What a row is about: dW1, or a function and its result."""
    return str(row.quantity) if row.function or row.is_delta else f"d{row.quantity}"


def check_name(row: Row) -> Sentence:
    """The name of a check in a table."""
    return Sentence(f"validation.check-{row.name}")


# What to look for, by the type of an exception.
_BY_TYPE = {"NameError": "hint-name", "UnboundLocalError": "hint-name", "RecursionError": "hint-recursion"}
# The one place where a stranger's text is read: NumPy and Python tell these in no other way, and only advice hangs on it.
_BY_WORDS = (
    ("matmul:|not aligned|could not be broadcast", "hint-shapes"),
    ("unpack", "hint-unpacked"),
    ("missing [0-9]+ required positional argument", "hint-arguments"),
)


def _error(error: NotAnswered) -> Sentence:
    told = {
        "kind": Sentence(f"faults.kind-{error.kind}"),
        "words": error.message,
        "advice": Sentence(f"faults.{_hint(error) or f'advice-{error.kind}'}"),
    }
    if not error.line:
        return Sentence("validation.error", **told)
    place = _place(error.file or "", error.cell or 0, error.line, named=error.file is not None)
    return Sentence("validation.error-in-line", place=place, **told)


def _hint(error: NotAnswered) -> str | None:
    """The advice about an exception whose type or words are known; None where they are not."""
    said = error.message
    if isinstance(said, Sentence) and said.key == "contracts.raised-at":
        said = said.values["what"]
    if error.kind is not FaultKind.EXCEPTION or not isinstance(said, Sentence) or said.key != "contracts.raised":
        return None
    words = str(said.values["words"])
    by_words = next((name for pattern, name in _BY_WORDS if re.search(pattern, words)), None)
    return _BY_TYPE.get(str(said.values["type"])) or by_words


def why_it_ended(error: NotAnswered) -> Sentence | None:
    """Why a product of arrays failed, or where a nan comes from; None of anything else."""
    if error.kind is FaultKind.NOT_FINITE:
        return Sentence("faults.why-not-finite")
    return Sentence("faults.why-shapes") if _hint(error) == "hint-shapes" else None
