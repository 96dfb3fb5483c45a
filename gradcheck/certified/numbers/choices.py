"""How comparisons of overlapping balls are decided: both sides at once, or one side after the other.

A run in mode ``hull`` lets both sides count (`Open`, `Split`). Where that is not possible (a Python ``if``), or leaves
the derivative wide, the run is repeated with each comparison forced, for every combination. Comparisons of the same two
values share one key, so that ``maximum(x, 0)`` and ``abs(x)`` never contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from gradcheck.certified.code.reasons import Undecided
from gradcheck.judge.subgradients import MAX_COMBINATIONS, Linked, allowed
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import Ball, magnitude, widened

LESS, GREATER = 0, 1  # the two options of a comparison
APART = "each of several largest by itself"  # among the forced: max and min, too, are followed one side after the other
MAX_TIES_KEPT = 1000
MAX_TIES_TRACED = 3  # of which it is found out on which inputs they depend: more are not named anywhere
NAMED_ENTRIES = 3
TOO_MANY = Sentence("following.too-many-combinations", combinations=MAX_COMBINATIONS)


@dataclass(frozen=True)
class Key:
    """Which two values were compared, the later node first; ``node`` is the one that decides, -1 if it takes both."""

    values: tuple[Hashable, ...]
    node: int


@dataclass(frozen=True)
class Tie:
    """A comparison that could not be decided: the operation, which one of the run it was, and whether it is exact.

    ``entries`` are the inputs, by their places, on which the difference of what it compares depends, if they were looked
    for; ``names`` are their names.
    """

    operation: str
    occurrence: int
    exact: bool
    entries: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def named(self, names: Sequence[str]) -> Tie:
        """With the names of its entries, given those of all inputs."""
        return replace(self, names=tuple(names[entry] for entry in self.entries))

    def __str__(self) -> str:
        said = {"operation": self.operation, "occurrence": self.occurrence}
        if not self.names:
            return Sentence("following.comparison", **said)
        names, others = self.names[:NAMED_ENTRIES], len(self.names) - NAMED_ENTRIES
        more = Sentence("following.and-more", others=others) if others > 0 else ""
        return Sentence("following.comparison-of", **said, names=names, more=more)


@dataclass(frozen=True)
class Open:
    """An undecided truth value: ``if_less`` holds on one side of the comparison, its contrary on the other."""

    key: Key
    if_less: bool

    def __invert__(self) -> Open:
        return Open(self.key, not self.if_less)

    def __and__(self, other: Any) -> Any:
        if isinstance(other, Open):
            if other.key != self.key:
                raise Undecided(Sentence("following.combined"))
            return self if other == self else False
        return self if other else False

    def __or__(self, other: Any) -> Any:
        if _is_true(other):
            return True
        neither = ~self & (~other if isinstance(other, Open) else True)
        return ~neither if isinstance(neither, Open) else True  # of a comparison and its contrary one holds

    __rand__ = __and__
    __ror__ = __or__

    def __bool__(self) -> bool:
        raise Undecided(Sentence("following.undecided-condition"))


def _is_true(value: Any) -> bool:
    return not isinstance(value, Open) and bool(value)


@dataclass(frozen=True)
class Split:
    """A partial derivative that depends on a choice: one ball where the key is LESS, another where it is GREATER."""

    key: Key
    less: Any
    greater: Any

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Split):
            if other.key == self.key:
                return Split(self.key, self.less + other.less, self.greater + other.greater)
            return self.hull() + other.hull()
        return Split(self.key, self.less + other, self.greater + other)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Split):
            if other.key == self.key:
                return Split(self.key, self.less * other.less, self.greater * other.greater)
            return self.hull() * other.hull()
        return Split(self.key, self.less * other, self.greater * other)

    __radd__ = __add__
    __rmul__ = __mul__

    def hull(self) -> Any:
        """One ball that holds both sides and everything between."""
        return self.less.union(self.greater)

    def mixed(self, weights: tuple[float, ...]) -> Any:
        """Both sides, each with its weight."""
        sides = [(side, weight) for side, weight in zip((self.less, self.greater), weights, strict=True) if weight]
        return sides[0][0] if len(sides) == 1 else sum((side * weight for side, weight in sides), start=Ball(0))


@dataclass(frozen=True)
class Pick:
    """The partial derivative of an extreme by one of several values that may be it: 1 where it is chosen, else 0."""

    key: Hashable
    option: int

    def mixed(self, weights: tuple[float, ...]) -> Any:
        """The weight of being chosen."""
        return Ball(weights[self.option])


@dataclass(frozen=True)
class OpenComparison:
    """The numbers that an undecided comparison compares; ``sign`` is that of an extreme, 0 for two numbers."""

    cells: tuple[Any, ...]
    sign: int = 0
    swapped: bool = False

    @property
    def options(self) -> int:
        """How many answers there are."""
        return len(self.cells)


def hull(value: Any) -> Any:
    """A ball as it is, a Split as the ball around both sides."""
    return value.hull() if isinstance(value, Split) else value


def size(value: Any) -> float:
    """An upper bound of what a ball or a Split may be in size."""
    return max(magnitude(value.less), magnitude(value.greater)) if isinstance(value, Split) else magnitude(value)


def widen(value: Any, radius: float) -> Any:
    """A ball, or both balls of a Split, with a larger radius."""
    if isinstance(value, Split):
        return Split(value.key, widened(value.less, radius), widened(value.greater, radius))
    return widened(value, radius)


class Mode(StrEnum):
    """How a run decides what its numbers do not decide."""

    HULL = "hull"  # both sides at once
    FORCED = "forced"  # one after the other
    MIDPOINT = "midpoint"  # in rounding runs: as floats would, nearly


@dataclass
class Choices:
    """Decides, and remembers, in the order of first need: ``trail`` holds the option taken for each key and the others.

    Only options that are ``allowed`` together with those taken before count; ``asks`` holds what the
    option taken asks of the direction to such a place, and ``asked_of`` what all of them do, for every key that has several.
    """

    mode: Mode = Mode.HULL
    forced: dict[Hashable, int] = field(default_factory=dict)
    trail: dict[Hashable, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    asks: dict[Hashable, list[Any]] = field(default_factory=dict)
    asked_of: dict[Hashable, list[list[Any]]] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    asked: int = 0
    extremes: dict[Hashable, Any] = field(default_factory=dict)  # of the same tied values: one node, however often asked
    picks: bool = False  # whether each of several largest values is an answer by itself on an open tape
    compared: dict[Hashable, OpenComparison] = field(default_factory=dict)  # what is left open
    small: dict[float, set[bool]] = field(default_factory=dict)  # small constants compared with in Python code: the answers
    linked: Linked = Linked.TOGETHER

    @property
    def apart(self) -> bool:
        """Whether one of several largest values is chosen, instead of all at once with weights in [0, 1]."""
        return self.mode is Mode.FORCED and APART in self.forced

    @property
    def tolerance(self) -> float:
        """The largest small constant that values come to lie on the other side of: where an iteration stops."""
        return max((constant for constant, answers in self.small.items() if len(answers) == 2), default=0.0)

    def note(self, operation: str, *, exact: bool, entries: Callable[[], tuple[int, ...]] = tuple) -> None:
        """Remember that an operation met a tie; ``entries`` finds the inputs on which it depends."""
        if len(self.ties) < MAX_TIES_KEPT:
            traced = entries() if len(self.ties) < MAX_TIES_TRACED and self.mode is not Mode.MIDPOINT else ()
            self.ties.append(Tie(operation, self.asked, exact, traced))

    def choose(self, key: Hashable, operation: str, sides: Callable[[], list[list[Any]]]) -> int:
        """One option of those for which ``sides`` gives what each asks; Undecided where the run follows all at once."""
        if self.mode is not Mode.FORCED:
            raise Undecided(Sentence("following.cannot-be-told-apart", operation=operation))
        if key in self.trail:
            return self.trail[key][0]
        if key in self.forced:
            self.trail[key] = self.forced[key], ()
            return self.forced[key]
        asked = sides()
        before = [row for rows in self.asks.values() for row in rows]
        possible = [option for option, rows in enumerate(asked) if not rows or allowed([*before, *rows], self.linked)]
        option, *others = possible or range(len(asked))
        self.trail[key] = option, tuple(others)
        if others:
            self.asks[key], self.asked_of[key] = asked[option], asked
        if sum(len(others) for _, others in self.trail.values()) >= MAX_COMBINATIONS:
            raise Undecided(TOO_MANY)
        return option
