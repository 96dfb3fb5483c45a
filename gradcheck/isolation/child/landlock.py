"""Landlock: from now on this process reads the given places, and no other; no TCP, no foreign signals or sockets."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence

from .syscalls import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
VERSION_FLAG, RULE_PATH_BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
# How many file rights each version of the interface knows; those it does not know cannot be handled.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_LATEST_FILE_RIGHTS = 16
_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


def abi() -> int:
    """The version of the interface that the kernel offers; 0 for none."""
    try:
        return syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(VERSION_FLAG))
    except OSError:
        return 0


def confine(readable: Sequence[str]) -> int:
    """Allow reading beneath these paths, and nothing else; the version in force. ``no_new_privs`` must be set."""
    version = abi()
    if not version:
        raise OSError("the kernel offers no Landlock")
    ruleset = _ruleset(version)
    for path in readable:
        if os.path.exists(path):
            _allow(ruleset, path)
    syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)
    return version


def _ruleset(version: int) -> int:
    files = (1 << _FILE_RIGHTS.get(version, _LATEST_FILE_RIGHTS)) - 1
    parts = [files]
    if version >= 4:
        parts.append(_TCP_BIND_AND_CONNECT)
    if version >= 6:
        parts.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    attributes = struct.pack(f"={len(parts)}Q", *parts)
    return syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))


def _allow(ruleset: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
    rule = struct.pack("=Qi", rights, place)
    try:
        syscall(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH_BENEATH), rule, ctypes.c_uint(0))
    finally:
        os.close(place)
