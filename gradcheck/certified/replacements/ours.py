"""Does this call of NumPy come from the code under test, with one of our numbers among its arguments?"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from gradcheck.certified.numbers.arrays import Array, Mask, Ours
from gradcheck.certified.numbers.choices import Open
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar


def is_followed() -> bool:
    """Whether a run is going on in this thread."""
    return active.running and active.thread == threading.get_ident()


def holds_ours(value: Any) -> bool:
    """Whether a value is of ours, or a list that holds one."""
    if isinstance(value, list | tuple):
        return any(holds_ours(item) for item in value)
    return isinstance(value, Scalar | Array | Mask | Open | Ours)


def is_ours(*values: Any) -> bool:
    """Whether a run is going on and one of the values is a number or an array of ours."""
    return any(isinstance(value, Scalar | Array) for value in values) and is_followed()


def is_float(dtype: Any) -> bool:
    """Whether a dtype asks for real floats, as none does."""
    return dtype is None or np.dtype(dtype).kind == "f"
