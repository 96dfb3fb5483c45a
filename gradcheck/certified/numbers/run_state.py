"""The run that is going on: its tape, how it decides comparisons, and how it reads constants. One at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Any

from gradcheck.certified.numbers.choices import Choices
from gradcheck.judge.float_formats import FloatFormat

if TYPE_CHECKING:
    from gradcheck.certified.numbers.tape import Tape


@dataclass
class Active:
    """The state of the run. ``tape`` is None where only values are wanted; ``unit`` is nonzero where rounding counts."""

    running: bool = False
    thread: int = 0
    tape: Tape | None = None
    choices: Choices = field(default_factory=Choices)
    unit: float = 0.0
    tiny: float = 0.0
    widen: int = 0  # 1: scalar constants of the code; 2: the arrays that it closes over, too
    short: FloatFormat | None = None  # arrays and numbers that hold its numbers are as wide as it leaves them
    small: frozenset[float] = frozenset()  # constants of the code that stand for nothing, or for 1
    waiting: dict[int, tuple[Any, Any]] = field(default_factory=dict)  # sums with those, and what the opened sum would be
    exact_arrays: frozenset[int] = frozenset()
    widened: dict[float, None] = field(default_factory=dict)  # constants that were given a radius, as an ordered set


active = Active()
_lock = RLock()


@contextmanager
def activated(**state: Any) -> Iterator[Active]:
    """Make this the run, within the block; other threads wait (the precision of the library is global, too)."""
    with _lock:
        before = dict(vars(active))
        vars(active).update(vars(Active(running=True, thread=get_ident(), **state)))
        try:
            yield active
        finally:
            vars(active).update(before)
