"""Constants of the code as balls: exactly, or as wide as what their author may have meant.

A float literal such as 0.1 is not the number that it stands for. Where a gradient code disagrees with the truth, it is
run once more with every non-dyadic scalar constant widened: half a unit of the last decimal where its shortest repr has
8 to 15 digits (0.7978845608), 8 units in the last place otherwise (0.1/7), those of float32 for a float32 scalar; and the
distance to a short decimal that is as near as a difference of numbers around 1 would come to it (1 - 0.9999).
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.run_state import active
from gradcheck.judge.float_formats import is_extension
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, widened

NEARLY = 1e-9  # of itself: a number that near to one of six digits is not there by chance
SINGLE = 3  # how a run reads constants where float32 arrays were rounded to that format, too
FEW_BITS = 2**12  # an odd part below this was meant as it is: 0.5, 3/8, 2**-20


def constant_ball(value: Any) -> Any:
    """A number as a ball; TypeError for what is no number, CannotFollow for numbers that are not followed."""
    kind = type(value)
    if kind is float:
        return float_ball(value, single=False)
    if kind is int or kind is bool:
        return Ball(int(value))
    if isinstance(value, np.floating):
        if value.dtype.itemsize > 8:
            raise CannotFollow("dtype", Sentence("following.long-doubles"))
        return float_ball(float(value), single=value.dtype.itemsize < 8)
    if isinstance(value, int | np.integer | np.bool_):
        return Ball(int(value))
    if isinstance(value, float):
        return float_ball(float(value), single=False)
    if isinstance(value, np.generic) and is_extension(value.dtype):
        return float_ball(float(value), single=True)
    if isinstance(value, Fraction):
        return Ball(value.numerator) / value.denominator
    if isinstance(value, complex | np.complexfloating):
        raise CannotFollow("complex", Sentence("following.complex-numbers"))
    raise TypeError(Sentence("following.no-number", kind=kind.__name__))


def float_ball(value: float, *, single: bool) -> Any:
    """The float exactly; widened where the run widens constants."""
    ball = Ball(value)
    if single and active.short is not None:
        return short_ball(value)
    if active.widen and (radius := meant_within(value, single)):
        active.widened[value] = None
        return widened(ball, radius)
    return ball


def opened(scalar: Any, *, near: tuple[int, ...] = (0, 1)) -> Any:
    """All between nothing (or 1) and a constant that the run takes for small, as a ball; None for any other number."""
    ball = scalar.ball
    if scalar.node != CONSTANT or not ball.is_exact() or float(ball) not in active.small:
        return None
    limit = round(float(ball))
    return ball.union(Ball(limit)) if limit in near else None


def short_ball(value: float) -> Any:
    """A number of a short format, as wide as rounding to it left it."""
    form = active.short
    return widened(Ball(value), form.u * abs(value) + form.tiny) if form is not None and value else Ball(value)


def array_ball(value: float, largest: float) -> Any:
    """A float of an array of constants, as wide as what made the array may have left: 2 units in its own last place.

    Or one in that of the largest entry: a cosine that should be 0 is 6e-17.
    """
    if not meant_within(value) or not math.isfinite(value):
        return Ball(value)
    beside = float(np.spacing(largest)) if math.isfinite(largest) else 0.0
    return widened(Ball(value), max(2 * float(np.spacing(abs(value))), beside))


@lru_cache(maxsize=4096)
def meant_within(value: float, single: bool = False) -> float:
    """How far the number that was meant may be from this float; 0 for one that is meant as it is.

    >>> meant_within(0.5), meant_within(0.7978845608)
    (0.0, 5e-11)
    """
    if not math.isfinite(value) or value == int(value) or abs(math.frexp(value)[0] * FEW_BITS) % 1 == 0:
        return 0.0
    text = Decimal(repr(value))
    if Fraction(text) == Fraction(value):
        return 0.0
    digits, exponent = len(text.as_tuple().digits), text.as_tuple().exponent
    if 8 <= digits <= 15 and not single and isinstance(exponent, int):
        return 0.5 * 10.0**exponent
    if single:
        return 8 * float(np.spacing(np.float32(abs(value))))
    short = abs(float(f"{value:.5e}") - value)
    left_over = 2 * short if short <= 2.0**-52 and short <= NEARLY * abs(value) else 0.0
    return max(8 * float(np.spacing(abs(value))), left_over)
