"""Verdicts as words: the sentence that a reader sees first, and the table of quantities behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence, in_language
from reports.document import Block, Callout, Cell, CodeSpan, Document, Section, Strong, Table, Tone, prose

TONES: dict[Verdict, Tone] = {
    Verdict.MATCH: "good",
    Verdict.KINK: "good",
    Verdict.INACCURATE: "warn",
    Verdict.INCONCLUSIVE: "warn",
    Verdict.SKIPPED: "muted",
    Verdict.ERROR: "bad",
    Verdict.MISMATCH: "bad",
}


def verdict_word(verdict: Verdict) -> Sentence:
    """A verdict as a word."""
    return Sentence(f"judge.verdict-{verdict}")


def verdict_cell(verdict: Verdict) -> Cell:
    """A verdict in its tone."""
    return Cell(verdict_word(verdict), TONES[verdict])


def of_the_gradient(verdict: Verdict) -> Sentence:
    """What a verdict says of a gradient."""
    return Sentence(f"judge.the-gradient-{verdict}")


def causes(
    checks: Sequence[Check], quantities: Sequence[QuantityCheck], diagnoses: Sequence[Diagnosis]
) -> list[str]:
    """At most four lines from which the cause can be learnt: the mistakes by name, then what is wrong, output first."""
    lines = [_mistake(diagnosis) for diagnosis in diagnoses]
    lines += [_line(_check_name(check.name), check.message) for check in checks if check.verdict is not Verdict.MATCH]
    off = [q for q in reversed(quantities) if q.verdict not in (Verdict.MATCH, Verdict.KINK)]
    lines += [q.message if q.verdict is Verdict.MISMATCH else _line(f"d{q.quantity}", q.message) for q in off]
    return lines if len(lines) <= 4 else [*lines[:3], Sentence("judge.more", count=len(lines) - 3)]


def _line(name: str, words: str) -> str:
    return Sentence("judge.line", name=name, words=words)


def _mistake(diagnosis: Diagnosis) -> str:
    told = {"name": diagnosis.id, "words": diagnosis.message, "digits": diagnosis.digits, "others": diagnosis.alternatives}
    if diagnosis.complete:
        return Sentence("judge.mistake-alike" if diagnosis.alternatives else "judge.mistake", **told)
    return Sentence("judge.mistake-in-part-alike" if diagnosis.alternatives else "judge.mistake-in-part", **told)


def first_line(subject: str, verdict: Verdict) -> Sentence:
    """The verdict, of what, and what it says of the gradient."""
    word, sentence = verdict_word(verdict), of_the_gradient(verdict)
    return Sentence("judge.first-line", verdict=word, subject=subject, sentence=sentence)


def network_document(
    network: str,
    verdict: Verdict,
    lines: Sequence[str],
    checks: Sequence[Check],
    quantities: Sequence[QuantityCheck],
    data: Mapping[str, Any],
    language: str = "en",
) -> Document:
    """The report of one network's gradient, in a language."""
    blocks: list[Block] = [Callout(TONES[verdict], [prose(Strong(of_the_gradient(verdict))), *(prose(line) for line in lines)])]
    if quantities:
        blocks.append(Section(Sentence("judge.quantities"), [quantity_table(quantities)]))
    columns = [Sentence("judge.column-check"), Sentence("judge.column-verdict"), Sentence("judge.column-seen")]
    behaviour = Table(columns, [[_check_name(c.name), verdict_cell(c.verdict), c.message] for c in checks])
    blocks.append(Section(Sentence("judge.behaviour"), [behaviour]))
    document = Document(Sentence("judge.title", subject=network), blocks, data=data, language=language)
    return in_language(document, language)


def _check_name(name: str) -> Sentence:
    return Sentence(f"judge.check-{name}")


def quantity_table(quantities: Sequence[QuantityCheck]) -> Table:
    """One row a quantity: largest error, its budget, and the smallest relative error that would have been caught."""
    rows = [
        [
            CodeSpan(f"d{q.quantity}"),
            "x".join(map(str, q.shape)),
            verdict_cell(q.verdict),
            q.max_error,
            q.budget,
            q.detectable,
            CodeSpan(f"[{', '.join(map(str, q.worst.index))}]"),
        ]
        for q in quantities
    ]
    columns = ("quantity", "shape", "verdict", "error", "budget", "detectable", "where")
    return Table([Sentence(f"judge.column-{name}") for name in columns], rows, caption=Sentence("judge.caption"))
