"""A validation as a document: the verdict in one sentence, the first thing to fix, the table of quantities, then the rest.

Texts of the submission (its exceptions, its names, what it printed) are a stranger's: the renderers escape them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradcheck.isolation.layers import EXPLAINED
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.report import TONES, verdict_cell
from gradcheck.judge.verdicts import QuantityCheck, Verdict, worst
from gradcheck.submissions.not_judged import Reason
from gradcheck.submissions.validation import Problem, Row, Validation
from reports.document import (
    Block,
    Callout,
    Cell,
    Code,
    CodeSpan,
    Document,
    Prose,
    Section,
    Strong,
    Table,
    Tone,
    Value,
    bullets,
    prose,
)
from reports.neutral import spelled

VIEWS = ("student", "teacher")
SENTENCES = {
    "pass": "The gradient is right.",
    "fail": "The submission is wrong.",
    "ungradable": "Every entry of the gradient matches, but the checker contradicts itself: its fault, and no points are lost.",
    "inconclusive": "The submission could not be judged.",
    "error": "The submission could not be run to an answer.",
}
ADVICE = {
    "syntax": "Python cannot read the file: look at the line, and at the one before it",
    "import": "only the standard library, NumPy and the files that were handed in can be imported here",
    "missing-function": "where it is another contract's file, name that with --contract",
    "wrong-shape": "print the shapes along the backward pass: each gradient has the shape of its parameter",
    "wrong-type": "print what the function returns, just before it does",
    "not-finite": "look for a division by zero, a logarithm of zero, or an exponential of a large number",
    "exception": "run the file on a small example and look at the line",
    "timeout": "look for a loop that does not end; nothing should train or wait when the file is imported",
    "memory": "look for an array that grows",
    "crash": "the interpreter itself ended: look for endless recursion or ctypes",
    "exit": "remove sys.exit, exit and quit",
    "output-limit": "remove the print in the inner loop",
    "forbidden": "a gradient needs no files, no processes and no network: remove what asks for them",
    "protocol": "the file wrote where only the judge writes: remove what touches file descriptors",
    "machine": "this is not the submission's fault, and no points are lost: run it again when less is going on here",
    "unreadable": "hand in a .py file, a .ipynb notebook, or a folder or ordinary .zip archive of such files",
    "sandbox": "this is not the submission's fault: gradcheck doctor tells what is missing",
}
_LOST = "The formula is right, but digits were lost."
_INACCURATE = {
    "numeric-gradient": "The gradient differences the cost: it is nearly right, and not backpropagated.",
    "nearly-right": "The gradient is right but for a small difference.",
}


def validation_document(result: Validation, view: str = "student") -> Document:
    """The report for a student, or for a teacher with hidden checks, output, isolation and timings."""
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}, expected one of {', '.join(VIEWS)}")
    rows = [row for row in result.rows if view == "teacher" or not row.hidden]
    blocks: list[Block] = [
        _verdict(result),
        *_quantities(rows, _formula(result, view)),
        *_mistakes(result),
        *_others(rows, view),
        *_counterexample(result, view),
    ]
    blocks += _conventions(result)
    if view == "teacher":
        blocks += _for_the_teacher(result)
    blocks.append(_footer(result))
    return Document(f"Validation of {spelled(result.submission)}", blocks, data=_data(result, view))


def _data(result: Validation, view: str) -> dict[str, object]:
    """The JSON: for a student without the hidden checks' details."""
    data = result.to_dict()
    if view != "teacher":
        data["checks"] = [row.to_dict() for row in result.rows if not row.hidden]
        if any(row.hidden and row.name == "property" for row in result.rows):
            data["counterexample"] = None
    return data


def sentence(result: Validation) -> str:
    """The verdict in one sentence, which says as well what it does not speak of."""
    if result.error is not None and result.error.kind == "sandbox":
        return "Isolation could not start: nothing was run, and nothing is said about the submission."
    if result.error is not None and result.error.kind == "machine":
        return "The machine did not let the submission answer: nothing is said about it."
    if result.error is not None and result.error.kind == "missing-function":
        return "Nothing was judged: the file could not be called."
    if not result.is_judged:
        return "Nothing in this file could be judged." if result.not_judged else SENTENCES[result.verdict]
    others = len(result.not_judged)
    if any(row.function for row in result.rows):
        return _by_function(result.rows, others)
    beside = f"; {others} other gradient{'s' if others > 1 else ''} in the file {_were(others)} not judged." if others else "."
    return _judgement(result).removesuffix(".") + beside


