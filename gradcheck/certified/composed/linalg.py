"""What stands in place of the functions of scipy.linalg: NumPy's, by SciPy's conventions, and those that SciPy alone has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra import linear_systems, products, singular_values
from gradcheck.certified.linear_algebra.eigenvalues import eigh, middles, symmetric
from gradcheck.certified.linear_algebra.factorisations import cholesky, lstsq, pinv, qr
from gradcheck.certified.linear_algebra.matrix_functions import expm
from gradcheck.certified.linear_algebra.norms_and_powers import norm
from gradcheck.certified.numbers.arrays import Ours, objects, wrap
from gradcheck.certified.numbers.scalars import ZERO
from gradcheck.certified.numpy_functions.new_arrays import filled
from gradcheck.sentences.sentence import Sentence

_HARMLESS = {"check_finite", "overwrite_a", "overwrite_b", "overwrite_c", "driver", "lapack_driver"}


def _checked(name: str, options: dict[str, Any], harmless: tuple[tuple[str, Any], ...] = ()) -> None:
    """Refuse options that would change the result."""
    if more := {key for key, value in options.items() if key not in _HARMLESS and (key, value) not in harmless}:
        refuse("no-rule", Sentence("following.with", function=f"scipy.linalg.{name}", options=tuple(sorted(more))))


def _plain(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of scipy.linalg whose further options are refused."""

    def called(*args: Any, **kwargs: Any) -> Any:
        _checked(name, kwargs)
        return function(*args)

    return called


# Linear systems


def _solve(a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False, **options: Any) -> Any:
    _checked("solve", options)
    matrix = objects(a)
    if assume_a in ("sym", "symmetric", "her", "hermitian", "pos", "positive definite"):
        matrix = symmetric(matrix, "L" if lower else "U")
    elif assume_a not in (None, "gen", "general"):
        refuse("no-rule", Sentence("following.with", function="scipy.linalg.solve", options=(f"assume_a={assume_a!r}",)))
    return linear_systems.solve(wrap(matrix.T if transposed else matrix), b)


def _cholesky(a: Any, lower: bool = False, **_: Any) -> Any:
    matrix = wrap(objects(a))
    return cholesky(matrix) if lower else cholesky(matrix.T, upper=True)


def _solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any) -> Any:
    matrix = np.tril(wrap(objects(a))) if lower else np.triu(wrap(objects(a)))
    if unit_diagonal:
        matrix = matrix - np.diag(np.diag(matrix)) + np.identity(len(matrix))
    return linear_systems.solve(matrix.T if trans in (1, 2, "T", "C") else matrix, b)


def _cho_solve(factor: Any, b: Any, **_: Any) -> Any:
    c, lower = factor
    half = _solve_triangular(c, b, trans=0 if lower else 1, lower=lower)
    return _solve_triangular(c, half, trans=1 if lower else 0, lower=lower)


class _Factors(Ours):
    """What ``lu_factor`` gives, for ``lu_solve`` alone: the factors themselves are not known."""

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    def system(self, trans: int) -> Any:
        """The matrix, or its transpose."""
        return self._matrix.T if trans else self._matrix


def _lu_factor(a: Any, **options: Any) -> Any:
    _checked("lu_factor", options)
    return _Factors(wrap(objects(a))), None


def _lu_solve(lu_and_piv: Any, b: Any, trans: int = 0, **options: Any) -> Any:
    _checked("lu_solve", options)
    factors = lu_and_piv[0]
    if not isinstance(factors, _Factors):
        refuse("no-rule", Sentence("following.lu-factors"))
    return linear_systems.solve(factors.system(trans), b)


def _sylvester(a: Any, b: Any, q: Any) -> Any:
    """``A X + X B = Q``: one linear system for all entries of X."""
    left, right, known = (wrap(objects(part)) for part in (a, b, q))
    m, n = len(left), len(right)
    system = np.kron(left, np.identity(n)) + np.kron(np.identity(m), right.T)
    return linear_systems.solve(system, known.reshape(-1)).reshape(m, n)


# Decompositions


def _signs(vectors: Any, of_floats: Any) -> Any:
    """1 or -1 for each column, so that it points as that of SciPy's own floats does: its LAPACK need not choose as NumPy's."""
    columns = middles(objects(vectors)[:, : of_floats.shape[1]])
    signs = np.ones(np.shape(vectors)[1], dtype=np.int64)
    signs[: of_floats.shape[1]] = np.where(np.sum(columns * of_floats, axis=0) < 0, -1, 1)
    return signs


