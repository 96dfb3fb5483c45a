"""How large will a run on balls be, at least? The function runs once on floats that count what depends on the inputs.

What is counted is less than what is needed (code that leaves NumPy's protocols escapes it): too much of it is surely too much.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import float_leaves, rebuilt
from gradcheck.certified.numbers.nodes import MAX_EDGES

LARGE = 20_000  # entries of x: with fewer, a run on balls ends soon enough, whatever it comes to


@dataclass
class _Count:
    steps: int = 0


_now = _Count()


class _Counting(np.ndarray[Any, np.dtype[Any]]):
    """Floats that depend on the inputs; an operation on them makes one edge of the tape for each number, or more."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [value.view(np.ndarray) if isinstance(value, _Counting) else value for value in inputs]
        outs = kwargs.get("out")
        if outs:
            kwargs["out"] = tuple(out.view(np.ndarray) if isinstance(out, _Counting) else out for out in outs)
        result = getattr(ufunc, method)(*plain, **kwargs)
        if np.asarray(result).dtype.kind != "f":
            return result
        if method == "__call__" and ufunc is not np.matmul:
            _now.steps += result.size
        elif method == "reduce":
            _now.steps += int(np.size(plain[0]))
        if outs:
            return outs[0]
        return result.view(_Counting) if isinstance(result, np.ndarray) else result


def surely_too_large(f: Callable[..., Any], x: Any) -> bool:
    """Whether f takes more steps than a tape may hold."""
    known = float_leaves(x)
    if sum(array.size for _, array in known) < LARGE:
        return False
    _now.steps = 0
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            f(rebuilt(x, [np.array(array, dtype=np.float64).view(_Counting) for _, array in known]))
    except Exception:  # code that such arrays disturb is tried on balls
        return False
    return _now.steps > MAX_EDGES
