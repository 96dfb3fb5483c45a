"""Loading the system call filter into this process; from then on nothing can take it away."""

from __future__ import annotations

import ctypes
import os
import platform

from .filter import assemble
from .libc import syscall
from .syscalls import PROCESSORS

SECCOMP = {"x86_64": 317, "aarch64": 277}
SECCOMP_SET_MODE_FILTER = 1


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def confine() -> None:
    """Refuse every system call that is not on the list; raises OSError where the kernel has no seccomp."""
    machine = platform.machine()
    code = assemble(PROCESSORS[machine], os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_char_p))
    syscall(SECCOMP[machine], ctypes.c_uint(SECCOMP_SET_MODE_FILTER), ctypes.c_uint(0), ctypes.byref(program))
