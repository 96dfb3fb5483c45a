"""A script that trains at the top level: which loop does it, what it would start from, and one pass of it.

Such a loop is run for one pass when the file is loaded: what stands below it finds its names, and nobody waits for thousands.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import CodeType, ModuleType
from typing import Any

import numpy as np

FIRST = "__first_pass__"  # what a loop runs over instead of all its values
_NAMES_OF_TRAINING = re.compile(
    r"(train|fit|learn|sgd|optimi[sz]e|gradient_descent|entrenar|entrainer|run_training)(_|$)", re.IGNORECASE
)
_STEPS = re.compile(r"(backward|backprop\w*|back_prop\w*|update\w*|step|train\w*|fit)$", re.IGNORECASE)


@dataclass(frozen=True)
class Training:
    """A loop of a file, the code of one pass of it, and what the names stood for when it began."""

    file: str
    loop: ast.stmt
    code: CodeType
    before: Mapping[str, Any]

    def run(self, names: dict[str, Any]) -> None:
        """One pass among these names."""
        names[FIRST] = lambda values: islice(iter(values), 1)
        exec(self.code, names)


def is_training(statement: ast.stmt, names: Mapping[str, Any]) -> bool:
    """Whether a loop changes arrays, or what an object holds, by what it computes: it learns."""
    if not isinstance(statement, ast.For | ast.While):
        return False
    return any(_changes(node, names) for node in ast.walk(statement))


def _changes(node: ast.AST, names: Mapping[str, Any]) -> bool:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub) and _is_product(node.value):
        return _holds_floats(node.target, names)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add | ast.Sub):
        same = any(ast.unparse(target) == ast.unparse(node.value.left) for target in node.targets)
        return same and _is_product(node.value.right) and _holds_floats(node.targets[0], names)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        taken = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
        called = ast.unparse(node.value.func).rpartition(".")[2]
        return bool(_STEPS.match(called)) and any(t in taken and _holds_floats_in(names.get(t)) for t in _stored(node))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return bool(_STEPS.match(node.value.func.attr)) and _is_own(names.get(_base(node.value.func)), names)
    return False


def _is_product(value: ast.expr) -> bool:
    """Whether something is multiplied in it, or it is a gradient by its name."""
    products = (ast.Mult, ast.MatMult, ast.Div)
    for node in ast.walk(value):
        if isinstance(node, ast.BinOp) and isinstance(node.op, products):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("dot", "matmul", "outer", "sum"):
            return True
    return isinstance(value, ast.Name) and bool(re.match("d|grad|nabla|v", value.id))


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _stored(node: ast.Assign) -> list[str]:
    return [one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def _holds_floats(target: ast.expr, names: Mapping[str, Any]) -> bool:
    """Whether what is changed holds floats before the loop: an array, or something that has arrays in it."""
    value = names.get(_base(target))
    if _holds_floats_in(value) or isinstance(target, ast.Name):
        return _holds_floats_in(value)
    ones = value if isinstance(value, list | tuple) else [value]
    held = [vars(one) for one in ones if hasattr(one, "__dict__") and not isinstance(one, type | ModuleType)]
    return any(_holds_floats_in(list(parts.values())) for parts in held)


def _holds_floats_in(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "f")
    if isinstance(value, dict):
        return any(map(_holds_floats_in, value.values()))
    return any(map(_holds_floats_in, value)) if isinstance(value, list | tuple) else False


def _is_own(value: Any, names: Mapping[str, Any]) -> bool:
    return type(value).__module__ == names.get("__name__")


def is_call_of_training(statement: ast.stmt, names: Mapping[str, Any]) -> bool:
    """Whether a statement only trains: it calls a function or method of the file that is called so."""
    if not isinstance(statement, ast.Expr | ast.Assign) or not isinstance(statement.value, ast.Call):
        return False
    function = statement.value.func
    if isinstance(function, ast.Attribute):
        return bool(_NAMES_OF_TRAINING.match(function.attr)) and _is_own(names.get(_base(function)), names)
    if not isinstance(function, ast.Name) or not _NAMES_OF_TRAINING.match(function.id):
        return False
    found = names.get(function.id)
    return not isinstance(found, type) and getattr(found, "__module__", None) == names.get("__name__")


def one_pass(loop: ast.stmt) -> ast.stmt:
    """The loop with its first pass alone, its lines as they are."""
    once = copy.copy(loop)
    if isinstance(once, ast.For):
        once.iter = ast.Call(ast.Name(FIRST, ast.Load()), [once.iter], [])
        return ast.fix_missing_locations(ast.copy_location(once, loop))
    assert isinstance(loop, ast.While)
    only = ast.For(ast.Name("__pass__", ast.Store()), ast.Tuple([ast.Constant(0)], ast.Load()), loop.body, [])
    return ast.fix_missing_locations(ast.copy_location(only, loop))


def training(
    loop: ast.stmt,
    compiled: Callable[[list[ast.stmt], str], CodeType],
    file: str,
    names: Mapping[str, Any],
    futures: Sequence[ast.stmt] = (),
) -> Training:
    """What is remembered of a loop that trains, before it is run; ``futures`` are what its file imports from __future__."""
    return Training(file, loop, compiled([*futures, one_pass(loop)], file), snapshot(names))


def snapshot(names: Mapping[str, Any]) -> dict[str, Any]:
    """Copies of the data that names stand for: numbers, arrays, what holds them, objects of the file's own classes."""
    memo: dict[int, Any] = {}
    kept = {}
    for name, value in names.items():
        if not name.startswith("__") and _is_data(value, names):
            try:
                kept[name] = copy.deepcopy(value, memo)
            except Exception:
                kept[name] = value
    return kept


def _is_data(value: Any, names: Mapping[str, Any]) -> bool:
    if isinstance(value, ModuleType | type) or (callable(value) and not _is_own(value, names)):
        return False
    return isinstance(value, np.ndarray | np.generic | int | float | list | tuple | dict | set | str) or _is_own(value, names)


def guarded(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """What a file does when it is started, and not when it is imported: below ``__main__``, a ``main()`` of its own opened."""
    functions = {one.name: one for one in statements if isinstance(one, ast.FunctionDef)}
    for statement in statements:
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            for one in statement.body:
                opened = _called_alone(one, functions)
                yield from opened.body if opened else [one]


def _called_alone(statement: ast.stmt, functions: Mapping[str, ast.FunctionDef]) -> ast.FunctionDef | None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args or call.keywords:
        return None
    found = functions.get(call.func.id)
    returns = found is None or any(isinstance(node, ast.Return | ast.Global | ast.Yield) for node in ast.walk(found))
    return None if returns else found
