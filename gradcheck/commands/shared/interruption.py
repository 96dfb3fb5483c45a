"""Ctrl-C, and the signals by which a system ends a process: each of them ends the work in order, as an exception.

A process that is terminated (SIGTERM) or whose terminal was closed (SIGHUP) cleans up as one that is interrupted does: what
was begun beside a file is removed, a training keeps its best parameters.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from types import FrameType
from typing import TYPE_CHECKING

from gradcheck.commands.shared.early import leave
from gradcheck.judge.exit_codes import ExitCode

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SAME = 1.0  # seconds: a signal so soon after another is the same wish, as when a shell and make both pass it on
AGAIN = 0.02  # seconds until an exception that Python has dropped is raised once more
UNSEEN = -SAME  # when a signal came that was sent again: long ago, so that the handler takes it for a new one
_FREE = (signal.SIG_DFL, signal.default_int_handler, leave)  # handlers of nobody in particular
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


@dataclass
class Interruption:
    """Which signal came, if any, and when. Within ``with interruption`` it is raised; before and after it is kept in mind.

    So what is told at the end, and handlers that are put back, are not cut off by an exception that nobody expects there.
    """

    number: int | None = None
    at: float = 0.0
    is_raised: bool = False

    def __enter__(self) -> None:
        self.is_raised = True
        if self.number is not None:
            raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        self.is_raised = False

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells count: 130 after Ctrl-C, 143 after SIGTERM."""
        return ExitCode.INTERRUPTED if self.number is None else 128 + self.number


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Within the block the three signals are ours, unless somebody else handles them: see `Interruption`.

    Where Python drops the exception (it may come while a callback of the garbage collector or a ``__del__`` runs, which
    cannot raise), it is raised once more. A second signal, a second later, ends the cleaning up, too, and whatever is told.
    """
    came = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def end(number: int, _: FrameType | None) -> None:
        if came.number is not None and monotonic() - came.at <= SAME:
            return
        is_second = came.number is not None and came.at != UNSEEN
        came.number, came.at = came.number or number, monotonic()
        if came.is_raised:
            raise KeyboardInterrupt
        if is_second:  # nobody reads what is told, perhaps
            os._exit(came.exit_code)

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    kept = {number: signal.signal(number, end) for number in numbers if signal.getsignal(number) in _FREE}
    try:
        with _raised_again(came):
            yield came
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@contextmanager
def _raised_again(came: Interruption) -> Iterator[None]:
    """Send this process the signal anew, a moment later, whenever Python drops the exception that it became."""
    hook, main = sys.unraisablehook, threading.get_ident()

    def send() -> None:
        """Until the handler has run: a signal that comes just before the system begins to sleep wakes nobody up."""
        came.at = UNSEEN
        while sys.unraisablehook is look and came.at == UNSEEN and came.number is not None:
            signal.pthread_kill(main, came.number) if hasattr(signal, "pthread_kill") else signal.raise_signal(came.number)
            sleep(AGAIN)

    def look(dropped: UnraisableHookArgs) -> None:
        if came.number is None or not issubclass(dropped.exc_type, KeyboardInterrupt):
            hook(dropped)
            return
        later = threading.Timer(AGAIN, send)
        later.daemon = True
        later.start()

    sys.unraisablehook = look
    try:
        yield
    finally:
        sys.unraisablehook = hook
