"""The page for whoever wrote the code: each mistake where it is, why it is one, a case by hand, the line put right."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.explanations.excerpt import excerpts as lines_around
from gradcheck.explanations.explanation import Explanation
from gradcheck.explanations.hints import BY_VIEW, Hint, Hints
from gradcheck.explanations.repairs.repair import Repair
from gradcheck.explanations.traced.code import SourcePlace
from gradcheck.explanations.why import Reasons, why
from gradcheck.judge.mistake import UNKNOWN, Diagnosis
from gradcheck.sentences.sentence import Sentence, sentences_of
from reference_nets.spec import NetworkSpec
from reports.document import Block, Code, CodeSpan, Prose, Section, bullets, prose
from reports.neutral import spelled

_say = sentences_of("validation")

MOST_SHOWN = 3  # excerpts: of more mistakes the first are enough to begin with


def read_level(hints: str | None, view: str) -> Hint:
    """How much is said of a mistake; ValueError for a word that is no level."""
    if hints is None:
        return BY_VIEW[view]
    if hints not in [*Hint]:
        raise ValueError(Sentence("validation.no-hints", hints=hints, levels=tuple(Hint)))
    return Hint(hints)


def hints_of(
    spec: NetworkSpec,
    diagnoses: Sequence[Diagnosis],
    known: Explanation,
    by_hand: Sequence[Block],
    repairs: Sequence[Repair] = (),
) -> Hints:
    """What is known of some mistakes; ``by_hand`` are the blocks of the worked case, ``repairs`` lines that were tried."""
    if not diagnoses:
        return Hints({})
    reasons = [why(spec, d, known.names, known.layout) for d in diagnoses]
    where, because = excerpts(diagnoses, known, reasons), _why(diagnoses, reasons)
    return Hints({Hint.WHERE: where, Hint.WHY: because, Hint.BY_HAND: by_hand, Hint.LINE: lines_put_right(repairs, known)})


def excerpts(diagnoses: Sequence[Diagnosis], known: Explanation, reasons: Sequence[Reasons]) -> list[Block]:
    """The lines around each mistake, those of a file or a cell together."""
    notes: dict[SourcePlace, list[Sentence]] = {}
    for diagnosis, reason in zip(diagnoses, reasons, strict=True):
        if diagnosis.line:
            notes.setdefault(SourcePlace(diagnosis.file, diagnosis.cell or 0, diagnosis.line), []).append(reason.note)
    texts: dict[tuple[str, int], dict[int, Sentence]] = {}
    for place, said in list(notes.items())[:MOST_SHOWN]:
        if (place.file, place.cell) in known.source:
            texts.setdefault((place.file, place.cell), {})[place.line] = _joined(said)
    shown: list[Block] = []
    for (file, cell), said_there in texts.items():
        shown += [*_heading(SourcePlace(file, cell, 0), known), *lines_around(known.source[file, cell], said_there)]
    return shown


def where_it_ended(known: Explanation, reason: Sentence | None = None, repairs: Sequence[Repair] = ()) -> Hints:
    """The lines around the place where code ended that gave no gradient; why it ended, where that can be said."""
    if known.ended is None:
        return Hints({})
    place = known.ended.place
    lines = known.source.get((place.file, place.cell), ())
    shown = [*_heading(place, known), *lines_around(lines, {place.line: known.ended.note})]
    because: list[Block] = [prose(reason)] if reason else []
    return Hints({Hint.WHERE: shown, Hint.WHY: because, Hint.LINE: lines_put_right(repairs, known)})


def _heading(place: SourcePlace, known: Explanation) -> list[Block]:
    """In which file or cell it is, where there are several."""
    if place.cell:
        return [prose(_say("in-cell", file=spelled(place.file), cell=place.cell))]
    return [prose(_say("in-file", file=spelled(place.file)))] if known.several_files else []


def _joined(said: Sequence[Sentence]) -> Sentence:
    return said[0] if len(said) == 1 else Sentence("validation.notes-of-line", notes=tuple(said))


def lines_put_right(repairs: Sequence[Repair], known: Explanation) -> list[Block]:
    """The lines put right, each in its file's own names."""
    shown = [one for one in repairs if one.verified]
    if not shown:
        return []
    blocks: list[Block] = []
    for one in shown:
        blocks += _heading(one.place, known)
        width = len(str(one.place.line))
        lines = [f"- {one.place.line:>{width}} | {line}" for line in one.old.split("\n") if one.old]
        lines += [f"+ {one.place.line:>{width}} | {line}" for line in one.new.split("\n")]
        blocks.append(Code("\n".join(lines)))
    return [*blocks, prose(_say("tried", count=len(shown)))]


def _why(diagnoses: Sequence[Diagnosis], reasons: Sequence[Reasons]) -> list[Block]:
    """The sentences and formulas of each mistake; of what is unknown the plain facts before."""
    told = []
    for diagnosis, reason in zip(diagnoses, reasons, strict=True):
        facts = [_say("numbers-show", words=diagnosis.message)] if diagnosis.id in (UNKNOWN, "wrong-forward") else []
        told.append(([*facts, reason.text], [line.text for line in reason.formulas]))
    return each_once(told)


def each_once(told: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Block]:
    """Sentences and the formulas below them, mistake by mistake; what was said of an earlier one is not said again."""
    blocks: list[Block] = []
    shown: set[str] = set()
    for sentences, formulas in told:
        lines = [line for line in formulas if line not in shown]
        blocks += [prose(text) for text in sentences if text not in shown]
        blocks += [Code("\n".join(lines), "py")] if lines else []
        shown |= {*sentences, *lines}
    return blocks


def evidence(diagnoses: Sequence[Diagnosis]) -> list[Block]:
    """How the mistakes were found: each by its name in the catalogue, and how much of the numbers it explains."""
    if not diagnoses:
        return []
    found = bullets(*(_evidence(d) for d in diagnoses), ordered=len(diagnoses) > 1)
    return [Section(_say("evidence"), [found], folded=True)]


def _evidence(diagnosis: Diagnosis) -> Prose:
    """The mistake by its name in the catalogue, and how much of the numbers it explains."""
    fits = [_fit(diagnosis)] if diagnosis.digits > 0 and diagnosis.right else []
    alike = [_say("alike", others=tuple(diagnosis.alternatives))] if diagnosis.alternatives else []
    return prose(CodeSpan(diagnosis.id), _say("mistake", words=diagnosis.message), *fits, *alike)


def _fit(diagnosis: Diagnosis) -> Sentence:
    """How much of the numbers it explains, and what is left."""
    if diagnosis.alone:
        return _say("reproduced", digits=diagnosis.digits)
    if not diagnosis.complete:
        return _say("incomplete", names=tuple(f"d{key}" for key in diagnosis.unexplained))
    return _say("together") if diagnosis.factor is None else _say("factor-left", factor=diagnosis.factor)
