"""A validation as a document: the verdict in one sentence, the first thing to fix, the table of quantities, then the rest.

Texts of the submission (its exceptions, its names, what it printed) are a stranger's: the renderers escape them.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.explanations.by_hand.blocks import blocks as worked_blocks
from gradcheck.explanations.hints import Hint, Hints
from gradcheck.explanations.layer_page import layer_hints
from gradcheck.explanations.page import evidence, hints_of, read_level, where_it_ended
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.report import verdict_cell
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence, in_language, sentences_of
from gradcheck.submissions.first_lines import (
    causes,
    check_name,
    found_network,
    left_open,
    name_of,
    names_not_judged,
    seen,
    summary,
    verdict_sentence,
    why_it_ended,
)
from gradcheck.submissions.validation import Grade, Row, Validation
from reference_nets.spec import NetworkSpec
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

_say = sentences_of("validation")

VIEWS = ("student", "teacher")
_TONES: dict[Grade, Tone] = {Grade.PASS: "good", Grade.FAIL: "bad", Grade.ERROR: "bad"}
MOST_PRINTED = 4000  # characters of what it printed


def validation_document(result: Validation, view: str = "student", language: str = "en", hints: str | None = None) -> Document:
    """The report for a student, or for a teacher with hidden checks, output, isolation and timings.

    ``hints`` is how much is said of a mistake: ``where``, ``why``, ``by-hand`` or ``line``; more for a teacher by default.
    """
    if view not in VIEWS:
        raise ValueError(Sentence("validation.no-view", view=view, views=VIEWS))
    level = read_level(hints, view)
    rows = [row for row in result.rows if view == "teacher" or not row.hidden]
    told = _hints(result)
    page: list[Block] = [
        _verdict(result),
        *told.up_to(level),
        *_picture(result),
        *_quantities(result, rows, _formula(result, view)),
        *_others(result, rows, view),
        *evidence([] if result.error or not level.allows(Hint.WHY) else result.diagnoses),
        *_conventions(result),
    ]
    if view == "teacher":
        page += _for_the_teacher(result)
    page.append(_footer(result))
    data = _data(result, view, level) | {"hints": told.documents(level, language)}
    return in_language(Document(_title(result), page, data=data, language=language), language)


def _hints(result: Validation) -> Hints:
    """What is known of the mistakes; nothing of a file that is right. Of one that gave no gradient where it went astray."""
    if result.explanation is None:
        return Hints({})
    if result.error is None and (by_function := _of_functions(result)):
        return layer_hints(by_function, result.explanation, () if _is_hidden(result) else result.repair)
    if result.network is None:
        return Hints({})
    if result.error is not None:
        return where_it_ended(result.explanation, why_it_ended(result.error), result.repair)
    spec, repairs = NetworkSpec.parse(result.network), () if _is_hidden(result) else result.repair
    return hints_of(spec, result.diagnoses, result.explanation, _by_hand(result), repairs)


def _of_functions(result: Validation) -> list[tuple[Diagnosis, str, str]]:
    """The mistakes in layer functions, each with its function and the result that is wrong."""
    rows = {row.quantity: row for row in result.rows if row.function}
    known = [(d, rows[d.quantity]) for d in result.diagnoses if d.quantity in rows]
    results = {row.quantity: row.check.quantity for row in rows.values() if isinstance(row.check, QuantityCheck)}
    return [(d, row.function, results.get(d.quantity, "")) for d, row in known]


def _by_hand(result: Validation) -> list[Block]:
    """The worked case; hidden where the gradient is."""
    return worked_blocks(result.worked_case) if result.worked_case and not _is_hidden(result) else []


def _is_hidden(result: Validation) -> bool:
    """Whether a gradient is that is not to be seen."""
    return any(row.hidden and row.name == "gradient" for row in result.rows)


def hints_document(result: Validation, language: str = "en", hints: str | None = None) -> Document:
    """Where, why and by hand alone, as far as the level goes."""
    shown = _hints(result).up_to(read_level(hints, "student"))
    return in_language(Document(_title(result), shown, language=language), language)


def _picture(result: Validation) -> list[Block]:
    """The first wrong quantity beside the right one."""
    known = result.explanation
    figure = known.comparison.figure if known and known.comparison and result.error is None else None
    return [Section(_say("picture"), [figure])] if figure else []


def _title(result: Validation) -> Sentence:
    name = spelled(result.submission)
    return _say("title-network", submission=name, network=result.network) if result.network else _say("title", submission=name)


def _data(result: Validation, view: str, level: Hint) -> dict[str, object]:
    """The JSON: for a student without the hidden checks' details; a line put right only where it may be shown."""
    data = result.to_dict()
    if not level.allows(Hint.LINE):
        data |= {"repair": None, "repairs": []}
    if not level.allows(Hint.BY_HAND):
        data |= {"counterexample": None, "worked_case": None}
    if not level.allows(Hint.WHY):
        data["diagnoses"] = [{**one, "message": "", "formula": ""} for one in data["diagnoses"]]
    if view != "teacher":
        data["checks"] = [row.to_dict() for row in result.rows if not row.hidden]
        if _is_hidden(result):
            data |= {"counterexample": None, "worked_case": None}
    return data


