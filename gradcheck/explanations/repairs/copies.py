"""A line that writes into what was handed over: the same on a copy."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.explanations.repairs.statement import SourceStatement

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@",
}  # fmt: skip


def on_a_copy(of: SourceStatement) -> Iterator[str]:
    """``y -= a`` as ``y = y - a``; before ``x[x < 0] = 0`` a line that copies x; a copy of what another name is given for."""
    node = of.node
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    if isinstance(node, ast.AugAssign) and type(node.op) in _SIGNS:
        left, right = of.segment(node.target), of.segment(node.value)
        inner = right if isinstance(node.value, ast.Name | ast.Call | ast.Constant | ast.Attribute) else f"({right})"
        yield f"{of.indent}{left} = {left} {_SIGNS[type(node.op)]} {inner}"
    base = target
    while isinstance(base, ast.Subscript):
        base = base.value
    if isinstance(base, ast.Name | ast.Attribute) and base is not target:
        name = of.segment(base)
        yield f"{of.indent}{name} = {name}.copy()\n{of.text}"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript):
        words = of.changed([(node.value, f"{of.segment(node.value)}.copy()")])
        if words is not None:
            yield words
    for call in of.expressions:
        for word in call.keywords if isinstance(call, ast.Call) else ():
            if word.arg == "out" and isinstance(call, ast.Call):
                words = of.changed([(call, f"{of.segment(call.func)}({', '.join(map(of.segment, call.args))})")])
                name = of.segment(word.value)
                if words is not None:
                    yield words if not isinstance(node, ast.Expr) else f"{of.indent}{name} = {words.strip()}"
