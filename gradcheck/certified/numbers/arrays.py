"""Arrays of our own: NumPy arrays of `Scalar` that report float64 as their dtype and speak NumPy's protocols.

Being object arrays underneath, views, indexing, assignment and every rearrangement are NumPy's own; arithmetic goes
through `__array_ufunc__` and `__array_function__` to `dispatch`.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow, Undecided, refuse
from gradcheck.certified.code.text import is_text_made
from gradcheck.certified.numbers.choices import Open
from gradcheck.certified.numbers.constants import SINGLE, array_ball, float_ball, short_ball
from gradcheck.certified.numbers.piecewise import PREDICATES, either, truth_number
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, PROTOCOLS, Rule
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import ZERO, Scalar, lift
from gradcheck.judge.float_formats import is_extension
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

Objects = np.ndarray[Any, Any]  # a plain array of Scalars
_array = np.array  # the originals: during a run the names in numpy are ours
_asarray = np.asarray
_empty = np.empty


@cache
def elementwise(function: Rule, arguments: int) -> Any:
    """A function of Scalars as a NumPy ufunc over plain arrays of them; never to be given a Scalar itself."""
    return np.frompyfunc(function, arguments, 1)


_constant = np.frompyfunc(lambda value: Scalar(Ball(value)), 1, 1)
_widened = np.frompyfunc(lambda value, largest: Scalar(array_ball(value, largest)), 2, 1)
_single = np.frompyfunc(lambda value: Scalar(float_ball(value, single=True)), 1, 1)
_short = np.frompyfunc(lambda value: Scalar(short_ball(value)), 1, 1)
_lift = np.frompyfunc(lift, 1, 1)
_number = np.frompyfunc(lambda value: truth_number(value) if isinstance(value, Open | bool) else lift(value), 1, 1)
_either = np.frompyfunc(either, 3, 1)
_is_open = np.frompyfunc(lambda value: isinstance(value, Open), 1, 1)


class Ours:
    """What stands for numbers of ours without being an array of them: complex arrays, factorisations."""


def objects(value: Any) -> Objects:
    """Anything that is numbers as a plain array of Scalars; for an `Array` a view of it."""
    if isinstance(value, Array):
        return value.view(np.ndarray)
    if isinstance(value, Mask):
        return plain(_number(value.view(np.ndarray)))
    if isinstance(value, np.ndarray):
        return _from_ndarray(value)
    if isinstance(value, list | tuple):
        return plain(_number(_array(value, dtype=object)))
    return plain(truth_number(value) if isinstance(value, Open) else lift(value))


def exactly(value: Any) -> Any:
    """A float or an array of floats as exact constants, in a new `Array`, however the run reads the constants of the code."""
    cells = plain(_constant(_asarray(value, dtype=np.float64).astype(object)))
    return wrap(cells) if cells.ndim else cells[()]


def plain(value: Any) -> Objects:
    """A Scalar as a plain array without axes; a plain array as it is."""
    if isinstance(value, np.ndarray):
        return value
    cell = _empty((), dtype=object)
    cell[()] = value
    return cell


def _from_ndarray(value: Objects) -> Objects:
    if type(value) is not np.ndarray:  # np.matrix keeps two axes whatever is asked of it, a masked array its mask
        if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
            refuse("dtype", Sentence("following.masked"))
        value = value.view(np.ndarray)
    kind = value.dtype.kind
    if kind in "iub":
        return plain(_constant(value.astype(object)))
    if (kind == "f" and value.dtype.itemsize <= 8) or is_extension(value.dtype):
        numbers = value.astype(np.float64).astype(object)
        if active.short is not None and active.short.holds(value):
            return plain(_short(numbers))
        if active.widen >= SINGLE and value.dtype.itemsize < 8:
            return plain(_single(numbers))
        if not active.widen or _is_exact(value):
            return plain(_constant(numbers))
        return plain(_widened(numbers, float(np.max(np.abs(value), initial=0.0))))
    if kind == "O":
        return plain(_number(value))
    refuse("complex" if kind == "c" else "dtype", Sentence("following.arrays-of", dtype=value.dtype))


def _is_exact(value: Any) -> bool:
    """Whether an array is one that the code was handed or closes over, or a view of one."""
    while value is not None:
        if id(value) in active.exact_arrays:
            return True
        value = getattr(value, "base", None)
    return False


def wrap(value: Any) -> Any:
    """A plain array of Scalars as an `Array`; a Scalar as it is."""
    return value.view(Array) if isinstance(value, np.ndarray) else value


def truth(value: Any) -> Any:
    """An array of truth values: NumPy's own where all are decided, else a `Mask`."""
    if not isinstance(value, np.ndarray):
        return value if isinstance(value, Open) else np.bool_(value)
    return value.view(Mask) if _is_open(value).any() else value.astype(bool)


def truths(value: Any) -> Objects:
    """Numbers or truth values as a plain array of bool or `Open`."""
    if isinstance(value, Open):
        return plain(value)
    if isinstance(value, Mask):
        return value.view(np.ndarray)
    if isinstance(value, Array | Scalar):
        return plain(elementwise(_is_true, 1)(objects(value)))
    return _asarray(value).astype(bool).astype(object)


def _is_true(value: Any) -> Any:
    return PREDICATES["not_equal"](value, ZERO)


def store(out: Any, result: Any) -> Any:
    """Write a result into the array given as ``out``."""
    if isinstance(out, Array):
        out[...] = result
        return out
    if isinstance(result, np.ndarray) and result.dtype == bool and not isinstance(result, Mask):
        out[...] = result
        return out
    refuse("float-array", Sentence("following.into-float-array"))


