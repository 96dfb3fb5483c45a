"""Small faults planted into a module: one operator, constant, boundary or result changed, everything else as it is.

A mutant is told apart by the line and what stands there before and after. What no verdict can depend on is left alone: texts,
annotations, decorators, what is raised, and ``strict=`` of zip, a guard that nothing reaches. Nor are changes drawn that change
nothing (``_changes_nothing``); docs/mutation.md says why of each kind.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum", "maximum": "minimum",
    "argmin": "argmax", "argmax": "argmin", "lower": "upper", "upper": "lower", "floor": "ceil", "ceil": "floor",
}  # fmt: skip
LEFT_ALONE = (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.arg)
Change = Callable[[Any], ast.AST]  # how a node becomes another one


@dataclass(frozen=True)
class Place:
    """Where a mutant can be planted: the module, which of its nodes, which change of that node."""

    module: str
    node: int
    change: int


@dataclass(frozen=True)
class Mutant:
    """One planted fault: where, what stood there, what stands there now, and the whole module with it."""

    module: str
    line: int
    before: str
    after: str
    source: str
    place: Place

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.before}  ->  {self.after}"


def places(module: str, source: str) -> list[Place]:
    """Every place of a module."""
    nodes = enumerate(_judged(_parsed(source)))
    return [Place(module, number, change) for number, node in nodes for change in range(len(list(changes(node))))]


def planted(place: Place, source: str) -> Mutant:
    """The module with that one fault."""
    tree, before, other = _changed(place, source)
    line, after = getattr(other, "lineno", 0), _short(ast.unparse(other))
    return Mutant(place.module, line, _short(before), after, ast.unparse(tree), place)


def planted_tree(place: Place, source: str) -> ast.Module:
    """The same as a tree, everything on the line where it was."""
    return _changed(place, source)[0]


def own_lines(place: Place, source: str) -> set[int]:
    """The lines of the innermost function around a place, but for those that belong to functions within it, too."""
    tree = _parsed(source)
    node = list(_judged(tree))[place.node]
    around = [part for part in ast.walk(tree) if isinstance(part, FUNCTIONS) and any(inner is node for inner in ast.walk(part))]
    if not around:
        return set()
    body = [inner for part in _body(around[-1]) for inner in ast.walk(part)]
    lines = {getattr(part, "lineno", 0) for part in body} - {0}
    for inner in body:
        if isinstance(inner, FUNCTIONS):
            lines -= set(range(inner.lineno, (inner.end_lineno or 0) + 1))
    return lines


FUNCTIONS = (ast.FunctionDef, ast.Lambda)


def _body(function: ast.AST) -> list[ast.AST]:
    body = getattr(function, "body", [])
    return body if isinstance(body, list) else [body]


def _changed(place: Place, source: str) -> tuple[ast.Module, str, ast.AST]:
    """The tree with the fault, the text of what stood there, and what stands there now."""
    tree = _parsed(source)
    node = list(_judged(tree))[place.node]
    before = ast.unparse(node)
    other = ast.fix_missing_locations(ast.copy_location(list(changes(node))[place.change](node), node))
    _replace(tree, node, other)
    return tree, before, other


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:67]}..."


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(item is old for item in value):
                value[:] = [new if item is old else item for item in value]


def _judged(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes on which a verdict may depend, parents first."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params", "exc", "msg"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, LEFT_ALONE) and not _left_alone(child):
                yield from _judged(child)


def _is_typing(node: ast.AST) -> bool:
    """``Array = np.ndarray[...]`` and what only a type checker reads."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Subscript | ast.BinOp)
        and node.col_offset == 0
        and (isinstance(node.targets[0], ast.Name) and node.targets[0].id[:1].isupper() and not node.targets[0].id.isupper())
    )


def _left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef) and node.name in ("__str__", "__repr__", "__format__"):
        return True
    return _is_typing(node) or _is_told(node) or (isinstance(node, ast.keyword) and node.arg == "strict")


def _is_told(node: ast.AST) -> bool:
    """A sentence, or a choice between two texts."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "Sentence"
    return isinstance(node, ast.IfExp) and all(_is_text_itself(part) for part in (node.body, node.orelse))


def _is_text_itself(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _parsed(source: str) -> ast.Module:
    """The tree, with a mark on every node whose change would change nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for same in _changes_nothing(node):
            same.changes_nothing = True  # type: ignore[attr-defined]
    return tree


LARGE = 1000  # a limit of so many: one more is none other


def _changes_nothing(node: ast.AST) -> Iterator[ast.AST]:
    """Below a node, what may be another one without any difference."""
    if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name) and node.returns.id == "bool":
        returned = (part for part in ast.walk(node) if isinstance(part, ast.Return))
        yield from (part for part in returned if isinstance(part.value, ast.Constant) and part.value.value is False)
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name == "default_rng":  # any seed will do
            yield from (part for seed in node.args for part in ast.walk(seed) if isinstance(part, ast.Constant))
        elif name == "reshape":  # any negative length is the one that is not known
            lengths = (part for argument in node.args for part in ast.walk(argument) if isinstance(part, ast.UnaryOp))
            yield from (part.operand for part in lengths if isinstance(part.op, ast.USub))
    elif isinstance(node, ast.Assign) and node.col_offset == 0 and _is_large(node.value):
        yield node.value


def _is_large(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= LARGE


def changes(node: ast.AST) -> Iterator[Change]:
    """What may be changed at one node."""
    if hasattr(node, "changes_nothing"):
        return
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _comparison(node)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _is_text(node):
        other = OPERATORS[type(node.op)]
        yield lambda n: ast.BinOp(n.left, other(), n.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        turned = OPERATORS[type(node.op)]
        yield lambda n: ast.AugAssign(n.target, turned(), n.value)
    elif isinstance(node, ast.BoolOp):
        join = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield lambda n: ast.BoolOp(join(), n.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield lambda n: n.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield from _constant(node)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield lambda n: ast.Return(ast.Constant(None))
    elif isinstance(node, ast.IfExp):
        yield lambda n: ast.IfExp(n.test, n.orelse, n.body)
    elif isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name in NAMES and isinstance(node.ctx, ast.Load):
            yield lambda n: _renamed(n, NAMES[name])


def _comparison(node: ast.Compare) -> Iterator[Change]:
    kind = type(node.ops[0])
    for table in (COMPARISONS, TURNED):
        if kind in table:
            other = table[kind]
            yield lambda n, other=other: ast.Compare(n.left, [other()], n.comparators)


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield lambda n: ast.Constant(not value)
    elif isinstance(value, int):
        yield lambda n: ast.Constant(value + 1)
    elif isinstance(value, float):
        yield lambda n: ast.Constant(value * 16 if value else 1.0)


def _renamed(node: ast.AST, name: str) -> ast.AST:
    if isinstance(node, ast.Name):
        return ast.Name(name, node.ctx)
    assert isinstance(node, ast.Attribute)
    return ast.Attribute(node.value, name, node.ctx)


def _is_text(node: ast.BinOp) -> bool:
    return any(_is_text_itself(part) for part in (node.left, node.right))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
