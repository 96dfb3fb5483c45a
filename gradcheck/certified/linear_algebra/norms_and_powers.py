"""``numpy.linalg`` besides factorisations: norms, powers, and its own names for products."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.linear_algebra import linear_systems, products, singular_values
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import Scalar
from symbolic.balls import Ball


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """``numpy.linalg.norm``, of vectors and of matrices."""
    value = wrap(objects(x))
    if axis is None and (ord is None or value.ndim == 1):
        value = value.reshape(-1) if ord is None else value
        return _vector_norm(value, 2 if ord is None else ord, None, keepdims, np.ndim(x))
    axes = tuple(range(value.ndim)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    if len(axes) == 1:
        return _vector_norm(value, 2 if ord is None else ord, axes[0], keepdims, None)
    if ord in (None, "fro", "f"):
        return np.sqrt(np.sum(np.square(value), axis=axes, keepdims=keepdims))
    if ord in (1, -1, np.inf, -np.inf):
        rows, columns = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.abs(value), axis=rows, keepdims=True)
        result = (np.max if ord > 0 else np.min)(sums, axis=columns, keepdims=True)
        return result if keepdims else np.squeeze(result, axis=axes)[()]
    if ord in (2, -2, "nuc"):
        return singular_values.matrix_norm(value, ord, axes, keepdims)
    raise ValueError(f"invalid norm order {ord!r} for matrices")


def _vector_norm(value: Any, order: Any, axis: Any, keepdims: bool, ndim: int | None) -> Any:
    if order == 2:
        result = np.sqrt(np.sum(np.square(value), axis=axis, keepdims=keepdims))
    elif order == 1:
        result = np.sum(np.abs(value), axis=axis, keepdims=keepdims)
    elif order in (np.inf, -np.inf):
        result = (np.max if order > 0 else np.min)(np.abs(value), axis=axis, keepdims=keepdims)
    elif order == 0:
        return np.sum(value != 0, axis=axis, keepdims=keepdims)
    else:
        result = np.sum(np.abs(value) ** order, axis=axis, keepdims=keepdims) ** (1 / Scalar(Ball(order)))
    return result.reshape((1,) * ndim) if keepdims and ndim else result


def matrix_power(a: Any, n: int) -> Any:
    """``numpy.linalg.matrix_power`` by repeated products."""
    base = wrap(objects(a)) if n >= 0 else linear_systems.inv(a)
    result = wrap(objects(np.broadcast_to(np.identity(base.shape[-1], dtype=np.int64), base.shape)))
    for _ in range(abs(n)):
        result = products.matmul(result, base)
    return result


def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """``numpy.linalg.multi_dot``, from left to right."""
    result = arrays[0]
    for array in arrays[1:]:
        result = products.dot(result, array)
    return result


ARRAY_FUNCTIONS |= {
    np.linalg.norm: norm,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
}
_rule: Any
for _name, _rule in {
    "outer": products.outer,
    "trace": lambda x, *, offset=0, dtype=None: np.trace(x, offset, -2, -1),
    "vector_norm": lambda x, *, axis=None, keepdims=False, ord=2: norm(np.ravel(x) if axis is None else x, ord, axis, keepdims),
    "matrix_norm": lambda x, *, keepdims=False, ord="fro": norm(x, ord, (-2, -1), keepdims),
    "matmul": products.matmul,
    "tensordot": lambda a, b, *, axes=2: products.tensordot(a, b, axes),
    "vecdot": lambda a, b, *, axis=-1: products.vecdot(a, b, axis),
}.items():
    if hasattr(np.linalg, _name):
        ARRAY_FUNCTIONS[getattr(np.linalg, _name)] = _rule
