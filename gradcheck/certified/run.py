"""One run of unmodified code on balls with a tape: the value, and its derivative by every input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.certified.active import active
from gradcheck.certified.arrays import Array, Mask, objects, wrap
from gradcheck.certified.choices import Choices, Open, hull
from gradcheck.certified.nodes import CONSTANT
from gradcheck.certified.reasons import CannotFollow, Undecided, refuse
from gradcheck.certified.scalars import Scalar
from gradcheck.certified.structure import float_leaves, leaves
from gradcheck.certified.tables import ARRAY_FUNCTIONS
from gradcheck.certified.tape import Tape
from gradcheck.certified.values import Settings, call, constants, followed, followed_somehow, inputs
from symbolic.balls import NAN_BALL, Ball


@dataclass(frozen=True)
class Outcome:
    """What one run gave: the value's ball, the balls of the derivative (flat), and what was decided on the way."""

    value: Any
    gradient: list[Any]
    choices: Choices
    steps: int
    widened: tuple[float, ...]


def run(f: Callable[..., Any], x: Any, settings: Settings, cotangent: Any = None) -> Outcome:
    """Value and derivative of ``f`` at x, or of ``sum(cotangent * f)``."""
    return followed_somehow(lambda how: _run(f, x, how, cotangent), settings)


def _run(f: Callable[..., Any], x: Any, settings: Settings, cotangent: Any) -> Outcome:
    tape = Tape(max_edges=settings.max_edges, max_seconds=settings.max_seconds)
    with followed((f,), settings, tape) as choices:
        size = sum(array.size for _, array in float_leaves(x))
        first = tape.begin(size)
        try:
            output = output_of(f, x, cotangent, tape)
        except CannotFollow as error:
            if choices.ties and choices.mode == "hull" and not isinstance(error, Undecided):
                raise Undecided(str(error)) from error  # with every comparison forced it may run through
            raise
        gradient = gradient_of(tape, output, first, size, settings.unit)
        steps = len(tape.parents) + tape.block_work
        return Outcome(output.ball, gradient, choices, steps, tuple(active.widened))


def output_of(f: Callable[..., Any], x: Any, cotangent: Any, tape: Tape) -> Scalar:
    """The one number that is differentiated, on a tape that has begun."""
    return _number(call(f, inputs(x, tape.first)), cotangent)


def gradient_of(tape: Tape, output: Scalar, first: int, size: int, unit: float) -> list[Any]:
    """The derivative of an output by each of ``size`` inputs, of which ``first`` is the first."""
    zero = Ball(0)
    if output.node == CONSTANT:
        return [zero] * size
    adjoints = tape.sweep(output.node, unit)
    found = adjoints[:size]
    found += [None] * (size - len(found))
    if open_cusps := _open_cusps(tape, adjoints):
        unknown = tape.sweep_from({radicand: NAN_BALL for _, radicand in open_cusps})[:size]
        found = [NAN_BALL if k < len(unknown) and unknown[k] is not None else g for k, g in enumerate(found)]
    return [zero if g is None else hull(g) for g in found]


def _open_cusps(tape: Tape, adjoints: list[Any]) -> list[tuple[int, int]]:
    """The square roots at 0 on which the output depends.

    Where nothing is left of the derivative by such a root, as in ``norm(x)^2``, it counts for nothing if it is the length of
    something smooth: if what is under it has no slope either.
    """
    reached = [cusp for cusp in tape.cusps if cusp[0] - tape.first < len(adjoints)]
    return [
        (node, radicand)
        for node, radicand in reached
        if (g := adjoints[node - tape.first]) is not None
        and not (hull(g).is_zero() and all(under is None or hull(under).is_zero() for under in _slopes(tape, radicand)))
    ]


def _slopes(tape: Tape, node: int) -> list[Any]:
    return tape.sweep(node)[: tape.inputs]


def _number(result: Any, cotangent: Any) -> Scalar:
    """The one number that is differentiated."""
    if cotangent is not None:
        return _paired(result, cotangent)
    if isinstance(result, Array) and result.size == 1:
        result = result.reshape(())[()]
    if isinstance(result, Scalar):
        return result
    if isinstance(result, Open | Mask):
        refuse("not-a-number", "the function returned an undecided truth value")
    if np.isscalar(result) or np.ndim(result) == 0:
        try:
            return objects(result).item()
        except (TypeError, ValueError):
            refuse("dtype", f"the function returned a {type(result).__name__}, which is not followed")
    if isinstance(result, np.ndarray) and result.size == 1:
        return objects(result).item()
    refuse("not-a-number", f"the function returned an array of shape {np.shape(result)}, expected one number")


def _paired(result: Any, cotangent: Any) -> Scalar:
    """``sum(cotangent * result)`` over the leaves of both."""
    total = Scalar(Ball(0))
    for (_, weights), (_, values) in zip(leaves(constants(cotangent)), leaves(result), strict=True):
        if np.shape(weights) != np.shape(values):
            refuse("shape", f"on balls the function returned shape {np.shape(values)}, on floats {np.shape(weights)}")
        total = total + ARRAY_FUNCTIONS[np.sum](np.multiply(weights, wrap(objects(values))))
    return total
