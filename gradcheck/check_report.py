"""Verdicts as words: the sentence that a reader sees first, and the table of quantities behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.verdicts import Check, QuantityCheck, Verdict
from reports.document import Callout, Cell, CodeSpan, Document, Section, Strong, Table, Tone, prose

TONES: dict[Verdict, Tone] = {
    Verdict.MATCH: "good",
    Verdict.KINK: "good",
    Verdict.INACCURATE: "warn",
    Verdict.INCONCLUSIVE: "warn",
    Verdict.SKIPPED: "muted",
    Verdict.ERROR: "bad",
    Verdict.MISMATCH: "bad",
}

SENTENCES: dict[Verdict, str] = {
    Verdict.MATCH: "The gradient is right: every entry is within the rounding error of a correct implementation.",
    Verdict.KINK: "The gradient is right for a choice of subgradient; the function has a kink here.",
    Verdict.INACCURATE: "The formula is right, but digits were lost.",
    Verdict.INCONCLUSIVE: "The check cannot tell.",
    Verdict.SKIPPED: "Nothing was checked.",
    Verdict.ERROR: "The check could not run to an answer.",
    Verdict.MISMATCH: "The gradient is wrong.",
}


def verdict_cell(verdict: Verdict) -> Cell:
    """A verdict in its tone."""
    return Cell(str(verdict), TONES[verdict])


def first_lines(
    network: str, verdict: Verdict, checks: Sequence[Check], quantities: Sequence[QuantityCheck]
) -> list[str]:
    """At most five lines that show the cause: the verdict, then what is wrong, nearest to the output first."""
    lines = [f"{verdict}: {network}. {SENTENCES[verdict]}"]
    wrong = [check for check in checks if check.verdict is not Verdict.MATCH]
    lines += [f"{check.name}: {check.message}" for check in wrong]
    off = [q for q in reversed(quantities) if q.verdict not in (Verdict.MATCH, Verdict.KINK)]
    lines += [q.message if q.verdict is Verdict.MISMATCH else f"d{q.quantity}: {q.message}" for q in off]
    return lines if len(lines) <= 5 else [*lines[:4], f"and {len(lines) - 4} more"]


def network_document(
    network: str,
    verdict: Verdict,
    checks: Sequence[Check],
    quantities: Sequence[QuantityCheck],
    data: Mapping[str, Any],
) -> Document:
    """The report of one network's gradient."""
    _, *causes = first_lines(network, verdict, checks, quantities)
    callout = Callout(TONES[verdict], [prose(Strong(SENTENCES[verdict])), *(prose(cause) for cause in causes)])
    blocks = [callout, Section("Quantities", [quantity_table(quantities)])] if quantities else [callout]
    rows: list[list[str | Cell]] = [[c.name, verdict_cell(c.verdict), c.message] for c in checks]
    behaviour = Table(["check", "verdict", "what was seen"], rows)
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
    return Table(columns, rows, caption="error and budget are absolute, detectable is relative to the entry")
