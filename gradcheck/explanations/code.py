"""The code that is explained: what can be asked of it, whether it runs confined or in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


@dataclass(frozen=True, order=True)
class Place:
    """A line of the source, counted from 1; with its file where there are several, and its cell where it is a notebook."""

    file: str
    cell: int
    line: int


@dataclass(frozen=True)
class Made:
    """An array that a line made or filled, by the name that the code has for it: ``dz1``, ``grads['dW1']``, ``self.W[0]``."""

    place: Place
    name: str
    array: Array
    function: str = ""


class NoAnswer(Exception):  # noqa: N818 - it says what happened
    """The code gave no gradient there: it does not take such a network, or it failed."""


class Code(Protocol):
    """A gradient function whose source is at hand."""

    def gradient(self, spec: NetworkSpec, point: Point) -> Mapping[str, Array]:
        """The gradient by key, in the scale of the notation; raises NoAnswer."""

    def trace(self, spec: NetworkSpec, point: Point) -> tuple[Made, ...]:
        """The arrays that its lines made on the way to the gradient, in the order of their making; raises NoAnswer."""

    def line(self, place: Place) -> str:
        """The text of a line as it was written, without its end."""

    def put_right(self, lines: Mapping[Place, str]) -> Code:
        """The same code with other lines in the place of these; raises NoAnswer where it cannot be loaded."""
