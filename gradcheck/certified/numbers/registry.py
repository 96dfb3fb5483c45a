"""Which operations have a rule: tables, filled by the modules that hold the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rule = Callable[..., Any]

ELEMENTWISE: dict[str, Rule] = {}  # by the name of the ufunc: functions of Scalars
PRODUCTS: dict[str, Rule] = {}  # by the name of the generalised ufunc
METHODS: dict[str, Rule] = {}  # methods of ufuncs, for those that are functions of Scalars
ARRAY_FUNCTIONS: dict[Any, Rule] = {}  # by the function itself
# Functions that only rearrange, or that NumPy writes in Python: they run as they are, on plain arrays of Scalars.
AS_THEY_ARE: set[Any] = set()
PROTOCOLS: dict[str, Rule] = {}  # what NumPy asks of scalars, arrays and masks of ours: "ufunc" and "function"
