"""One run of unmodified code on balls with a tape: the value, and its derivative by every input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import float_leaves, leaves
from gradcheck.certified.code.reasons import CannotFollow, Undecided, refuse
from gradcheck.certified.numbers.arrays import Array, Mask, objects, wrap
from gradcheck.certified.numbers.choices import Choices, Mode, Open, hull
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numbers.tape import Tape
from gradcheck.certified.runs.evaluate import RunSettings, call, constants, followed, followed_somehow, inputs
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import NAN_BALL, Ball


@dataclass(frozen=True)
class Cusp:
    """A square root of 0: its place among the roots of the run, the derivative by it, and the inputs that it depends on."""

    place: int
    slope: Any
    entries: tuple[int, ...]


@dataclass(frozen=True)
class RunOutcome:
    """What one run gave: the value's ball, the balls of the derivative (flat), and what was decided on the way.

    ``cusps`` are the square roots of 0 that leave the derivative open, ``rest`` is what there is without them.
    """

    value: Any
    gradient: list[Any]
    choices: Choices
    steps: int
    widened: tuple[float, ...]
    cusps: tuple[Cusp, ...] = ()
    rest: Sequence[Any] = ()


def run(f: Callable[..., Any], x: Any, settings: RunSettings, cotangent: Any = None) -> RunOutcome:
    """Value and derivative of ``f`` at x, or of ``sum(cotangent * f)``."""
    return followed_somehow(lambda how: _run(f, x, how, cotangent), settings)


def _run(f: Callable[..., Any], x: Any, settings: RunSettings, cotangent: Any) -> RunOutcome:
    tape = Tape(max_edges=settings.max_edges, max_seconds=settings.max_seconds)
    with followed((f,), settings, tape) as choices:
        size = sum(array.size for _, array in float_leaves(x))
        tape.begin(size)
        try:
            output = output_of(f, x, cotangent, tape)
        except CannotFollow as error:
            if choices.ties and choices.mode is Mode.HULL and not isinstance(error, Undecided):
                raise Undecided(str(error)) from error  # with every comparison forced it may run through
            raise
        rest, cusps = split_gradient(tape, output, size, settings.unit)
        steps = len(tape.parents) + tape.block_work
        gradient = _with_cusps(rest, cusps)
        return RunOutcome(output.ball, gradient, choices, steps, tuple(active.widened), cusps, rest)


def output_of(f: Callable[..., Any], x: Any, cotangent: Any, tape: Tape) -> Scalar:
    """The one number that is differentiated, on a tape that has begun."""
    return _number(call(f, inputs(x, tape.first)), cotangent)


def gradient_of(tape: Tape, output: Scalar, first: int, size: int, unit: float) -> list[Any]:
    """The derivative of an output by each of ``size`` inputs, of which ``first`` is the first."""
    return _with_cusps(*split_gradient(tape, output, size, unit))


def _with_cusps(rest: list[Any], cusps: tuple[Cusp, ...]) -> list[Any]:
    touched = {k for cusp in cusps for k in cusp.entries}
    return [NAN_BALL if k in touched else ball for k, ball in enumerate(rest)]


def split_gradient(tape: Tape, output: Scalar, size: int, unit: float) -> tuple[list[Any], tuple[Cusp, ...]]:
    """The derivative without what comes through square roots of 0, and those on which it depends.

    Where nothing is left of the derivative by such a root, as in ``norm(x)^2``, it counts for nothing if it is the length of
    something smooth: if what is under it has no slope either.
    """
    zero = Ball(0)
    if output.node == CONSTANT:
        return [zero] * size, ()
    adjoints = tape.sweep(output.node, unit)
    found = [*adjoints[:size], *[None] * (size - len(adjoints))]
    cusps = []
    for node, radicand, place in tape.cusps:
        g = adjoints[node - tape.first] if node - tape.first < len(adjoints) else None
        if g is None:
            continue
        flat = all(under is None or hull(under).is_zero() for under in _slopes(tape, radicand))
        if not (hull(g).is_zero() and flat):
            unknown = tape.sweep_from({radicand: NAN_BALL})[:size]
            entries = tuple(k for k, ball in enumerate(unknown) if ball is not None)
            cusps.append(Cusp(place, hull(g) if flat else NAN_BALL, entries))
    return [zero if g is None else hull(g) for g in found], tuple(cusps)


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
        refuse("not-a-number", Sentence("following.undecided-truth"))
    if np.ndim(result) == 0:
        try:
            return objects(result).item()
        except (TypeError, ValueError):
            refuse("dtype", Sentence("following.returned-a", type=type(result).__name__))
    if isinstance(result, np.ndarray) and result.size == 1:
        return objects(result).item()
    refuse("not-a-number", Sentence("following.returned-array", shape=np.shape(result)))


def _paired(result: Any, cotangent: Any) -> Scalar:
    """``sum(cotangent * result)`` over the leaves of both."""
    total = Scalar(Ball(0))
    for (_, weights), (_, values) in zip(leaves(constants(cotangent)), leaves(result), strict=True):
        if np.shape(weights) != np.shape(values):
            refuse("shape", Sentence("following.function-shape", balls=np.shape(values), floats=np.shape(weights)))
        total = total + ARRAY_FUNCTIONS[np.sum](np.multiply(weights, wrap(objects(values))))
    return total
