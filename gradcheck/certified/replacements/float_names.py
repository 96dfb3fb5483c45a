"""What the names ``float`` and ``np.float64`` mean in the code under test."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import Array, objects, wrap
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.replacements.ours import holds_ours, is_followed


class _FloatKind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _BUILTIN_FLOAT | Scalar)

    def __eq__(cls, other: object) -> bool:
        return other is _BUILTIN_FLOAT or other is cls

    def __hash__(cls) -> int:
        return hash(_BUILTIN_FLOAT)


_BUILTIN_FLOAT = float


class FloatName(float, metaclass=_FloatKind):
    """What ``float`` means in the code under test: a Scalar stays one, anything else becomes a float."""

    dtype = np.dtype(np.float64)

    def __new__(cls, value: Any = 0.0) -> Any:
        """``float(value)``."""
        if isinstance(value, Scalar):
            return value
        if isinstance(value, Array) and value.size == 1:
            return value.item()
        return _BUILTIN_FLOAT(value)


class _Float64Kind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, np.float64 | Scalar)

    def __subclasscheck__(cls, other: Any) -> bool:
        return issubclass(other, np.float64)

    def __eq__(cls, other: object) -> bool:
        return other is np.float64 or other is cls

    def __hash__(cls) -> int:
        return hash(np.float64)


class Float64Name(np.float64, metaclass=_Float64Kind):
    """What ``np.float64`` means there: the same for NumPy's name of a float."""

    dtype: Any = np.dtype(np.float64)

    def __new__(cls, value: Any = 0.0, *more: Any) -> Any:
        """``np.float64(value)``."""
        if is_followed() and holds_ours(value):
            return value if isinstance(value, Scalar) else _plain_number(wrap(objects(value)))
        return np.float64(value, *more)


def _plain_number(value: Any) -> Any:
    return value if value.ndim else value.item()
