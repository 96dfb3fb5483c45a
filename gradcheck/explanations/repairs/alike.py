"""Lines that are written alike, ``db2 = ...`` and ``db1 = ...``, and what they have in common: the same change in each."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from gradcheck.explanations.repairs.changes import larger_changes, small_changes
from gradcheck.explanations.repairs.copies import on_a_copy
from gradcheck.explanations.repairs.directed import directed
from gradcheck.explanations.repairs.statement import SourceStatement
from gradcheck.explanations.traced.code import SourcePlace
from gradcheck.explanations.traced.first_wrong import Slip, Walk, Wrong
from gradcheck.explanations.traced.own import OwnQuantity
from gradcheck.explanations.traced.quantities import Quantity, Role

Change = tuple[tuple[SourceStatement, str], ...]  # statements with their new texts
Ways = Callable[[SourceStatement], Iterator[str]]


def of_behaviour(of: SourceStatement) -> Iterator[Change]:
    """Changes after which a line neither adds to what was there nor writes into what it was handed, alone or with others."""
    later = [one for one in _statements(of) if isinstance(one.node, ast.AugAssign) and one.node.lineno >= of.node.lineno]
    for way in (set_not_added, on_a_copy):
        changed = [(one, text) for one in later if (text := next(way(one), None)) is not None]
        if len(changed) > 1:
            yield tuple(changed)
    texts = chain(set_not_added(of), on_a_copy(of), small_changes(of), larger_changes(of))
    yield from (((of, text),) for text in texts)


def set_not_added(of: SourceStatement) -> Iterator[str]:
    """``g += d`` as ``g = d``."""
    node = of.node
    if isinstance(node, ast.AugAssign):
        yield f"{of.indent}{of.segment(node.target)} = {of.segment(node.value)}"


def of_failure(of: SourceStatement, current: Walk) -> Iterator[Change]:
    """Changes to a line that raised, or made what has no number or another shape, together with lines like it; then alone."""
    group = [one for one in _statements(of) if _plainly(one) == _plainly(of)]
    if len(group) > 1:  # with one of them put right the next would fail
        for way in (small_changes, _products):  # each by itself: of other names a line may have more changes than another
            for texts in zip(*map(way, group), strict=False):
                yield tuple(zip(group, texts, strict=True))
    singly = chain(small_changes(of), _products(of), _by_formula(of, current), larger_changes(of))
    yield from (((of, text),) for text in singly)


def _products(of: SourceStatement) -> Iterator[str]:
    """The factors of a matrix product in the other order, each as it is or turned."""
    for node in of.expressions:
        left, right = _factors(of, node)
        if left is None or right is None:
            continue
        both = ((left, right), (right, left))
        pairs = [(a, b) for one, two in both for a in (one, _turned(one)) for b in (two, _turned(two))]
        for a, b in pairs[1:]:
            called = of.segment(node.func) if isinstance(node, ast.Call) else ""
            text = of.changed([(node, f"{called}({a}, {b})" if called else f"{a} @ {b}")])
            if text is not None:
                yield text


def _factors(of: SourceStatement, node: ast.expr) -> tuple[str | None, str | None]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return of.as_operand(node.left), of.as_operand(node.right)
    if isinstance(node, ast.Call) and len(node.args) == 2 and of.segment(node.func).rpartition(".")[2] in ("dot", "matmul"):
        return of.segment(node.args[0]), of.segment(node.args[1])
    return None, None


def _turned(words: str) -> str:
    return words.removesuffix(".T") if words.endswith(".T") else f"{words}.T"


def _by_formula(of: SourceStatement, current: Walk) -> Iterator[str]:
    """The right formula of each quantity of the recursion, in the code's own names."""
    for layer in reversed(current.spec.layers):
        for role in (Role.DELTA, Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT):
            quantity = Quantity(role, layer)
            own = OwnQuantity(quantity, current.values.right(role, layer))
            yield from directed(of, current, Wrong(quantity, Slip.VALUE, of.place, own))


def _statements(of: SourceStatement) -> Iterator[SourceStatement]:
    """The simple statements of the same function, in their order."""
    body = of.function.body if of.function else list(of.tree)
    for node in (node for one in body for node in ast.walk(one)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return):
            yield replace(of, node=node, place=SourcePlace(of.place.file, of.place.cell, node.lineno))


def _plainly(of: SourceStatement) -> str:
    """The text without its digits."""
    return re.sub(r"[0-9]+", "0", of.text.strip())
