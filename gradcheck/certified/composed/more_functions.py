"""NumPy functions that are made of others: spacings on a scale, polynomials of roots, tensors of linear systems."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.linear_systems import inv, solve
from gradcheck.certified.numbers.arrays import elementwise, objects, wrap
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, ELEMENTWISE, Rule
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.numpy_functions.new_arrays import linspace
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

_empty = np.empty
_einsum_path: Any = np.einsum_path


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """``numpy.logspace``."""
    if axis or dtype is not None:
        refuse("no-rule", Sentence("following.with", function="numpy.logspace", options=("axis", "dtype")))
    return np.power(wrap(objects(base)), linspace(start, stop, num, endpoint))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """``numpy.geomspace``: ends are those that were given."""
    if axis or dtype is not None:
        refuse("no-rule", Sentence("following.with", function="numpy.geomspace", options=("axis", "dtype")))
    first, last = wrap(objects(start)), wrap(objects(stop))
    ratio = last / first
    result = first * np.exp(linspace(0, 1, num, endpoint).reshape(-1, *(1,) * np.ndim(ratio)) * np.log(ratio))
    if num > 1 and endpoint:
        result[-1] = last
    return result


def poly(seq_of_zeros: Any) -> Any:
    """``numpy.poly`` of roots: a product of linear factors."""
    roots = np.atleast_1d(wrap(objects(seq_of_zeros)))
    if roots.ndim != 1:
        refuse("no-rule", Sentence("following.poly-of-matrix"))
    result = wrap(objects([1.0]))
    for root in roots:
        result = np.convolve(result, wrap(objects([Scalar(Ball(1)), -root])))
    return result


def tensorinv(a: Any, ind: int = 2) -> Any:
    """``numpy.linalg.tensorinv``."""
    array = objects(a)
    shape, rows = array.shape[ind:] + array.shape[:ind], int(np.prod(array.shape[ind:], dtype=np.int64))
    return inv(wrap(array.reshape(rows, -1))).reshape(shape)


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """``numpy.linalg.tensorsolve``."""
    array, right = objects(a), objects(b)
    for axis in axes or ():
        array = np.moveaxis(array, axis, -1)
    shape = array.shape[right.ndim :]
    return solve(wrap(array.reshape(right.size, -1)), wrap(right.reshape(-1))).reshape(shape)


def _path(*operands: Any, **options: Any) -> Any:
    """``numpy.einsum_path``, which looks at shapes alone."""
    return _einsum_path(*(part if isinstance(part, str | list) else _empty(np.shape(part)) for part in operands), **options)


def _entries(name: str) -> Rule:
    return lambda x, **_: wrap(elementwise(ELEMENTWISE[name], 1)(objects(x)))


ARRAY_FUNCTIONS |= {
    np.logspace: logspace,
    np.geomspace: geomspace,
    np.poly: poly,
    np.einsum_path: _path,
    np.fix: _entries("trunc"),
    np.imag: lambda value: np.zeros_like(value),
    np.tril_indices_from: lambda arr, k=0: np.tril_indices(np.shape(arr)[-2], k, np.shape(arr)[-1]),
    np.triu_indices_from: lambda arr, k=0: np.triu_indices(np.shape(arr)[-2], k, np.shape(arr)[-1]),
    np.diag_indices_from: lambda arr: np.diag_indices(len(arr), np.ndim(arr)),
    np.linalg.tensorinv: tensorinv,
    np.linalg.tensorsolve: tensorsolve,
}
if hasattr(np.linalg, "cross"):
    ARRAY_FUNCTIONS[np.linalg.cross] = lambda a, b, *, axis=-1: np.cross(wrap(objects(a)), wrap(objects(b)), axis=axis)
ELEMENTWISE["ldexp"] = lambda a, n: a * ELEMENTWISE["power"](Scalar(Ball(2)), n)
