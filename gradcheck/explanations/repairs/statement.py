"""A statement as text that can be changed in one place, everything around it left as the student wrote it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gradcheck.explanations.traced.code import Edit, SourcePlace
from gradcheck.isolation.child.source import parse

Expression = ast.expr
PARTS = (ast.Name, ast.Attribute, ast.Subscript)


@dataclass(frozen=True)
class SourceStatement:
    """A simple statement, or the first line of one that holds others; with the function that it is in."""

    place: SourcePlace
    lines: tuple[str, ...]  # of the file or cell
    node: ast.stmt
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    tree: tuple[ast.stmt, ...]

    @cached_property
    def end(self) -> int:
        """The line after it; of one that holds others, after its head."""
        body = getattr(self.node, "body", None)
        if isinstance(body, list) and body:
            return max(int(body[0].lineno), self.node.lineno + 1)
        return (self.node.end_lineno or self.node.lineno) + 1

    @cached_property
    def own_lines(self) -> tuple[str, ...]:
        """Its lines."""
        return self.lines[self.node.lineno - 1 : self.end - 1]

    @property
    def text(self) -> str:
        """Its lines as one text."""
        return "\n".join(self.own_lines)

    @property
    def indent(self) -> str:
        """What stands before it."""
        first = self.own_lines[0]
        return first[: len(first) - len(first.lstrip())]

    def edit(self, new: str) -> Edit:
        """Another text in its place."""
        return Edit(SourcePlace(self.place.file, self.place.cell, self.node.lineno), self.end, new)

    def segment(self, node: ast.AST) -> str:
        """The text of a part of it."""
        return ast.get_source_segment("\n".join(self.lines), node) or ast.unparse(node)

    def is_in_brackets(self, node: ast.AST) -> bool:
        """Whether brackets stand right around a part."""
        (row, column), (last, end) = _start(node), _end(node)
        before, after = self.lines[row - 1].encode()[:column].rstrip(), self.lines[last - 1].encode()[end:].lstrip()
        called = before[:-1].rstrip()[-1:]
        return before.endswith(b"(") and after.startswith(b")") and not (called.isalnum() or called in (b"_", b")", b"]"))

    def as_factor(self, node: ast.expr) -> str:
        """A part as the left side of a product."""
        words = self.segment(node)
        plain = not isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp | ast.Lambda)
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)
        return words if plain or product else f"({words})"

    def as_operand(self, node: ast.expr) -> str:
        """A part by itself, with its own brackets unless it is all there is."""
        return f"({self.segment(node)})" if self.is_in_brackets(node) else self.segment(node)

    def changed(self, changes: Sequence[tuple[ast.AST, str]]) -> str | None:
        """Its text with other texts in the place of some parts; None where that is no Python."""
        text = [line.encode() for line in self.own_lines]
        first = self.node.lineno
        for node, new in sorted(changes, key=lambda one: _start(one[0]), reverse=True):
            (row, column), (last, end) = _start(node), _end(node)
            if not (first <= row <= last < self.end):
                return None
            if new.startswith("(") and new.endswith(")") and _is_bracketed(new) and self.is_in_brackets(node):
                new = new[1:-1]
            if new.startswith(f"({self.segment(node)})") and self.is_in_brackets(node):  # it brings its brackets
                column = len(text[row - first][:column].rstrip()) - 1
                end = text[last - first].index(b")", end) + 1
            row, last = row - first, last - first
            text[row : last + 1] = [text[row][:column] + new.encode() + text[last][end:]]
        words = b"\n".join(text).decode("utf-8", "replace")
        return words if words != self.text else None

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """All expressions in it, the outer ones first; of a head, those of the head."""
        found: list[Expression] = []
        for child in ast.iter_child_nodes(self.node):
            if isinstance(child, ast.expr):
                found += [node for node in ast.walk(child) if isinstance(node, ast.expr)]
        return tuple(found)

    @property
    def value(self) -> Expression | None:
        """What is assigned, added or returned."""
        value = getattr(self.node, "value", None)
        return value if isinstance(value, ast.expr) else None

    @cached_property
    def atoms(self) -> tuple[str, ...]:
        """The names, attributes and elements that its function reads, those nearest to it first."""
        body = self.function.body if self.function else list(self.tree)
        near: dict[str, int] = {}
        for node in (node for one in body for node in ast.walk(one)):
            if isinstance(node, PARTS) and isinstance(node.ctx, ast.Load) and _is_plain(node):
                words = " ".join(self.segment(node).split())
                distance = abs(node.lineno - self.node.lineno)
                near[words] = min(near.get(words, distance), distance)
        for node in (node for one in body for node in ast.walk(one)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < self.node.lineno:
                near.setdefault(node.id, self.node.lineno - node.lineno)
        arguments = [one.arg for one in self.function.args.args] if self.function else []
        for name in arguments:
            near.setdefault(name, 99)
        return tuple(sorted((name for name in near if name not in MODULES), key=lambda name: (near[name], len(name))))

    @property
    def slope_functions(self) -> tuple[str, ...]:
        """Those of the file's functions that may be a slope, by their names."""
        words = ("prime", "deriv", "grad", "slope", "back", "d_", "_d", "delta")
        own = self.functions
        return tuple(f for f in own if any(w in f.lower() for w in words) or (f[0] == "d" and f[1:] in own))

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """The functions of the file that take one thing: what may be a slope among them."""
        found = []
        for node in (node for one in self.tree for node in ast.walk(one)):
            if isinstance(node, ast.FunctionDef):
                taken = [one.arg for one in node.args.args if one.arg != "self"]
                own = len(taken) != len(node.args.args)
                if len(taken) - len(node.args.defaults) == 1 and not own:
                    found.append(node.name)
        return tuple(found)


def _is_bracketed(text: str) -> bool:
    """Whether the first bracket of a text is closed by its last character."""
    depth = 0
    for number, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return number == len(text) - 1
    return False


MODULES = ("np", "numpy", "math", "range", "len", "self", "print", "enumerate", "zip", "reversed", "sum", "True", "False")


def statement_at(lines: Sequence[str], place: SourcePlace) -> SourceStatement | None:
    """The innermost statement that a line belongs to; None where the text is no Python."""
    try:
        body = parse("\n".join(lines), place.file)[0]
    except (SyntaxError, ValueError):
        return None
    best: tuple[ast.stmt, ast.FunctionDef | ast.AsyncFunctionDef | None] | None = None
    for node, function in _with_function(body, None):
        if node.lineno <= place.line <= (node.end_lineno or node.lineno) and (best is None or node.lineno >= best[0].lineno):
            best = node, function
    return SourceStatement(place, tuple(lines), best[0], best[1], tuple(body)) if best else None


def _with_function(
    body: Sequence[ast.stmt], function: ast.FunctionDef | ast.AsyncFunctionDef | None
) -> Iterator[tuple[ast.stmt, ast.FunctionDef | ast.AsyncFunctionDef | None]]:
    for node in body:
        yield node, function
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        for field in ("body", "orelse", "finalbody"):
            yield from _with_function([one for one in getattr(node, field, ()) if isinstance(one, ast.stmt)], inner)


def _is_plain(node: ast.AST) -> bool:
    """A name, or an attribute or element of one by plain indices: nothing is called or sliced."""
    return not any(isinstance(one, ast.Call | ast.Slice | ast.Compare | ast.Lambda | ast.ListComp) for one in ast.walk(node))


def _start(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0  # type: ignore[attr-defined]
