"""What would stand right in a line of a layer function? The right formula in its own names, then small changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from gradcheck.explanations.repairs.changes import counts, larger_changes, small_changes, values
from gradcheck.explanations.repairs.copies import on_a_copy
from gradcheck.explanations.repairs.directed import BY_A, BY_Z, VALUES, changed
from gradcheck.explanations.repairs.statement import SourceStatement

_OF_AFFINE = {
    "out": ("{x} @ {w} + {b}", "{x}.dot({w}) + {b}"),
    "x": ("{dout} @ {w}.T", "{dout}.dot({w}.T)"),
    "w": ("{x}.T @ {dout}", "{x}.T.dot({dout})"),
    "b": ("{dout}.sum(axis=0)",),
}


def layer_changes(of: SourceStatement, function: str, result: str, names: Mapping[str, str]) -> Iterator[str]:
    """New texts of a statement; ``names`` are those of the function for ``x``, ``w``, ``b``, ``dout`` and ``out``."""
    forms = list(_formulas(function, result, names))
    slopes = list(_slopes(function, names))
    by_value = (text for value in values(of) for text in changed(of, value, forms))
    sloped = (text for value in values(of) for text in changed(of, value, [f"{of.as_factor(value)} * {s}" for s in slopes]))
    parts = (text for node in of.expressions if node not in values(of) for text in changed(of, node, slopes))
    more = chain(larger_changes(of), _label_subtracted(of, names), _divided(of))
    return chain(on_a_copy(of), small_changes(of), sloped, parts, by_value, more)


def _label_subtracted(of: SourceStatement, names: Mapping[str, str]) -> Iterator[str]:
    """The same, and before it or behind it a line that subtracts 1 at the right class."""
    filled = _filled_name(of)
    for count in counts(of) if filled and "y" in names else ():
        line = f"{of.indent}{filled}[np.arange({count}), {names['y']}] -= 1"
        yield from (f"{of.text}\n{line}", f"{line}\n{of.text}")


def _divided(of: SourceStatement) -> Iterator[str]:
    """The same, and in the next line divided by the number of examples."""
    filled = _filled_name(of)
    yield from (f"{of.text}\n{of.indent}{filled} /= {count}" for count in (counts(of) if filled else ()))


def _filled_name(of: SourceStatement) -> str:
    """The name that a statement fills, in part or as a whole; nothing where it fills none."""
    node = of.node
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _formulas(function: str, result: str, names: Mapping[str, str]) -> Iterator[str]:
    kind, _, way = function.rpartition("_")
    if kind == "affine":
        yield from _filled(_OF_AFFINE.get(result, ()), names)
    elif way == "forward" and kind in VALUES and "x" in names:
        yield VALUES[kind].format(names["x"])
    elif way == "backward" and "dout" in names:
        yield from (f"{names['dout']} * {slope}" for slope in _slopes(function, names))


def _slopes(function: str, names: Mapping[str, str]) -> Iterator[str]:
    """The slope of an activation, of the output where that has a name, else of the input."""
    kind, _, way = function.rpartition("_")
    if way != "backward":
        return
    for forms, handed in ((BY_A, "out"), (BY_Z, "x")):
        if handed in names:
            yield from (form.format(names[handed]) for form in forms.get(kind, ()))


def _filled(forms: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    for form in forms:
        try:
            yield form.format(**names)
        except KeyError:
            continue
