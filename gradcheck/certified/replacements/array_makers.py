"""What stands in place of NumPy's functions that make arrays, or take lists, without asking the protocols."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import Array, objects, wrap
from gradcheck.certified.numbers.complex_arrays import as_complex, holds_complex
from gradcheck.certified.numbers.constants import float_ball
from gradcheck.certified.numbers.scalars import UNKNOWN, ZERO, Scalar
from gradcheck.certified.numpy_functions.new_arrays import filled
from gradcheck.certified.replacements.ours import holds_ours, is_float, is_followed
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

Function = Callable[..., Any]
_asarray = np.asarray
_ONE = Scalar(Ball(1))


def _created(original: Function, cell: Scalar) -> Function:
    def create(shape: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not is_followed() or not is_float(dtype):
            return original(shape, float if dtype is None else dtype, *args, **kwargs)
        return filled(shape, cell)

    return create


def _full(original: Function) -> Function:
    def full(shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        counts = dtype is None and not holds_ours(fill_value) and _asarray(fill_value).dtype.kind in "iubO"
        if not is_followed() or not is_float(dtype) or counts:
            return original(shape, fill_value, dtype, *args, **kwargs)
        result = filled(shape, ZERO)
        result[...] = fill_value
        return result

    return full


def _converted(original: Function, *, copies: bool) -> Function:
    def convert(value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not is_followed():
            return original(value, dtype, *args, **kwargs)
        if not holds_ours(value):
            return _constant_array(original(value, dtype, *args, **kwargs), value, copies)
        if holds_complex((value,)):
            return as_complex(value).copy() if copies else as_complex(value)
        if dtype is not None and np.dtype(dtype).kind not in "fO":
            return wrap(objects(value)).astype(dtype)
        if isinstance(value, Array):
            other = dtype is not None and np.dtype(dtype) != np.float64  # in floats that makes a copy
            result = value.copy() if other or (copies and kwargs.get("copy", True)) else value
        else:
            result = wrap(objects(value))
        missing = int(kwargs.get("ndmin", 0)) - result.ndim
        return result.reshape((1,) * missing + result.shape) if missing > 0 else result

    return convert


def _constant_array(result: Any, value: Any, copies: bool) -> Any:
    """Float constants as an `Array`, so that code may store into it; an array that is not copied stays what it is."""
    if result.dtype.kind != "f" or (isinstance(value, np.ndarray) and not copies):
        return result
    if isinstance(value, np.ndarray):
        return wrap(objects(value).reshape(result.shape).copy())
    single = result.dtype.itemsize < 8
    cells = np.frompyfunc(lambda number: Scalar(float_ball(number, single=single)), 1, 1)(
        result.astype(np.float64).astype(object)
    )
    return wrap(cells) if result.ndim else wrap(objects(cells))


def _with_float_result(original: Function) -> Function:
    """eye, identity: a constant array that code may store into."""

    def create(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        return wrap(objects(result)) if is_followed() and result.dtype.kind == "f" else result

    return create


def _from_iterator(original: Function) -> Function:
    def from_iterator(values: Any, dtype: Any = float, count: int = -1, **kwargs: Any) -> Any:
        if not is_followed():
            return original(values, dtype, count, **kwargs)
        items = list(values) if count < 0 else [value for _, value in zip(range(count), values, strict=False)]
        return wrap(objects(items)) if holds_ours(items) and is_float(dtype) else original(items, dtype, **kwargs)

    return from_iterator


def _iterated(original: Function) -> Function:
    def iterate(op: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_followed() or not holds_ours(op):
            return original(op, *args, **kwargs)
        if args or kwargs or not isinstance(op, Array):
            refuse("no-rule", Sentence("following.with", function="numpy.nditer", options=("flags", "op_flags", "...")))
        return iter([wrap(objects(cell)) for cell in op.ravel(order="K")])

    return iterate


class _Joined:
    """``np.r_`` and ``np.c_`` of arrays and numbers."""

    def __init__(self, original: Any, join: Function) -> None:
        self.original, self.join = original, join

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not is_followed() or not any(holds_ours(part) for part in parts):
            return self.original[key]
        if any(isinstance(part, str | slice) for part in parts):
            refuse("no-rule", Sentence("following.r-and-c"))
        return self.join([np.atleast_1d(wrap(objects(part))) for part in parts])


def _of_lists(original: Function) -> Function:
    """A function that NumPy dispatches by its arguments: lists of ours do not say so themselves."""

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        if is_followed():
            args = tuple(wrap(objects(arg)) if type(arg) in (list, tuple) and holds_ours(arg) else arg for arg in args)
        return original(*args, **kwargs)

    return function


_OF_LISTS = (
    "solve", "inv", "det", "slogdet", "cholesky", "qr", "lstsq", "pinv",
    "eigh", "eigvalsh", "svd", "norm", "cond", "matrix_rank",
)  # fmt: skip
# (module, name) -> a function that is given the original and returns what stands in its place.
ARRAY_MAKERS: dict[tuple[str, str], Function] = {
    ("numpy", "zeros"): lambda original: _created(original, ZERO),
    ("numpy", "ones"): lambda original: _created(original, _ONE),
    ("numpy", "empty"): lambda original: _created(original, UNKNOWN),
    ("numpy", "full"): _full,
    ("numpy", "array"): lambda original: _converted(original, copies=True),
    ("numpy", "asarray"): lambda original: _converted(original, copies=False),
    ("numpy", "asanyarray"): lambda original: _converted(original, copies=False),
    ("numpy", "ascontiguousarray"): lambda original: _converted(original, copies=False),
    ("numpy", "asarray_chkfinite"): lambda original: _converted(original, copies=False),
    **{("numpy", name): _of_lists for name in ("mean", "var", "std", "average", "median", "percentile", "quantile", "cov")},
    ("numpy", "interp"): _of_lists,
    **{("numpy.linalg", name): _of_lists for name in _OF_LISTS},
    ("numpy", "fromiter"): _from_iterator,
    ("numpy", "nditer"): _iterated,
    ("numpy", "r_"): lambda original: _Joined(original, np.concatenate),
    ("numpy", "c_"): lambda original: _Joined(original, np.column_stack),
    ("numpy", "eye"): _with_float_result,
    ("numpy", "identity"): _with_float_result,
}
