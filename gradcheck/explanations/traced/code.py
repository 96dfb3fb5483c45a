"""The code that is explained: what can be asked of it, whether it runs confined or in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


@dataclass(frozen=True, order=True)
class SourcePlace:
    """A line of the source, counted from 1; of a notebook within its code cell, which is counted from 1, too (else 0)."""

    file: str
    cell: int
    line: int


class Origin(Enum):
    """How an array came to its name: a line assigned it or changed it, a function was handed it, or gave it back."""

    MADE = 0
    ARGUMENT = 1
    RETURNED = 2


@dataclass(frozen=True)
class Made:
    """An array that a line made or filled, by the name that the code has for it: ``dz1``, ``grads['dW1']``, ``self.W[0]``.

    ``call`` numbers the calls of functions: what two lines made in the same call has the same number.
    """

    place: SourcePlace
    name: str
    array: Array
    function: str = ""
    kind: Origin = Origin.MADE
    call: int = 0


class Cut(Enum):
    """What ended a trace before the code had ended."""

    TIME = "time"
    SIZE = "size"


@dataclass(frozen=True)
class CodeError:
    """An exception: a sentence, its line, and the shapes of the arrays that this line names."""

    words: str
    place: SourcePlace | None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """What the lines made on the way to a gradient, in the order of their making, and the gradient (NaN where none came)."""

    made: tuple[Made, ...]
    gradient: Mapping[str, Array]
    cut: Cut | None = None
    raised: CodeError | None = None
    changed: tuple[SourcePlace, tuple[str, ...]] | None = (
        None  # after which line which inputs were no longer what they had been
    )


@dataclass(frozen=True)
class Edit:
    """Other text in the place of lines: from ``place`` to before the line ``end``; where both are one it comes before it."""

    place: SourcePlace
    end: int
    new: str


class NoAnswer(Exception):  # noqa: N818 - it says what happened
    """The code gave no gradient there: it does not take such a network, or it failed."""


class TracedCode(Protocol):
    """A gradient function whose source is at hand."""

    def gradient(self, spec: NetworkSpec, point: Point) -> Mapping[str, Array]:
        """The gradient by key, in the scale of the notation; raises NoAnswer."""

    def trace(self, spec: NetworkSpec, point: Point, *, anew: bool = False, inputs: bool = False) -> Trace:
        """What its lines make on the way to the gradient, in the code's own scale; raises NoAnswer where it cannot be run.

        ``anew``: the files are run once more before, so that nothing is left of earlier calls; ``inputs``: these are watched.
        """

    def lines(self, place: SourcePlace) -> Sequence[str]:
        """The lines of the file, or of the cell, that a place is in, as they were written."""

    def tried(self, tries: Sequence[Sequence[Edit]], spec: NetworkSpec, point: Point) -> list[Mapping[str, Array] | None]:
        """The gradient with each of several changes, in the scale of the notation; None where it gives none."""

    def put_right(self, edits: Sequence[Edit]) -> AbstractContextManager[TracedCode]:
        """The same code with these changes while the context is entered; raises NoAnswer where it cannot be loaded."""
