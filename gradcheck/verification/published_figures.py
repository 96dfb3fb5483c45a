"""Are the figures of published worked examples right, and where one is not, which mistake makes it?

Each figure is recomputed on balls, from the decimals as printed: what is right to every printed digit is a `match`. A
figure that misses by no more than the rounding of its author's float64 is `rounded`. For any other, every mistake of
the catalogue is tried, and a bug is named only if it gives the printed digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from gradcheck.rounding.budget import cost_budget, rounding_budget
from gradcheck.witnesses.exact_rules import ball_rules
from reference_nets.examples.worked_examples import Example, PublishedFigure, parse_quantity, recompute
from reference_nets.network import Grads
from reference_nets.spec import NetworkSpec
from symbolic.balls import FIRST_PRECISION, decimal_ball, precision
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.compiled import Gradient, compile_gradient


class Standing(StrEnum):
    """What a printed figure is: right, right but for its author's rounding, wrong by a known mistake, or unexplained."""

    MATCH = "match"
    ROUNDED = "rounded"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class FigureCheck:
    """One printed figure beside its exact value, and what it is; ``mistakes`` are the ids that give its digits.

    ``misprint`` is the printed text with one digit left out, where only that has the digits of a mistake which other
    figures of the same example show.
    """

    example: str
    figure: PublishedFigure
    exact: str
    standing: Standing
    mistakes: tuple[str, ...] = ()
    misprint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The check as JSON data."""
        return {
            "example": self.example,
            "quantity": self.figure.quantity,
            "after": self.figure.after,
            "published": self.figure.published,
            "exact": self.exact,
            "verdict": str(self.standing),
            "mistakes": list(self.mistakes),
            "misprint": self.misprint,
        }


@lru_cache(maxsize=32)  # more than there are worked examples; one of them takes ten thousand steps
def check_example(example: Example) -> tuple[FigureCheck, ...]:
    """Every figure of one example, in its order."""
    with precision(FIRST_PRECISION):
        exact = recompute(example, number=decimal_ball, rules=ball_rules())
    checks = {figure: _check(example, figure, value) for figure, value in exact.items()}
    wrong = [figure for figure, check in checks.items() if check.standing is Standing.UNEXPLAINED]
    for cause in _causes(example, wrong):
        standing, ids = Standing.EXPLAINED, (*checks[cause.figure].mistakes, cause.mistake)
        checks[cause.figure] = replace(checks[cause.figure], standing=standing, mistakes=ids, misprint=cause.misprint)
    return tuple(checks.values())


def _check(example: Example, figure: PublishedFigure, exact: Any) -> FigureCheck:
    published, half = decimal_ball(figure.published), decimal_ball(_half_unit(figure.published))
    with precision(FIRST_PRECISION):
        difference = abs(exact - published)
        standing = Standing.UNEXPLAINED
        if difference <= half:
            standing = Standing.MATCH
        elif difference <= half + _author_rounding(example, figure):
            standing = Standing.ROUNDED
        return FigureCheck(example.name, figure, exact.str(14, radius=False), standing)


def _half_unit(text: str) -> str:
    """Half a unit of the last printed digit, as a decimal."""
    mantissa, _, exponent = text.lower().partition("e")
    return f"5e{int(exponent or 0) - len(mantissa.partition('.')[2]) - 1}"


def _author_rounding(example: Example, figure: PublishedFigure) -> float:
    """What float64 may have cost the author of a figure that was taken at the given point; 0 for later ones."""
    if figure.after:
        return 0.0
    spec, point = example.spec, example.point()
    if figure.quantity == "cost":
        return cost_budget(spec, point.params, point.x, point.y)
    name, index = ("", ()) if "[" not in figure.quantity else parse_quantity(figure.quantity)
    budget = rounding_budget(spec, point.params, point.x, point.y).rounding
    key = name.removeprefix("d")
    return float(budget[key][index]) if key in budget and key != name else 0.0


# The search: few figures are wrong, and those after one step tell a mistake apart at once; only what fits them is run to
# the end of a long training.


@dataclass(frozen=True)
class _Cause:
    """A mistake that gives the printed digits of a figure, or those of its text with one digit left out."""

    figure: PublishedFigure
    mistake: str
    misprint: str | None = None


def _causes(example: Example, wrong: list[PublishedFigure]) -> Iterator[_Cause]:
    """The mistakes behind wrong figures."""
    if not wrong:
        return
    spec, eta = example.spec, float(example.learning_rate)
    candidates = [(v.mistake, compile_gradient(plant(spec, v), eta=eta)) for v in all_variants(spec)]
    early = [figure for figure in wrong if figure.after <= 1]
    if early:
        candidates = [(name, gradient) for name, gradient in candidates if _found(_values(example, early, gradient))]
    for name, gradient in candidates:
        values = _values(example, wrong, gradient)
        found = _found(values)
        yield from (_Cause(figure, name) for figure in found)
        for figure in set(wrong) - set(found) if found else ():
            yield from (_Cause(figure, name, text) for text in _one_digit_less(figure) if _has_digits(values[figure], text))


def _values(example: Example, figures: list[PublishedFigure], gradient: Gradient) -> dict[PublishedFigure, float]:
    """What these figures would be by this gradient."""

    def call(_: NetworkSpec, params: Any, x: Any, y: Any) -> Grads:
        return gradient(params, x, y)

    return recompute(replace(example, figures=tuple(figures)), gradient=call)


def _found(values: dict[PublishedFigure, float]) -> list[PublishedFigure]:
    return [figure for figure, value in values.items() if _has_digits(value, figure.published)]


def _has_digits(value: float, text: str) -> bool:
    return abs(value - float(text)) <= float(_half_unit(text))


def _one_digit_less(figure: PublishedFigure) -> list[str]:
    """The printed text with one digit of its fraction left out, the last excepted: a finger that slipped."""
    text = figure.published
    return [text[:i] + text[i + 1 :] for i in range(text.find(".") + 1, len(text) - 1)]
