"""Splits many kinks into groups that do not matter to each other: only combinations within a group are tried.

The derivative is linear in the weights of each comparison by itself. Two comparisons belong together where one changes
what the other does to the derivative, or where their answers do not all hold together next to the point. Of each group
every combination is followed; what choices of subgradient reach is the sum of what each group does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.runs.evaluate import RunSettings
from gradcheck.certified.runs.open_tape import GaveUp, Gradient, OpenTape, Weights, opened
from gradcheck.judge.subgradients import MAX_COMBINATIONS, Linked, allowed, dependent, parallel

MAX_OPEN = 512  # comparisons
MAX_PAIRS = 1000  # pairs of comparisons that are tried
ALIKE = 1e-9  # rows, whose largest entry is 1, that differ by less ask the same
Answers = dict[Hashable, Weights]
Effect = dict[int, Any]  # by how much each entry of the gradient changes with a comparison's answers, where it does


@dataclass(frozen=True)
class Groups:
    """For each group its gradients, all other groups standing as in the first of each; ``whole`` if all were followed.

    Where not, there is more than can occur: in some large group only comparisons of the same difference are linked.
    """

    value: Any
    parts: tuple[list[Gradient], ...]
    whole: bool


def in_groups(f: Callable[..., Any], x: Any, settings: RunSettings, cotangent: Any) -> Groups | None:
    """The groups of all comparisons that cannot be decided; None where they cannot be told apart, or not in time."""
    with suppress(CannotFollow, GaveUp), opened(f, x, settings, cotangent) as tape:
        if 0 < len(tape.edges) <= MAX_OPEN:
            return _Grouping(tape, settings.linked).groups()
    return None


class _Grouping:
    """Which comparisons matter, and which of them belong together."""

    def __init__(self, tape: OpenTape, linked: Linked) -> None:
        self.tape, self.linked = tape, linked
        rng = np.random.default_rng(7)
        self.here, self.there, self.steps = (
            {key: _drawn(rng, tape.options(key), total) for key in tape.edges} for total in (1.0, 1.0, 0.0)
        )
        here, self.asks = self._effects(self.here), self._asks(self.here)
        there, asks_there = self._effects(self.there), self._asks(self.there)
        self.effects = here
        self.keys = [key for key in tape.edges if here[key] or there[key]]
        self.bound = [k for k in self.keys if not (_alike(here[k], there[k]) and _same(self.asks[k], asks_there[k]))]
        self.members = {key: {key} for key in self.keys}

    def _effects(self, base: Answers) -> dict[Hashable, Effect]:
        self.tape.give(base)
        start = self.tape.gradient()
        return {key: self._effect(base, start, key) for key in self.tape.edges}

    def _effect(self, base: Answers, start: Gradient, key: Hashable) -> Effect:
        """What the gradient does as the answers to one comparison move by a step that is the same from wherever it starts."""
        self.tape.give({key: tuple(weight + step for weight, step in zip(base[key], self.steps[key], strict=True))})
        found = self.tape.gradient()
        self.tape.give({key: base[key]})
        return {k: b - a for k, (a, b) in enumerate(zip(start, found, strict=True)) if not a.overlaps(b)}

    def _asks(self, base: Answers) -> dict[Hashable, list[list[Any]]]:
        self.tape.give(base)
        return {key: self.tape.asks(key) for key in self.tape.edges}

    def _join(self, *keys: Hashable) -> None:
        together = set().union(*(self.members[key] for key in keys))
        for key in together:
            self.members[key] = together

    def groups(self) -> Groups:
        """All groups with their gradients."""
        self.tape.give(self.here)
        self._join_what_changes_together()
        self._join_what(parallel)
        alike = dict(self.members)
        self._join_what(dependent)
        first: Answers = {key: _only(0, self.tape.options(key)) for key in self.tape.edges}
        followed: list[Sequence[Answers]] = []
        whole = True
        for group in self._sets(self.members):
            combinations = self._combinations(group, Linked.TOGETHER)
            whole = whole and bool(combinations)
            if combinations and self.linked is Linked.ALIKE and self._agree(combinations):
                followed.append(combinations[:1])
            elif combinations and self.linked is Linked.TOGETHER:
                followed.append(combinations)
            else:
                followed += self._one_by_one(group, alike)
        for possible in followed:
            first |= possible[0]
        self.tape.give(first)
        parts = [[self.tape.gradient()], *(self._gradients(first, possible) for possible in followed)]
        return Groups(self.tape.output.ball, tuple(parts), whole)

    def _sets(self, members: Mapping[Hashable, set[Hashable]]) -> list[list[Hashable]]:
        found = {id(group): group for group in members.values()}
        return [[key for key in self.keys if key in group] for group in found.values()]

    def _one_by_one(self, group: Sequence[Hashable], alike: Mapping[Hashable, set[Hashable]]) -> list[Sequence[Answers]]:
        """The answers of a group, where only comparisons that are really the same are linked."""
        found: list[Sequence[Answers]] = []
        for smaller in self._sets({key: alike[key] for key in group}):
            if not (combinations := self._combinations(smaller, Linked.ALIKE)):
                raise GaveUp
            found.append(combinations)
        return found

    def _agree(self, combinations: Sequence[Answers]) -> bool:
        """Whether the gradient is the same whatever the answers are."""
        first, *others = self._gradients(self.here, combinations)
        return all(a.overlaps(b) for other in others for a, b in zip(first, other, strict=True))

    def _gradients(self, first: Answers, combinations: Sequence[Answers]) -> list[Gradient]:
        found = []
        for answers in combinations:
            self.tape.give(answers)
            found.append(self.tape.gradient())
        self.tape.give({key: first[key] for key in combinations[0]})
        return found

    def _join_what_changes_together(self) -> None:
        """A comparison that depends on others is tried with each of them moved that changes an entry that it changes, too."""
        pairs = [
            (key, other)
            for key in self.bound
            for other in self.keys
            if other != key and not self.effects[key].keys().isdisjoint(self.effects[other])
        ]
        for key, other in pairs:
            if other not in self.members[key] and (len(pairs) > MAX_PAIRS or self._depends(key, other)):
                self._join(key, other)

    def _depends(self, key: Hashable, other: Hashable) -> bool:
        base = self.here | {other: self.there[other]}
        self.tape.give(base)
        effect, asks = self._effect(base, self.tape.gradient(), key), self.tape.asks(key)
        self.tape.give(self.here)
        return not (_alike(self.effects[key], effect) and _same(self.asks[key], asks))

    def _join_what(self, belongs: Callable[[list[Any]], Iterable[Sequence[int]]]) -> None:
        """Comparisons of which some answers ask the less of a direction the more the others have asked."""
        owners = [key for key in self.keys for row in _rows(self.asks[key])]
        rows = [row for key in self.keys for row in _rows(self.asks[key])]
        for together in belongs(rows):
            self._join(*(owners[k] for k in together))

    def _combinations(self, group: Sequence[Hashable], linked: Linked) -> list[Answers]:
        """All answers of a group that are allowed together; none if there are too many."""
        partial: list[tuple[Answers, list[Any]]] = [({}, [])]
        for key in group:
            longer = []
            for answers, asked in partial:
                if key in self.bound:
                    self.tape.give(answers)
                asks = self.tape.asks(key) if key in self.bound else self.asks[key]
                for option, rows in enumerate(asks):
                    if not rows or allowed([*asked, *rows], linked):
                        longer.append((answers | {key: _only(option, len(asks))}, [*asked, *rows]))
            partial = longer
            if len(partial) > MAX_COMBINATIONS:
                return []
        return [answers for answers, _ in partial]


def _drawn(rng: np.random.Generator, options: int, total: float = 1.0) -> Weights:
    """Random weights, dyadic, so that they and their sums are exact."""
    weights = (rng.integers(1, 2**16, size=options - 1) * 2.0**-20).tolist()
    return (*weights, total - sum(weights))


def _only(option: int, options: int) -> Weights:
    return tuple(float(k == option) for k in range(options))


def _alike(one: Effect, other: Effect) -> bool:
    """Whether two effects may be the same."""
    return one.keys() == other.keys() and all(change.overlaps(other[k]) for k, change in one.items())


def _rows(asks: list[list[Any]]) -> list[Any]:
    """All that the answers to one comparison ask, up to signs and sums: what the first one asks."""
    return asks[0]


def _same(one: list[list[Any]], other: list[list[Any]]) -> bool:
    return len(_rows(one)) == len(_rows(other)) and all(
        np.abs(a - b).max(initial=0.0) <= ALIKE for a, b in zip(_rows(one), _rows(other), strict=True)
    )
