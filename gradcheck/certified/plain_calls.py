"""NumPy's own functions called on our numbers: as floats where nothing depends on the inputs, or as plain arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradcheck.certified.arrays import Array, Mask, objects, plain, wrap
from gradcheck.certified.choices import Open
from gradcheck.certified.reasons import CannotFollow, Undecided, raised, refuse
from gradcheck.certified.scalars import Scalar


def on_constants(function: Any, args: Iterable[Any], kwargs: dict[str, Any]) -> Any:
    """What has no rule is called as it is, on floats, where nothing it is given depends on the inputs."""
    try:
        args, kwargs = as_floats(list(args)), as_floats(kwargs)
    except CannotFollow:
        raised.pop()
        module, name = getattr(function, "__module__", None), getattr(function, "__name__", str(function))
        refuse("no-rule", f"there is no rule for {module or 'numpy'}.{name}")
    return function(*args, **kwargs)


def as_floats(value: Any) -> Any:
    """Arguments with exact constants as floats; refuses what depends on the inputs."""
    if isinstance(value, Scalar):
        return np.float64(float(value))
    if isinstance(value, Array):
        return np.fromiter((float(cell) for cell in value.flat), dtype=np.float64, count=value.size).reshape(value.shape)
    if isinstance(value, Mask | Open):
        raise Undecided("a function without a rule is given undecided comparisons")
    if type(value) in (list, tuple):
        return type(value)(as_floats(item) for item in value)
    return {key: as_floats(item) for key, item in value.items()} if isinstance(value, dict) else value


def stripped(value: Any) -> Any:
    """Arguments with every `Array` as a plain array of Scalars."""
    if isinstance(value, Array):
        return value.view(np.ndarray)
    if isinstance(value, Scalar):
        return plain(value)
    if isinstance(value, Mask):
        raise Undecided("an array of undecided comparisons is rearranged")
    if isinstance(value, list | tuple):
        return type(value)(stripped(item) for item in value) if type(value) in (list, tuple) else value
    if isinstance(value, dict):
        return {key: stripped(item) for key, item in value.items()}
    return value


def rewrapped(value: Any) -> Any:
    """Results with every plain array of Scalars as an `Array`; views stay views."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        if all(type(item) is Scalar for item in value.flat):
            return value.view(Array)
        return wrap(objects(value))
    if isinstance(value, list | tuple):
        return type(value)(rewrapped(item) for item in value) if type(value) in (list, tuple) else value
    return value
