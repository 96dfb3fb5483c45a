"""The hints of a validation: each mistake where it is in the file, why it is one, a case by hand, the line put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck.explanations.code import Place
from gradcheck.explanations.excerpt import excerpt
from gradcheck.explanations.hints import BY_VIEW, Hint, Hints
from gradcheck.explanations.why import UNKNOWN, Why, why
from gradcheck.judge.mistake import Diagnosis
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.first_lines import some
from gradcheck.submissions.validation import Validation
from reference_nets.spec import NetworkSpec
from reports.document import Block, Code, CodeSpan, Prose, Section, bullets, prose
from symbolic.derivation.numpy_lines import Layout

MOST_SHOWN = 3  # excerpts: of more mistakes the first are enough to begin with


def read_level(hints: str | None, view: str) -> Hint:
    """How much is said of a mistake; ValueError for a word that is no level."""
    if hints is None:
        return BY_VIEW[view]
    if hints not in [*Hint]:
        raise ValueError(Sentence("validation.no-hints", hints=hints, levels=tuple(Hint)))
    return Hint(hints)


def hints_of(result: Validation) -> Hints:
    """What is known of the mistakes; nothing of a file that is right or that could not be run."""
    if result.error is not None or not result.diagnoses or result.network is None:
        return Hints({})
    spec = NetworkSpec.parse(result.network)
    reasons = [why(spec, d, result.names, _layout(result.layout)) for d in result.diagnoses]
    return Hints({Hint.WHERE: _where(result, reasons), Hint.WHY: _why(result, reasons), Hint.BY_HAND: _by_hand(result)})


def _layout(found: Mapping[str, str]) -> Layout:
    """How the arrays of the file lie."""
    return Layout(columns=found.get("batch") in ("columns", "single"), in_out=found.get("W") == "in-out")


def _where(result: Validation, reasons: Sequence[Why]) -> list[Block]:
    """The lines around each mistake, one block a place."""
    notes: dict[Place, list[Sentence]] = {}
    for diagnosis, reason in zip(result.diagnoses, reasons, strict=True):
        if diagnosis.line:
            notes.setdefault(Place("", 0, diagnosis.line), []).append(reason.note)
    shown: list[Block] = []
    for place, said in list(notes.items())[:MOST_SHOWN]:
        if lines := result.source.get((place.file, place.cell)):
            shown.append(excerpt(lines, place, {place.line: _joined(said)}).code)
    return shown


def _joined(said: Sequence[Sentence]) -> Sentence:
    return said[0] if len(said) == 1 else Sentence("validation.notes-of-line", notes=tuple(said))


def _why(result: Validation, reasons: Sequence[Why]) -> list[Block]:
    """The sentences and formulas of each mistake, each formula once; of what is unknown the plain facts."""
    blocks: list[Block] = []
    shown: set[str] = set()
    for diagnosis, reason in zip(result.diagnoses, reasons, strict=True):
        if diagnosis.id == UNKNOWN:
            blocks.append(prose(_say("full-stop", words=diagnosis.message)))
        lines = [line.text for line in reason.formulas if line.text not in shown]
        blocks += [prose(reason.text)] if reason.text not in shown else []
        blocks += [Code("\n".join(lines), "py")] if lines else []
        shown |= {reason.text, *lines}
    return blocks


def evidence(result: Validation) -> list[Block]:
    """How the mistakes were found: each by its name in the catalogue, and how much of the numbers it explains."""
    if result.error is not None or not result.diagnoses:
        return []
    found = bullets(*(_evidence(d) for d in result.diagnoses), ordered=len(result.diagnoses) > 1)
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
        return _say("incomplete", names=some([f"d{key}" for key in diagnosis.unexplained]))
    return _say("together") if diagnosis.factor is None else _say("factor-left", factor=diagnosis.factor)


def _by_hand(result: Validation) -> list[Block]:
    """The worked case; hidden where the checks are that it comes from."""
    hidden = any(row.hidden and row.name == "property" for row in result.rows)
    if not result.counterexample or hidden:
        return []
    example = result.counterexample
    given = [f"{name} = {_short(value)}" for name, value in {**example["params"], "x": example["x"], "y": example["y"]}.items()]
    wrong = [
        _say("example-wrong", name=f"d{key}", expected=_short(example["expected"][key]), got=_short(value))
        for key, value in example["got"].items()
    ]
    words = prose(_say("example-words"), CodeSpan(str(example["network"])), _say("colon"))
    return [words, Code(_say("lines", lines=(*given, *wrong)))]


def _short(value: object) -> str:
    """Numbers to eight digits, in the brackets that they stand in."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_short(part) for part in value)}]"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _say(name: str, /, **values: object) -> Sentence:
    return Sentence(f"validation.{name}", **values)
