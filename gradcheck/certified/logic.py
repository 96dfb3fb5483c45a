"""And, or, exclusive or and not, on arrays of truth values of which some are open."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.certified.choices import Open
from gradcheck.certified.reasons import Undecided
from gradcheck.certified.tables import Rule


def _xor(a: Any, b: Any) -> Any:
    if isinstance(a, Open) and isinstance(b, Open):
        raise Undecided("two undecided comparisons are compared")
    flips, other = (b, a) if isinstance(a, Open) else (a, b)
    return (~flips if other else flips) if isinstance(flips, Open) else bool(a) != bool(b)


def _logical(function: Rule, arguments: int) -> Rule:
    return np.frompyfunc(function, arguments, 1)


LOGICAL: dict[str, Rule] = {
    "logical_and": _logical(lambda a, b: a & b, 2),
    "logical_or": _logical(lambda a, b: a | b, 2),
    "logical_xor": _logical(_xor, 2),
    "logical_not": _logical(lambda a: ~a if isinstance(a, Open) else not a, 1),
}
for _bitwise, _same in (("and", "and"), ("or", "or"), ("xor", "xor")):
    LOGICAL[f"bitwise_{_bitwise}"] = LOGICAL[f"logical_{_same}"]
LOGICAL["invert"] = LOGICAL["logical_not"]
