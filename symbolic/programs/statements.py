"""A network as a straight-line program: an ordered list of statements, each in terms of earlier names only."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import sympy as sp

from reference_nets.spec import NetworkSpec

FORWARD_RULES = ("affine", "activation", "cost", "l2-cost")


@dataclass(frozen=True)
class Statement:
    """``name = rhs``, with the rule that produced it, and its layer and index.

    Rules: affine, activation, cost, l2-cost (forward); BP1, BP2, BP3, BP4, l2 (backward). A name holds one number for
    each example of the batch, unless its right side is a ``batch_sum`` or has parameters alone.
    """

    name: str
    rhs: sp.Expr
    rule: str
    layer: int
    index: tuple[int, ...] = ()

    @cached_property
    def parents(self) -> frozenset[str]:
        """The names that the right side needs."""
        return frozenset(symbol.name for symbol in self.rhs.free_symbols)

    @property
    def symbol(self) -> sp.Symbol:
        """The name as it stands in later right sides."""
        return sp.Symbol(self.name)


class OnDemand(Sequence[Statement]):
    """Statements that are made when one asks for them: a wide network has a million, and a report prints some sixty."""

    @property
    @abstractmethod
    def by_name(self) -> Mapping[str, Statement]:
        """The statements by name, each made when it is looked up."""

    @property
    @abstractmethod
    def output_error(self) -> tuple[Statement, ...]:
        """The statements of delta_L with its helpers, (BP1)."""


@dataclass(frozen=True)
class Program:
    """The statements of one network; ``C`` names the cost, ``dW1_0_2`` the derivative of C for W1[0, 2]."""

    spec: NetworkSpec
    statements: Sequence[Statement]

    @cached_property
    def _hash(self) -> int:
        return hash((self.spec, self.statements))

    def __hash__(self) -> int:
        """Worked out once: a program is the key of many caches, and may have thousands of statements."""
        return self._hash

    @property
    def is_on_demand(self) -> bool:
        """Whether the statements are made one by one when they are asked for: to walk through all of them takes long."""
        return isinstance(self.statements, OnDemand)

    @cached_property
    def by_name(self) -> Mapping[str, Statement]:
        """The statements by name."""
        if isinstance(self.statements, OnDemand):
            return self.statements.by_name
        return {statement.name: statement for statement in self.statements}

    @cached_property
    def output_error(self) -> tuple[Statement, ...]:
        """The statements of delta_L with its helpers, (BP1)."""
        if isinstance(self.statements, OnDemand):
            return self.statements.output_error
        return tuple(s for s in self.statements if s.rule == "BP1")

    @property
    def forward(self) -> tuple[Statement, ...]:
        """The statements up to the cost: what a derivative that knows no delta starts from."""
        return tuple(s for s in self.statements if s.rule in FORWARD_RULES)

    def changed(self, right_sides: Mapping[str, sp.Expr]) -> Program:
        """The program with other right sides under the same names: a planted mistake, a hypothesis of the diagnosis."""
        unknown = set(right_sides) - set(self.by_name)
        if unknown:
            raise KeyError(f"no statement is named {', '.join(sorted(unknown))}")
        statements = (replace(s, rhs=right_sides[s.name]) if s.name in right_sides else s for s in self.statements)
        return Program(self.spec, tuple(_in_order(statements, set(self.by_name), right_sides)))


def _in_order(statements: Iterable[Statement], names: set[str], changed: Mapping[str, sp.Expr]) -> Iterator[Statement]:
    """The statements, a changed one that needs a later name behind that: another layer's gradient in its place."""
    known: set[str] = set()
    waiting: list[tuple[Statement, set[str]]] = []
    for one in statements:
        needed = {*names_in(one.rhs)} & names - known if one.name in changed else set()
        if needed:
            waiting.append((one, needed))
            continue
        yield one
        known.add(one.name)
        ready = [later for later, missing in waiting if missing <= known]
        if ready:
            yield from ready
            known |= {later.name for later in ready}
            waiting = [(later, missing) for later, missing in waiting if later not in ready]
    yield from (later for later, _ in waiting)


@lru_cache(maxsize=1 << 15)  # a search plants the same right sides in many combinations, and SymPy looks anew each time
def names_in(expression: sp.Expr) -> frozenset[str]:
    """The names of the symbols in an expression."""
    return frozenset(symbol.name for symbol in expression.free_symbols)


def entry(quantity: str, *index: int) -> str:
    """The name of one entry: ``entry("W1", 0, 2)`` is ``W1_0_2``, a name in Python, so that it can be compiled."""
    return "_".join([quantity, *map(str, index)])


@lru_cache(maxsize=1 << 16)  # a wide network asks for each of its names hundreds of times
def symbol(quantity: str, *index: int) -> sp.Symbol:
    """The symbol of one entry."""
    return sp.Symbol(entry(quantity, *index))


def parameter_entries(spec: NetworkSpec) -> list[tuple[str, tuple[int, ...]]]:
    """Every entry of every parameter, (key, index), in the order of the keys and row by row."""
    entries: list[tuple[str, tuple[int, ...]]] = []
    for key, shape in spec.shapes.items():
        rows = range(shape[0])
        entries += [(key, (j, i)) for j in rows for i in range(shape[1])] if len(shape) == 2 else [(key, (j,)) for j in rows]
    return entries
