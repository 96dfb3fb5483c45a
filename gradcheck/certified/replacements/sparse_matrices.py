"""What stands in place of SciPy's sparse matrices: constants, whose products with numbers of ours are followed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.linear_algebra.products import matmul
from gradcheck.certified.numbers.arrays import Objects, Ours, elementwise, objects, wrap
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import ZERO, Scalar
from gradcheck.certified.replacements.ours import holds_ours, is_followed
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

_empty = np.empty
_exact = elementwise(lambda value: Scalar(Ball(float(value))), 1)


class Sparse(Ours):
    """A sparse matrix as the code under test sees it: the original, but for products with numbers of ours."""

    __array_ufunc__ = None  # so that an array on the left leaves the product to us

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._original, name)
        if not callable(found):
            return stand_in(found)

        def method(*args: Any, **kwargs: Any) -> Any:
            args, kwargs = tuple(map(_bare, args)), {key: _bare(value) for key, value in kwargs.items()}
            if is_followed() and holds_ours([*args, *kwargs.values()]):
                refuse("no-rule", Sentence("following.no-rule-sparse", name=name))
            return stand_in(found(*args, **kwargs))

        return method

    def __getitem__(self, key: Any) -> Any:
        return stand_in(self._original[key])

    def __len__(self) -> int:
        return len(self._original)

    def __matmul__(self, other: Any) -> Any:
        if _is_ours(other):
            return _product(self._original, other)
        return stand_in(self._original @ _bare(other))

    def __rmatmul__(self, other: Any) -> Any:
        if _is_ours(other):
            return _transposed(_product(self._original.T, _transposed(wrap(objects(other)))))
        return stand_in(_bare(other) @ self._original)

    def dot(self, other: Any) -> Any:
        """As ``@``."""
        return self @ other

    def _is_array(self) -> bool:
        """Whether ``*`` means entry by entry, as for the newer kind of sparse arrays, and not a matrix product."""
        return type(self._original).__name__.endswith("_array")

    def __mul__(self, other: Any) -> Any:
        if not _is_ours(other):
            return stand_in(self._original * _bare(other))
        if np.ndim(other) == 0 or self._is_array():
            refuse("no-rule", Sentence("following.sparse-times"))
        return self @ other

    def __rmul__(self, other: Any) -> Any:
        return self.__mul__(other) if np.ndim(other) == 0 or not _is_ours(other) else self.__rmatmul__(other)


def _between_constants(function: Callable[..., Any]) -> Callable[..., Any]:
    """An operator on the matrices themselves."""

    def operate(self: Sparse, *others: Any) -> Any:
        if any(map(_is_ours, others)):
            refuse("no-rule", Sentence("following.no-rule-sparse", name=function.__name__))
        return stand_in(function(self._original, *map(_bare, others)))

    return operate


for _name in ("add", "sub", "truediv", "pow", "neg", "abs"):
    setattr(Sparse, f"__{_name}__", _between_constants(getattr(operator, _name)))


def _is_ours(value: Any) -> bool:
    return not isinstance(value, Sparse) and holds_ours(value)


def _bare(value: Any) -> Any:
    return value._original if isinstance(value, Sparse) else value


def _transposed(value: Any) -> Any:
    return value.T


def stand_in(value: Any) -> Any:
    """A `Sparse` for a sparse matrix; anything else as it is."""
    return Sparse(value) if (type(value).__module__, type(value).__name__) in KINDS else value


def _constants(values: Any) -> Objects:
    """The stored numbers: exact data, unless the run asks what rounding may have left of arrays."""
    return objects(np.asarray(values, dtype=np.float64)) if active.widen > 1 else _exact(np.asarray(values).astype(object))


def _product(matrix: Any, other: Any) -> Any:
    """``matrix @ other``, row by row: the stored entries times what they meet."""
    right, rows = objects(other), matrix.tocsr()
    if right.ndim not in (1, 2) or rows.shape[1] != right.shape[0]:
        raise ValueError(f"matmul: dimension mismatch with signature (n,k),(k,m)->(n,m): {rows.shape} and {right.shape}")
    result = _empty((rows.shape[0], *right.shape[1:]), dtype=object)
    result.fill(ZERO)
    data = _constants(rows.data)
    for row, (start, end) in enumerate(zip(rows.indptr[:-1], rows.indptr[1:], strict=True)):
        if end > start:
            result[row] = objects(matmul(wrap(data[start:end]), wrap(right[rows.indices[start:end]])))[()]
    return wrap(result)


_FORMATS = ("csr", "csc", "coo", "bsr", "dia", "dok", "lil")
KINDS: dict[tuple[str, str], Callable[[Any], Any]] = {
    (f"scipy.sparse._{name}", f"{name}_{kind}"): Sparse for name in _FORMATS for kind in ("matrix", "array")
}
