"""What a session needs of the process that it asks, however that came to be."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod

from gradcheck.isolation.kernel.accounts import is_leaving
from gradcheck.isolation.kernel.watch import LOOK_EACH
from gradcheck.isolation.pump import Pump

DYING = 20.0  # of the wall, for a process whose channels are closed to be gone; a busy machine may let it wait


class ConfinedProcess(ABC):
    """From its start until nothing of it is left; ``pump`` talks to it. ``has_imported``: it waits for its plan alone."""

    has_imported = False
    pump: Pump

    @abstractmethod
    def settle(self) -> None:
        """Its layers hold from now on: where it can start no process, those that there are stay all."""

    @abstractmethod
    def members(self, *, anew: bool = False) -> tuple[int, ...]:
        """The process and all that it has started."""

    @abstractmethod
    def poll(self) -> int | None:
        """How it ended, by the number of the signal below zero; None while it lives."""

    @abstractmethod
    def kill(self) -> None:
        """Kill all that there is of it; what it printed until then is kept."""

    @abstractmethod
    def close(self) -> None:
        """Kill, bury, and give everything back; may be called twice."""

    def exit_code(self) -> int | None:
        """How the process ended, waiting for one that is about to; None for one that lives on."""
        deadline = time.monotonic() + DYING
        while (code := self.poll()) is None and time.monotonic() < deadline:
            if not any(is_leaving(pid) for pid in self.members()):
                return None
            time.sleep(LOOK_EACH / 10)
        return code


def channels() -> tuple[list[int], list[int]]:
    """The child's ends of four pipes, and the judge's: requests, results, texts, and what is printed."""
    theirs, ours = [], []
    for inward in (True, False, False, False):
        read, write = _pipe()
        theirs.append(read if inward else write)
        ours.append(write if inward else read)
    return theirs, ours


def _pipe() -> tuple[int, int]:
    """A pipe, neither end of which is a standard stream, even where the judge was started with those closed."""
    import fcntl  # not on Windows, where this module is imported all the same

    ends = os.pipe()
    read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends)
    for end in ends:
        os.close(end)
    return read, write
