"""Statements that differ in their names alone, as a layer's units do, are run together: one operation on a stack of arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sympy as sp

from symbolic.programs.interpret import Env, Numbers, evaluate
from symbolic.programs.statements import Statement


class Stacks(Protocol):
    """How values of some kind are stacked along a new first axis, and taken apart again."""

    def stacked(self, values: dict[str, list[Any]], rule: str) -> dict[str, Any]:
        """One stack under each name, all of the same length and with their other axes aligned, for statements of a rule."""

    def parts(self, stack: Any, count: int) -> list[Any]:
        """The values of a stack, one for each statement."""


@dataclass(frozen=True)
class Block:
    """Statements ``names`` whose right side is ``rhs`` with each name of it replaced by the statement's own."""

    names: tuple[str, ...]
    rule: str
    rhs: sp.Expr
    own: dict[str, tuple[str, ...]]  # name in rhs -> what stands there, statement by statement


def blocks(statements: Iterable[Statement]) -> tuple[Block, ...]:
    """The statements, those of one form and as far from the inputs together; each after whatever it needs."""
    level: dict[str, int] = {}
    alike: dict[Any, list[tuple[Statement, tuple[str, ...]]]] = {}
    for statement in statements:
        form, names = _skeleton(statement.rhs)
        level[statement.name] = 1 + max((level.get(name, 0) for name in names), default=0)
        alike.setdefault((level[statement.name], statement.rule, form), []).append((statement, names))
    in_order = sorted(alike.items(), key=lambda item: item[0][0])
    return tuple(block for _, members in in_order for block in _blocks(members))


def _skeleton(expression: sp.Expr) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The expression without its names, and the names in their order."""
    names: list[str] = []

    def walk(node: sp.Expr) -> Iterator[Any]:
        if isinstance(node, sp.Symbol):
            names.append(node.name)
            yield sp.Symbol
        elif not node.args:
            yield node
        else:
            yield type(node), len(node.args)
            for argument in node.args:
                yield from walk(argument)

    return tuple(walk(expression)), tuple(names)


def _blocks(members: list[tuple[Statement, tuple[str, ...]]]) -> list[Block]:
    """One block; one for each statement where a name of the first stands for different ones in another."""
    first = members[0][0]
    own: dict[str, tuple[str, ...]] = {}
    for name, *others in zip(*(names for _, names in members), strict=True):
        if own.setdefault(name, (name, *others)) != (name, *others):
            return [Block((s.name,), s.rule, s.rhs, {one: (one,) for one in names}) for s, names in members]
    return [Block(tuple(s.name for s, _ in members), first.rule, first.rhs, own)]


def run_blocks(blocks: Iterable[Block], inputs: Mapping[str, Any], numbers: Numbers, stacks: Stacks) -> Env:
    """What `symbolic.programs.interpret.run` gives, with fewer and longer operations."""
    env: Env = dict(inputs)
    for block in blocks:
        shared = all(len(set(own)) == 1 for own in block.own.values())
        values = {name: env[name] for name in block.own}
        if not shared:
            values = stacks.stacked({name: [env[one] for one in own] for name, own in block.own.items()}, block.rule)
        value = evaluate(block.rhs, values, numbers)
        parts = [value] * len(block.names) if shared else stacks.parts(value, len(block.names))
        env.update(zip(block.names, parts, strict=True))
    return env
