"""A validation as a document: the verdict in one sentence, the first thing to fix, the table of quantities, then the rest.

Texts of the submission (its exceptions, its names, what it printed) are a stranger's: the renderers escape them.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.report import verdict_cell
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence, in_language
from gradcheck.submissions.first_lines import causes, check_name, name_of, names_not_judged, seen, some, verdict_sentence
from gradcheck.submissions.validation import Row, Validation
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
MOST_PRINTED = 4000  # characters of what it printed


def validation_document(result: Validation, view: str = "student", language: str = "en") -> Document:
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
    title = _say("title", submission=spelled(result.submission))
    return in_language(Document(title, blocks, data=_data(result, view), language=language), language)


def _say(name: str, /, **values: object) -> Sentence:
    return Sentence(f"validation.{name}", **values)


def _data(result: Validation, view: str) -> dict[str, object]:
    """The JSON: for a student without the hidden checks' details."""
    data = result.to_dict()
    if view != "teacher":
        data["checks"] = [row.to_dict() for row in result.rows if not row.hidden]
        if any(row.hidden and row.name == "property" for row in result.rows):
            data["counterexample"] = None
    return data


def _verdict(result: Validation) -> Callout:
    tone: Tone = {"pass": "good", "fail": "bad", "error": "bad"}.get(result.verdict, "warn")  # type: ignore[assignment]
    lost = any(row.verdict is Verdict.INACCURATE for row in result.rows)
    tone = "warn" if result.ok and (lost or result.not_judged) else tone
    points = [_say("points", score=_points(result.score), most=_points(result.max_score))] if result.max_score else []
    beside = [prose(Strong(_say("not-judged")), words, _say("stop")) for words in names_not_judged(result)]
    first = prose(Strong(verdict_sentence(result)), *points)
    return Callout(tone, [first, *map(prose, seen(result)), *beside, *_first(result)])


def _first(result: Validation) -> list[Block]:
    """What to fix first; nothing where nothing could be judged."""
    if result.not_judged and not result.is_judged and result.error is None:
        return []
    if result.diagnoses and result.error is None:
        return [prose(Strong(_say("first")), *_mistake(result.diagnoses[0]).parts)]
    return [prose(Strong(_say("first")), words) for words in causes(result)[:1]]


def _points(number: float) -> str:
    return f"{round(number, 2):g}"


def _mistakes(result: Validation) -> list[Block]:
    """What else went wrong, further from the output."""
    others = result.diagnoses[1:] if result.error is None else ()
    found = bullets(*(_mistake(d) for d in others), ordered=len(others) > 1)
    return [Section(_say("else-wrong"), [found])] if others else []


def _mistake(diagnosis: Diagnosis) -> Prose:
    where = [_say("line", line=diagnosis.line)] if diagnosis.line else []
    fits = [_fit(diagnosis)] if diagnosis.digits > 0 and diagnosis.right else []
    alike = [_say("alike", others=tuple(diagnosis.alternatives))] if diagnosis.alternatives else []
    return prose(CodeSpan(diagnosis.id), _say("mistake", words=diagnosis.message), *where, *fits, *alike)


def _fit(diagnosis: Diagnosis) -> Sentence:
    """How much of the numbers it explains, and what is left."""
    if diagnosis.alone:
        return _say("reproduced", digits=diagnosis.digits)
    if not diagnosis.complete:
        return _say("incomplete", names=some([f"d{key}" for key in diagnosis.unexplained]))
    return _say("together") if diagnosis.factor is None else _say("factor-left", factor=diagnosis.factor)


def _formula(result: Validation, view: str) -> str | None:
    """What balls say of the formula, where it adds to the verdicts; why they say nothing is for the teacher."""
    wrong = any(row.verdict is Verdict.MISMATCH for row in result.rows if row.name == "gradient")
    return result.formula if view == "teacher" or (result.formula_is_known and not wrong) else None


def _quantities(rows: Sequence[Row], formula: str | None) -> list[Block]:
    own = [row for row in rows if row.name == "gradient" and isinstance(row.check, QuantityCheck)]
    if not own:
        return []
    table = Table(
        [_say(name) for name in ("quantity", "shape", "verdict", "error-column", "budget", "where", "points-column")],
        [_quantity(row, row.check) for row in own if isinstance(row.check, QuantityCheck)],
        caption=_say("quantity-caption"),
    )
    remarks = [_remark(row) for row in own if row.verdict not in (Verdict.MATCH, Verdict.KINK)]
    words = [prose(_say("formula", words=formula))] if formula else []
    title = _say("the-functions" if own[0].function else "the-gradient")
    return [Section(title, [table, *words, *([bullets(*remarks)] if remarks else [])])]


