"""`convergence`: order evidence. How fast the Taylor remainder vanishes, and how the error of differences depends on h."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import Array, copied, float_leaves, leaf_name, leaves, rebuilt
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.judge.report import CheckResult
from gradcheck.judge.verdicts import Verdict
from gradcheck.sentences.sentence import Sentence, in_language, told
from reports.document import Document, Table, prose

STEPS = tuple(2.0**-k for k in range(1, 27))
NOISE = 16.0  # a remainder counts where it is so many times the rounding error of the values that it is made of
SECOND, FIRST = 1.8, 1.2  # orders above and below which the table speaks clearly
FEWEST = 3  # rows that an order is read from


@dataclass(frozen=True)
class Remainder:
    """One step: the remainders without and with the gradient's term, the floor below which they are rounding."""

    h: float
    first: float
    second: float
    floor: float
    central: float


@dataclass(frozen=True)
class Convergence(CheckResult):
    """The table, the order that it shows (None if the model is exact to rounding), and what follows from it.

    A right gradient leaves ``f(x + h d) - f(x) - h grad d = O(h^2)``, a wrong one O(h).
    """

    rows: tuple[Remainder, ...]
    order: float | None
    exact: bool
    verdict: Verdict
    message: str

    @property
    def ok(self) -> bool:
        """Whether the table speaks for the gradient."""
        return self.verdict is Verdict.MATCH

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON data."""
        rows = [{"h": r.h, "first": r.first, "second": r.second, "floor": r.floor, "central": r.central} for r in self.rows]
        return {"verdict": str(self.verdict), "order": self.order, "exact": self.exact, "message": self.message, "rows": rows}

    def report(self, *, language: str = "en") -> Document:
        """The table as a document that `reports` renders, in a language."""
        cells = [[f"{value:.2e}" for value in (r.h, r.first, r.second, r.floor, r.central)] for r in self.rows]
        columns = [
            "h",
            "|f(x+hd) - f(x)|",
            Sentence("functions.column-second"),
            Sentence("functions.column-rounding"),
            Sentence("functions.column-central"),
        ]
        title = Sentence("functions.title-convergence")
        return in_language(Document(title, [prose(self.message), Table(columns, cells)], data=self.to_dict()), language)

    def told(self, language: str = "en") -> str:
        """The verdict and what was seen, in a language."""
        verdict = Sentence(f"judge.verdict-{self.verdict}")
        return told(Sentence("functions.order", verdict=verdict, message=self.message), language)




def convergence(
    f: Callable[[Any], Any], grad: Callable[[Any], Any], x: Any, *, rng: np.random.Generator | int | None = None
) -> Convergence:
    """Taylor remainders along a random unit direction, for steps 1/2, 1/4, ...

    >>> convergence(lambda x: np.sum(np.exp(x)), np.exp, np.array([0.5, 1.0]), rng=0).verdict
    <Verdict.MATCH: 'match'>
    >>> print(convergence(lambda x: 3 * x.sum(), lambda x: np.full(2, 3.0), np.array([0.5, 1.0]), rng=0))
    match: f is linear along this direction: its model is exact to rounding
    """
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    drawn = [generator.standard_normal(array.shape) for _, array in float_leaves(x)]
    length = np.sqrt(sum(float(np.sum(d * d)) for d in drawn))
    direction = [np.asarray(d / length) for d in drawn]
    with unchanged(f, grad):
        slope = _slope(grad(copied(x)), direction)
        return _told(tuple(_row(f, x, direction, slope, h) for h in STEPS))


def _slope(gradient: Any, direction: list[Array]) -> float:
    total = 0.0
    for (path, part), d in zip(leaves(gradient), direction, strict=True):
        if np.shape(part) != d.shape:
            raise ValueError(
                Sentence("functions.part-of-other-shape", name=leaf_name(path), got=np.shape(part), expected=d.shape)
            )
        total += float(np.sum(np.asarray(part) * d))
    return total


def _row(f: Callable[[Any], Any], x: Any, direction: list[Array], slope: float, h: float) -> Remainder:
    here = float(f(copied(x)))
    ahead, behind = float(f(_at(x, direction, h))), float(f(_at(x, direction, -h)))
    u = float(np.finfo(float).eps) / 2
    inputs = max(float(np.abs(np.asarray(leaf)).max(initial=0.0)) for _, leaf in leaves(x))
    floor = NOISE * u * (abs(here) + abs(ahead) + abs(h * slope) + abs(slope) * inputs)
    first = ahead - here
    return Remainder(h, abs(first), abs(first - h * slope), floor, abs((ahead - behind) / (2 * h) - slope))


def _at(x: Any, direction: list[Array], h: float) -> Any:
    return rebuilt(x, [np.asarray(leaf) + h * d for (_, leaf), d in zip(leaves(x), direction, strict=True)])


def _told(rows: tuple[Remainder, ...]) -> Convergence:
    usable = [row for row in rows if np.isfinite(row.second) and row.second > row.floor]
    if not any(np.isfinite(row.second) for row in rows):
        return Convergence(rows, None, False, Verdict.INCONCLUSIVE, Sentence("functions.order-not-finite"))
    if len(usable) < FEWEST:
        exact = all(row.second <= row.floor for row in rows[:FEWEST] if np.isfinite(row.second))
        message = Sentence("functions.order-linear")
        if exact:
            return Convergence(rows, None, True, Verdict.MATCH, message)
        return Convergence(rows, None, False, Verdict.INCONCLUSIVE, Sentence("functions.order-few-steps"))
    smallest = usable[-min(len(usable), 5) :]
    order = float(np.polyfit(np.log([r.h for r in smallest]), np.log([r.second for r in smallest]), 1)[0])
    if order >= SECOND:
        message = Sentence("functions.order-right", order=order)
        return Convergence(rows, order, False, Verdict.MATCH, message)
    if order <= FIRST:
        message = Sentence("functions.order-wrong", order=order)
        return Convergence(rows, order, False, Verdict.MISMATCH, message)
    return Convergence(rows, order, False, Verdict.INCONCLUSIVE, Sentence("functions.order-neither", order=order))
