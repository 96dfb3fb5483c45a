"""Factorisations and what is solved with them: Cholesky, QR, least squares, pseudo-inverses, triangular systems."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra import linear_systems, products
from gradcheck.certified.numbers.arrays import Objects, objects, wrap
from gradcheck.certified.numbers.comparisons import compare
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, ELEMENTWISE
from gradcheck.certified.numbers.scalars import UNKNOWN, ZERO, Scalar
from gradcheck.certified.numpy_functions.sums import total
from gradcheck.sentences.sentence import Sentence

_empty = np.empty
_svd = np.linalg.svd


def _zeros(shape: tuple[int, ...]) -> Objects:
    result = _empty(shape, dtype=object)
    result.fill(ZERO)
    return result


# Cholesky


def cholesky(a: Any, *, upper: bool = False) -> Any:
    """``numpy.linalg.cholesky``: column by column; reads the lower triangle."""
    matrix = objects(a)
    if matrix.ndim > 2:
        return linear_systems.each_matrix(lambda part: cholesky(part, upper=upper), matrix)
    n = matrix.shape[-1]
    L = _zeros((n, n))
    for j in range(n):
        rest = total([matrix[j, j], *(-(L[j, k] * L[j, k]) for k in range(j))])
        L[j, j] = ELEMENTWISE["sqrt"](rest)
        for i in range(j + 1, n):
            L[i, j] = total([matrix[i, j], *(-(L[i, k] * L[j, k]) for k in range(j))]) / L[j, j]
    return wrap(L.T if upper else L)


# QR


def qr(a: Any, mode: str = "reduced") -> Any:
    """``numpy.linalg.qr`` by Householder's reflections, with the signs that LAPACK chooses."""
    matrix = objects(a)
    if matrix.ndim > 2 and mode in ("reduced", "complete"):
        parts = (linear_systems.each_matrix(lambda part, k=k: qr(part, mode)[k], matrix) for k in (0, 1))
        return type(np.linalg.qr(np.eye(1)))(*parts)
    if matrix.ndim > 2 and mode == "r":
        return linear_systems.each_matrix(lambda part: qr(part, "r"), matrix)
    if matrix.ndim != 2 or mode not in ("reduced", "complete", "r"):
        refuse(
            "no-rule", Sentence("following.with", function="numpy.linalg.qr", options=(f"mode={mode!r}", f"ndim={matrix.ndim}"))
        )
    m, n = matrix.shape
    R, Q = wrap(matrix.copy()), wrap(objects(np.identity(m, dtype=np.int64)))
    for k in range(min(m - 1, n)):
        if (v := _reflector(objects(R)[k:, k].tolist())) is not None:
            R[k:, k:] = R[k:, k:] - 2 * products.outer(v, products.matmul(v, R[k:, k:]))
            Q[:, k:] = Q[:, k:] - 2 * products.outer(products.matmul(Q[:, k:], v), v)
    kept = m if mode == "complete" else min(m, n)
    R = np.triu(R[:kept])
    return R if mode == "r" else type(np.linalg.qr(np.eye(1)))(Q[:, :kept], R)


def _reflector(column: list[Scalar]) -> Any:
    """The unit vector v for which ``x - 2 v (v . x)`` has zeros below its first entry; None where it has them already."""
    if all(cell.node == CONSTANT and cell.ball == 0 for cell in column[1:]):
        return None
    x = wrap(_array_of(column))
    length = np.sqrt(np.sum(np.square(x)))
    x[0] = x[0] - length if bool(compare(column[0], ZERO, "<")) else x[0] + length
    return x / np.sqrt(np.sum(np.square(x)))


def _array_of(cells: list[Scalar]) -> Objects:
    result = _empty(len(cells), dtype=object)
    result[:] = cells
    return result


# Least squares, of full rank


def _check_rank(matrix: Objects, cutoff: float | None, name: str) -> None:
    """NumPy sets small singular values to 0: where it does so here, the function is another one."""
    middle = np.array([float(cell.ball.mid()) for cell in matrix.ravel()]).reshape(matrix.shape)
    s = _svd(middle, compute_uv=False)
    cutoff = np.finfo(float).eps * max(matrix.shape) if cutoff is None or cutoff < 0 else cutoff
    if not s.min(initial=np.inf) > cutoff * s.max(initial=0.0):
        refuse("no-rule", Sentence("following.full-rank", name=name))


def _left_inverse(matrix: Any, right: Any) -> Any:
    """``A^+ B`` by the normal equations, which cost balls twice the digits and nothing else."""
    transposed = matrix.T
    if matrix.shape[0] >= matrix.shape[1]:
        return linear_systems.solve(products.matmul(transposed, matrix), products.matmul(transposed, right))
    return products.matmul(transposed, linear_systems.solve(products.matmul(matrix, transposed), right))


def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """``numpy.linalg.lstsq``; its singular values are not known, and nothing that uses them is."""
    matrix, right = wrap(objects(a)), wrap(objects(b))
    _check_rank(objects(matrix), rcond, "lstsq")
    m, n = matrix.shape
    x = _left_inverse(matrix, right)
    left_over = np.sum(np.square(products.matmul(matrix, x) - right), axis=0) if m > n else np.zeros(0)
    singular = _zeros((min(m, n),))
    singular.fill(UNKNOWN)
    return x, np.atleast_1d(left_over), min(m, n), wrap(singular)


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """``numpy.linalg.pinv`` of a matrix of full rank."""
    matrix = objects(a)
    if matrix.ndim > 2:
        return linear_systems.each_matrix(lambda part: pinv(part, rcond, hermitian, rtol=rtol), matrix)
    cutoff = rcond if isinstance(rcond, float) else rtol if isinstance(rtol, float) else 1e-15
    _check_rank(matrix, cutoff, "pinv")
    return _left_inverse(wrap(matrix), np.identity(matrix.shape[0]))


ARRAY_FUNCTIONS |= {np.linalg.cholesky: cholesky, np.linalg.qr: qr, np.linalg.lstsq: lstsq, np.linalg.pinv: pinv}
