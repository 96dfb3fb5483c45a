"""``numpy.einsum``: one matrix product where that does it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.linear_algebra.products import matmul
from gradcheck.certified.numbers.arrays import Objects, objects, store, wrap
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import ZERO
from gradcheck.certified.numpy_functions.new_arrays import filled


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
    if a.shape[1] == b.shape[2] == 1:
        return np.sum(wrap(a[:, 0, :]) * wrap(b[:, :, 0]), axis=1)
    return matmul(wrap(a), wrap(b))


def _summed_out(labels: str, array: Objects, needed: set[str]) -> tuple[str, Objects]:
    """Sum over the labels that stand nowhere else."""
    axes = tuple(k for k, label in enumerate(labels) if label not in needed)
    if not axes:
        return labels, array
    return "".join(x for x in labels if x in needed), objects(np.sum(wrap(array), axis=axes))


ARRAY_FUNCTIONS[np.einsum] = einsum
