"""After a verdict nothing of a submission stays: the group is killed, orphans are adopted and killed, too."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37
_sessions = 0


@contextmanager
def adopting() -> Iterator[None]:
    """While this holds, orphaned descendants become children of this process and can be swept."""
    global _sessions
    _sessions += 1
    try:
        _set_subreaper(True)
        yield
    finally:
        _sessions -= 1
        if not _sessions:
            _set_subreaper(False)


def _set_subreaper(value: bool) -> None:
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(value), 0, 0, 0)


def kill_group(pid: int) -> None:
    """SIGKILL to a process and to its group."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def sweep(mark: bytes, *, patience: float = 1.0) -> int:
    """Kill and reap every process whose environment carries the mark; how many there were.

    With the system call filter there is never one: this is for the levels below, where a submission may fork.
    """
    swept, deadline = 0, time.monotonic() + patience
    while found := [pid for pid in _processes() if _carries(pid, mark)]:
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0 if _is_child(pid) else os.WNOHANG)
        swept += len(found)
        if time.monotonic() > deadline:
            break
    return swept


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _carries(pid: int, mark: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return mark in file.read(1 << 16)
    except OSError:
        return False


def _is_child(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1]) == os.getpid()
    except (OSError, ValueError, IndexError):
        return False
