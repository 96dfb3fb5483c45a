"""Going through a formula: its parts, its names, a changed copy, and a general formula at given indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from symbolic.formulas.formula import Formula, Index, Name, Running, Whole


def parts(formula: Formula) -> Iterator[Formula]:
    """The formulas directly inside of this one."""
    for field in fields(formula):
        yield from _formulas(getattr(formula, field.name))


def _formulas(value: object) -> Iterator[Formula]:
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _formulas(item)


def rebuilt(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with each part directly inside of it changed."""
    record: Any = formula
    changes: dict[str, Any] = {field.name: _changed(getattr(formula, field.name), change) for field in fields(formula)}
    result: Formula = replace(record, **changes)
    return result


def _changed(value: object, change: Callable[[Formula], Formula]) -> object:
    if isinstance(value, Formula):
        return change(value)
    return tuple(_changed(item, change) for item in value) if isinstance(value, tuple) else value


def names(formula: Formula) -> Iterator[Name]:
    """Every name that stands in the formula."""
    if isinstance(formula, Name):
        yield formula
    for part in parts(formula):
        yield from names(part)


def instantiated(formula: Formula, values: Mapping[str, int]) -> Formula:
    """A general formula at given indices: ``{"l": 2, "j": 0}``; ``a`` of layer 0 is ``x``."""
    if isinstance(formula, Name | Whole):
        layer = None if formula.layer is None else at(formula.layer, values)
        quantity = "x" if (formula.quantity, layer) == ("a", 0) else formula.quantity
        layer = None if quantity == "x" else layer
        if isinstance(formula, Whole):
            return Whole(quantity, layer)
        return Name(quantity, layer, tuple(at(i, values) for i in formula.index))
    if isinstance(formula, Running):
        without = None if formula.without is None else at(formula.without, values)
        free = {letter: value for letter, value in values.items() if letter != formula.index}
        return Running(formula.index, at(formula.layer, values), instantiated(formula.body, free), without)
    return rebuilt(formula, lambda part: instantiated(part, values))


def at(index: Index, values: Mapping[str, int]) -> Index:
    """An index with its letter replaced: ``at("l+1", {"l": 2})`` is 3; a letter without a value stays."""
    if isinstance(index, int):
        return index
    letter, shift = index[0], int(index[1:] or 0)
    return values[letter] + shift if letter in values else index
