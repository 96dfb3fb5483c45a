"""Whatever stands for numbers (matrices, masked or sparse arrays, tensors, data frames) as plain NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.judge.float_formats import is_extension
from gradcheck.sentences.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]


class NoNumbers(ValueError):  # noqa: N818 - what is wrong is the value
    """A value that cannot be read as an array of real numbers; the message is what stands behind ``dW1`` or ``f returned``."""


def plain(value: Any) -> Array:
    """The value as a NumPy array without a subclass, in the format that it came in; NoNumbers says why it is none."""
    if value is None:
        raise NoNumbers(Sentence("inputs.is-none"))
    if isinstance(value, np.ma.MaskedArray):
        return _unmasked(value)
    if _library(value) == "torch":
        return _from_torch(value)
    if callable(getattr(value, "toarray", None)):  # a sparse matrix
        return np.asarray(value.toarray())
    try:
        return np.asarray(value).view(np.ndarray)
    except Exception as error:
        raise NoNumbers(Sentence("inputs.no-numbers", error=error)) from error


def real(value: Any) -> Array:
    """As `plain`, with numbers that are real: floats of any length, integers or truth values; NoNumbers for others."""
    array = plain(value)
    kind = array.dtype.kind
    if kind in "fiub" or is_extension(array.dtype):
        return array
    if kind == "c":
        raise NoNumbers(Sentence("inputs.complex", dtype=array.dtype))
    if kind == "O":
        return _from_objects(array)
    if array.dtype.names:
        fields = ", ".join(array.dtype.names)
        raise NoNumbers(Sentence("inputs.structured", fields=fields))
    raise NoNumbers(Sentence("inputs.dtype", dtype=array.dtype))


def is_plain(value: Any) -> bool:
    """Whether a leaf is what the code under test is handed everywhere: a NumPy array of floats, or one float."""
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return value.dtype.kind == "f" or is_extension(value.dtype)
    return type(value) is float


def library_of(value: Any) -> str:
    """The library that a value's type comes from, for advice alone."""
    return _library(value)


def _library(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


def _unmasked(value: Any) -> Array:
    mask = np.ma.getmaskarray(value)
    if mask.any():
        index = tuple(int(i) for i in np.argwhere(mask)[0])
        raise NoNumbers(Sentence("inputs.masked", where=str(list(index)) if index else Sentence("inputs.its-one-entry")))
    return np.asarray(np.ma.getdata(value)).view(np.ndarray)


def _from_torch(value: Any) -> Array:
    """A tensor without its graph; what NumPy has no format for (bfloat16, float8) as float32, which holds it exactly."""
    tensor = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        return np.asarray(tensor.numpy())
    except TypeError:
        return np.asarray(tensor.float().numpy())


def _from_objects(array: Array) -> Array:
    """Python numbers in an array of objects."""
    for index, item in np.ndenumerate(array):
        if item is None or not isinstance(item, int | float | np.number | np.bool_ | np.ndarray):
            where = Sentence("inputs.at", index=str(list(index))) if index else ""
            raise NoNumbers(Sentence("inputs.objects", described=_described(item), where=where))
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise NoNumbers(Sentence("inputs.no-numbers", error=error)) from error


def _described(item: Any) -> str:
    return "None" if item is None else Sentence("inputs.a-type", type=type(item).__name__)
