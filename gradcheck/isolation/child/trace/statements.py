"""Which variables a statement can have changed, read from its syntax."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..source import parse


@dataclass(frozen=True)
class TracedStatement:
    """A statement as it is traced: where it stands, what it may change, and the names of the parts of a literal."""

    line: int
    end: int
    targets: tuple[ast.expr, ...] = ()
    value: ast.expr | None = None
    is_sum: bool = False  # an augmented assignment: of a float that it adds to, the last state counts


Steps = dict[int, TracedStatement]


def steps_of(text: str, name: str) -> Steps:
    """The statements of a file by each of their lines."""
    steps: Steps = {}
    for statement in parse(text, name)[0]:
        _add_steps(statement, steps)
    return steps


def _add_steps(statement: ast.stmt, steps: Steps) -> None:
    inner = [
        one for field_ in ("body", "orelse", "finalbody") for one in getattr(statement, field_, ()) if isinstance(one, ast.stmt)
    ]
    for handler in getattr(statement, "handlers", ()):
        inner += handler.body
    for case in getattr(statement, "cases", ()):
        inner += case.body
    end = min([one.lineno for one in inner] or [(statement.end_lineno or statement.lineno) + 1]) - 1
    step = _step(statement, max(end, statement.lineno))
    for line in range(step.line, step.end + 1):
        steps[line] = step
    for one in inner:
        _add_steps(one, steps)


def _step(statement: ast.stmt, end: int) -> TracedStatement:
    line, is_sum = statement.lineno, isinstance(statement, ast.AugAssign)
    targets: list[ast.expr] = []
    value: ast.expr | None = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign):
        targets = [one for target in statement.targets for one in _flat(target)]
        if any(isinstance(target, ast.Tuple | ast.List) for target in statement.targets):
            value = None
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.For):
        targets, value = _flat(statement.target), None
    elif isinstance(statement, ast.Expr):
        value = None
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return TracedStatement(line, end)
    if not isinstance(statement, ast.Return):
        targets += _changed_in_calls(statement)
    return TracedStatement(line, end, tuple(targets), value, is_sum)


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [one for part in target.elts for one in _flat(part)]
    return [target]


def _changed_in_calls(statement: ast.stmt) -> list[ast.expr]:
    """What calls in a statement may change: of ``a.append(b)`` a, of ``np.add.at(a, ...)`` a, of ``out=a`` a; walruses."""
    found: list[ast.expr] = []
    own = [one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)]
    for node in (node for one in own for node in ast.walk(one)):
        if isinstance(node, ast.NamedExpr):
            found.append(node.target)
        elif isinstance(node, ast.Call):
            found += [keyword.value for keyword in node.keywords if keyword.arg == "out"]
            if isinstance(statement, ast.Expr):
                called = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                found += [
                    _part_of(one)
                    for one in (*called, *node.args[:1])
                    if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
                ]
    return found


def _part_of(expression: ast.expr) -> ast.expr:
    """A stand-in for a part of an expression's value: the value itself is no new one."""
    return ast.Starred(expression)


def literal_of(literal: ast.expr | None, key: str) -> ast.expr | None:
    """The part of a literal dict, list or tuple that stands for a key."""
    if isinstance(literal, ast.Dict):
        keys = [f"[{one.value!r}]" if isinstance(one, ast.Constant) else "" for one in literal.keys]
        return literal.values[keys.index(key)] if key in keys else None
    if isinstance(literal, ast.List | ast.Tuple) and key[1:-1].isdigit() and int(key[1:-1]) < len(literal.elts):
        part = literal.elts[int(key[1:-1])]
        return None if isinstance(part, ast.Starred) else part
    return None


def as_written(expression: ast.expr) -> str:
    """An expression in one line."""
    try:
        return " ".join(ast.unparse(expression).split())
    except (RecursionError, ValueError):
        return "return"
