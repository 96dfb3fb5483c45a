"""How long a recheck may take, and what is said of it: before it begins, and while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

MAX_SECONDS = 600.0  # of a processor
LONG = 5.0  # seconds: it is said beforehand what will take longer


class TimeSpent(Exception):  # noqa: N818 - no error: the signal that a recheck has used up its time
    """A recheck has used up its processor seconds."""


@dataclass(frozen=True)
class TimeAllowance:
    """Processor seconds that may be spent; ``tell`` hears an estimate where they will be many, ``progress`` what is done."""

    max_seconds: float = inf
    tell: Callable[[float], None] = lambda seconds: None
    progress: Callable[[int, int], None] = lambda done, total: None
    begin: float = field(default_factory=time.process_time)

    def check(self) -> None:
        """Raise TimeSpent where the time is over."""
        if time.process_time() - self.begin > self.max_seconds:
            raise TimeSpent

    def expect(self, seconds: float) -> None:
        """Say beforehand what will take long."""
        if seconds > LONG:
            self.tell(seconds)

    @property
    def spent(self) -> str:
        """The reason, for a sentence: what was not done by then is not confirmed."""
        return f"there was no time: all of it would take longer than the {self.max_seconds:g} processor seconds allowed"