def _judgement(result: Validation) -> str:
    if result.verdict == "pass" and (ids := {_id(row) for row in result.rows if row.verdict is Verdict.INACCURATE}):
        return next((words for name, words in _INACCURATE.items() if name in ids), _LOST)
    if result.verdict == "fail":
        wrong = [row for row in result.rows if row.verdict is Verdict.MISMATCH]
        return "The gradient is wrong." if any(row.name == "gradient" for row in wrong) else SENTENCES["fail"]
    return SENTENCES[result.verdict]


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


# What is told of layer functions, in this order; a function is as bad as its worst result.
_COUNTED = (
    ("wrong", (Verdict.MISMATCH,)),
    ("without an answer", (Verdict.ERROR,)),
    ("right but for lost digits", (Verdict.INACCURATE,)),
    ("undecided", (Verdict.INCONCLUSIVE,)),
    ("right", (Verdict.MATCH, Verdict.KINK)),
)


def _by_function(rows: Sequence[Row], others: int) -> str:
    """How many functions are wrong, how many are right, how many were not judged."""
    names = dict.fromkeys(row.function for row in rows if row.function)
    verdicts = [worst(row.verdict for row in rows if row.function == name) for name in names]
    counts = [(sum(verdict in kinds for verdict in verdicts), words) for words, kinds in _COUNTED]
    told = [f"{count} {words}" for count, words in (*counts, (others, "not judged")) if count]
    head, _, first = told[0].partition(" ")
    return ", ".join([f"{head} function{'s' if head != '1' else ''} {first}", *told[1:]]) + "."


def _id(row: Row) -> str | None:
    """The mistake that an inaccurate row names; a steady small difference is told apart from lost digits."""
    return "nearly-right" if isinstance(row.check, QuantityCheck) and row.check.nearly_right else row.check.id


def first_lines(result: Validation) -> list[str]:
    """At most five lines: the verdict, then what to fix first."""
    network = f" for {result.network}" if result.network else ""
    beside = [f"not judged: {words}" for words in _not_judged(result)]
    first = f"{result.verdict}: {spelled(result.submission)}{network}. {sentence(result)}"
    return [first, *_seen(result), *beside, *_causes(result)][:5]


def _seen(result: Validation) -> list[str]:
    """Of a gradient that is right: the smallest error that would have been caught."""
    own = [row.check for row in result.rows if row.name == "gradient" and isinstance(row.check, QuantityCheck)]
    seen = [check.detectable for check in own if check.verdict is Verdict.MATCH and check.detectable is not None]
    if not result.ok or not seen or len(seen) < len(own):
        return []
    return [f"An error of {max(seen):.1e} of the largest entry would have been seen."]


MOST_NAMED = 12  # of what was not judged; the JSON has all


def _not_judged(result: Validation) -> list[str]:
    """What the verdict does not speak of, by reason."""
    by_reason: dict[Reason, list[str]] = {}
    for one in result.not_judged:
        by_reason.setdefault(one.reason, []).append(one.name)
    return [f"{_some(names)} ({reason.value})" for reason, names in by_reason.items()]


def _some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _causes(result: Validation) -> list[str]:
    if result.error is not None:
        return [_error_words(result.error)]
    lines = [f"{d.id}: {d.message}" for d in result.diagnoses]
    told = {d.quantity for d in result.diagnoses}
    for row in result.rows:
        held = row.verdict in (Verdict.MATCH, Verdict.KINK, Verdict.SKIPPED) and not row.is_checkers_fault
        if held or row.quantity in told or row.hidden:
            continue
        name = _name(row) if row.name == "gradient" else row.quantity or row.name
        lines.append(f"{name}: {row.message}")
    return lines


# What a message of NumPy or Python says in its own words, and what to look for there.
HINTS = (
    ("matmul:|not aligned|could not be broadcast", "print the shapes on both sides of it: is one of them to be transposed?"),
    ("unpack", "print what is unpacked there: how many parts it has, and of which shapes"),
    ("NameError", "it is used before it is set, or misspelled"),
    ("RecursionError", "it calls itself without an end"),
    (
        "missing [0-9]+ required positional argument",
        "it was called with params, x, y: compute the others inside",
    ),
)


