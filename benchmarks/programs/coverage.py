"""Which rules of the tables the rows ask for, and which are left out, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from benchmarks.programs.drawing import NUMBERS, ROWS
from gradcheck.certified.numbers.dispatch import LOGICAL
from gradcheck.certified.numbers.piecewise import PREDICATES
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS, AS_THEY_ARE, ELEMENTWISE, METHODS, PRODUCTS
from gradcheck.certified.replacements.table import TABLE


class Without(StrEnum):
    """Why a rule has no row."""

    TEXT = "its value is text"
    MEMORY = "it asks whether arrays share memory, which is no number"


LEFT_OUT: dict[str, Without] = {
    "numpy.array2string": Without.TEXT,
    "numpy.array_repr": Without.TEXT,
    "numpy.array_str": Without.TEXT,
    "numpy.may_share_memory": Without.MEMORY,
    "numpy.shares_memory": Without.MEMORY,
}


def asked_for() -> set[str]:
    """The functions that the rows name."""
    return set().union(*(row.names for row in (*ROWS, *NUMBERS)))


def rules() -> dict[str, tuple[str, ...]]:
    """Every rule by its name in the tables, with the names under which code may ask for it."""
    found: dict[str, tuple[str, ...]] = {}
    for name in (*ELEMENTWISE, *PREDICATES, *PRODUCTS, *LOGICAL):
        found[name] = (f"numpy.{name}", f"scipy.special.{name}")
    for function in (*ARRAY_FUNCTIONS, *AS_THEY_ARE):
        found[_name(function)] = (_name(function),)
    for module, name in TABLE:
        found[f"{module}.{name}"] = (f"{module}.{name}",)
    for method in METHODS:
        found[method] = tuple(f"numpy.{name}.{method}" for name in ELEMENTWISE)
    return found


def _name(function: Any) -> str:
    return f"{function.__module__}.{function.__name__}"


def without_a_row(names: Iterable[str] | None = None) -> list[str]:
    """The rules that no row asks for, and that are not left out for a reason."""
    asked = asked_for() if names is None else set(names)
    return sorted(rule for rule, names in rules().items() if not asked & set(names) and rule not in LEFT_OUT)
