"""Ctrl-C while Python still imports: there is nothing to clean up yet, so the process says one line and is gone."""

import os
import signal
from contextlib import suppress
from types import FrameType


def leave(number: int, _: FrameType | None) -> None:
    """Say it and end at once; libraries that are half imported would only make errors of their own of an exception."""
    with suppress(OSError):
        os.write(2, b"gradcheck: interrupted\n")
    os._exit(128 + number)


def leave_when_interrupted() -> None:
    """From now on, until a command has begun and after it has ended."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
