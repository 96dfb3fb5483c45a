"""Where did it end? The line of an exception with the shapes in it, of the first nan, of an array with the wrong shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.explanations.traced.code import Kind, Made, Place, Trace
from gradcheck.sentences.sentence import Sentence

MOST_NAMED = 4  # arrays of a line that are told


@dataclass(frozen=True)
class Ended:
    """The line where code went astray that gave no gradient, and a few words about it."""

    place: Place
    note: Sentence


def of_exception(trace: Trace) -> Ended | None:
    """The line that raised, with the shapes of the arrays in it."""
    raised = trace.raised
    if raised is None or raised.place is None:
        return None
    shapes = [Sentence("teaching/short.has-shape", name=name, shape=str(shape)) for name, shape in raised.shapes.items()]
    note = Sentence("teaching/short.shapes", shapes=tuple(shapes[:MOST_NAMED])) if shapes else Sentence("teaching/short.raises")
    return Ended(raised.place, note)


def of_not_finite(trace: Trace) -> Ended | None:
    """The line that made the first number that is not finite, and what was in the arrays that it was made of."""
    for number, one in enumerate(trace.made):
        if one.kind is not Kind.ARGUMENT and not np.isfinite(one.array).all():
            value = one.array[~np.isfinite(one.array)].ravel()[0]
            note = Sentence("teaching/short.not-finite", name=one.name, value=str(value))
            causes = _causes(trace.made[:number], one)
            return Ended(one.place, Sentence("teaching/short.not-finite-of", words=note, causes=causes) if causes else note)
    return None


def _causes(before: Sequence[Made], one: Made) -> tuple[Sentence, ...]:
    """What in the arrays of the same call may have done it: zeros, and numbers whose exponential is no float any more."""
    latest = {made.name: made.array for made in before if made.call == one.call and made.name != one.name}
    shaped = {name: array for name, array in latest.items() if array.shape == one.array.shape}
    at = np.argwhere(~np.isfinite(one.array))[0]
    found = []
    for name, array in reversed(shaped.items()):
        value = float(array[tuple(at)])
        if value == 0 or abs(value) > LARGE:
            found.append(Sentence("teaching/short.holds", name=name, value=value))
    return tuple(found[:2])


LARGE = 700.0  # beyond, exp overflows


def of_order(trace: Trace) -> Ended | None:
    """The line that hands the layers back in reverse order: the last that returned anything."""
    last = next((one for one in reversed(trace.made) if one.kind is Kind.RETURNED), None)
    return Ended(last.place, Sentence("teaching/short.reversed")) if last else None


def of_shape(trace: Trace, shape: tuple[int, ...]) -> Ended | None:
    """The first line that made an array of this shape which came back."""
    returned = [one for one in trace.made if one.kind is Kind.RETURNED and one.array.shape == shape]
    made = [one for one in trace.made if one.kind is Kind.MADE and one.array.shape == shape]
    meant = [one for one in made if any(np.array_equal(one.array, other.array) for other in returned)]
    first = next(iter(meant or returned), None)
    return Ended(first.place, Sentence("teaching/short.wrong-shape", name=first.name, shape=str(shape))) if first else None
