"""The order in which a process gives up its rights: after the imports, before the first byte of a submission."""

from __future__ import annotations

import _socket
import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
from collections.abc import Callable, Mapping
from typing import Any

from . import landlock, seccomp
from .syscalls import (
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    is_single_threaded,
    prctl,
    syscall,
)

CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63


def confine(plan: Mapping[str, Any]) -> None:
    """Put on the layers that the plan names; raises OSError or RuntimeError where one cannot be."""
    layers, linux = plan["layers"], platform.system() == "Linux"
    if linux and not is_single_threaded():
        raise RuntimeError("a second thread runs already, and confinement would not bind it")
    if linux:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    if "landlock" in layers:
        landlock.confine(plan["readable"])
    if "rlimits" in layers:
        set_limits(plan["limits"])
    if linux and plan["drop"]:
        drop_privileges(platform.machine(), plan["user"], keep_files=plan["keep_files"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts means the judge
    if linux:
        prctl(PR_SET_DUMPABLE, 0)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if "seccomp" in layers:
        seccomp.confine()


def set_limits(limits: Mapping[str, int]) -> None:
    """Soft and hard limits by name (``AS``, ``CPU``, ...); names that this system lacks are passed over.

    The hard limit on processor seconds is one higher: at the soft one comes SIGXCPU, which says what it is, at the hard one
    SIGKILL, which does not.
    """
    for name, value in limits.items():
        which = getattr(resource, f"RLIMIT_{name}", None)
        if which is not None:
            hard = resource.getrlimit(which)[1]
            ends = value + 1 if name == "CPU" else value
            bound = ends if hard == resource.RLIM_INFINITY else min(ends, hard)
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some; the self-test tells what holds
                resource.setrlimit(which, (min(value, bound), bound))


def refused(canary: str) -> dict[str, bool]:
    """Which of some things that a confined process must not do are indeed refused to this one."""
    return {
        "read": _refused(lambda: os.close(os.open(canary, os.O_RDONLY))),
        "socket": _refused(lambda: _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM).close()),
        "fork": _refused(_fork),
    }


def _refused(action: Callable[[], None]) -> bool:
    try:
        action()
    except OSError:
        return True
    return False


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def drop_privileges(machine: str, user: int | None, *, keep_files: bool) -> None:
    """Give up what a superuser's process could do: become ``user`` (only root can), then lose all capabilities.

    With ``keep_files`` the effective identity stays that of the owner of the interpreter's files, for one that lies under
    a directory closed to others; the real one changes, so that the limit on processes counts.
    """
    for capability in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break
    if user is not None:
        os.setgroups([])
        if keep_files:
            os.setresuid(user, 0, 0)
        else:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
    if machine in CAPSET:
        header, nothing = struct.pack("=Ii", CAPABILITY_VERSION, 0), struct.pack("=6I", *[0] * 6)
        syscall(CAPSET[machine], ctypes.c_char_p(header), ctypes.c_char_p(nothing))