def _error_words(error: Problem) -> str:
    where = f" in line {error.line}" if error.line else ""
    own = next((hint for pattern, hint in HINTS if error.kind == "exception" and re.search(pattern, error.message)), None)
    return f"{error.kind}{where}: {error.message}; {own or ADVICE.get(error.kind, 'see the message')}"


def _verdict(result: Validation) -> Callout:
    tone: Tone = {"pass": "good", "fail": "bad", "error": "bad"}.get(result.verdict, "warn")  # type: ignore[assignment]
    lost = any(row.verdict is Verdict.INACCURATE for row in result.rows)
    tone = "warn" if result.ok and (lost or result.not_judged) else tone
    points = f" {_points(result.score)} of {_points(result.max_score)} points." if result.max_score else ""
    beside = [prose(Strong("Not judged: "), words, ".") for words in _not_judged(result)]
    return Callout(tone, [prose(Strong(sentence(result)), points), *map(prose, _seen(result)), *beside, *_first(result)])


def _first(result: Validation) -> list[Block]:
    """What to fix first; nothing where nothing could be judged."""
    if result.not_judged and not result.is_judged and result.error is None:
        return []
    if result.diagnoses and result.error is None:
        return [prose(Strong("First: "), *_mistake(result.diagnoses[0]).parts)]
    return [prose(Strong("First: "), words) for words in _causes(result)[:1]]


def _points(number: float) -> str:
    return f"{round(number, 2):g}"


def _mistakes(result: Validation) -> list[Block]:
    """What else went wrong, further from the output."""
    others = result.diagnoses[1:] if result.error is None else ()
    return (
        [Section("What else went wrong", [bullets(*(_mistake(d) for d in others), ordered=len(others) > 1)])] if others else []
    )


def _mistake(diagnosis: Diagnosis) -> Prose:
    fits = _fit(diagnosis) if diagnosis.digits > 0 and diagnosis.right else ""
    alike = f" The same numbers come from {' or '.join(diagnosis.alternatives)}." if diagnosis.alternatives else ""
    where = f" It shows first in line {diagnosis.line}." if diagnosis.line else ""
    end = "" if diagnosis.message.endswith("?") else "."
    return prose(CodeSpan(diagnosis.id), f": {diagnosis.message}{end}{where}{fits}{alike}")


def _fit(diagnosis: Diagnosis) -> str:
    """How much of the numbers it explains, and what is left."""
    if diagnosis.alone:
        return f" These numbers are reproduced to {diagnosis.digits:.0f} digits."
    if not diagnosis.complete:
        return f" That is not all: {_some([f'd{key}' for key in diagnosis.unexplained])} are not explained by it."
    if diagnosis.factor is not None:
        return f" Not alone: a factor of {diagnosis.factor:g} in every entry is left beside it."
    return " Together with what else is named here these numbers are reproduced."


def _formula(result: Validation, view: str) -> str | None:
    """What balls say of the formula, where it adds to the verdicts; why they say nothing is for the teacher."""
    wrong = any(row.verdict is Verdict.MISMATCH for row in result.rows if row.name == "gradient")
    followed = result.formula and not result.formula.startswith("could not be followed")
    return result.formula if view == "teacher" or (followed and not wrong) else None


def _quantities(rows: Sequence[Row], formula: str | None) -> list[Block]:
    own = [row for row in rows if row.name == "gradient" and isinstance(row.check, QuantityCheck)]
    if not own:
        return []
    table = Table(
        ["quantity", "shape", "verdict", "error", "budget", "where", "points"],
        [_quantity(row, row.check) for row in own if isinstance(row.check, QuantityCheck)],
        caption="error: the largest, next to what rounding explains there; nothing here is a tolerance that someone chose",
    )
    remarks = [_remark(row) for row in own if row.verdict not in (Verdict.MATCH, Verdict.KINK)]
    words = [prose(f"The formula apart from its digits: {formula}.")] if formula else []
    title = "The functions" if own[0].function else "The gradient"
    return [Section(title, [table, *words, *([bullets(*remarks)] if remarks else [])])]