def _eigh(
    a: Any, b: Any = None, *, lower: bool = True, eigvals_only: bool = False, subset_by_index: Any = None, **options: Any
) -> Any:
    _checked("eigh", options, (("type", 1), ("subset_by_value", None)))
    matrix, back = wrap(symmetric(objects(a), "L" if lower else "U")), None
    if b is not None:
        back = cholesky(wrap(symmetric(objects(b), "L" if lower else "U")))
        half = linear_systems.solve(back, matrix)
        matrix = linear_systems.solve(back, half.T)
    values, vectors = eigh(matrix)
    if back is not None:
        vectors = linear_systems.solve(back.T, vectors)
    if not eigvals_only:
        floats = [None if part is None else middles(objects(part)) for part in (a, b)]
        vectors = vectors * _signs(vectors, sys.modules["scipy.linalg"].eigh(*floats, lower=lower, **options)[1])
    if subset_by_index is not None:
        first, last = (int(k) for k in subset_by_index)
        values, vectors = values[first : last + 1], vectors[:, first : last + 1]
    return values if eigvals_only else (values, vectors)


def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, **options: Any) -> Any:
    _checked("svd", options)
    found = singular_values.svd(a, full_matrices, compute_uv)
    if not compute_uv:
        return found
    u, s, vh = found
    floats = sys.modules["scipy.linalg"].svd(middles(objects(a)), full_matrices=False, **options)[0]
    signs = _signs(u, floats)
    of_rows = np.ones(len(vh), dtype=np.int64)
    of_rows[: floats.shape[1]] = signs[: floats.shape[1]]
    return u * signs, s, vh * of_rows[:, None]


def _polar(a: Any, side: str = "right") -> Any:
    u, s, vh = singular_values.svd(a, full_matrices=False)
    return products.matmul(u, vh), products.matmul(vh.T * s, vh) if side == "right" else products.matmul(u * s, u.T)


def _qr(a: Any, mode: str = "full", **options: Any) -> Any:
    _checked("qr", options, (("pivoting", False), ("lwork", None)))
    found = qr(a, {"full": "complete", "economic": "reduced"}.get(mode, mode))
    return (found,) if mode == "r" else tuple(found)


def _pinv(a: Any, **options: Any) -> Any:
    _checked("pinv", options, (("return_rank", False),))
    return pinv(a)


# Matrices with a pattern


def _toeplitz(c: Any, r: Any = None) -> Any:
    column = wrap(objects(c)).reshape(-1)
    row = column if r is None else wrap(objects(r)).reshape(-1)
    i, j = np.ogrid[: len(column), : len(row)]
    return np.concatenate([column[::-1], row[1:]])[len(column) - 1 - i + j]


def _circulant(c: Any) -> Any:
    column = wrap(objects(c)).reshape(-1)
    i, j = np.ogrid[: len(column), : len(column)]
    return column[i - j]


def _block_diag(*parts: Any) -> Any:
    matrices = [np.atleast_2d(wrap(objects(part))) for part in parts]
    result = filled(tuple(sum(part.shape[k] for part in matrices) for k in (0, 1)), ZERO)
    row = column = 0
    for part in matrices:
        result[row : row + part.shape[0], column : column + part.shape[1]] = part
        row, column = row + part.shape[0], column + part.shape[1]
    return result


OF_SCIPY: dict[str, Callable[..., Any]] = {
    "solve": _solve,
    "inv": _plain("inv", linear_systems.inv),
    "det": _plain("det", linear_systems.det),
    "lstsq": _plain("lstsq", lstsq),
    "pinv": _pinv,
    "norm": lambda a, ord=None, axis=None, keepdims=False, check_finite=True: norm(a, ord, axis, keepdims),
    "cholesky": _cholesky,
    "cho_factor": lambda a, lower=False, **_: (_cholesky(a, lower), lower),
    "cho_solve": _cho_solve,
    "solve_triangular": _solve_triangular,
    "lu_factor": _lu_factor,
    "lu_solve": _lu_solve,
    "solve_toeplitz": lambda c_or_cr, b, check_finite=True: linear_systems.solve(
        _toeplitz(*c_or_cr) if isinstance(c_or_cr, tuple) else _toeplitz(c_or_cr), b
    ),
    "solve_sylvester": _sylvester,
    "solve_continuous_lyapunov": lambda a, q: _sylvester(a, wrap(objects(a)).T, q),
    "qr": _qr,
    "eigh": _eigh,
    "eigvalsh": lambda a, b=None, **options: _eigh(a, b, eigvals_only=True, **options),
    "svd": _svd,
    "svdvals": lambda a, **_: singular_values.singular_values(a),
    "polar": _polar,
    "expm": expm,
    "toeplitz": _toeplitz,
    "circulant": _circulant,
    "block_diag": _block_diag,
}
