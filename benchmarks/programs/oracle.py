"""The derivative of a program by routes that know nothing of balls or of rules: the complex step, and differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
FIRST_STEPS, HALVINGS = (2.0**-9, 2.0**-14), 4  # below a margin of 0.02 from any kink, unless the program stretches it
TINY = 1e-40
NEAR = 1e-7  # of the largest entry: what differences may be off


def flat(x: Any) -> Array:
    """The numbers of a structure, one after the other."""
    if isinstance(x, dict):
        x = tuple(x.values())
    return np.concatenate([np.ravel(part) for part in x]) if isinstance(x, tuple | list) else np.ravel(x)


def rebuilt(x: Any, numbers: Array) -> Any:
    """The structure of x with other numbers."""
    if isinstance(x, dict):
        return dict(zip(x, rebuilt(tuple(x.values()), numbers), strict=True))
    if isinstance(x, tuple):
        sizes = np.cumsum([np.size(part) for part in x])[:-1]
        return tuple(rebuilt(part, own) for part, own in zip(x, np.split(numbers, sizes), strict=True))
    return numbers.reshape(np.shape(x)) if isinstance(x, np.ndarray) else numbers[0]


def by_differences(f: Callable[[Any], Any], x: Any, first_step: float) -> Array:
    """Every column of the Jacobian by Richardson's extrapolation of central differences, outputs in a row."""
    start = flat(x).astype(float)
    columns = []
    for k in range(start.size):
        table: list[Array] = []
        for halving in range(HALVINGS):
            h = first_step / 2**halving
            ahead, back = start.copy(), start.copy()
            ahead[k] += h
            back[k] -= h
            table.append((flat(f(rebuilt(x, ahead))) - flat(f(rebuilt(x, back)))) / (2 * h))
        order = 4
        while len(table) > 1:
            table = [(order * fine - coarse) / (order - 1) for coarse, fine in pairwise(table)]
            order *= 4
        columns.append(table[0])
    return np.array(columns).T


def by_complex_step(f: Callable[[Any], Any], x: Any) -> Array | None:
    """The same by the complex step; None where the code does not take complex numbers."""
    start = flat(x).astype(complex)
    columns = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for k in range(start.size):
            moved = start.copy()
            moved[k] += 1j * TINY
            try:
                value = flat(f(rebuilt(x, moved)))
            except Exception:
                return None
            columns.append(np.imag(value) / TINY)
    found = np.array(columns).T
    return found if np.iscomplexobj(value) and np.isfinite(found).all() else None


def confirmed(f: Callable[[Any], Any], x: Any, jacobian: Array) -> bool:
    """Whether an independent route agrees with the Jacobian that the program's tangents give."""
    scale = NEAR * max(1.0, float(np.max(np.abs(jacobian), initial=0.0)))
    with np.errstate(all="ignore"):
        exact = by_complex_step(f, x)
        if exact is not None and np.max(np.abs(exact - jacobian), initial=0.0) <= scale * 1e-4:
            return True
        return any(np.max(np.abs(by_differences(f, x, step) - jacobian), initial=0.0) <= scale for step in FIRST_STEPS)
