"""What a check can say: the verdicts, their order, and one quantity's result as data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from gradcheck.judge.exit_codes import ExitCode


class Verdict(StrEnum):
    """The verdicts, from good to bad; `skipped` and `error` belong to checks that did not run to an answer."""

    MATCH = "match"
    KINK = "kink"
    INACCURATE = "inaccurate"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"
    ERROR = "error"
    MISMATCH = "mismatch"

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the formula; digits may have been lost."""
        return self in (Verdict.MATCH, Verdict.KINK, Verdict.INACCURATE)


_ORDER = tuple(Verdict)
_BAD = {
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Verdict.MISMATCH: ExitCode.MISMATCH,
    Verdict.ERROR: ExitCode.MISMATCH,
}


class CheckerFault(RuntimeError):  # noqa: N818 - a fault of the checker, not an error of its user
    """Witnesses that share no formula contradict each other: the checker's own fault, never the user's."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts; `match` for none.

    >>> worst([Verdict.MATCH, Verdict.MISMATCH, Verdict.KINK])
    <Verdict.MISMATCH: 'mismatch'>
    """
    return max(verdicts, key=_ORDER.index, default=Verdict.MATCH)


def exit_code(verdict: Verdict, *, strict: bool = False) -> ExitCode:
    """The exit code of a command that came to this verdict; `strict` takes inaccurate for wrong."""
    lost = strict and verdict is Verdict.INACCURATE
    return ExitCode.MISMATCH if lost else _BAD.get(verdict, ExitCode.MATCH)


@dataclass(frozen=True)
class Entry:
    """One entry of a gradient: what came, what is true, and how far apart a correct implementation may be."""

    index: tuple[int, ...]
    got: float
    expected: float
    error: float
    budget: float

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON data; numbers that are not finite become None."""
        numbers = {"got": self.got, "expected": self.expected, "error": self.error, "budget": self.budget}
        return {"index": list(self.index), **{name: _finite(value) for name, value in numbers.items()}}


@dataclass(frozen=True)
class Evidence:
    """What all entries were compared with: the true or estimated values, and how far off a right one may be."""

    expected: Any
    allowed: Any


@dataclass(frozen=True)
class QuantityCheck:
    """One quantity of a gradient judged entry by entry.

    ``max_error`` and ``budget`` belong to the entry that comes nearest to (or lies farthest beyond) its budget,
    ``worst``. ``detectable`` is, for a match, the smallest error that would have been caught in every entry, relative to
    the largest entry; ``blind`` the share of entries in which an error of 1e-6 of the entry itself might have gone unseen.
    """

    quantity: str
    shape: tuple[int, ...]
    verdict: Verdict
    witness: str
    max_error: float
    budget: float
    detectable: float | None
    blind: float
    wrong: int
    worst: Entry
    message: str
    id: str | None = None
    evidence: Evidence | None = field(default=None, repr=False, compare=False)
    nearly_right: bool = False  # off by little and always in the same way: neither digits that were lost nor a wrong formula

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the formula."""
        return self.verdict.ok

    @property
    def excess(self) -> float:
        """The largest error in units of its budget: above 1 it is not rounding."""
        return self.max_error / self.budget if self.max_error else 0.0

    def over(self, checks: Sequence[QuantityCheck]) -> QuantityCheck:
        """The same check speaking for several points: a wrong formula is caught where one of them shows it."""
        seen = [check.detectable for check in checks if check.detectable is not None]
        detectable = min(seen, default=None) if self.detectable is not None else None
        return replace(self, detectable=detectable, blind=sum(check.blind for check in checks) / len(checks))

    def to_dict(self) -> dict[str, Any]:
        """The check in the shape of the validation schema."""
        return {
            "name": "gradient",
            "quantity": self.quantity,
            "verdict": str(self.verdict),
            "witness": self.witness,
            "max_error": _finite(self.max_error),
            "budget": _finite(self.budget),
            "detectable": _finite(self.detectable),
            "wrong_entries": self.wrong,
            "worst": self.worst.to_dict(),
            "message": self.message,
            "id": self.id,
        }


@dataclass(frozen=True)
class Check:
    """A check of behaviour: interface, inputs-unchanged, determinism, no-state; ``id`` names a known mistake."""

    name: str
    verdict: Verdict
    message: str
    id: str | None = None
    remark: bool = False  # it holds, and its message is to be told all the same

    def to_dict(self) -> dict[str, Any]:
        """The check in the shape of the validation schema."""
        return {"name": self.name, "verdict": str(self.verdict), "message": self.message, "id": self.id}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def merged(checks: list[QuantityCheck]) -> QuantityCheck:
    """One quantity over several points: the worst verdict, and the largest error that might have gone unseen."""
    verdict = worst(check.verdict for check in checks)
    return max((c for c in checks if c.verdict is verdict), key=lambda check: check.excess).over(checks)
