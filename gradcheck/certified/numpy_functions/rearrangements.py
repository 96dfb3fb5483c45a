"""Functions that run as NumPy has them: they only move, repeat, store or combine entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import Array, objects, wrap
from gradcheck.certified.numbers.dispatch import stripped
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, AS_THEY_ARE
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.sentences.sentence import Sentence

# NumPy's own code, run on our arrays.
_gradient: Any = getattr(np.gradient, "_implementation")  # noqa: B009
_along: Any = getattr(np.apply_along_axis, "_implementation")  # noqa: B009
_over: Any = getattr(np.apply_over_axes, "_implementation")  # noqa: B009
_piecewise: Any = getattr(np.piecewise, "_implementation")  # noqa: B009

# NumPy's own code only moves, repeats or combines entries by + - * / here: it runs on plain arrays of Scalars.
_NAMES = (
    "append",
    "array_split",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block",
    "broadcast_arrays",
    "broadcast_to",
    "choose",
    "column_stack",
    "compress",
    "concatenate",
    "convolve",
    "copy",
    "correlate",
    "cross",
    "delete",
    "diag",
    "diagflat",
    "diagonal",
    "diff",
    "dsplit",
    "dstack",
    "ediff1d",
    "expand_dims",
    "extract",
    "flip",
    "fliplr",
    "flipud",
    "hsplit",
    "hstack",
    "insert",
    "ix_",
    "kron",
    "matrix_transpose",
    "may_share_memory",
    "meshgrid",
    "moveaxis",
    "ndim",
    "pad",
    "permute_dims",
    "polyval",
    "ravel",
    "repeat",
    "reshape",
    "resize",
    "roll",
    "rollaxis",
    "rot90",
    "select",
    "shape",
    "shares_memory",
    "size",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "take",
    "take_along_axis",
    "tile",
    "transpose",
    "trapezoid",
    "tril",
    "triu",
    "unstack",
    "vander",
    "vsplit",
    "vstack",
)
AS_THEY_ARE |= {getattr(np, name) for name in _NAMES if hasattr(np, name)}
AS_THEY_ARE.add(np.lib.stride_tricks.sliding_window_view)
AS_THEY_ARE |= {getattr(np.linalg, name) for name in ("diagonal", "matrix_transpose") if hasattr(np.linalg, name)}


def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """``numpy.apply_along_axis``: the function is given arrays of ours."""

    def own(row: Any, *more: Any, **named: Any) -> Any:
        return objects(func1d(wrap(row), *more, **named))

    return wrap(_along(own, axis, objects(arr), *args, **kwargs))


def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """``numpy.apply_over_axes``."""
    return wrap(_over(lambda part, axis: objects(func(wrap(part), axis)), objects(a), axes))


def _storing(function: Any, place: int) -> Any:
    """A function that writes into its first argument what it is given at a place: as Scalars, into an array of ours."""

    def store_into(target: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(target, Array):
            refuse("float-array", Sentence("following.changes-float-array", name=function.__name__))
        given = [objects(arg) if k == place else arg for k, arg in enumerate(args, 1)]
        named = {key: objects(arg) if key in ("values", "vals", "val", "v", "src") else arg for key, arg in kwargs.items()}
        function(stripped(target), *stripped(given), **stripped(named))

    return store_into


ARRAY_FUNCTIONS |= {
    **{
        getattr(np, name): _storing(getattr(np, name), place)
        for name, place in {"copyto": 1, "fill_diagonal": 1, "place": 2, "put": 2, "put_along_axis": 2, "putmask": 2}.items()
    },
    np.apply_along_axis: apply_along_axis,
    np.apply_over_axes: apply_over_axes,
    np.piecewise: lambda x, *args, **kw: _piecewise(wrap(objects(x)), *args, **kw),
    np.gradient: lambda f, *args, **kw: _gradient(wrap(objects(f)), *args, **kw),
    np.result_type: lambda *args: np.result_type(*(a.dtype if isinstance(a, Array | Scalar) else a for a in args)),
    np.common_type: lambda *args: np.float64,
    np.array_repr: lambda a, *_, **__: repr(a),
    np.array_str: lambda a, *_, **__: str(a),
    np.array2string: lambda a, *_, **__: str(a),
}
