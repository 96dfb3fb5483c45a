"""The system call filter: an allowlist as a BPF program, assembled in Python and loaded; then nothing can take it away."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Sequence

from .syscalls import GUARDED, PLAIN, PROCESSORS, Processor, syscall

SECCOMP = {"x86_64": 317, "aarch64": 277}
SECCOMP_SET_MODE_FILTER = 1
KILL, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
EPERM, ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value

# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, __O_TMPFILE: any of them may write (O_EXCL alone may not).
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
_CLONE_THREAD = 0x10000
_FCNTL = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no lock, no owner
_FROM_OUTSIDE = (1, 9, 15, 19, 20, 21, 22)  # SIGHUP, SIGKILL, SIGTERM, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU
_CODE_OF_A_SIGNAL = 0x80  # bubblewrap passes a death by signal 9 on as the exit code 128 + 9
_IOCTL = (0x5401, 0x5413, 0x5450, 0x5451, 0x541B)  # TCGETS, TIOCGWINSZ, FIONCLEX, FIOCLEX, FIONREAD


def assemble(processor: Processor, pid: int) -> bytes:
    """The filter for this process: ``struct sock_filter`` after ``struct sock_filter``."""
    numbers = processor.numbers
    code: list[Instruction] = [_load(_ARCH), (_EQUAL, 1, 0, processor.audit), _return(KILL), _load(_NUMBER)]
    if processor.x32:
        code += [(_AT_LEAST, 0, 1, 0x40000000), _return(KILL)]
    for name in PLAIN:
        if name in numbers:
            code += [(_EQUAL, 0, 1, numbers[name]), _return(ALLOW)]
    for name in GUARDED:
        if name in numbers:
            code += _guarded(numbers[name], _checks(name, pid))
    return b"".join(struct.pack("<HBBI", *one) for one in [*code, _return(ERRNO | EPERM)])


def _checks(name: str, pid: int) -> list[Instruction]:
    """What is asked of the arguments of one call; ends in a return on every path."""
    if name == "clone3":
        return [_return(ERRNO | ENOSYS)]
    if name in ("open", "openat"):
        return [_argument(name == "openat", extra=1), (_ANY_BIT, 1, 0, _WRITING), _return(ALLOW), _return(ERRNO | EPERM)]
    if name == "clone":
        return [_argument(0), (_ANY_BIT, 0, 1, _CLONE_THREAD), _return(ALLOW), _return(ERRNO | EPERM)]
    if name in ("exit", "exit_group"):  # an end by such a code would look like a signal from outside; this one is SIGSYS
        return [_argument(0), (_ANY_BIT, 0, 1, _CODE_OF_A_SIGNAL), _return(KILL), _return(ALLOW)]
    if name in ("kill", "tgkill"):
        return _may_signal_itself(pid, 1 if name == "kill" else 2)
    if name == "prlimit64":
        return _may_only_read_limits(pid)
    return _one_of(1, _FCNTL if name == "fcntl" else _IOCTL)


def _may_signal_itself(pid: int, index: int) -> list[Instruction]:
    """To itself, as abort() does; ``index`` is the argument that names the signal. Never what a system stops or ends it by.

    A process that is stopped or killed then was not so by its own code, and nobody need ask whose doing it was.
    """
    no = _return(ERRNO | EPERM)
    tests: list[Instruction] = [_argument(0), (_EQUAL, 1, 0, pid), no, _argument(index)]
    for signal in _FROM_OUTSIDE:
        tests += [(_EQUAL, 0, 1, signal), no]
    return [*tests, _return(ALLOW)]


def _may_only_read_limits(pid: int) -> list[Instruction]:
    """Both halves of the pointer to new limits are zero, and the process is this one."""
    no = _return(ERRNO | EPERM)
    own = [_argument(0), (_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, pid), no]
    low = [_argument(2), (_EQUAL, 1, 0, 0), no]
    high = [_argument(2, high=True), (_EQUAL, 1, 0, 0), no]
    return [*own, *low, *high, _return(ALLOW)]


def _one_of(index: int, values: Sequence[int]) -> list[Instruction]:
    tests: list[Instruction] = [_argument(index)]
    for value in values:
        tests += [(_EQUAL, 0, 1, value), _return(ALLOW)]
    return [*tests, _return(ERRNO | EPERM)]


def _guarded(number: int, checks: list[Instruction]) -> list[Instruction]:
    """The checks where the number fits, else past them; they return, so the number stays loaded."""
    return [(_EQUAL, 0, len(checks), number), *checks]


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _argument(index: int, *, high: bool = False, extra: int = 0) -> Instruction:
    return _load(_ARGUMENTS + 8 * (index + extra) + 4 * high)


def _return(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def confine() -> None:
    """Refuse every system call that is not on the list; raises OSError where the kernel has no seccomp."""
    machine = platform.machine()
    code = assemble(PROCESSORS[machine], os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_char_p))
    syscall(SECCOMP[machine], ctypes.c_uint(SECCOMP_SET_MODE_FILTER), ctypes.c_uint(0), ctypes.byref(program))
