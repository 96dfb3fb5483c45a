"""Norms at zero: what a square root of 0 does to the derivative where the rest of the function depends on it.

Next to the point such a root is ``|U v|``, v being the step from there, if what is under it is a sum of squares. Its
subgradients are ``U' w`` for all w with ``|w| <= 1``: of the norm itself the unit ball. U is found from the root and its
slopes at steps along each input that are far shorter than any float, and one step in between says whether it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import float_leaves
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.numbers.choices import hull
from gradcheck.certified.numbers.tape import Tape
from gradcheck.certified.runs.evaluate import RunSettings, call, followed, inputs
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

Array = np.ndarray[Any, np.dtype[Any]]
BITS = 1024
SHORT = Ball(2) ** -300  # a step
MOST = 128  # inputs along which a step is taken
ALIKE = 1e-12  # of the length: what the root may differ by from that of U


def lengths(f: Callable[..., Any], x: Any, places: Sequence[int], entries: Sequence[int]) -> list[Array] | None:
    """U for each of these square roots, told by their places in the run, from steps along these inputs; None without one."""
    size = sum(array.size for _, array in float_leaves(x))
    if len(entries) > MOST:
        return None
    squares = [np.zeros((size, size)) for _ in places]
    between = np.zeros(size)
    between[list(entries)] = np.random.default_rng(5).uniform(0.5, 1, size=len(entries))
    try:
        for entry in entries:
            for square, (value, slopes) in zip(squares, _roots(f, x, places, {entry: 1.0}), strict=True):
                square[entry] = value * slopes
        checks = [_roots(f, x, places, {k: sign * between[k] for k in entries}) for sign in (1.0, -1.0)]
    except (CannotFollow, ValueError):
        return None
    for square, *values in zip(squares, *checks, strict=True):
        length = np.sqrt(between @ square @ between)
        if not all(abs(value - length) <= ALIKE * length for value, _ in values):
            return None
    return [_root_of(square) for square in squares]


def _roots(f: Callable[..., Any], x: Any, places: Sequence[int], step: dict[int, float]) -> list[tuple[float, Array]]:
    """Each root and its slopes after a short step, the root in units of the step."""
    size = sum(array.size for _, array in float_leaves(x))
    tape = Tape()
    with followed((f,), RunSettings(BITS), tape):
        first = tape.begin(size)
        call(f, inputs(x, first, {k: Ball(part) * SHORT for k, part in step.items()}))
        found = []
        for place in places:
            if place >= len(tape.roots):
                raise ValueError(Sentence("following.other-roots"))
            node, value = tape.roots[place]
            slopes = [0.0 if g is None else _float(hull(g)) for g in tape.sweep(node)[:size]] if not value.is_zero() else []
            found.append((_float(value / SHORT), np.pad(np.array(slopes, dtype=float), (0, size - len(slopes)))))
        return found


def _float(ball: Any) -> float:
    if not ball.is_finite() or float(ball.rad()) > ALIKE * abs(float(ball.mid())) + ALIKE:
        raise ValueError(Sentence("following.root-not-known"))
    return float(ball.mid())


def _root_of(square: Array) -> Array:
    """U with ``U' U`` a given matrix, a row for each direction that counts."""
    if np.array_equal(square, np.diag(np.diag(square))):
        rows = np.diag(np.sqrt(np.diag(square)))
        return np.asarray(rows[rows.any(axis=1)])
    sizes, directions = np.linalg.eigh((square + square.T) / 2)
    counted = sizes > ALIKE * sizes.max()
    return np.asarray(np.sqrt(sizes[counted])[:, np.newaxis] * directions[:, counted].T)
