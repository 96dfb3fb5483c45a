"""What a check of a network returns: frozen data that renders itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.report import causes, first_line, network_document
from gradcheck.judge.search_limits import NotSearched
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, worst
from gradcheck.sentences.sentence import Sentence, told
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

    def report(self, *, language: str = "en") -> Document:
        """The result as a document that `reports` renders: the verdict in a sentence, then the table of quantities."""
        data, lines = self.to_dict(), self._causes()
        return network_document(self.network, self.verdict, lines, self.checks, self.quantities, data, language)

    def __str__(self) -> str:
        return self.told()

    def told(self, language: str = "en") -> str:
        """The verdict in a sentence, and below it at most a few lines from which the cause can be learnt, in a language."""
        return "\n".join(told(line, language) for line in (first_line(self.network, self.verdict), *self._causes()))

    def _causes(self) -> list[str]:
        left_out = [self.not_searched.words] if self.not_searched else []
        return [*causes(self.checks, self.quantities, self.diagnoses), *left_out, *self._seen()]

    def _seen(self) -> list[str]:
        """For a match: what could have been seen, and what balls say of the formula or why they say nothing."""
        if self.verdict is not Verdict.MATCH or self.detectable is None or self.formula is None:
            return []
        if self.formula.is_known:
            return [Sentence("networks.decided-by-formula", detectable=self.detectable)]
        why = Sentence("networks.the-formula", words=self.formula.words)
        return [Sentence("networks.decided-by-floats", detectable=self.detectable), why]

    def _repr_html_(self) -> str:
        from reports.html import fragment  # with all of latex2mathml, for notebooks only

        return fragment(self.report())
