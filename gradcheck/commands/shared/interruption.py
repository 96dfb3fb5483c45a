"""Ctrl-C, and the signals by which a system ends a process: each of them ends the work in order, as an exception.

A process that is terminated (SIGTERM) or whose terminal was closed (SIGHUP) cleans up as one that is interrupted does: what
was begun beside a file is removed, a training keeps its best parameters.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

EXIT_INTERRUPTED = 130
_ENDING = ("SIGTERM", "SIGHUP")


@dataclass
class Interruption:
    """Which signal came, if any."""

    number: int | None = None

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells count: 130 after Ctrl-C, 143 after SIGTERM."""
        return EXIT_INTERRUPTED if self.number is None else 128 + self.number


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Within the block SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does, unless somebody else handles them."""
    came = Interruption()

    def end(number: int, _: FrameType | None) -> None:
        if came.number is None:  # who asks twice would only disturb the cleaning up
            came.number = number
            raise KeyboardInterrupt

    kept = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
        kept = {number: signal.signal(number, end) for number in numbers if signal.getsignal(number) is signal.SIG_DFL}
    try:
        yield came
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
