"""Where does a gradient function make what is wrong? The statement that gives a part of its answer, read from its source.

Nothing is run: a part is followed from the one ``return`` to the one assignment of its name. Where there are several of
either, or no source is at hand, no line is told.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

from gradcheck.diagnosis.glance import Glance
from gradcheck.explanations.excerpt import excerpts
from gradcheck.sentences.sentence import Sentence
from reports.document import Block, Section

_Body = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def where_returned(grad: Callable[..., Any] | None, glances: Sequence[Glance]) -> list[Section]:
    """The lines that make the parts of which a cause is told, each with that cause; nothing where no line is known."""
    function = _function(grad)
    text = linecache.getlines(function.__code__.co_filename) if function and glances else []
    body = _body("".join(text), function.__code__) if text and function else None
    if body is None:
        return []
    notes: dict[int, list[str]] = {}
    for glance in glances:
        for line in dict.fromkeys(_line(body, leaf) for leaf in glance.leaves):
            if line is not None:
                notes.setdefault(line, []).append(glance.message)
    shown: list[Block] = [*excerpts([line.rstrip("\n") for line in text], _joined(notes))]
    return [Section(Sentence("validation.hint-where"), shown)] if notes else []


def _joined(notes: Mapping[int, Sequence[str]]) -> dict[int, Sentence]:
    return {line: Sentence("validation.notes-of-line", notes=tuple(said)) for line, said in notes.items()}


def _function(grad: Callable[..., Any] | None) -> FunctionType | None:
    """The Python function behind a callable."""
    while isinstance(grad, functools.partial):
        grad = grad.func
    found = inspect.unwrap(grad) if grad is not None else None
    found = getattr(found, "__func__", found)
    return found if isinstance(found, FunctionType) else None


def _body(text: str, code: CodeType) -> _Body | None:
    """The definition that a code was made of; None where a line has several, as it may have of lambdas."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    found = [node for node in ast.walk(tree) if isinstance(node, _Body) and _first_line(node) == code.co_firstlineno]
    named = [node for node in found if getattr(node, "name", "<lambda>") == code.co_name]
    return named[0] if len(named) == 1 else None


def _first_line(node: _Body) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(one.lineno for one in decorators)])


def _line(body: _Body, leaf: str) -> int | None:
    """The line that makes a part of the answer: of an expression where it stands, of a name where it is assigned."""
    if isinstance(body, ast.Lambda):
        return body.body.lineno
    own = list(_own(body))
    returns = [node for node in own if isinstance(node, ast.Return) and node.value is not None]
    if len(returns) != 1 or returns[0].value is None:
        return None
    part = _part(returns[0].value, leaf)
    if not isinstance(part, ast.Name):
        return part.lineno
    return _assigned(own, part.id)


def _assigned(own: Sequence[ast.AST], name: str) -> int | None:
    """The line of the only assignment of a name; None where it is changed more than once, or comes from elsewhere."""
    lines = [
        node.lineno
        for node in own
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(target))
    ]
    return lines[0] if len(lines) == 1 else None


def _own(body: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions within it."""
    for node in ast.iter_child_nodes(body):
        if not isinstance(node, _Body):
            yield node
            yield from _own(node)


def _part(value: ast.expr, leaf: str) -> ast.expr:
    """The part of what is returned that is a leaf of x, as far as it is written out: by its key, by its place."""
    path: list[str | int] = []
    node: ast.expr = ast.parse(leaf, mode="eval").body
    while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        path.insert(0, node.slice.value)  # type: ignore[arg-type]
        node = node.value
    if isinstance(node, ast.Name):
        path.insert(0, node.id)  # a key, or the name of x itself
    for step in path:
        if isinstance(value, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in value.keys]
            value = value.values[keys.index(step)] if step in keys else value
        elif isinstance(value, ast.Tuple | ast.List) and isinstance(step, int) and -len(value.elts) <= step < len(value.elts):
            value = value.elts[step]
    return value
