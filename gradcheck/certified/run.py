"""One run of unmodified code on balls: values alone, or values with the derivative of the result by every input."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.certified import functions as _rules  # noqa: F401 - fills the tables
from gradcheck.certified.active import activated, active
from gradcheck.certified.arrays import ARRAY_FUNCTIONS, Array, Mask, Objects, objects, wrap
from gradcheck.certified.choices import Choices, Open, hull
from gradcheck.certified.namespaces import known_arrays, replaced
from gradcheck.certified.reasons import CannotFollow, Undecided, raised
from gradcheck.certified.scalars import Scalar, refuse
from gradcheck.certified.structure import float_leaves, leaves, rebuilt
from gradcheck.certified.tape import CONSTANT, DERIVED, MAX_EDGES, Tape
from symbolic.balls import Ball, precision

_empty = np.empty


@dataclass(frozen=True)
class Settings:
    """How a run computes: bits, decisions, constants as their author may have meant them, rounding as floats do."""

    bits: int
    forced: dict[Any, int] | None = None
    midpoint: bool = False
    widen: int = 0
    unit: float = 0.0
    tiny: float = 0.0
    max_seconds: float = 60.0
    max_edges: int = MAX_EDGES


@dataclass(frozen=True)
class Outcome:
    """What one run gave: the value's ball, the balls of the derivative (flat), and what was decided on the way."""

    value: Any
    gradient: list[Any]
    choices: Choices
    steps: int
    widened: tuple[float, ...]


def inputs(x: Any, first: int) -> Any:
    """X as exact balls; their nodes are numbered from ``first``, or all are merely marked as inputs where it is 0."""
    cells = []
    node = first
    for _, array in float_leaves(x):
        flat = [float(v) for v in array.ravel()]
        block = _empty(len(flat), dtype=object)
        block[:] = [Scalar(Ball(v), node + k if first else DERIVED) for k, v in enumerate(flat)]
        node += len(flat) if first else 0
        cells.append(wrap(block.reshape(array.shape)) if array.ndim else block[0])
    return rebuilt(x, cells)


@contextmanager
def followed(functions: tuple[Callable[..., Any], ...], settings: Settings, tape: Tape | None) -> Iterator[Choices]:
    """Within the block code runs on balls: precision, decisions and replacements are in force."""
    mode = "midpoint" if settings.midpoint else "hull" if settings.forced is None else "forced"
    choices = Choices(mode, dict(settings.forced or {}))
    exact = known_arrays(functions) if settings.widen == 1 else []
    state = {"tape": tape, "choices": choices, "unit": settings.unit, "tiny": settings.tiny, "widen": settings.widen}
    with activated(**state, exact_arrays=frozenset(map(id, exact))), precision(settings.bits):
        raised.clear()
        with replaced(functions), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # of the code under test; those of its float run are its own affair
            yield choices


def call(function: Callable[..., Any], *args: Any) -> Any:
    """Call code under test; what cannot be followed ends with its reason, even if the code caught the exception."""
    try:
        result = function(*args)
    except CannotFollow as error:
        raise raised[0] if raised else error from None
    except RecursionError:
        refuse("recursion", "the code recurses too deeply on balls")
    except Exception as error:
        if raised:
            raise raised[0] from error
        raise CannotFollow("exception", f"{type(error).__name__} on balls: {error}") from error
    if raised:
        raise raised[0]
    return result


def run(f: Callable[..., Any], x: Any, settings: Settings, cotangent: Any = None) -> Outcome:
    """Value and derivative of ``f`` at x, or of ``sum(cotangent * f)``."""
    tape = Tape(max_edges=settings.max_edges, max_seconds=settings.max_seconds)
    with followed((f,), settings, tape) as choices:
        size = sum(array.size for _, array in float_leaves(x))
        first = tape.nodes(size)
        try:
            output = _number(call(f, inputs(x, first)), cotangent)
        except CannotFollow as error:
            if choices.ties and choices.mode == "hull" and not isinstance(error, Undecided):
                raise Undecided(str(error)) from error  # with every comparison forced it may run through
            raise
        gradient = _gradient(tape, output, first, size, settings.unit)
        steps = len(tape.parents) + tape.block_work
        return Outcome(output.ball, gradient, choices, steps, tuple(active.widened))


def _gradient(tape: Tape, output: Scalar, first: int, size: int, unit: float) -> list[Any]:
    zero = Ball(0)
    if output.node == CONSTANT:
        return [zero] * size
    adjoints = tape.sweep(output.node, unit)
    found = adjoints[:size]
    found += [None] * (size - len(found))
    return [zero if g is None else hull(g) for g in found]


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
        return objects(result).item()
    refuse("not-a-number", f"the function returned an array of shape {np.shape(result)}, expected one number")


def _paired(result: Any, cotangent: Any) -> Scalar:
    """``sum(cotangent * result)`` over the leaves of both."""
    total = Scalar(Ball(0))
    for (_, weights), (_, values) in zip(leaves(cotangent), leaves(result), strict=True):
        if np.shape(weights) != np.shape(values):
            refuse("shape", f"on balls the function returned shape {np.shape(values)}, on floats {np.shape(weights)}")
        total = total + ARRAY_FUNCTIONS[np.sum](np.multiply(wrap(objects(weights)), wrap(objects(values))))
    return total


def run_values(function: Callable[..., Any], x: Any, settings: Settings, *more: Any) -> tuple[list[Objects], Choices]:
    """The results of ``function(x, *more)`` on balls, leaf by leaf: no tape, no derivative. x alone is marked as input."""
    with followed((function,), settings, None) as choices:
        result = call(function, inputs(x, 0), *more)
        return [objects(value) for _, value in leaves(result)], choices
