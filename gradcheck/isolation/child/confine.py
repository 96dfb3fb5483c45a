"""The order in which a process gives up its rights: after the imports, before the first byte of a submission."""

from __future__ import annotations

import _socket
import contextlib
import os
import platform
import resource
import signal
from collections.abc import Callable, Mapping
from typing import Any

from . import landlock, privileges, seccomp
from .libc import PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, is_single_threaded, prctl


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
        privileges.drop(platform.machine(), plan["user"], keep_files=plan["keep_files"])
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
