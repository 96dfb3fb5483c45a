"""What a check of any function's gradient returns: frozen data that renders itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradcheck.certified.code.reasons import Reason
from gradcheck.diagnosis.glance import Glance
from gradcheck.judge.judge import entry_name
from gradcheck.judge.report import causes, network_document, of_the_gradient
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, worst
from gradcheck.witnesses.second_witness import SecondWitness
from reports.document import Document


@dataclass(frozen=True)
class GradientCheck:
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
    formula: str
    detectable: float | None
    remarks: tuple[str, ...]
    seed: int | None
    second: SecondWitness | None = None
    asked: Any = field(default=None, repr=False, compare=False)
    glances: tuple[Glance, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks."""
        return worst([check.verdict for check in self.checks] + [check.verdict for check in self.quantities])

    @property
    def ok(self) -> bool:
        """Whether the formula is right (digits may have been lost: then the verdict says `inaccurate`)."""
        return self.verdict.ok

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON data."""
        return {
            "schema": "gradcheck.gradient/1",
            "subject": self.subject,
            "verdict": str(self.verdict),
            "witness": self.witness,
            "formula": self.formula,
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
        from gradcheck.certificates.network import write_certificate
        from gradcheck.functions.certificate import function_certificate

        write_certificate(path, function_certificate(self))

    def report(self) -> Document:
        """The result as a document that `reports` renders."""
        return network_document(self.subject, self.verdict, self.lines(), self.checks, self.quantities, self.to_dict())

    def lines(self) -> list[str]:
        """Below the verdict: what is wrong, who decided, what could have been seen, why no stronger witness did."""
        lines = [glance.message for glance in self.glances]
        lines += causes(self.checks, self.quantities, ()) + self._where_to_look()
        if self.witness:
            seen = f"; a relative error of {self.detectable:.1e} would have been seen" if self.detectable is not None else ""
            lines.append(f"decided by: {self.witness}{seen}")
        if self.second is not None:
            lines.append(str(self.second))
        lines += [f"not by {name}: {reason}" for name, reason in self.weaker]
        return [*lines, *self.remarks]

    def _where_to_look(self) -> list[str]:
        """The entry to begin with where numbers are wrong, and what need not be looked at."""
        wrong = [q for q in self.quantities if q.verdict is Verdict.MISMATCH]
        right = [f"d{q.quantity}" for q in self.quantities if q.verdict in (Verdict.MATCH, Verdict.KINK)]
        if not wrong:
            return []
        first = wrong[-1]  # output layers come last, and what is wrong there spoils those before
        spared = f"; right: {', '.join(right)}" if right else ""
        return [f"look first at: {entry_name(first.quantity, first.worst.index)}{spared}"]

    def __str__(self) -> str:
        return "\n".join([f"{self.verdict}: {self.subject}. {of_the_gradient(self.verdict)}", *self.lines()])

    def _repr_html_(self) -> str:
        from reports.html import fragment  # with all of latex2mathml, for notebooks only

        return fragment(self.report())
