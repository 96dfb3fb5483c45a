"""One run for all branches: undecided comparisons stay open, and the derivative is computed for any choice of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from gradcheck.arrays.pytree import float_leaves
from gradcheck.certified.numbers.choices import OpenComparison, Pick, Split
from gradcheck.certified.numbers.directions import sides_of_extreme, sides_of_pair
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numbers.tape import Tape
from gradcheck.certified.runs.differentiate import gradient_of, output_of
from gradcheck.certified.runs.evaluate import RunSettings, followed

Gradient = list[Any]  # a ball for each input
Weights = tuple[float, ...]  # one for each answer, of sum 1


class GaveUp(Exception):  # noqa: N818 - no error
    """The comparisons cannot be given answers on the tape, or not in time."""


@dataclass(frozen=True)
class OpenTape:
    """The tape, and for each comparison the edges whose partial derivative depends on it."""

    tape: Tape
    output: Scalar
    unit: float
    deadline: float
    compared: Mapping[Hashable, OpenComparison]
    edges: Mapping[Hashable, list[tuple[int, Split | Pick]]]

    def give(self, answers: Mapping[Hashable, Weights]) -> None:
        """Let the edges of these comparisons be those of mixtures of their answers."""
        for key, weights in answers.items():
            for place, partial in self.edges[key]:
                self.tape.partials[place] = partial.mixed(weights)

    def gradient(self) -> Gradient:
        """The derivative with the answers given last."""
        if monotonic() > self.deadline:
            raise GaveUp
        found = gradient_of(self.tape, self.output, self.tape.first, self.tape.inputs, self.unit)
        if not all(ball.is_finite() for ball in found):
            raise GaveUp
        return found

    def options(self, key: Hashable) -> int:
        """How many answers a comparison has."""
        return self.compared[key].options

    def asks(self, key: Hashable) -> list[list[Any]]:
        """What each answer asks of a direction, with the answers given last."""
        compared = self.compared[key]
        if compared.sign:
            return sides_of_extreme(list(compared.cells), compared.sign)
        return sides_of_pair(compared.cells[0], compared.cells[1], swapped=compared.swapped)


@contextmanager
def opened(f: Callable[..., Any], x: Any, settings: RunSettings, cotangent: Any) -> Iterator[OpenTape]:
    """The open tape of f at x, within the block."""
    tape = Tape(max_edges=settings.max_edges, max_seconds=settings.max_seconds)
    deadline = monotonic() + settings.max_seconds
    with followed((f,), settings, tape) as choices:
        choices.picks = True
        tape.begin(sum(array.size for _, array in float_leaves(x)))
        output = output_of(f, x, cotangent, tape)
        edges: dict[Hashable, list[tuple[int, Split | Pick]]] = {}
        for place, partial in enumerate(tape.partials):
            if isinstance(partial, Split | Pick):
                edges.setdefault(partial.key, []).append((place, partial))
        tape.splits = False  # every one is given an answer before a sweep
        yield OpenTape(tape, output, settings.unit, deadline, choices.compared, edges)
