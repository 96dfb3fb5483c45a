"""After a verdict nothing of a submission stays: the group is killed, orphans are adopted and killed, too."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from reports.own_folders import stat_fields

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37
_sessions = 0
_outer: set[int] = set()  # the processes that sessions started themselves, and wait for
_lock = threading.Lock()


def register(pid: int) -> None:
    """Keep a process that a session waits for from being buried by another."""
    with _lock:
        _outer.add(pid)


def unregister(pid: int) -> None:
    """A session has waited for its process."""
    with _lock:
        _outer.discard(pid)


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


def reap_adopted() -> None:
    """Bury the inner processes of bubblewrap that became children of this one when the outer process ended first."""
    with _lock:
        for pid in _processes():
            if pid not in _outer and _is_dead_bubblewrap(pid):
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)


def _is_dead_bubblewrap(pid: int) -> bool:
    """A dead child of this process by the name of bwrap (in its grave a process keeps its name and nothing else)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            before, _, after = file.read().rpartition(b")")
    except OSError:
        return False
    state, parent = after.split()[:2]
    return before.endswith(b"(bwrap") and state == b"Z" and int(parent) == os.getpid()


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
                os.waitpid(pid, 0 if is_child(pid) else os.WNOHANG)
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


def is_child(pid: int) -> bool:
    """Whether a process is a child of this one."""
    fields = stat_fields(f"/proc/{pid}/stat")
    return fields is not None and int(fields[1]) == os.getpid()