class Mask(np.ndarray[Any, Any]):
    """Truth values of which some are `Open`."""

    @property
    def dtype(self) -> Any:
        """As NumPy's own masks."""
        return np.dtype(bool)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return PROTOCOLS["ufunc"](ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return PROTOCOLS["function"](func, args, kwargs)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """As numbers: each open value is the interval [0, 1]."""
        return self if np.dtype(dtype) == bool else wrap(objects(self))

    def __bool__(self) -> bool:
        raise Undecided(Sentence("following.undecided-condition-array"))

    any = all = nonzero = lambda self, *_, **__: self.__bool__()  # type: ignore[assignment]
    sum = lambda self, *args, **kwargs: np.sum(wrap(objects(self)), *args, **kwargs)
    mean = lambda self, *args, **kwargs: np.mean(wrap(objects(self)), *args, **kwargs)


class Flat:
    """What ``a.flat`` is: one entry after the other, to read and to write."""

    def __init__(self, base: Array) -> None:
        self.base = base
        self.cells: Any = base.view(np.ndarray).flat

    def __iter__(self) -> Any:
        return self.cells

    def __next__(self) -> Any:
        return next(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, index: Any) -> Any:
        return wrap(self.cells[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        cells = objects(value)
        self.cells[index] = cells if cells.ndim else cells[()]

    def __array__(self, *_: Any, **__: Any) -> Any:
        return refuse("no-rule", Sentence("following.flat"))


class Array(np.ndarray[Any, Any]):
    """An array of Scalars."""

    @property
    def dtype(self) -> Any:
        """What code asks about: numbers are float64."""
        return np.dtype(np.float64)

    @property
    def flat(self) -> Any:
        """As NumPy's, for numbers, too."""
        return Flat(self)

    @flat.setter
    def flat(self, value: Any) -> None:
        self.flat[:] = value

    real = property(lambda self: self)
    imag = property(lambda self: np.zeros_like(self))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return PROTOCOLS["ufunc"](ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return PROTOCOLS["function"](func, args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        if _has_mask(index):
            raise Undecided(Sentence("following.selected"))
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        if _has_mask(index):
            index, value = ..., _blended(self, index, value)
        cells = objects(value)
        if cells.ndim and isinstance(self.view(np.ndarray)[index], Scalar):  # one entry takes one number
            cells = _only(cells)
        super().__setitem__(index, cells if cells.ndim else cells[()])

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """A copy for float types (rounding to float32 is no part of a formula), truth values, or constant integers."""
        kind = np.dtype(dtype).kind
        if kind == "f" or is_extension(np.dtype(dtype)):
            return self.copy() if kwargs.get("copy", True) or np.dtype(dtype) != np.float64 else self
        if kind == "b":
            return truth(truths(self))
        if kind in "iu":
            return _array([int(value) for value in self.flat], dtype=dtype).reshape(self.shape)
        refuse("dtype", Sentence("following.astype", dtype=np.dtype(dtype)))

    def fill(self, value: Any) -> None:
        """Set every entry."""
        self[...] = value

    def sort(self, axis: int = -1, **kwargs: Any) -> None:  # type: ignore[override]
        """Sort in place."""
        self[...] = np.sort(self, axis=axis, **kwargs)

    def __float__(self) -> float:
        item = self.item()
        return float(item.ball.mid()) if is_text_made(sys._getframe(1)) else float(item)

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous")
        return bool(self.item())

    def __repr__(self) -> str:
        return f"Array({self.view(np.ndarray)})"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        raise CannotFollow("copy", Sentence("following.pickled"))

    def tobytes(self, *_: Any, **__: Any) -> Any:
        """There are no floats in the memory of such an array."""
        refuse("float-conversion", Sentence("following.bytes"))

    tofile = dumps = tobytes

    def __deepcopy__(self, memo: Any) -> Array:
        return self.copy()


def _only(cells: Objects) -> Objects:
    if cells.size != 1:
        raise ValueError("setting an array element with a sequence.")
    return cells.reshape(())


def _has_mask(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, Mask | Open) for part in parts)


def _blended(target: Array, mask: Any, value: Any) -> Any:
    """``target`` with ``value`` where the mask holds."""
    numbers = objects(value)
    if not isinstance(mask, Mask) or mask.shape != target.shape[: mask.ndim] or numbers.ndim:
        raise Undecided(Sentence("following.assigned"))
    holds = mask.view(np.ndarray).reshape(mask.shape + (1,) * (target.ndim - mask.ndim))
    return wrap(_either(holds, numbers, target.view(np.ndarray)))


def _by_name(name: str) -> Rule:
    def method(self: Array, *args: Any, **kwargs: Any) -> Any:
        return ARRAY_FUNCTIONS[getattr(np, name)](self, *args, **kwargs)

    return method


for _name in (
    "sum",
    "mean",
    "std",
    "var",
    "prod",
    "cumsum",
    "cumprod",
    "max",
    "min",
    "argmax",
    "argmin",
    "argsort",
    "clip",
    "trace",
    "any",
    "all",
    "nonzero",
    "dot",
    "round",
):
    setattr(Array, _name, _by_name(_name))
for _name in ("conj", "conjugate"):
    setattr(Array, _name, lambda self: self)


def _scalar_as_array(name: str) -> Rule:
    """A method that a NumPy number shares with arrays."""
    return lambda self, *args, **kwargs: getattr(wrap(plain(self)), name)(*args, **kwargs)


for _name in (
    "sum",
    "mean",
    "max",
    "min",
    "prod",
    "dot",
    "clip",
    "reshape",
    "ravel",
    "flatten",
    "astype",
    "any",
    "all",
    "squeeze",
    "round",
    "std",
    "var",
):
    setattr(Scalar, _name, _scalar_as_array(_name))
