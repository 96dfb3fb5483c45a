"""Where code stopped that gave no gradient: the line, and the shapes there or what made the first nan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.explanations.traced.code import CodeError, Made, Origin, SourcePlace, Trace
from gradcheck.explanations.traced.where import not_finite
from gradcheck.sentences.sentence import Sentence

MOST_NAMED = 4  # arrays of a line that are told
LARGE = 700.0  # beyond, exp overflows


@dataclass(frozen=True)
class StoppingLine:
    """The line where code went astray that gave no gradient, and a few words about it."""

    place: SourcePlace
    note: str


def shapes_in(raised: CodeError) -> Sentence:
    """The shapes of the arrays in a line that raised."""
    shapes = [Sentence("teaching/short.has-shape", name=name, shape=str(shape)) for name, shape in raised.shapes.items()]
    return Sentence("teaching/short.shapes", shapes=tuple(shapes[:MOST_NAMED])) if shapes else Sentence("teaching/short.raises")


def not_finite_in(trace: Trace) -> Sentence:
    """The first number that is not finite, and what was in the arrays that it was made of."""
    number = not_finite(trace)
    if number is None:
        return Sentence("teaching/short.raises")
    one = trace.made[number]
    value = one.array[~np.isfinite(one.array)].ravel()[0]
    name = Sentence("teaching/short.what-returns") if one.kind is Origin.RETURNED else one.name
    note = Sentence("teaching/short.not-finite", name=name, value=str(value))
    causes = _causes(trace.made[:number], one)
    return Sentence("teaching/short.not-finite-of", words=note, causes=causes) if causes else note


def _causes(before: Sequence[Made], one: Made) -> tuple[Sentence, ...]:
    """What in the arrays of the same call may have done it: zeros, and numbers whose exponential is no float any more."""
    latest = {made.name: made.array for made in before if made.call == one.call and made.name != one.name}
    at = tuple(np.argwhere(~np.isfinite(one.array))[0])
    there = {name: float(array[at]) for name, array in reversed(latest.items()) if array.shape == one.array.shape}
    found = [(name, value) for name, value in there.items() if value == 0 or abs(value) > LARGE]
    return tuple(Sentence("teaching/short.holds", name=name, value=value) for name, value in found[:2])