def _remark(row: Row) -> Prose:
    """A wrong entry; where only the delta above it is wrong, that alone."""
    name, facts = _name(row), row.note or row.message
    if not facts.startswith(f"{name}["):
        return prose(CodeSpan(name), f": {facts}")
    place, rest = facts.partition("]")[::2]
    return prose(CodeSpan(f"{place}]"), rest)


def _name(row: Row) -> str:
    """What a row is about: dW1, or a function and its result."""
    return str(row.quantity) if row.function else f"d{row.quantity}"


def _quantity(row: Row, check: QuantityCheck) -> list[Value | Cell]:
    shape, where = "x".join(map(str, check.shape)), f"[{', '.join(map(str, check.worst.index))}]"
    points = f"{_points(row.points)}/{_points(row.max_points)}"
    return [
        CodeSpan(_name(row)),
        shape,
        verdict_cell(row.verdict),
        check.max_error,
        check.budget,
        CodeSpan(where),
        points,
    ]


def _others(rows: Sequence[Row], view: str) -> list[Block]:
    """What is wrong first; a student reads what held in one line."""
    others = sorted((row for row in rows if row.name != "gradient"), key=lambda row: row.verdict is Verdict.MATCH)
    held = [row for row in others if row.name == "property" and row.verdict is Verdict.MATCH]
    if view == "teacher" or len(held) < 2:
        held = []
    cells: list[list[Value | Cell]] = [
        [
            row.name if row.quantity is None else f"{row.name}: {row.quantity}",
            Cell(str(row.verdict), TONES[row.verdict]),
            row.message,
        ]
        for row in others
        if row not in held
    ]
    if held:
        names = ", ".join(str(row.quantity) for row in held)
        cells.append([f"{len(held)} properties", Cell("match", TONES[Verdict.MATCH]), f"{names}: each {held[0].message}"])
    return [Section("The other checks", [Table(["check", "verdict", "what was seen"], cells)])] if cells else []


def _counterexample(result: Validation, view: str) -> list[Block]:
    hidden = any(row.hidden and row.name == "property" for row in result.rows)
    if not result.counterexample or (hidden and view != "teacher"):
        return []
    example = result.counterexample
    given = [f"{name} = {_short(value)}" for name, value in {**example["params"], "x": example["x"], "y": example["y"]}.items()]
    wrong = [
        f"d{key}: expected {_short(example['expected'][key])}, got {_short(value)}" for key, value in example["got"].items()
    ]
    words = prose("The smallest case found on which it fails, on the network ", CodeSpan(str(example["network"])), ":")
    return [Section("A case to work through by hand", [words, Code("\n".join([*given, *wrong]))])]


def _short(value: object) -> str:
    """Numbers to eight digits, in the brackets that they stand in."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_short(part) for part in value)}]"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _conventions(result: Validation) -> list[Block]:
    blocks: list[Block] = []
    if result.conventions:
        table = Table(["what", "as found"], [[CodeSpan(key), value] for key, value in result.conventions.items()])
        blocks.append(Section("How the file was read", [prose("Contract: ", CodeSpan(result.contract)), table]))
    if result.notes:
        blocks.append(Section("Notes", [bullets(*result.notes)]))
    return blocks


def _for_the_teacher(result: Validation) -> list[Block]:
    probes = result.isolation.get("probes", {})
    blocks: list[Block] = (
        [Section("Isolation", [Table(["probe", "outcome"], [[name, what] for name, what in probes.items()])])] if probes else []
    )
    over = [str(words) for words in result.isolation.get("passed_over", [])]
    if over:
        blocks.append(bullets(*over))
    if versions := result.isolation.get("versions"):
        blocks.append(prose(", ".join(f"{name} {version}" for name, version in versions.items())))
    if result.printed:
        blocks.append(Section("What it printed", [Code(result.printed[:4000])]))
    timings: list[list[Value]] = [[name, seconds] for name, seconds in result.timings.items()]
    return [*blocks, Section("Timings", [Table(["what", "seconds"], timings)])] if timings else blocks


def _footer(result: Validation) -> Prose:
    level = str(result.isolation.get("level", "none"))
    layers = ", ".join(str(layer) for layer in result.isolation.get("layers", ()))
    return prose(
        f"Isolation level {level} ({layers or 'nothing was run'}; {EXPLAINED.get(level, 'not started')}). Seed {result.seed}."
    )
