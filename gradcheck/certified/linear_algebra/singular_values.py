"""Singular values and what needs them: matrix norms, condition numbers, ranks.

The symmetric matrix ``[[0, A], [A^T, 0]]`` has the eigenvalues ``+s`` and ``-s`` with the eigenvectors ``(u, v) / sqrt(2)``
and ``(u, -v) / sqrt(2)``, so that no digit is lost by squaring A.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra import linear_systems
from gradcheck.certified.linear_algebra.eigenvalues import decompose, eigh, middles
from gradcheck.certified.numbers.arrays import Objects, objects, wrap
from gradcheck.certified.numbers.comparisons import compare
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
from gradcheck.certified.numbers.scalars import UNKNOWN, ZERO, Scalar
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

_empty = np.empty
_svd = np.linalg.svd
_SVDResult: Any = type(_svd(np.eye(1)))  # U, S and Vh by name


def _filled(shape: tuple[int, ...], cell: Scalar) -> Objects:
    result = _empty(shape, dtype=object)
    result.fill(cell)
    return result


def _of_matrix(matrix: Objects, name: str) -> tuple[Objects, Objects, Objects]:
    """U, s and V^T, reduced, with the signs that NumPy gives them."""
    (m, n), k = matrix.shape, min(matrix.shape)
    both = _filled((m + n, m + n), ZERO)
    both[:m, m:], both[m:, :m] = matrix, matrix.T
    u, _, vh = _svd(middles(matrix), full_matrices=False)
    like = np.zeros((m + n, m + n))
    like[:, ::-1][:, :k] = np.concatenate([u, vh.T])
    values, vectors = decompose(both, like, name)
    root = Scalar(Ball(2).sqrt())
    top = wrap(vectors)[:, ::-1][:, :k] * root
    return objects(top)[:m], values[::-1][:k], objects(top)[m:].T


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """``numpy.linalg.svd``; the columns that only full matrices have are not known, and nothing that uses them is."""
    if hermitian:
        refuse("no-rule", Sentence("following.with", function="numpy.linalg.svd", options=("hermitian=True",)))
    if not compute_uv:
        return singular_values(a)
    stack = objects(a)
    if stack.ndim > 2:
        return _SVDResult(*(linear_systems.each_matrix(lambda x, k=k: svd(x, full_matrices)[k], stack) for k in range(3)))
    u, s, vh = _of_matrix(stack, "svd")
    if full_matrices:
        (m, n), k = stack.shape, len(s)
        u = np.concatenate([u, _filled((m, m - k), UNKNOWN)], axis=1)
        vh = np.concatenate([vh, _filled((n - k, n), UNKNOWN)])
    return _SVDResult(wrap(u), wrap(s), wrap(vh))


def singular_values(a: Any) -> Any:
    """``numpy.linalg.svd`` without vectors: in descending order."""
    stack = objects(a)
    if stack.ndim > 2:
        return linear_systems.each_matrix(singular_values, stack)
    return wrap(_of_matrix(stack, "singular values")[1])


def matrix_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The norms that are functions of the singular values: 2, -2 and "nuc"."""
    s = singular_values(wrap(np.moveaxis(objects(x), axes, (-2, -1))))
    result = np.sum(s, axis=-1) if ord == "nuc" else s[..., 0] if ord == 2 else s[..., -1]
    if keepdims:
        result = np.expand_dims(wrap(objects(result)), tuple(sorted(axis % np.ndim(x) for axis in axes)))
    return result


def cond(x: Any, p: Any = None) -> Any:
    """``numpy.linalg.cond``."""
    if p is None or p in (2, -2):
        s = singular_values(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(linear_systems.inv(x), p, axis=(-2, -1))


def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """``numpy.linalg.matrix_rank``: how many singular values are above the tolerance."""
    array = wrap(objects(A))
    if array.ndim < 2:
        return np.intp(np.any(array != 0))
    s = np.abs(eigh(array)[0]) if hermitian else singular_values(array)
    if tol is None:
        part = max(array.shape[-2:]) * np.finfo(np.float64).eps if rtol is None else rtol
        tol = np.max(s, axis=-1, keepdims=True) * part
    limits = np.broadcast_to(objects(tol), s.shape)
    above = [bool(compare(*pair, ">")) for pair in zip(objects(s).ravel(), limits.ravel(), strict=True)]
    counts = np.asarray(above).reshape(s.shape).sum(axis=-1)
    return counts if counts.ndim else np.intp(counts)


ARRAY_FUNCTIONS |= {
    np.linalg.svd: svd,
    np.linalg.cond: cond,
    np.linalg.matrix_rank: matrix_rank,
}
if hasattr(np.linalg, "svdvals"):
    ARRAY_FUNCTIONS[np.linalg.svdvals] = singular_values
