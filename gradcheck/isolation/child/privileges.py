"""Giving up what a superuser's process could do: identities and capabilities."""

from __future__ import annotations

import ctypes
import os
import struct

from .libc import PR_CAPBSET_DROP, prctl, syscall

CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63


def drop(machine: str, user: int | None, *, keep_files: bool) -> None:
    """Become ``user`` (only root can), then lose all capabilities.

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