def _remark(row: Row) -> Prose:
    """A wrong entry, which its sentence names; where only the delta above it is wrong, that alone."""
    if row.verdict is Verdict.MISMATCH and not row.note and not row.function:
        return prose(row.message)
    return prose(CodeSpan(name_of(row)), _say("remark", words=row.note or row.message))


def _quantity(row: Row, check: QuantityCheck) -> list[Value | Cell]:
    shape, where = "x".join(map(str, check.shape)), f"[{', '.join(map(str, check.worst.index))}]"
    points = f"{_points(row.points)}/{_points(row.max_points)}"
    return [
        CodeSpan(name_of(row)),
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
    cells: list[list[Value | Cell]] = []
    cells += [[_check(row), verdict_cell(row.verdict), row.message] for row in others if row not in held]
    if held:
        names = tuple(str(row.quantity) for row in held)
        words = _say("properties-held", names=names, words=held[0].message)
        cells.append([_say("properties", count=len(held)), verdict_cell(Verdict.MATCH), words])
    columns = [_say("check"), _say("verdict"), _say("seen-column")]
    return [Section(_say("other-checks"), [Table(columns, cells)])] if cells else []


def _check(row: Row) -> Sentence:
    return check_name(row) if row.quantity is None else _say("check-of", check=check_name(row), quantity=row.quantity)


def _counterexample(result: Validation, view: str) -> list[Block]:
    hidden = any(row.hidden and row.name == "property" for row in result.rows)
    if not result.counterexample or (hidden and view != "teacher"):
        return []
    example = result.counterexample
    given = [f"{name} = {_short(value)}" for name, value in {**example["params"], "x": example["x"], "y": example["y"]}.items()]
    wrong = [
        _say("example-wrong", name=f"d{key}", expected=_short(example["expected"][key]), got=_short(value))
        for key, value in example["got"].items()
    ]
    words = prose(_say("example-words"), CodeSpan(str(example["network"])), _say("colon"))
    return [Section(_say("example"), [words, Code(_say("lines", lines=(*given, *wrong)))])]


def _short(value: object) -> str:
    """Numbers to eight digits, in the brackets that they stand in."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_short(part) for part in value)}]"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _conventions(result: Validation) -> list[Block]:
    blocks: list[Block] = []
    if result.conventions:
        rows: list[list[Value]] = [[CodeSpan(_say(f"convention-{key}")), value] for key, value in result.conventions.items()]
        table = Table([_say("what"), _say("as-found")], rows)
        blocks.append(Section(_say("how-read"), [prose(_say("contract"), CodeSpan(result.contract)), table]))
    if result.notes:
        blocks.append(Section(_say("notes"), [bullets(*result.notes)]))
    return blocks


def _for_the_teacher(result: Validation) -> list[Block]:
    blocks = _isolation(result)
    if result.printed:
        blocks.append(Section(_say("printed"), [Code(result.printed[:MOST_PRINTED])]))
    timings: list[list[Value]] = [[_say(name), seconds] for name, seconds in result.timings.items()]
    return [*blocks, Section(_say("timings"), [Table([_say("what"), _say("seconds")], timings)])] if timings else blocks


def _isolation(result: Validation) -> list[Block]:
    probes = result.isolation.get("probes", {})
    rows: list[list[Value]] = [[CodeSpan(name), _say(f"outcome-{outcome}")] for name, outcome in probes.items()]
    blocks: list[Block] = []
    if probes:
        blocks.append(Section(_say("isolation"), [Table([_say("probe"), _say("outcome")], rows)]))
    if over := [str(words) for words in result.isolation.get("passed_over", [])]:
        blocks.append(bullets(*over))
    if versions := result.isolation.get("versions"):
        blocks.append(prose(_say("versions", versions=tuple(f"{name} {version}" for name, version in versions.items()))))
    return blocks


def _footer(result: Validation) -> Prose:
    level = str(result.isolation.get("level", "none"))
    layers = tuple(str(layer) for layer in result.isolation.get("layers", ())) or _say("nothing-run")
    return prose(_say("footer", level=level, layers=layers, meaning=_say(f"level-{level}"), seed=result.seed))
