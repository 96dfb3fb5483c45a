"""The hints of a validation: each mistake where it is in the file, why it is one, a case by hand, the line put right."""

from __future__ import annotations

from gradcheck.explanations.hints import BY_VIEW, Hint, Hints
from gradcheck.judge.mistake import Diagnosis
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.first_lines import some
from gradcheck.submissions.validation import Validation
from reports.document import Block, Code, CodeSpan, Prose, bullets, prose


def read_level(hints: str | None, view: str) -> Hint:
    """How much is said of a mistake; ValueError for a word that is no level."""
    if hints is None:
        return BY_VIEW[view]
    if hints not in [*Hint]:
        raise ValueError(Sentence("validation.no-hints", hints=hints, levels=tuple(Hint)))
    return Hint(hints)


def hints_of(result: Validation) -> Hints:
    """What is known of the mistakes; nothing of a file that is right or that could not be run."""
    if result.error is not None or not result.diagnoses:
        return Hints({})
    return Hints({Hint.WHERE: _where(result), Hint.WHY: _why(result), Hint.BY_HAND: _by_hand(result)})


def _where(result: Validation) -> list[Block]:
    return [one.code for one in result.excerpts]


def _why(result: Validation) -> list[Block]:
    found = [_mistake(d) for d in result.diagnoses]
    return [bullets(*found, ordered=len(found) > 1)]


def _mistake(diagnosis: Diagnosis) -> Prose:
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
