"""What a check of a network returns: frozen data that renders itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gradcheck.explanations.by_hand.case import NoCase, WorkedCase
from gradcheck.explanations.explanation import Explanation
from gradcheck.explanations.hints import Hint
from gradcheck.explanations.repairs.repair import Repair
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.report import GradientResult, causes
from gradcheck.judge.search_limits import NotSearched
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.formula_on_balls import NetworkFormula
from reference_nets.spec import NetworkSpec
from reports.document import Section


@dataclass(frozen=True)
class NetworkCheck(GradientResult):
    """The outcome of `check_network`: checks of behaviour, then one check for each quantity of the gradient."""

    network: str
    checks: tuple[Check, ...]
    quantities: tuple[QuantityCheck, ...]
    diagnoses: tuple[Diagnosis, ...]
    points: int
    seed: int | None
    formula: NetworkFormula | None = None
    not_searched: NotSearched | None = None
    explanation: Explanation | None = None
    by_hand: Callable[[], WorkedCase | NoCase | None] | None = field(default=None, compare=False, repr=False)
    repairs: Callable[[], tuple[Repair, ...]] | None = field(default=None, compare=False, repr=False)

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

    def of(self) -> str:
        """The network."""
        return self.network

    def hints(self, level: str) -> list[Section]:
        """Where, why and by hand, of a mistake whose lines could be traced; a case or a line is looked for when asked for."""
        from gradcheck.explanations.by_hand.blocks import blocks
        from gradcheck.explanations.page import hints_of, read_level

        wanted = read_level(level, "student")
        if self.explanation is None:
            return []
        case = self.by_hand() if self.by_hand and wanted.allows(Hint.BY_HAND) else None
        repairs = self.repairs() if self.repairs and wanted.allows(Hint.LINE) else ()
        spec, shown = NetworkSpec.parse(self.network), blocks(case) if case else []
        return hints_of(spec, self.diagnoses, self.explanation, shown, repairs).up_to(wanted)

    def lines(self) -> list[str]:
        """The mistake and what is wrong, at most a few lines; for a match what could have been seen."""
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
