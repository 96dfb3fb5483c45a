"""Verdicts as words: the sentence that a reader sees first, and the table of quantities behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
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

def verdict_cell(verdict: Verdict) -> Cell:
    """A verdict in its tone."""
    return Cell(Sentence(f"verdicts.{verdict}"), TONES[verdict])


def of_the_gradient(verdict: Verdict) -> Sentence:
    """What a verdict says of a gradient."""
    return Sentence(f"verdicts.the-gradient-{verdict}")


def causes(
    checks: Sequence[Check], quantities: Sequence[QuantityCheck], diagnoses: Sequence[Diagnosis]
) -> list[str]:
    """At most four lines from which the cause can be learnt: the mistakes by name, then what is wrong, output first."""
    lines = [_told(diagnosis) for diagnosis in diagnoses]
    lines += [f"{check.name}: {check.message}" for check in checks if check.verdict is not Verdict.MATCH]
    off = [q for q in reversed(quantities) if q.verdict not in (Verdict.MATCH, Verdict.KINK)]
    lines += [q.message if q.verdict is Verdict.MISMATCH else f"d{q.quantity}: {q.message}" for q in off]
    return lines if len(lines) <= 4 else [*lines[:3], f"and {len(lines) - 3} more"]


def _told(diagnosis: Diagnosis) -> str:
    alike = f"; the same numbers come from {' or '.join(diagnosis.alternatives)}" if diagnosis.alternatives else ""
    fits = f"fits to {diagnosis.digits:.0f} digits" if diagnosis.complete else "some numbers stay unexplained"
    return f"{diagnosis.id}: {diagnosis.message} ({fits}{alike})"


def network_document(
    network: str,
    verdict: Verdict,
    lines: Sequence[str],
    checks: Sequence[Check],
    quantities: Sequence[QuantityCheck],
    data: Mapping[str, Any],
) -> Document:
    """The report of one network's gradient."""
    blocks: list[Block] = [Callout(TONES[verdict], [prose(Strong(of_the_gradient(verdict))), *(prose(line) for line in lines)])]
    if quantities:
        blocks.append(Section("Quantities", [quantity_table(quantities)]))
    behaviour = Table(["check", "verdict", "what was seen"], [[c.name, verdict_cell(c.verdict), c.message] for c in checks])
    return Document(f"Gradient check of {network}", [*blocks, Section("Behaviour", [behaviour])], data=data)


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
    columns = ["quantity", "shape", "verdict", "error", "budget", "detectable", "where"]
    return Table(columns, rows, caption="error and budget are absolute, detectable is relative to the largest entry")
