"""Matrices of balls as blocks on the tape: what goes into one, what comes out, and its adjoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.numbers.arrays import Objects
from gradcheck.certified.numbers.choices import hull
from gradcheck.certified.numbers.nodes import CONSTANT, DERIVED
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from symbolic.balls import Ball, BallMatrix, magnitude

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Adjoints, Tape

_empty = np.empty


class NodeMatrix:
    """A matrix of balls with the nodes of its entries, row by row; ``nodes`` is None where nothing in it varies."""

    def __init__(self, entries: Objects) -> None:
        rows = entries.tolist()
        self.balls = BallMatrix([[s.ball for s in row] for row in rows])
        self.shape = entries.shape
        nodes = [s.node for row in rows for s in row]
        self.nodes = nodes if max(nodes) > CONSTANT else None

    def sizes(self) -> Any:
        """Upper bounds of the entries' absolute values, as floats."""
        return array_of([magnitude(ball) for ball in self.balls.entries()], self.shape)


def array_of(values: list[float], shape: tuple[int, ...]) -> Any:
    """Floats as an array."""
    return np.fromiter(values, dtype=np.float64, count=len(values)).reshape(shape)


def adjoints_of(adjoints: Adjoints, tape: Tape, start: int, shape: tuple[int, int]) -> Any:
    """The adjoints of a block's outputs; None where none has arrived."""
    found = adjoints[start - tape.first : start - tape.first + shape[0] * shape[1]]
    if all(g is None for g in found):
        return None
    return BallMatrix(*shape, [Ball(0) if g is None else hull(g) for g in found])


def outputs(value: Any, shape: tuple[int, int], inputs: tuple[NodeMatrix, ...]) -> tuple[Objects, int | None]:
    """The entries of a block's result as Scalars, and the number of the first, if they are on the tape."""
    tape = active.tape
    result = _empty(shape[0] * shape[1], dtype=object)
    entries = value.entries()
    if all(matrix.nodes is None for matrix in inputs):
        result[:] = [Scalar(ball) for ball in entries]
        return result.reshape(shape), None
    if tape is None:
        result[:] = [Scalar(ball, DERIVED) for ball in entries]
        return result.reshape(shape), None
    start = tape.nodes(len(entries))
    result[:] = [Scalar(ball, start + k) for k, ball in enumerate(entries)]
    return result.reshape(shape), start
