"""Runs unmodified code on balls for its values alone; `differentiate` begins in the same way and adds a tape."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gradcheck.arrays.pytree import copied, float_leaves, leaves, mapped, rebuilt
from gradcheck.certified.code.reasons import CannotFollow, Undecided, place_of, raised
from gradcheck.certified.numbers.arrays import Objects, exactly, objects, wrap
from gradcheck.certified.numbers.choices import Choices, Mode
from gradcheck.certified.numbers.nodes import DERIVED, MAX_EDGES, MAX_SECONDS
from gradcheck.certified.numbers.run_state import activated
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.replacements.kept import on_balls
from gradcheck.certified.replacements.namespaces import replaced
from gradcheck.certified.replacements.ours import is_followed
from gradcheck.certified.replacements.table import held_functions
from gradcheck.certified.runs import all_rules as _all_rules  # noqa: F401 - fills the tables
from gradcheck.judge.float_formats import FloatFormat
from gradcheck.judge.subgradients import Linked
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, precision

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Tape

_empty = np.empty
Result = TypeVar("Result")


@dataclass(frozen=True)
class RunSettings:
    """How a run computes: bits, decisions, constants as their author may have meant them, rounding as floats do.

    ``kept_on_balls``: whether the arrays of floats that the code keeps are exact constants, too.
    """

    bits: int
    forced: dict[Any, int] | None = None
    asks: dict[Any, list[Any]] | None = None  # what the forced answers ask of a direction
    linked: Linked = Linked.TOGETHER
    midpoint: bool = False
    widen: int = 0
    unit: float = 0.0
    tiny: float = 0.0
    max_seconds: float = MAX_SECONDS
    max_edges: int = MAX_EDGES
    small: frozenset[float] = frozenset()  # constants that are anything between nothing and themselves
    short: FloatFormat | None = None  # arrays that hold its numbers were rounded to it
    kept_on_balls: bool = True


def inputs(x: Any, first: int, steps: Mapping[int, Any] | None = None) -> Any:
    """X as exact balls; their nodes are numbered from ``first``, or all are merely marked as inputs where it is 0.

    ``steps`` are added to some of them, which are told by their place.
    """
    cells = []
    node, start = first, 0
    for _, array in float_leaves(x):
        flat = [float(v) for v in array.ravel()]
        block = _empty(len(flat), dtype=object)
        block[:] = [Scalar(Ball(v), node + k if first else DERIVED) for k, v in enumerate(flat)]
        node += len(flat) if first else 0
        for k, step in (steps or {}).items():
            if 0 <= k - start < len(flat):
                block[k - start] = Scalar(block[k - start].ball + step, block[k - start].node)
        start += len(flat)
        cells.append(wrap(block.reshape(array.shape)) if array.ndim else block[0])
    return rebuilt(x, cells)


def constants(value: Any) -> Any:
    """A cotangent, a tangent, a point: its floats as exact constants, so that all that is computed with them is exact."""
    return mapped(value, exactly)


def handed(value: Any) -> Any:
    """What code under test is given beside the inputs, its own copy: exact constants in a run on balls, floats outside."""
    return constants(value) if is_followed() else copied(value)


@contextmanager
def followed(functions: tuple[Callable[..., Any], ...], settings: RunSettings, tape: Tape | None) -> Iterator[Choices]:
    """Within the block code runs on balls: precision, decisions and replacements are in force.

    What the code keeps between calls is after the block as it was before.
    """
    mode = Mode.MIDPOINT if settings.midpoint else Mode.HULL if settings.forced is None else Mode.FORCED
    choices = Choices(mode, dict(settings.forced or {}), asks=dict(settings.asks or {}), linked=settings.linked)
    state: dict[str, Any] = {"tape": tape, "choices": choices, "unit": settings.unit, "tiny": settings.tiny}
    state |= {"widen": settings.widen, "short": settings.short, "small": settings.small}
    with activated(**state), precision(settings.bits):
        raised.clear()
        with (
            on_balls(functions, held_functions(), arrays=settings.kept_on_balls) as how_many,
            replaced(functions),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")  # of the code under test; those of its float run are its own affair
            try:
                yield choices
            except CannotFollow as error:
                error.on_balls = how_many > 0
                raise


def followed_somehow(attempt: Callable[[RunSettings], Result], settings: RunSettings) -> Result:
    """A run; where it ends early, once more with the arrays that the code keeps as they are.

    Compiled code takes floats alone: with constants it is called as it is.
    """
    try:
        return attempt(settings)
    except CannotFollow as error:
        if not error.on_balls or isinstance(error, Undecided) or error.reason.code in ("time", "memory"):
            raise
        first = error
    try:
        return attempt(replace(settings, kept_on_balls=False))
    except CannotFollow as error:
        raise first if error.reason.code == "float-array" else error from None


def call(function: Callable[..., Any], *args: Any) -> Any:
    """Call code under test; what cannot be followed ends with its reason, even if the code caught the exception."""
    try:
        result = function(*args)
    except CannotFollow as error:
        raise raised[0] if raised else error from None
    except RecursionError as error:
        message = Sentence("following.recursion")
        raise CannotFollow("recursion", message, place_of(error.__traceback__)) from None
    except Exception as error:
        if raised:
            raise raised[0] from error
        message = Sentence("following.exception", name=type(error).__name__, error=error)
        raise CannotFollow("exception", message, place_of(error.__traceback__)) from error
    if raised:
        raise raised[0]
    return result


def run_values(function: Callable[..., Any], x: Any, settings: RunSettings, *more: Any) -> tuple[list[Objects], Choices]:
    """The results of ``function(x, *more)`` on balls, leaf by leaf: no tape, no derivative.

    x alone is marked as input; what else is handed over are exact constants.
    """

    def attempt(settings: RunSettings) -> tuple[list[Objects], Choices]:
        with followed((function,), settings, None) as choices:
            result = call(function, inputs(x, 0), *map(constants, more))
            return [_cells(value) for _, value in leaves(result)], choices

    return followed_somehow(attempt, settings)


def _cells(value: Any) -> Objects:
    """One part of a result as a plain array of Scalars."""
    try:
        return objects(value)
    except (TypeError, ValueError) as error:
        raise CannotFollow("dtype", Sentence("following.code-returns", type=type(value).__name__)) from error
