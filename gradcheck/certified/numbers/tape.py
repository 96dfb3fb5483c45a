"""The tape of one run: which value came from which, and how fast it changes with each of them.

Nodes are numbered in the order in which they are made; a node's edges lead to its parents, each with a partial
derivative that is a ball (None stands for 1). The outputs of a matrix operation are the nodes of one block: their
adjoints go back together. One sweep back from an output gives every derivative of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from time import monotonic
from typing import Any, NoReturn

from gradcheck.certified.code.reasons import CannotFollow, refuse
from gradcheck.certified.numbers.choices import Split, size, widen
from gradcheck.certified.numbers.nodes import MAX_EDGES, MAX_SECONDS
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball

Adjoints = list[Any]  # a ball for each node, None where nothing has arrived
Block = Callable[[Adjoints], None]

_first_nodes = count(1, 2**40)  # numbers never repeat, so that a value kept from an earlier run is recognised


class Sums:
    """What has been added up in a sweep, by node: how many terms, and the sum of their sizes."""

    def __init__(self, unit: float) -> None:
        self.unit = unit
        self.terms: dict[int, int] = {}
        self.mass: dict[int, float] = {}

    def add(self, place: int, term: Any) -> None:
        """One more term, a ball or a Split."""
        self.terms[place] = self.terms.get(place, 0) + 1
        self.mass[place] = self.mass.get(place, 0.0) + size(term)

    def rounded(self, place: int, total: Any) -> Any:
        """The sum with the rounding of all its additions, in any order; once for each node."""
        terms = self.terms.pop(place, 0)
        return widen(total, terms * self.unit * self.mass[place]) if terms > 1 else total


class Tape:
    """Edges in flat lists; ``ends[k]`` is where those of node ``first + k`` end."""

    def __init__(self, *, max_edges: int = MAX_EDGES, max_seconds: float = MAX_SECONDS) -> None:
        self.first = next(_first_nodes)
        self.next = self.first
        self.inputs = 0  # how many nodes, the first ones, are the inputs
        self.parents: list[int] = []
        self.partials: list[Any] = []
        self.ends: list[int] = []
        self.blocks: dict[int, Block] = {}  # by its last node
        self.block_spans: list[tuple[int, int]] = []  # first and last node of each, in the order in which they were made
        self.block_work = 0
        self.roots: list[tuple[int, Any]] = []  # all square roots: the node of each, and its ball
        self.cusps: list[tuple[int, int, int]] = []  # those of 0: node, what is under it, and place among all; without an edge
        self.splits = False  # whether any partial depends on a choice
        self._sums: Sums | None = None  # of the sweep that is going on, where rounding counts
        self._max_edges = max_edges
        self._max_seconds = max_seconds
        self._deadline = monotonic() + max_seconds

    def close(self) -> int:
        """The number of a new node whose edges are those added since the last one."""
        self.ends.append(len(self.parents))
        node = self.next
        self.next = node + 1
        if not node & 4095:
            self.check_limits()
        return node

    def close_cusp(self, radicand: int) -> int:
        """The number of a new node that is the square root of a node at 0."""
        node = self.close()
        self.cusps.append((node, radicand, len(self.roots)))
        return node

    def begin(self, inputs: int) -> int:
        """The first number of the inputs' nodes, with which a tape begins."""
        self.inputs = inputs
        return self.nodes(inputs)

    def nodes(self, how_many: int) -> int:
        """The first number of so many new nodes without edges: inputs, or outputs of a block."""
        start = self.next
        self.ends.extend([len(self.parents)] * how_many)
        self.next = start + how_many
        return start

    def add_block(self, start: int, how_many: int, block: Block, work: int) -> None:
        """Let ``block`` carry the adjoints of nodes start, ..., start + how_many - 1 to where they came from."""
        last = start + how_many - 1
        self.blocks[last] = block
        self.block_spans.append((start, last))
        self.block_work += work
        self.check_limits()

    def check_limits(self) -> None:
        """Raise where the run has outgrown its memory or its time."""
        if len(self.parents) + self.block_work > self._max_edges:
            raise CannotFollow("memory", Sentence("following.too-many-steps", edges=self._max_edges))
        if monotonic() > self._deadline:
            raise CannotFollow("time", Sentence("following.too-slow", seconds=self._max_seconds))

    def add(self, adjoints: Adjoints, nodes: Iterable[int], contributions: Iterable[Any]) -> None:
        """Add to the adjoints of several nodes; a constant's is dropped."""
        first = self.first
        for node, contribution in zip(nodes, contributions, strict=True):
            if node >= 0:
                if node < first:
                    _refuse_earlier()
                if self._sums:
                    self._sums.add(node - first, contribution)
                present = adjoints[node - first]
                adjoints[node - first] = contribution if present is None else present + contribution

    def sweep(self, output: int, unit: float = 0.0) -> Adjoints:
        """The derivative of node ``output`` with respect to every node before it; None where it does not depend on it.

        With ``unit`` each operation of the sweep is widened by the rounding error of a float format, in any order of
        summation.
        """
        return self.sweep_from({output: Ball(1)}, unit)

    def sweep_from(self, seeds: Mapping[int, Any], unit: float = 0.0) -> Adjoints:
        """The same of a sum of nodes, each times the ball given for it."""
        if any(output < self.first for output in seeds):
            _refuse_earlier()
        adjoints: Adjoints = [None] * (max(map(self._last_beside, seeds)) - self.first + 1)
        for output, weight in seeds.items():
            adjoints[output - self.first] = weight
        if unit or self.splits:
            self._sweep_with_care(adjoints, unit)
        else:
            self._sweep(adjoints)
        return adjoints

    def _last_beside(self, output: int) -> int:
        """Where a sweep begins: at the output itself, or at the last node of the block that it belongs to."""
        place = bisect_right(self.block_spans, (output, self.next)) - 1
        return max(output, self.block_spans[place][1]) if place >= 0 else output

    def _sweep(self, adjoints: Adjoints) -> None:
        first, parents, partials, ends, blocks = self.first, self.parents, self.partials, self.ends, self.blocks
        for place in range(len(adjoints) - 1, -1, -1):
            if blocks and (block := blocks.get(place + first)):
                block(adjoints)
            g = adjoints[place]
            if g is None:
                continue
            for edge in range(ends[place - 1] if place else 0, ends[place]):
                partial, parent = partials[edge], parents[edge] - first
                if parent < 0:
                    _refuse_earlier()
                contribution = g if partial is None else g * partial
                present = adjoints[parent]
                adjoints[parent] = contribution if present is None else present + contribution

    def _sweep_with_care(self, adjoints: Adjoints, unit: float) -> None:
        """As above, with partials that depend on a choice, and with rounding: ``n u sum |term|`` for a sum of n terms.

        What depends on a comparison with a constant is one ball again once it has come to the value compared.
        """
        first, ends, blocks = self.first, self.ends, self.blocks
        sums = self._sums = Sums(unit) if unit else None
        starts = {last: start for start, last in self.block_spans}
        for place in range(len(adjoints) - 1, -1, -1):
            if blocks and (block := blocks.get(place + first)):
                if sums:
                    for output in range(starts[place + first] - first, place + 1):
                        adjoints[output] = sums.rounded(output, adjoints[output])
                block(adjoints)
            g = adjoints[place]
            if g is None:
                continue
            if isinstance(g, Split) and g.key.node == place:
                g = g.hull()
            adjoints[place] = g = sums.rounded(place, g) if sums else g
            for edge in range(ends[place - 1] if place else 0, ends[place]):
                parent = self.parents[edge] - first
                if parent < 0:
                    _refuse_earlier()
                contribution = self._contribution(g, self.partials[edge], unit)
                if sums:
                    sums.add(parent, contribution)
                present = adjoints[parent]
                adjoints[parent] = contribution if present is None else present + contribution
        self._sums = None

    @staticmethod
    def _contribution(g: Any, partial: Any, unit: float) -> Any:
        if partial is None:
            return g
        product = g * partial if isinstance(g, Split) else partial * g
        return widen(product, 2 * unit * size(product)) if unit else product


def _refuse_earlier() -> NoReturn:
    """Only what reaches the output is met by a sweep: what else was kept from an earlier call does no harm."""
    refuse("state", Sentence("following.state"))
