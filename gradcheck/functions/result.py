"""What a check of any function's gradient returns: frozen data that renders itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradcheck.certified.code.reasons import Reason
from gradcheck.certified.formula import Status
from gradcheck.diagnosis.glance import Glance
from gradcheck.judge.judge import entry_name
from gradcheck.judge.report import GradientResult, causes
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.slope_evidence import SecondWitness
from reports.document import Section


@dataclass(frozen=True)
class GradientCheck(GradientResult):
    """The outcome of `check_grad`.

    ``witness`` decided; ``weaker`` says, by name, why stronger witnesses could not. ``formula`` is what balls say of the
    gradient code itself. ``detectable`` is the smallest relative error that would have been caught. ``second``
    is the word of the second witness on what was certified. ``asked`` is the question, for `write_certificate`.
    ``glances`` are causes that one look at wrong numbers gives away.
    """

    subject: str
    checks: tuple[Check, ...]
    quantities: tuple[QuantityCheck, ...]
    witness: str
    weaker: tuple[tuple[str, Reason], ...]
    formula: Status
    detectable: float | None
    remarks: tuple[str, ...]
    seed: int | None
    second: SecondWitness | None = None
    asked: Any = field(default=None, repr=False, compare=False)
    glances: tuple[Glance, ...] = ()
    certified: bool = False
    gradient: Callable[..., Any] | None = field(default=None, repr=False, compare=False)  # the function that was judged

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON data."""
        return {
            "schema": "gradcheck.gradient/1",
            "subject": self.subject,
            "verdict": str(self.verdict),
            "witness": str(self.witness),
            "formula": str(self.formula),
            "detectable": self.detectable,
            "weaker": [{"witness": name, **reason.to_dict()} for name, reason in self.weaker],
            "remarks": list(self.remarks),
            "second_witness": None if self.second is None else self.second.to_dict(),
            "seed": self.seed,
            "glances": [glance.to_dict() for glance in self.glances],
            "checks": [c.to_dict() for c in self.checks] + [q.to_dict() for q in self.quantities],
        }

    def write_certificate(self, path: Path | str) -> None:
        """Write all that the verdict rests on, so that ``gradcheck recheck`` can check it again without this code.

        ValueError where balls did not decide, or for a Jacobian.
        """
        from gradcheck.functions.certificate import function_certificate
        from gradcheck.networks.certificate import write_certificate

        write_certificate(path, function_certificate(self))

    def of(self) -> str:
        """The function, and its gradient if that has another name."""
        return self.subject

    def hints(self, level: str) -> list[Section]:
        """The lines that make what is wrong, with the cause beside them, where a cause is told and the source is at hand."""
        from gradcheck.explanations.page import read_level
        from gradcheck.functions.returned import where_returned

        read_level(level, "student")
        return where_returned(self.gradient, self.glances)

    def lines(self) -> list[str]:
        """Below the verdict: what is wrong, who decided, what could have been seen, why no stronger witness did."""
        lines = [glance.message for glance in self.glances]
        lines += causes(self.checks, self.quantities, ()) + self._where_to_look()
        if self.witness:
            seen = Sentence("functions.would-have-been-seen", detectable=self.detectable) if self.detectable is not None else ""
            lines.append(Sentence("functions.decided-by", witness=self.witness, seen=seen))
        if self.second is not None:
            lines.append(str(self.second))
        lines += [Sentence("functions.not-by", name=name, reason=str(reason)) for name, reason in self.weaker]
        return [*lines, *self.remarks]

    def _where_to_look(self) -> list[str]:
        """The entry to begin with where numbers are wrong, and what need not be looked at."""
        wrong = [q for q in self.quantities if q.verdict is Verdict.MISMATCH]
        right = [f"d{q.quantity}" for q in self.quantities if q.verdict in (Verdict.MATCH, Verdict.KINK)]
        if not wrong:
            return []
        first = wrong[-1]  # output layers come last, and what is wrong there spoils those before
        spared = Sentence("functions.right-parts", names=tuple(right)) if right else ""
        return [Sentence("functions.look-first", entry=entry_name(first.quantity, first.worst.index), spared=spared)]
