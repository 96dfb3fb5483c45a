"""What every section of a report writes with: lines checked before they become equations, and the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference_nets.spec import NetworkSpec
from reports.document import Equation, Prose
from symbolic.derivation.line_check import LineCheck
from symbolic.formulas.formula import Line
from symbolic.formulas.latex import aligned, line_latex, line_rows
from symbolic.formulas.text import line_lines
from symbolic.report.derivation import Derivation
from symbolic.report.messages import Voice
from symbolic.report.options import Options

MOST_LINES_OF_A_KIND, FIRST = 8, 2  # lines of one kind that stand under each other; of more, the first ones and the last


@dataclass(frozen=True)
class Board:
    """One report in the making."""

    derivation: Derivation
    options: Options
    voice: Voice
    check: LineCheck

    @property
    def spec(self) -> NetworkSpec:
        """The network."""
        return self.derivation.spec

    @property
    def brief(self) -> bool:
        """Whether only the essentials were asked for."""
        return self.options.level == "brief"

    def equation(
        self, line: Line, anchor: str, *, tag: str | None = None, real: bool = False, note: Prose | None = None
    ) -> Equation:
        """A line, checked, as a displayed formula."""
        self.check(line, real=real)
        return written(line, anchor, tag=tag, note=note)

    def general(self, line: Line, letter: str, count: int, anchor: str, *, tag: str | None = None) -> Equation:
        """A line with a letter as its index, checked at several values of the letter."""
        self.check.general(line, letter, count)
        return written(line, anchor, tag=tag)

    def column(self, count: int, make: Callable[[int], Line], anchor: str, *, real: bool = False) -> Equation:
        """Lines under each other, of many the first and the last."""
        numbers = elided(count)
        return stacked([None if n is None else self.check(make(n), real=real) for n in numbers], anchor)


def elided(count: int) -> list[int | None]:
    """The numbers of the lines that are shown; None stands for those left out."""
    return list(range(count)) if count <= MOST_LINES_OF_A_KIND else [*range(FIRST), None, count - 1]


def written(line: Line, anchor: str, *, tag: str | None = None, note: Prose | None = None) -> Equation:
    """A line as a displayed formula."""
    return Equation(line_latex(line), "\n".join(line_lines(line)), anchor=anchor, tag=tag, note=note)


def stacked(lines: Sequence[Line | None], anchor: str, *, tag: str | None = None) -> Equation:
    """Several lines as one displayed formula, aligned at their equality signs."""
    if len(lines) == 1 and lines[0] is not None:
        return written(lines[0], anchor, tag=tag)
    rows: list[str] = []
    text: list[str] = []
    for line in lines:
        rows += [r"&\;\;\vdots"] if line is None else line_rows(line)
        text += ["⋮"] if line is None else line_lines(line)
    return Equation(aligned(rows), "\n".join(text), anchor=anchor, tag=tag)
