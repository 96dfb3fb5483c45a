"""All rows of a Jacobian from one run of the function: one tape, swept once for each output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import float_leaves
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.numbers.arrays import objects
from gradcheck.certified.numbers.nodes import MAX_SECONDS
from gradcheck.certified.numbers.tape import Tape
from gradcheck.certified.rounding import Bounds, RunFormat, radii
from gradcheck.certified.runs.differentiate import RunOutcome, gradient_of
from gradcheck.certified.runs.evaluate import RunSettings, call, followed, followed_somehow, inputs
from gradcheck.certified.witness import Certified, certified, settled
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import FIRST_PRECISION

Function = Callable[..., Any]
RowTruth = tuple[Certified, Bounds]  # what `certify` and `running_error` give


def jacobian_rows(f: Function, x: Any, shape: tuple[int, ...], dtype: Any) -> list[RowTruth | None]:
    """Truth and running error of each output; None where one run does not settle it (ties, balls that stay wide)."""
    form = RunFormat.of(dtype)
    try:
        rows = _outcomes(f, x, shape, RunSettings(FIRST_PRECISION, max_seconds=MAX_SECONDS))
        rounded = _outcomes(f, x, shape, form.settings(midpoint=True))
    except CannotFollow:
        return [None] * int(np.prod(shape))
    return [_row(x, one, other, form) for one, other in zip(rows, rounded, strict=True)]


def _row(x: Any, outcome: RunOutcome, rounded: RunOutcome, form: RunFormat) -> RowTruth | None:
    if outcome.choices.ties or rounded.choices.ties or not settled(outcome):
        return None
    bounds = radii(rounded.gradient, form)
    return certified(x, outcome), Bounds(bounds, np.zeros_like(bounds))


def _outcomes(f: Function, x: Any, shape: tuple[int, ...], settings: RunSettings) -> list[RunOutcome]:
    return followed_somehow(lambda how: _swept(f, x, shape, how), settings)


def _swept(f: Function, x: Any, shape: tuple[int, ...], settings: RunSettings) -> list[RunOutcome]:
    tape = Tape(max_edges=settings.max_edges, max_seconds=settings.max_seconds)
    with followed((f,), settings, tape) as choices:
        size = sum(array.size for _, array in float_leaves(x))
        first = tape.begin(size)
        result = objects(call(f, inputs(x, first)))
        if result.shape != shape:
            raise CannotFollow("shape", Sentence("following.function-shape", balls=result.shape, floats=shape))
        return [
            RunOutcome(cell.ball, gradient_of(tape, cell, first, size, settings.unit), choices, len(tape.parents), ())
            for cell in result.ravel()
        ]
