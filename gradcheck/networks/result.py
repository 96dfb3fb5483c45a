"""What a check of a network returns: frozen data that renders itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.report import causes, network_document, of_the_gradient
from gradcheck.judge.search_limits import NotSearched
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, worst
from gradcheck.witnesses.formula_on_balls import Formula
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
    formula: Formula | None = None
    not_searched: NotSearched | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks."""
        return worst([check.verdict for check in self.checks] + [check.verdict for check in self.quantities])

    @property
    def ok(self) -> bool:
        """Whether the formula is right (digits may have been lost: then the verdict says `inaccurate`)."""
        return self.verdict.ok

    @property
    def detectable(self) -> float | None:
        """The smallest error, relative to the largest entry of its array, that would have been caught in every entry."""
        return max((q.detectable for q in self.quantities if q.detectable is not None), default=None)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON data."""
        return {
            "schema": "gradcheck.network/1",
            "network": self.network,
            "verdict": str(self.verdict),
            "points": self.points,
            "seed": self.seed,
            "formula": self.formula.words if self.formula else None,
            "detectable": self.detectable,
            "checks": [c.to_dict() for c in self.checks] + [q.to_dict() for q in self.quantities],
            "diagnoses": [diagnosis.to_dict() for diagnosis in self.diagnoses],
            "not_searched": self.not_searched.to_dict() if self.not_searched else None,
        }

    def report(self) -> Document:
        """The result as a document that `reports` renders: the verdict in a sentence, then the table of quantities."""
        return network_document(self.network, self.verdict, self._causes(), self.checks, self.quantities, self.to_dict())

    def __str__(self) -> str:
        return "\n".join([f"{self.verdict}: {self.network}. {of_the_gradient(self.verdict)}", *self._causes()])

    def _causes(self) -> list[str]:
        left_out = [self.not_searched.words] if self.not_searched else []
        return [*causes(self.checks, self.quantities, self.diagnoses), *left_out, *self._seen()]

    def _seen(self) -> list[str]:
        """For a match: what could have been seen, and what balls say of the formula or why they say nothing."""
        if self.verdict is not Verdict.MATCH or self.detectable is None or self.formula is None:
            return []
        by = "the formula on exact numbers" if self.formula.is_known else "the floats"
        lines = [f"decided by {by}; an error of {self.detectable:.1e} of the largest entry would have been seen"]
        return lines if self.formula.is_known else [*lines, f"the formula {self.formula.words}"]

    def _repr_html_(self) -> str:
        from reports.html import fragment  # with all of latex2mathml, for notebooks only

        return fragment(self.report())
