"""What a page needs beside the diagnoses: lines with mistakes, the code's own names and layout, its first wrong numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradcheck.explanations.heatmap import QuantityPair
from gradcheck.explanations.names import names, weights_turned
from gradcheck.explanations.traced.code import SourcePlace, TracedCode
from gradcheck.explanations.traced.ended import StoppingLine
from gradcheck.explanations.traced.own import even
from gradcheck.explanations.traced.where import TraceReading, Unsure
from gradcheck.judge.mistake import Diagnosis
from symbolic.derivation.numpy_lines import ArrayOrder


@dataclass(frozen=True)
class Explanation:
    """The lines that have mistakes, by file and cell; the code's own names and layout; the first wrong numbers."""

    source: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    layout: ArrayOrder = field(default_factory=ArrayOrder)
    comparison: QuantityPair | None = None
    files: int = 1
    unsure: Unsure | None = None  # why no line is named, where none is
    ended: StoppingLine | None = None  # where it went astray, if it gave no gradient

    @property
    def several_files(self) -> bool:
        """Whether a line has to be told with its file."""
        return len({file for file, _ in self.source}) > 1 or self.files > 1

    def compared(self, comparison: QuantityPair | None) -> Explanation:
        """The same with the first wrong quantity."""
        return replace(self, comparison=comparison)


def explanation(code: TracedCode, found: TraceReading, diagnoses: Sequence[Diagnosis], layout: ArrayOrder) -> Explanation:
    """What a trace has told beside the lines."""
    places = [SourcePlace(d.file, d.cell or 0, d.line) for d in diagnoses if d.line]
    source = {(place.file, place.cell): code.lines(place) for place in places}
    if found.walk is None:
        return Explanation(source, {}, layout, unsure=None if places else found.unsure)
    m = len(found.walk.point.x)
    late = layout.late_average or (m > 1 and even(found.walk.values.convention, m))
    order = replace(layout, in_out=weights_turned(found.walk, layout.in_out), late_average=late)
    return Explanation(source, names(found.walk), order)