def _verdict(result: Validation) -> Callout:
    tone: Tone = _TONES.get(result.verdict, "warn")
    lost = any(row.verdict is Verdict.INACCURATE for row in result.rows)
    tone = "warn" if result.ok and (lost or result.not_judged) else tone
    points = [_say("points", score=_points(result.score), most=_points(result.max_score))] if result.max_score else []
    beside = [prose(Strong(_say("not-judged")), words, _say("stop")) for words in names_not_judged(result)]
    first = prose(Strong(verdict_sentence(result)), *points)
    said = [*found_network(result), *seen(result), *left_open(result), *summary(result)]
    return Callout(tone, [first, *map(prose, said), *beside, *_first(result)])


def _first(result: Validation) -> list[Block]:
    """What to look at where no mistake is named; nothing where nothing could be judged."""
    if (result.diagnoses and result.error is None) or (result.not_judged and not result.is_judged and result.error is None):
        return []
    return [prose(Strong(_say("first")), words) for words in causes(result)[:1]]


def _points(number: float) -> str:
    return f"{round(number, 2):g}"


def _formula(result: Validation, view: str) -> str | None:
    """What balls say of the formula, where it adds to the verdicts; why they say nothing is for the teacher."""
    wrong = any(row.verdict is Verdict.MISMATCH for row in result.rows if row.name == "gradient")
    return result.formula if view == "teacher" or (result.formula_is_known and not wrong) else None


def _quantities(result: Validation, rows: Sequence[Row], formula: str | None) -> list[Block]:
    """The table of quantities, the output layer first where something is wrong: in the order of backpropagation."""
    own = [row for row in rows if row.name == "gradient" and isinstance(row.check, QuantityCheck)]
    if not own:
        return []
    if any(row.is_delta for row in own):
        own = sorted(own, key=lambda row: (-row.layer, not row.is_delta))
    table = Table(
        [_say(name) for name in ("quantity", "shape", "verdict", "error-column", "budget", "where", "points-column")],
        [_quantity(row, row.check) for row in own if isinstance(row.check, QuantityCheck)],
        caption=_say("quantity-caption"),
    )
    remarks = [_remark(row) for row in own if row.verdict not in (Verdict.MATCH, Verdict.KINK) and not row.is_right_given]
    words = [prose(_say("formula", words=formula))] if formula else []
    title = _say("the-functions" if own[0].function else "the-gradient")
    blocks = [table, *_cost(result), *words, *([bullets(*remarks)] if remarks else [])]
    return [Section(title, blocks, folded=bool(result.diagnoses))]


def _cost(result: Validation) -> list[Block]:
    """How the points came about, in one line."""
    seen = [row for row in result.rows if not row.hidden and _costs(row)]
    own = [row for row in seen if row.name == "gradient" and row.quantity]
    parts = [_say("cost-of", name=name_of(row), points=_points(row.max_points - row.points)) for row in own]
    for name in dict.fromkeys(row.name for row in seen if row not in own):
        rows = [row for row in seen if row.name == name]
        parts.append(_say("cost-of", name=check_name(rows[0]), points=_points(sum(r.max_points - r.points for r in rows))))
    hidden = sum(row.max_points - row.points for row in result.rows if row.hidden)
    if hidden > 0:
        parts.append(_say("cost-of-hidden", points=_points(hidden)))
    if not parts or not result.max_score:
        return []
    return [prose(_say("cost", most=_points(result.max_score), parts=tuple(parts), score=_points(result.score)))]


