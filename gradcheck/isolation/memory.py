"""What is remembered of a self-test: for one boot, kernel, user, interpreter and toolkit, in a file that nobody else writes.

A note is a claim. It is read only from a file and a folder of this user's that no other may write, only in the exact form
that is written here, and what it claims is judged anew by the same rules as a test; a session that starts with it looks
whether it is so. Anything odd means a test, and never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.isolation.child import landlock
from gradcheck.isolation.layers import LEVELS, Level
from gradcheck.isolation.places import Places
from gradcheck.isolation.probes import NAMES, OUTCOMES
from gradcheck.isolation.spawn import find_bubblewrap
from gradcheck.sentences.sentence import from_plain, plain
from gradcheck.version import __version__
from reports.own_folders import maker, remove_notes

FILE = "isolation.json"
LARGEST_NOTE = 1 << 16  # bytes: a note of a few states is some kilobytes
MOST_STATES = 8  # interpreters and environments that take turns
LONGEST_REASON = 2000
# What forbids or allows namespaces to those who are not root, and can be changed while the machine runs.
_SETTINGS = ("user/max_user_namespaces", "kernel/unprivileged_userns_clone", "kernel/apparmor_restrict_unprivileged_userns")
# Of /proc/self/status: what this process may do, and what confines it already.
_RIGHTS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters")
_NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")


@dataclass(frozen=True)
class SelfTestNote:
    """What a test found, as it is remembered: the level by its layers, the outcome of each attempt, what was passed over."""

    level: Level
    probes: Mapping[str, str]
    passed_over: tuple[str, ...]


def folder() -> Path | None:
    """Where notes are kept: XDG_CACHE_HOME, which counts only as an absolute path, or ~/.cache; None where there is neither."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        home = os.path.expanduser("~")
        if not home.strip("/"):  # HOME is empty, or nobody's
            return None
        base = os.path.join(home, ".cache")
    return Path(base) / "gradcheck" if os.path.isabs(base) and "\0" not in base else None


def recall(state: str, wanted: str) -> SelfTestNote | None:
    """The note for this state and this wish; None where there is none that may be believed."""
    for one, note in _states():
        if one == state:
            return _note(note.get(wanted))
    return None


def keep(state: str, wanted: str, note: SelfTestNote | None) -> None:
    """Write the note, or forget it where it is None; where that cannot be, every run makes its own test."""
    states = dict(_states())
    own = dict(states.pop(state, {}))
    own.pop(wanted, None)
    if note is not None:
        own[wanted] = {"layers": note.level.layers, "probes": dict(note.probes), "passed_over": [*map(plain, note.passed_over)]}
    states = dict([*states.items(), (state, own)][-MOST_STATES:])
    with contextlib.suppress(OSError, ValueError), _opened(make=True) as place:
        _replace(place, json.dumps(states).encode())


def state_of(places: Places) -> str:
    """A number for everything that the outcome depends on."""
    program = find_bubblewrap()
    parts = {
        "boot": _text("/proc/sys/kernel/random/boot_id"),
        "kernel": [platform.system(), platform.release(), platform.version(), platform.machine()],
        "landlock": landlock.abi() if platform.system() == "Linux" else 0,
        "settings": [_text(f"/proc/sys/{name}") for name in _SETTINGS],
        "rights": _rights(),
        "namespaces": [_link(f"/proc/self/ns/{name}") for name in _NAMESPACES],
        "profile": _text("/proc/self/attr/current"),
        "user": [os.getuid(), os.geteuid(), os.getgid(), sorted(os.getgroups())],
        "python": [sys.version, _file(places.interpreter)],
        "numpy": np.__version__,
        "places": [places.runner, places.contracts, places.packages, places.standard_library, places.libraries],
        "toolkit": [__version__, _sources(Path(__file__).parent)],
        "bubblewrap": [program, _file(program)] if program else None,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


# What a state is made of


@lru_cache(maxsize=1)
def _sources(directory: Path) -> str:
    """The code of the confinement and of its tests."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.py")):
        digest.update(f"{path.relative_to(directory)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _file(path: str) -> list[int]:
    """What changes where another file takes the place of this one."""
    try:
        found = os.stat(path)
    except OSError:
        return []
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode, found.st_uid]


def _rights() -> list[str]:
    return [line for line in _text("/proc/self/status").splitlines() if line.partition(":")[0] in _RIGHTS]


# Reading


def _states() -> list[tuple[str, Mapping[str, Any]]]:
    """The states that are remembered, the newest last; none where the file is not ours alone, or spoilt."""
    try:
        with _opened(make=False) as place:
            data = json.loads(_read(place))
    except (OSError, ValueError, RecursionError):
        return []
    return [(one, notes) for one, notes in data.items() if isinstance(notes, dict)] if isinstance(data, dict) else []


@contextlib.contextmanager
def _opened(*, make: bool) -> Iterator[int]:
    """The folder as a descriptor: no link, this user's, and written by nobody else; raises OSError where it is not so."""
    place = folder()
    if place is None or not hasattr(os, "O_DIRECTORY"):
        raise FileNotFoundError
    if make:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if make and os.fstat(handle).st_uid == os.geteuid():  # made by an older version, or with a generous umask
            os.fchmod(handle, stat.S_IMODE(os.fstat(handle).st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))
        _require_own(os.fstat(handle), stat.S_ISDIR)
        yield handle
    finally:
        os.close(handle)


def _read(place: int) -> bytes:
    # O_NONBLOCK: to open a FIFO must not wait for somebody who writes
    handle = os.open(FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    with open(handle, "rb") as file:
        _require_own(os.fstat(handle), stat.S_ISREG)
        data = file.read(LARGEST_NOTE + 1)
    if len(data) > LARGEST_NOTE:
        raise ValueError("no note is so long")
    return data


def _require_own(found: os.stat_result, is_kind: Any) -> None:
    if not is_kind(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError("written by others")


def _note(data: Any) -> SelfTestNote | None:
    """A note of the exact form, or none."""
    if not isinstance(data, dict) or data.keys() != {"layers", "probes", "passed_over"}:
        return None
    layers, probes, passed_over = data["layers"], data["probes"], data["passed_over"]
    level = next((one for one in LEVELS if list(one.layers) == layers), None)
    if level is None or not isinstance(passed_over, list) or not isinstance(probes, dict) or list(probes) != list(NAMES):
        return None
    try:
        reasons = tuple(map(from_plain, passed_over))
    except (KeyError, TypeError, ValueError, AttributeError, ImportError, IndexError):
        return None
    if any(len(reason) > 2 * LONGEST_REASON for reason in reasons):
        return None
    if not all(isinstance(outcome, str) and outcome in OUTCOMES for outcome in probes.values()):
        return None
    return SelfTestNote(level, probes, reasons)


# Writing


def _replace(place: int, data: bytes) -> None:
    """Whole or not at all; what killed runs have left half-written goes."""
    remove_notes(place, FILE)
    temporary = f"{FILE}.{maker()}.{secrets.token_hex(4)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(temporary, flags, 0o600, dir_fd=place)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, FILE, src_dir_fd=place, dst_dir_fd=place)
    except OSError:
        os.unlink(temporary, dir_fd=place)
        raise
