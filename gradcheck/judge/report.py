"""Verdicts as words: the sentence that a reader sees first, and the table of quantities behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, worst
from gradcheck.sentences.sentence import Sentence, in_language, told
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
    words = _named(diagnosis)
    if not diagnosis.line:
        return words
    return Sentence("judge.mistake-at", words=words, file=Path(diagnosis.file).name, line=diagnosis.line)


def _named(diagnosis: Diagnosis) -> str:
    told = {"name": diagnosis.id, "words": diagnosis.message, "digits": diagnosis.digits, "others": diagnosis.alternatives}
    if diagnosis.complete:
        return Sentence("judge.mistake-alike" if diagnosis.alternatives else "judge.mistake", **told)
    return Sentence("judge.mistake-in-part-alike" if diagnosis.alternatives else "judge.mistake-in-part", **told)


class CheckResult(ABC):
    """What a check returns: told in a language, or as a document, which a notebook shows."""

    @abstractmethod
    def told(self, language: str = "en") -> str:
        """The verdict and what there is to say of it, in a language."""

    @abstractmethod
    def report(self, *, language: str = "en") -> Document:
        """The result as a document that `reports` renders, in a language."""

    def __str__(self) -> str:
        return self.told()

    def _repr_html_(self) -> str:
        from reports.formats.html import fragment  # with all of latex2mathml, for notebooks only

        return fragment(self.report())


class GradientResult(CheckResult):
    """What `check_grad` and `check_network` return alike: checks of behaviour, then one of each quantity."""

    checks: tuple[Check, ...]
    quantities: tuple[QuantityCheck, ...]

    @abstractmethod
    def of(self) -> str:
        """Whose gradient was checked."""

    @abstractmethod
    def lines(self) -> list[str]:
        """What stands below the verdict."""

    def hints(self, level: str) -> Sequence[Section]:
        """Where the mistakes are and why they are ones, if that is known; ``level`` says how much of it."""
        del level
        return ()

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The result as JSON data."""

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks."""
        return worst([check.verdict for check in self.checks] + [check.verdict for check in self.quantities])

    @property
    def ok(self) -> bool:
        """Whether the formula is right (digits may have been lost: then the verdict says `inaccurate`)."""
        return self.verdict.ok

    def told(self, language: str = "en") -> str:
        """The verdict and what there is to say of it, in a language."""
        word, sentence = verdict_word(self.verdict), of_the_gradient(self.verdict)
        first = Sentence("judge.first-line", verdict=word, subject=self.of(), sentence=sentence)
        return "\n".join(told(line, language) for line in (first, *self.lines()))

    def report(self, *, language: str = "en", hints: str = "by-hand") -> Document:
        """The result as a document that `reports` renders, in a language: the verdict, then the table of quantities.

        ``hints`` is how much is said of a mistake, as in `validate`: ``where``, ``why``, ``by-hand``, or ``line``, which
        adds the line put right, tried.
        """
        words = [prose(Strong(of_the_gradient(self.verdict))), *map(prose, self.lines())]
        blocks: list[Block] = [Callout(TONES[self.verdict], words), *self.hints(hints)]
        if self.quantities:
            blocks.append(Section(Sentence("judge.quantities"), [quantity_table(self.quantities)]))
        columns = [Sentence("judge.column-check"), Sentence("judge.column-verdict"), Sentence("judge.column-seen")]
        behaviour = Table(columns, [[_check_name(c.name), verdict_cell(c.verdict), c.message] for c in self.checks])
        blocks.append(Section(Sentence("judge.behaviour"), [behaviour]))
        title = Sentence("judge.title", subject=self.of())
        return in_language(Document(title, blocks, data=self.to_dict(), language=language), language)


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
