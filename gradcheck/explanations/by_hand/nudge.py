"""A proof that needs no calculus: one parameter a little up, a little down, and the cost each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gradcheck.explanations.by_hand.case import Nudge
from gradcheck.explanations.by_hand.lines import EntryPlace
from gradcheck.explanations.by_hand.written import index_text
from reference_nets.activations import Array
from reference_nets.points import Point

STEP = 0.001
DIGITS = (3, 2)  # significant digits of the quotient in which it is to be the right number
DECIMALS = range(4, 11)  # with which the two costs are written, as few as will do

Cost = Callable[[Point], float]


def nudge(point: Point, place: EntryPlace, right: float, yours: float, cost: Cost, own_cost: Cost | None) -> Nudge | None:
    """The costs to as many decimals as the quotient needs to be the right number and not the other; None where none will do.

    The code's own cost is told where it is the same to these digits.
    """
    points = [_moved(point, place, sign * STEP) for sign in (1, -1)]
    costs = [cost(one) for one in points]
    for digits in DIGITS:
        wanted, wrong = _rounded(right, right, digits), _rounded(yours, right, digits)
        for decimals in DECIMALS if wanted != wrong else ():
            above, below = (f"{value:.{decimals}f}" for value in costs)
            quotient = _rounded((float(above) - float(below)) / (2 * STEP), right, digits)
            if quotient != wanted:
                continue
            own = own_cost is not None and [f"{own_cost(one):.{decimals}f}" for one in points] == [above, below]
            parameter = place.key + index_text(point.params[place.key].shape, place.index)
            value = float(point.params[place.key][place.index])
            return Nudge(parameter, value, STEP, above, below, quotient, right, yours, own)
    return None


def _moved(point: Point, place: EntryPlace, by: float) -> Point:
    moved: Array = np.array(point.params[place.key], dtype=float)
    moved[place.index] += by
    return replace(point, params={**point.params, place.key: moved})


def _rounded(number: float, size: float, digits: int) -> str:
    """A number to as many decimals as another one has so many significant digits; a zero has as many decimals."""
    decimals = digits - 1 - int(np.floor(np.log10(abs(size)))) if size else digits
    text = f"{number:.{max(decimals, 0)}f}"
    return text.removeprefix("-") if float(text) == 0 else text
