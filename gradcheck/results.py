"""What a check of a network returns: frozen data that renders itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradcheck.check_report import SENTENCES, causes, network_document
from gradcheck.diagnosis import Diagnosis
from gradcheck.verdicts import Check, QuantityCheck, Verdict, worst
from reports.document import Document


@dataclass(frozen=True)
class NetworkCheck:
    """The outcome of `check_network`: checks of behaviour, then one check for each quantity of the gradient."""

    network: str
    checks: tuple[Check, ...]
    quantities: tuple[QuantityCheck, ...]
    diagnoses: tuple[Diagnosis, ...]
    points: int
    seed: int | None

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
            "schema": "gradcheck.network/1",
            "network": self.network,
            "verdict": str(self.verdict),
            "points": self.points,
            "seed": self.seed,
            "checks": [c.to_dict() for c in self.checks] + [q.to_dict() for q in self.quantities],
            "diagnoses": [diagnosis.to_dict() for diagnosis in self.diagnoses],
        }

    def report(self) -> Document:
        """The result as a document that `reports` renders: the verdict in a sentence, then the table of quantities."""
        return network_document(self.network, self.verdict, self._causes(), self.checks, self.quantities, self.to_dict())

    def __str__(self) -> str:
        return "\n".join([f"{self.verdict}: {self.network}. {SENTENCES[self.verdict]}", *self._causes()])

    def _causes(self) -> list[str]:
        return causes(self.checks, self.quantities, self.diagnoses)

    def _repr_html_(self) -> str:
        from reports.html import fragment  # with all of latex2mathml, for notebooks only

        return fragment(self.report())
