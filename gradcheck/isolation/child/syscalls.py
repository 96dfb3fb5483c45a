"""System calls: those that Python has no name for, and which a confined interpreter may make, by number.

Everything else is refused with EPERM, so that a student reads PermissionError. Nothing that is allowed opens for writing,
starts a process, makes a socket, signals another process or changes what a process is.
"""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Processor:
    """One processor: its audit number, whether it has a second table of calls (x32), and the calls by name."""

    audit: int
    x32: bool
    tested: bool
    numbers: dict[str, int]


# Allowed whatever the arguments are.
PLAIN = [
    "read",
    "write",
    "close",
    "fstat",
    "stat",
    "lstat",
    "poll",
    "lseek",
    "mmap",
    "mprotect",
    "munmap",
    "brk",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "pread64",
    "readv",
    "writev",
    "access",
    "pipe",
    "select",
    "sched_yield",
    "mremap",
    "madvise",
    "dup",
    "dup2",
    "nanosleep",
    "getitimer",
    "alarm",
    "setitimer",
    "getpid",
    "uname",
    "getcwd",
    "readlink",
    "getrusage",
    "times",
    "getuid",
    "getgid",
    "geteuid",
    "getegid",
    "getppid",
    "sigaltstack",
    "gettid",
    "time",
    "gettimeofday",
    "futex",
    "getdents64",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "newfstatat",
    "readlinkat",
    "faccessat",
    "faccessat2",
    "pselect6",
    "ppoll",
    "set_robust_list",
    "dup3",
    "pipe2",
    "getrandom",
    "statx",
    "rseq",
    "membarrier",
    "restart_syscall",
    "sysinfo",
    "getrlimit",
    "sched_getaffinity",
]
# Allowed for some arguments: see seccomp.py. clone3 is answered with ENOSYS, so that the C library falls back to clone.
GUARDED = ["open", "openat", "clone", "clone3", "exit", "exit_group", "kill", "tgkill", "prlimit64", "fcntl", "ioctl"]

X86_64 = Processor(
    0xC000003E,
    True,
    True,
    {
        "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9,
        "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "ioctl": 16,
        "pread64": 17, "readv": 19, "writev": 20, "access": 21, "pipe": 22, "select": 23, "sched_yield": 24, "mremap": 25,
        "madvise": 28, "dup": 32, "dup2": 33, "nanosleep": 35, "getitimer": 36, "alarm": 37, "setitimer": 38, "getpid": 39,
        "clone": 56, "exit": 60, "kill": 62, "uname": 63, "fcntl": 72, "getcwd": 79, "readlink": 89, "gettimeofday": 96,
        "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107,
        "getegid": 108, "getppid": 110, "sigaltstack": 131, "gettid": 186, "time": 201, "futex": 202,
        "sched_getaffinity": 204, "getdents64": 217, "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229,
        "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234, "openat": 257, "newfstatat": 262, "readlinkat": 267,
        "faccessat": 269, "pselect6": 270, "ppoll": 271, "set_robust_list": 273, "dup3": 292, "pipe2": 293,
        "prlimit64": 302, "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334, "clone3": 435, "faccessat2": 439,
    },
)  # fmt: skip

# The generic table of newer ports (asm-generic/unistd.h). Never run by the authors: reported as not tested.
AARCH64 = Processor(
    0xC00000B7,
    False,
    False,
    {
        "getcwd": 17, "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "faccessat": 48, "openat": 56, "close": 57,
        "pipe2": 59, "getdents64": 61, "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67,
        "pselect6": 72, "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93, "exit_group": 94,
        "futex": 98, "set_robust_list": 99, "nanosleep": 101, "getitimer": 102, "setitimer": 103, "clock_gettime": 113,
        "clock_getres": 114, "clock_nanosleep": 115, "restart_syscall": 128, "sched_getaffinity": 123, "sched_yield": 124,
        "kill": 129, "tgkill": 131, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139,
        "times": 153, "uname": 160, "getrlimit": 163, "getrusage": 165, "gettimeofday": 169, "getpid": 172, "getppid": 173,
        "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178, "sysinfo": 179, "brk": 214,
        "munmap": 215, "mremap": 216, "clone": 220, "mmap": 222, "mprotect": 226, "madvise": 233, "prlimit64": 261,
        "getrandom": 278, "membarrier": 283, "statx": 291, "rseq": 293, "clone3": 435, "faccessat2": 439,
    },
)  # fmt: skip

PROCESSORS = {"x86_64": X86_64, "aarch64": AARCH64}
