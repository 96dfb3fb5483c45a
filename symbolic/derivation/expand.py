"""Closed forms written out in x, W and b: names replaced by what they stand for, in the order of the blackboard.

The size is counted before anything is built, because it grows with the product of the widths: 4-8-8-3 needs millions of
symbols where its program needs hundreds.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from symbolic.formulas.formula import AVERAGE, Formula, Line, Name, Product, product
from symbolic.formulas.teaching_order import formula_of, name_of
from symbolic.formulas.values import identifier
from symbolic.formulas.walk import rebuilt
from symbolic.programs.statements import Program, entry, parameter_entries

READABLE = 60  # symbols in the longest closed form up to which a report writes all of them out by itself
READABLE_ONE = 400  # ... up to which it writes out the one of the weight that is followed
MOST_SYMBOLS = 40_000  # symbols in all closed forms together up to which they are written out on demand


def expanded_size(program: Program, name: str) -> int:
    """How many symbols a quantity has when it is written out, without writing it."""
    return _size(program, name.split("_")[0])


def all_sizes(program: Program) -> tuple[int, int]:
    """The symbols of the longest closed form and of all of them together."""
    sizes = {key: (_size(program, f"d{key}"), prod(shape)) for key, shape in program.spec.shapes.items()}
    return max(size for size, _ in sizes.values()), sum(size * count for size, count in sizes.values())


@lru_cache(maxsize=256)
def _size(program: Program, quantity: str) -> int:
    """The size of one entry of a quantity; all of a layer are as long as the first."""
    first = next((name for name in (entry(quantity, 0, 0), entry(quantity, 0), quantity) if name in program.by_name), None)
    if first is None:
        return 1  # an input, a target, a parameter
    stack, size = [program.by_name[first].rhs], 0
    while stack:
        node = stack.pop()
        size += _size(program, node.name.split("_")[0]) if node.is_Symbol else 0 if node.args else 1
        stack += node.args
    return size


def check_size(program: Program) -> None:
    """Raise ValueError, before any work, where the closed forms would be too long to write out."""
    _, together = all_sizes(program)
    if together > MOST_SYMBOLS:
        raise ValueError(
            f"the closed forms of {program.spec}, written out in x, W and b, would have {together:,} symbols, expected "
            f"at most {MOST_SYMBOLS:,}; leave --expand out (the closed forms in z, a and delta are complete), or choose a "
            "smaller network"
        )


def readable(program: Program, name: str) -> list[str]:
    """What a report writes out that nobody asked to expand: every closed form, or the one of this name, or none."""
    if all_sizes(program)[0] <= READABLE:
        return [entry(f"d{key}", *index) for key, index in parameter_entries(program.spec)]
    return [name] if expanded_size(program, name) <= READABLE_ONE else []


def expanded(program: Program, name: str) -> Line:
    """``name = ...`` in x, y, W, b alone."""
    return Line(name_of(name), (_written_out(program, name_of(name)),))


@lru_cache(maxsize=4096)
def _written_out(program: Program, name: Name) -> Formula:
    statement = program.by_name.get(identifier(name))
    return name if statement is None else _replaced(program, formula_of(statement.rhs))


def _replaced(program: Program, formula: Formula) -> Formula:
    if isinstance(formula, Name):
        return _written_out(program, formula)
    changed = rebuilt(formula, lambda part: _replaced(program, part))
    return _constants_first(changed) if isinstance(changed, Product) and not changed.dotted else changed


def _constants_first(formula: Product) -> Formula:
    """Products within a product spliced in, and 1/m at their front."""
    flat = product(*formula.factors)
    factors = flat.factors if isinstance(flat, Product) else (flat,)
    return product(*sorted(factors, key=lambda factor: factor != AVERAGE))
