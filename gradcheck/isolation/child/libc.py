"""Calls into the kernel that Python has no name for, by ctypes."""

from __future__ import annotations

import ctypes
import os
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
CLONE_THREAD = 0x10000


def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: Any) -> int:
    """A system call by number; raises OSError where it fails."""
    library = _library()
    library.syscall.restype = ctypes.c_long
    result = library.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(result)


def prctl(option: int, value: int = 0) -> None:
    """``prctl(option, value, 0, 0, 0)``; raises OSError where it fails."""
    library = _library()
    if library.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def is_single_threaded() -> bool:
    """Whether this process has one thread: the kernel refuses CLONE_THREAD to any other, and it needs no /proc.

    Landlock and seccomp bind the calling thread and those it starts; one that runs already would stay free.
    """
    return int(_library().unshare(CLONE_THREAD)) == 0
