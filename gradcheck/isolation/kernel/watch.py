"""Counts a submission's seconds, computing and sleeping, and ends it when they are used up; delays of the machine do not count.

The limit is in seconds of computing (of all threads and processes together) and of sleeping, each as the kernel knows it.
Those do not grow where a machine is busy. A clock on the wall ends what can be explained by neither, and is never held
against the submission.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import Enum

from gradcheck.isolation.kernel.accounts import Activity, Reading

LOOK_EACH = 0.05  # seconds: often enough to end an endless loop soon, and rarely enough to cost nothing
# A look that comes late shows that the judge itself had no processor, was stopped, or that the machine was asleep: of what
# went on meanwhile only as much is counted as a judge who came nearly in time could have seen.
MOST_SEEN = 2 * LOOK_EACH
WALL_TIMES = 6  # of the limit, for time that the kernel explains in no way: disks, stops, systems that tell nothing
# Of the limit, in all. With 24 validations at once on two processors each has a twelfth of one; three times that was planned
# for, and twice as much in reserve.
LONGEST_TIMES = 72
PAUSE_SEEN = 1.0  # a longer gap between two looks is a machine that was asleep: no part of the wall clock


class Cause(Enum):
    """Why no answer came in time."""

    COMPUTED = "computed"
    SLEPT = "slept"
    STOPPED = "stopped"
    DISK = "disk"
    NO_PROCESSOR = "no processor"
    UNTOLD = "untold"

    @property
    def is_own(self) -> bool:
        """Whether it is the doing of the code that was asked."""
        return self in (Cause.COMPUTED, Cause.SLEPT)


class Late(Exception):  # noqa: N818 - a state, not an error of ours
    """The time is up, and whose it was."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class Ended(Exception):  # noqa: N818
    """Every process that could answer is gone, though a channel may still be open."""


class Watch:
    """The account of one submission, over all calls.

    ``read`` looks at its processes, ``computed`` asks for their processor seconds alone; ``clock`` is that on the wall.
    """

    def __init__(
        self,
        seconds: float,
        read: Callable[[], Reading | None],
        computed: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self.asleep = self.unexplained = self.wall = self.granted = 0.0
        self._read, self._computed, self._clock = read, computed, clock
        self._used = self._before = computed()
        self._allowed = math.inf
        self._seen: Reading | None = None
        self._looked = self._begun = 0.0

    @property
    def spent(self) -> float:
        """The seconds that are the submission's: computing and sleeping, without what the judge took on itself."""
        return self._used - self._before + self.asleep - self.granted

    def grant(self, seconds: float) -> None:
        """Take so many seconds on the judge's account; fewer than none gives back what was not used."""
        self.granted += seconds

    def begin(self, within: float = math.inf) -> None:
        """A question is put; ``within`` is a shorter time than what is left. Raises Late where nothing is left."""
        self.count()
        if self.spent >= self.seconds:
            raise Late(self._own())
        self._allowed = min(self.seconds, self.spent + within)
        self._seen, self._looked = None, self._clock()

    def count(self) -> None:
        """Take the processor seconds into account; those of a process that has ended stay as they were."""
        self._used = max(self._used, self._computed())

    def pause(self) -> float:
        """The seconds until the next look is due."""
        return self._looked + LOOK_EACH - self._clock()

    def look(self) -> None:
        """No answer yet: what went on since the last look? Raises Late where a limit is passed."""
        now = self._clock()
        gap, self._looked = now - self._looked, now
        self.wall += min(gap, PAUSE_SEEN)
        before, self._seen = self._seen, self._read()
        self.count()
        self._explain(min(gap, MOST_SEEN), before, self._seen)
        if self.spent > self._allowed:
            raise Late(self._own())
        if self.unexplained > WALL_TIMES * self.seconds or self.wall > LONGEST_TIMES * self.seconds:
            raise Late(_machines(self._seen))
        if before and self._seen and before.activity is self._seen.activity is Activity.GONE:
            raise Ended

    def _explain(self, gap: float, before: Reading | None, now: Reading | None) -> None:
        """Where the time since the last look went that was no computing."""
        if before is None or now is None:
            self.unexplained += gap if now is None else 0.0
            return
        waited = now.waited - before.waited if now.waited is not None and before.waited is not None else None
        rest = max(0.0, gap - (now.computed - before.computed) - (waited or 0.0))
        if slept(before, now):
            self.asleep += rest
        elif now.activity is not Activity.READY or waited is None:
            self.unexplained += rest

    def _own(self) -> Cause:
        return Cause.SLEPT if self.asleep > self._used - self._before else Cause.COMPUTED


def slept(before: Reading, now: Reading) -> bool:
    """Whether what was neither computing nor waiting for a processor between two looks was sleep, beyond doubt.

    The same threads, no page that came from a disk, all asleep at the end. Where the kernel does not tell what was waited for
    a processor, they were asleep at the beginning as well and have not computed: to fall asleep anew they would have had to.
    """
    quiet = before.threads == now.threads and before.read_back == now.read_back and now.activity is Activity.ASLEEP
    told = before.waited is not None and now.waited is not None
    return quiet and (told or (before.activity is Activity.ASLEEP and before.computed == now.computed))


def _machines(seen: Reading | None) -> Cause:
    if seen is None or (seen.activity is Activity.READY and seen.waited is None):
        return Cause.UNTOLD
    return _CAUSES.get(seen.activity, Cause.UNTOLD)


_CAUSES = {Activity.STOPPED: Cause.STOPPED, Activity.DISK: Cause.DISK, Activity.READY: Cause.NO_PROCESSOR}