def _costs(row: Row) -> bool:
    return row.points < row.max_points


def _remark(row: Row) -> Prose:
    """A wrong entry, which its sentence names."""
    if row.verdict is Verdict.MISMATCH and not row.function:
        return prose(row.message)
    return prose(CodeSpan(name_of(row)), _say("remark", words=row.message))


def _quantity(row: Row, check: QuantityCheck) -> list[Value | Cell]:
    shape, where = "x".join(map(str, check.shape)), f"[{', '.join(map(str, check.worst.index))}]"
    verdict = Cell(_say("right-given"), "muted") if row.is_right_given else verdict_cell(row.verdict)
    return [CodeSpan(name_of(row)), shape, verdict, check.max_error, check.budget, CodeSpan(where), _row_points(row)]


def _row_points(row: Row) -> str:
    if row.max_points:
        return f"{_points(row.points)}/{_points(row.max_points)}"
    return _points(row.points) if row.points else ""


def _others(result: Validation, rows: Sequence[Row], view: str) -> list[Block]:
    """What is wrong first; what holds, or fails because of the gradient alone, is read in one line."""
    others = sorted((row for row in rows if row.name != "gradient"), key=lambda row: row.verdict is Verdict.MATCH)
    properties = [row for row in others if row.name == "property"] if view != "teacher" else []
    held = [row for row in properties if row.verdict is Verdict.MATCH]
    failing = [row for row in properties if row.follows_gradient]
    folded = [group for group in (failing, held) if len(group) > 1 or (group and group is failing)]
    alone = [row for row in others if not any(row in group for group in folded)]
    cells: list[list[Value | Cell]] = [[_check(row), verdict_cell(row.verdict), row.message] for row in alone]
    cells += [_together(group) for group in folded]
    columns = [_say("check"), _say("verdict"), _say("seen-column")]
    told_above = result.error is not None and len(others) == 1 and view != "teacher"  # that nothing came
    shown = cells and not told_above
    return [Section(_say("other-checks"), [Table(columns, cells)], folded=bool(result.diagnoses))] if shown else []


def _together(rows: Sequence[Row]) -> list[Value | Cell]:
    """Several properties in one line."""
    names, verdict = tuple(str(row.quantity) for row in rows), rows[0].verdict
    if verdict is Verdict.MISMATCH:
        cell = Cell(_say("follows-gradient"), "muted")
        return [_say("properties", count=len(rows)), cell, _say("properties-fail", names=names)]
    words = _say("properties-held", names=names, words=rows[0].message)
    return [_say("properties", count=len(rows)), verdict_cell(verdict), words]


def _check(row: Row) -> Sentence:
    return check_name(row) if row.quantity is None else _say("check-of", check=check_name(row), quantity=row.quantity)


def _conventions(result: Validation) -> list[Block]:
    blocks: list[Block] = []
    if result.conventions:
        rows: list[list[Value]] = [[CodeSpan(_say(f"convention-{key}")), value] for key, value in result.conventions.items()]
        table = Table([_say("what"), _say("as-found")], rows)
        read: list[Block] = [prose(_say("contract"), CodeSpan(result.contract)), table]
        blocks.append(Section(_say("how-read"), read, folded=bool(result.diagnoses)))
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
    if over := result.isolation.get("passed_over", []):
        blocks.append(bullets(*over))
    if versions := result.isolation.get("versions"):
        blocks.append(prose(_say("versions", versions=tuple(f"{name} {version}" for name, version in versions.items()))))
    return blocks


def _footer(result: Validation) -> Prose:
    level = str(result.isolation.get("level", "none"))
    layers = tuple(str(layer) for layer in result.isolation.get("layers", ())) or _say("nothing-run")
    return prose(_say("footer", level=level, layers=layers, meaning=_say(f"level-{level}"), seed=result.seed))
