"""Array functions besides sums and products: rearrangements as NumPy has them, einsum, norms, powers, likes."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified import products
from gradcheck.certified.arrays import Array, Objects, elementwise, objects, store, wrap
from gradcheck.certified.comparisons import compare
from gradcheck.certified.plain_calls import stripped
from gradcheck.certified.reasons import refuse
from gradcheck.certified.scalars import UNKNOWN, ZERO, Scalar
from gradcheck.certified.tables import ARRAY_FUNCTIONS, AS_THEY_ARE
from symbolic.balls import Ball

_empty = np.empty
# NumPy's own code, run on our arrays.
_gradient: Any = getattr(np.gradient, "_implementation")  # noqa: B009
_piecewise: Any = getattr(np.piecewise, "_implementation")  # noqa: B009

# NumPy's own code only moves, repeats or combines entries by + - * / here: it runs on plain arrays of Scalars.
_NAMES = [
    "append",
    "apply_along_axis",
    "apply_over_axes",
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
]
AS_THEY_ARE |= {getattr(np, name) for name in _NAMES if hasattr(np, name)}
AS_THEY_ARE.add(np.lib.stride_tricks.sliding_window_view)
AS_THEY_ARE |= {getattr(np.linalg, name) for name in ("diagonal", "matrix_transpose") if hasattr(np.linalg, name)}


def filled(shape: Any, cell: Scalar) -> Any:
    """A new array with the same Scalar everywhere."""
    result = _empty(shape, dtype=object)
    result.fill(cell)
    return wrap(result)


def _like(cell: Scalar) -> Any:
    def like(a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, **_: Any) -> Any:
        shape = np.shape(a) if shape is None else shape
        if dtype is not None and np.dtype(dtype).kind not in "fO":
            return _empty(shape, dtype=dtype) if cell is UNKNOWN else np.full(shape, float(cell), dtype=dtype)
        return filled(shape, cell)

    return like


def full_like(a: Any, fill_value: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any) -> Any:
    """``numpy.full_like``."""
    result = filled(np.shape(a) if shape is None else shape, ZERO)
    result[...] = fill_value
    return result


def einsum(*operands: Any, out: Any = None, optimize: Any = False, **_: Any) -> Any:
    """``numpy.einsum``: two plain operands as one matrix product, anything else by NumPy on Scalars."""
    result = _einsum(*operands)
    return result if out is None else store(out, result)


def _einsum(*operands: Any) -> Any:
    if not isinstance(operands[0], str):
        arrays = [objects(a) if k % 2 == 0 and k < len(operands) - 1 else a for k, a in enumerate(operands)]
        return _rewrapped(np.einsum(*arrays))
    subscripts, arrays = operands[0].replace(" ", ""), [objects(a) for a in operands[1:]]
    if len(arrays) == 2 and (plan := _plan(subscripts)):
        return _contracted(plan, *arrays)
    return _rewrapped(np.einsum(subscripts, *arrays))


def _rewrapped(value: Any) -> Any:
    value = wrap(objects(value))
    return value[()] if not np.ndim(value) else value


def _plan(subscripts: str) -> tuple[str, str, str] | None:
    """The labels of both operands and of the result, where a product of matrices does it."""
    if "->" not in subscripts or "." in subscripts:
        return None
    inputs, result = subscripts.split("->")
    left, right = inputs.split(",")
    plain = all(len(set(labels)) == len(labels) for labels in (left, right, result))
    return (left, right, result) if plain and set(result) <= set(left) | set(right) else None


def _contracted(plan: tuple[str, str, str], a: Objects, b: Objects) -> Any:
    left, right, result = plan
    left, a = _summed_out(left, a, set(right) | set(result))
    right, b = _summed_out(right, b, set(left) | set(result))
    batch = [x for x in left if x in right and x in result]
    inner = [x for x in left if x in right and x not in result]
    rows = [x for x in left if x not in right]
    columns = [x for x in right if x not in left]
    sizes = dict(zip(left, a.shape, strict=True)) | dict(zip(right, b.shape, strict=True))
    if any(sizes[x] != n for x, n in zip(left, a.shape, strict=True)):
        raise ValueError(f"einsum: the operands' shapes {a.shape} and {b.shape} do not fit {left},{right}->{result}")
    lengths = [int(np.prod([sizes[x] for x in part], dtype=np.int64)) for part in (batch, rows, inner, columns)]
    n_batch, n_rows, n_inner, n_columns = lengths
    a = a.transpose([left.index(x) for x in batch + rows + inner]).reshape(n_batch, n_rows, n_inner)
    b = b.transpose([right.index(x) for x in batch + inner + columns]).reshape(n_batch, n_inner, n_columns)
    labels = batch + rows + columns
    product = objects(_batched(a, b)).reshape([sizes[x] for x in labels])
    product = product.transpose([labels.index(x) for x in result])
    return wrap(product) if product.ndim else product[()]


def _batched(a: Objects, b: Objects) -> Any:
    if a.shape[2] == 0:
        return filled((a.shape[0], a.shape[1], b.shape[2]), ZERO)
    if a.shape[1] == a.shape[2] == b.shape[2] == 1 or a.shape[1] == b.shape[2] == 1:
        return np.sum(wrap(a[:, 0, :]) * wrap(b[:, :, 0]), axis=1)
    return products.matmul(wrap(a), wrap(b))


def _summed_out(labels: str, array: Objects, needed: set[str]) -> tuple[str, Objects]:
    """Sum over the labels that stand nowhere else."""
    axes = tuple(k for k, label in enumerate(labels) if label not in needed)
    if not axes:
        return labels, array
    return "".join(x for x in labels if x in needed), objects(np.sum(wrap(array), axis=axes))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """``numpy.linalg.norm``: of vectors, and of matrices what needs no singular values."""
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
    refuse("no-rule", f"the matrix norm of order {ord} needs singular values, which are not followed")


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
    base = wrap(objects(a)) if n >= 0 else products.inv(a)
    result = wrap(objects(np.identity(base.shape[0], dtype=np.int64)))
    for _ in range(abs(n)):
        result = products.matmul(result, base)
    return result


def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """``numpy.linalg.multi_dot``, from left to right."""
    result = arrays[0]
    for array in arrays[1:]:
        result = products.dot(result, array)
    return result


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """``numpy.interp`` without period: the line through the two points around each x."""
    if period is not None:
        refuse("no-rule", "numpy.interp with period is not followed")
    knots, heights = objects(xp), objects(fp)
    first = heights[0] if left is None else objects(left)[()]
    last = heights[-1] if right is None else objects(right)[()]

    def at(cell: Scalar) -> Any:
        if bool(compare(cell, knots[0], "<")):
            return first
        if bool(compare(cell, knots[-1], ">")):
            return last
        k = 0
        while k < len(knots) - 2 and bool(compare(cell, knots[k + 1], ">=")):
            k += 1
        return heights[k] + (heights[k + 1] - heights[k]) * ((cell - knots[k]) / (knots[k + 1] - knots[k]))

    return wrap(elementwise(at, 1)(objects(x)))


def _storing(function: Any, place: int) -> Any:
    """A function that writes into its first argument what it is given at a place: as Scalars, into an array of ours."""

    def store_into(target: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(target, Array):
            refuse("float-array", f"numpy.{function.__name__} changes a float array that was made outside of the function")
        given = [objects(arg) if k == place else arg for k, arg in enumerate(args, 1)]
        named = {key: objects(arg) if key in ("values", "vals", "val", "v", "src") else arg for key, arg in kwargs.items()}
        function(stripped(target), *stripped(given), **stripped(named))

    return store_into


def _search(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """``numpy.searchsorted``: before how many entries of a each number comes."""
    if sorter is not None:
        refuse("no-rule", "numpy.searchsorted with sorter is not followed")
    knots, symbol = objects(a).tolist(), "<" if side == "left" else "<="
    found = [sum(bool(compare(knot, cell, symbol)) for knot in knots) for cell in objects(v).ravel()]
    return np.reshape(np.asarray(found, dtype=np.intp), np.shape(v))[()]


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """``numpy.digitize`` for ascending bins."""
    edges = wrap(objects(bins))
    if len(edges) > 1 and bool(edges[0] > edges[-1]):
        refuse("no-rule", "numpy.digitize with descending bins is not followed")
    return _search(edges, x, "left" if right else "right")


def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """``numpy.bincount``: sums of the weights by label."""
    labels = [int(label) for label in np.asarray(x).ravel()]
    sums = filled(max(max(labels, default=-1) + 1, minlength), ZERO)
    np.add.at(sums, labels, wrap(objects(weights)))
    return sums


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, **options: Any) -> Any:
    """``numpy.linspace``."""
    if options:
        refuse("no-rule", f"numpy.linspace with {', '.join(options)} is not followed")
    first, last = (wrap(objects(end)) for end in (start, stop))
    parts = [first + (last - first) * k / max(num - int(endpoint), 1) for k in range(num)]
    return np.stack([wrap(objects(part)) for part in parts])


ARRAY_FUNCTIONS |= {
    np.linspace: linspace,
    **{
        getattr(np, name): _storing(getattr(np, name), place)
        for name, place in {"copyto": 1, "fill_diagonal": 1, "place": 2, "put": 2, "put_along_axis": 2, "putmask": 2}.items()
    },
    np.searchsorted: _search,
    np.digitize: _digitize,
    np.bincount: _bincount,
    np.piecewise: lambda x, *args, **kw: _piecewise(wrap(objects(x)), *args, **kw),
    np.zeros_like: _like(ZERO),
    np.ones_like: _like(Scalar(Ball(1))),
    np.empty_like: _like(UNKNOWN),
    np.full_like: full_like,
    np.einsum: einsum,
    np.linalg.norm: norm,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
    np.interp: interp,
    np.result_type: lambda *args: np.result_type(*(a.dtype if isinstance(a, Array | Scalar) else a for a in args)),
    np.common_type: lambda *args: np.float64,
    np.array_repr: lambda a, *_, **__: repr(a),
    np.array_str: lambda a, *_, **__: str(a),
    np.array2string: lambda a, *_, **__: str(a),
    np.gradient: lambda f, *args, **kw: _gradient(wrap(objects(f)), *args, **kw),
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
for _name in ("cumulative_sum", "cumulative_prod"):
    if hasattr(np, _name):
        ARRAY_FUNCTIONS[getattr(np, _name)] = ARRAY_FUNCTIONS[getattr(np, {"s": "cumsum", "p": "cumprod"}[_name[11]])]
