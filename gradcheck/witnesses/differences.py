"""How a gradient is measured from values alone: differences of any function of one array, or of a dict of arrays.

Neither function knows what it differentiates, so neither shares a formula with the gradient that it is compared with.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array

Value = Callable[[Any], Any]
X = TypeVar("X", Array, Mapping[str, Array])
Quotient = Callable[[Callable[[Any], Any], Any], float]

UNIT_ROUNDOFF = float(np.finfo(np.float64).eps) / 2
COMPLEX_STEP = 1e-20  # nothing cancels, so it may be so small that its square is lost against 1
CENTRAL_STEP = math.cbrt(UNIT_ROUNDOFF)  # 4.8e-6, where the truncation h^2 and the rounding u / h are alike


def complex_step(f: Value, x: X, *, h: float = COMPLEX_STEP) -> Any:
    """The gradient to machine precision: ``df/dx_k = Im f(x + i h e_k) / h``, with an error of order h^2.

    Squire and Trapp 1998, SIAM Review 40(1). One complex evaluation of f for each entry of x.

    f must be analytic and must let complex numbers through. Where it visibly loses the imaginary part, an error says
    so. Where only part of it is lost on the way (``abs``, ``linalg.norm``, ``vdot``, ``.conj()``), the result is wrong
    without a word: compare an unknown f with `central_difference` before believing it.

    Parameters
    ----------
    f : called with a fresh copy of x in complex128; returns one number.
    x : an array of floats of any shape, or a dict of such arrays; it is never written to.
    h : the step, the same for every entry.

    Returns
    -------
    float64, in the structure and shape of x.

    >>> complex_step(lambda x: x[0] ** 2 * x[1], np.array([3.0, 5.0]))
    array([30.,  9.])
    """
    check_step(h)

    def quotient(at: Callable[[Any], Any], value: Any) -> float:
        return float(_complex_value(at, value + 1j * h).imag / h)

    return _gradient(f, x, np.complex128, quotient)


def central_difference(f: Value, x: X, *, h: float | None = None) -> Any:
    """The gradient of any function of real numbers: ``df/dx_k = (f(x + h e_k) - f(x - h e_k)) / 2h``.

    Nocedal and Wright 2006, ch. 8.1. Two evaluations of f for each entry of x. The error is of order
    ``h^2 f''' / 6 + u f / h``, with the default h near x = 1 some 1e-11 f''' + 1e-11 f.

    Parameters
    ----------
    f : called with a fresh copy of x in float64; returns one number.
    x : an array of floats of any shape, or a dict of such arrays; it is never written to.
    h : the step; by default ``u^(1/3) max(1, |x_k|)``, u = 2^-53.

    Returns
    -------
    float64, in the structure and shape of x.

    >>> central_difference(lambda x: abs(x[0]) * x[1], np.array([-3.0, 5.0])).round(9)
    array([-5.,  3.])
    """
    if h is not None:
        check_step(h)

    def quotient(at: Callable[[Any], Any], value: Any) -> float:
        step = CENTRAL_STEP * max(1.0, abs(value)) if h is None else h
        above, below = value + step, value - step
        if above == below:
            raise ValueError(Sentence("estimates.h-vanishes", step=step, value=value))
        return (_real_value(at, above) - _real_value(at, below)) / float(above - below)  # the step that f really saw

    return _gradient(f, x, np.float64, quotient)


def check_step(h: float) -> None:
    """Raise ValueError for a step that is no finite positive number."""
    if isinstance(h, bool) or not isinstance(h, int | float | np.floating) or not (math.isfinite(h) and h > 0):
        raise ValueError(Sentence("estimates.h", h=repr(h)))


def _gradient(f: Value, x: X, dtype: Any, quotient: Quotient) -> Any:
    """The difference quotients of all entries; every call of f gets copies, whatever f does with them."""
    if not isinstance(x, Mapping):
        return _one_array(f, _floats("x", x, dtype), quotient)
    point = {key: _floats(f"x[{key!r}]", array, dtype) for key, array in x.items()}

    def through(key: str) -> Value:
        return lambda moved: f({name: moved if name == key else array.copy() for name, array in point.items()})

    return {key: _one_array(through(key), array, quotient) for key, array in point.items()}


def _one_array(f: Value, x: Array, quotient: Quotient) -> Array:
    slopes = np.empty(x.shape)
    for index in np.ndindex(x.shape):

        def at(value: Any, index: tuple[int, ...] = index) -> Any:
            moved = x.copy()
            moved[index] = value
            return f(moved)

        slopes[index] = quotient(at, x[index].real)
    return slopes


def _floats(name: str, array: Any, dtype: Any) -> Array:
    given = np.asarray(array)
    if given.dtype.kind != "f":
        raise TypeError(Sentence("estimates.holds", name=name, dtype=given.dtype))
    return given.astype(dtype)


def _complex_value(at: Callable[[Any], Any], value: Any) -> Any:
    hint = Sentence("estimates.try-central")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            result = _number(at(value))
    except np.exceptions.ComplexWarning as error:
        raise ValueError(Sentence("estimates.dropped-imaginary", error=error, hint=hint)) from error
    except TypeError as error:
        raise TypeError(Sentence("estimates.failed-on-complex", error=error, hint=hint)) from error
    if not np.iscomplexobj(result):
        raise ValueError(Sentence("estimates.real-for-complex", result=result, hint=hint))
    return result


def _real_value(at: Callable[[Any], Any], value: Any) -> float:
    result = _number(at(value))
    if np.iscomplexobj(result):
        raise ValueError(Sentence("estimates.complex-for-real", result=result))
    return float(result)


def _number(result: Any) -> Any:
    shape, kind = np.shape(result), np.asarray(result).dtype.kind
    if shape:
        raise ValueError(Sentence("estimates.array-for-number", shape=shape))
    if kind not in "iufc":
        raise ValueError(Sentence("estimates.no-number", result=repr(result)))
    return result
