"""Changes of indices: another loop variable, an end that is cut off, an order that is turned around."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gradcheck.explanations.repairs.statement import SourceStatement

MOST = 6  # ways to write one element
SHIFTS = ("{0}", "{0} - 1", "{0} + 1", "-{0}")


def by_loops(of: SourceStatement, names: Sequence[str]) -> Iterator[str]:
    """What has a number in the trace, ``acts[2]``, as the statement can write it: ``acts[l]``, ``acts[l - 1]``."""
    variables = list(loop_variables(of))
    for name in names:
        found = re.fullmatch(r"([^\[]+)\[[0-9]+\](.*)", name)
        if found is None:
            continue
        base, rest = found[1], found[2]
        known = [atom for atom in of.atoms if atom.startswith(f"{base}[") and atom.endswith(f"]{rest}")]
        yield from known[:MOST]
        yield from (f"{base}[{shift.format(v)}]{rest}" for v in variables[:2] for shift in SHIFTS)


def loop_variables(of: SourceStatement) -> Iterator[str]:
    """The names that loops around the statement count by, the innermost first; then those of its own comprehensions."""
    body = of.function.body if of.function else list(of.tree)
    loops = [node for one in body for node in ast.walk(one) if isinstance(node, ast.For)]
    around = [loop for loop in loops if loop.lineno <= of.node.lineno <= (loop.end_lineno or 0)]
    inner = [one for node in of.expressions for one in getattr(node, "generators", ())]
    for loop in (*sorted(around, key=lambda one: -one.lineno), *inner):
        targets = loop.target.elts[:1] if isinstance(loop.target, ast.Tuple) else [loop.target]
        yield from (one.id for one in targets if isinstance(one, ast.Name))


def turned_around(of: SourceStatement) -> Iterator[str]:
    """A list in the other order; what is put behind put before, and the other way round."""
    for node in of.expressions:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = of.segment(node.func.value)
            if node.func.attr == "append" and len(node.args) == 1:
                yield from _one(of, node, f"{holder}.insert(0, {of.segment(node.args[0])})")
            if node.func.attr == "insert" and len(node.args) == 2:
                yield from _one(of, node, f"{holder}.append({of.segment(node.args[1])})")
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and isinstance(node.slice.step, ast.UnaryOp):
            yield from _one(of, node, of.segment(node.value))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in of.atoms and not _is_called(of, node):
            yield from _one(of, node, f"{node.id}[::-1]")


def without_first_column(of: SourceStatement) -> Iterator[str]:
    """``T_grad += c * T`` in all columns but the first, which belongs to the biases; a first column more, or one less."""
    node = of.node
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    names = [one for one in of.expressions if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    for name in names:
        plain = not _is_called(of, name)
        if isinstance(target, ast.Name) and isinstance(node, ast.AugAssign) and plain:
            text = of.changed([(target, f"{target.id}[:, 1:]"), (name, f"{name.id}[:, 1:]")])
            if text is not None:
                yield text
        if plain:
            yield from _one(of, name, f"{name.id}[:, 1:]")
    for part in of.expressions:
        if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Tuple) and isinstance(part.slice.elts[-1], ast.Slice):
            yield from _one(of, part, of.segment(part.value))


def _is_called(of: SourceStatement, name: ast.Name) -> bool:
    calls = (node for node in of.expressions if isinstance(node, ast.Call | ast.Attribute | ast.Subscript))
    return any(name is getattr(call, "func", getattr(call, "value", None)) for call in calls)


def _one(of: SourceStatement, node: ast.AST, new: str) -> Iterator[str]:
    text = of.changed([(node, new)])
    if text is not None:
        yield text
