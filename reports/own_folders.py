"""Folders for a while: each bears the name of the process that made it, and goes at the next run if that was killed.

A name is ``gradcheck-KIND-BOOT-NAMESPACE-PID-START-RANDOM``. A process is known by its number and the moment of its start;
numbers count for one boot and one namespace. Nothing is touched that is not this user's own folder by such a name, and no
link is followed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

STAT_FIELDS = 20  # the last of them that anybody asks for
DAY = 86_400.0  # seconds: no run lasts as long, so what another namespace left before has no owner any more
_MAKER = r"(?P<boot>[0-9a-f]{8})-(?P<space>\d{1,20})-(?P<pid>\d{1,10})-(?P<start>\d{1,20})"
_FOLDER = re.compile(rf"gradcheck-(?:empty|probe|search|report)-{_MAKER}-[A-Za-z0-9_]+")
_NOTE = re.compile(rf"\.{_MAKER}\.[0-9a-f]+")


def maker() -> str:
    """A name for this process that no other ever has: boot, namespace, number, start."""
    return f"{_boot()}-{_namespace()}-{os.getpid()}-{start_of(os.getpid()) or 0}"


def start_of(pid: int) -> int | None:
    """When a process was started, in ticks since the boot; None for one that is not there, or dead and not yet buried."""
    fields = stat_fields(f"/proc/{pid}/stat")
    return None if fields is None or fields[0] in ("Z", "X") else int(fields[19])


def stat_fields(path: str) -> list[str] | None:
    """What the kernel says of a process or thread after its name, which may hold anything: state, parent, ...; see proc(5)."""
    try:
        with open(path, "rb") as file:
            fields = file.read().rpartition(b")")[2].decode().split()
    except (OSError, ValueError):
        return None
    return fields if len(fields) > STAT_FIELDS else None


@contextmanager
def own_folder(kind: str) -> Iterator[Path]:
    """A new empty folder in the temporary one, which goes at the end; ``kind`` is empty, probe, search or report."""
    _swept_once()
    path = Path(tempfile.mkdtemp(prefix=f"gradcheck-{kind}-{maker()}-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@lru_cache(maxsize=1)
def _swept_once() -> int:
    return sweep_folders()


def sweep_folders() -> int:
    """Remove what killed runs of this user have left in the temporary folder; how many there were. Never an error."""
    removed = 0
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            named = _FOLDER.fullmatch(entry.name)
            if named and _is_ours(entry, stat.S_ISDIR) and _is_abandoned(named, entry):
                shutil.rmtree(entry.path, ignore_errors=True)  # never through a link; another run may be at it as well
                removed += 1
    return removed


def remove_notes(place: int, name: str) -> None:
    """Remove the half-written files beside ``name`` that killed runs have left in an open folder."""
    with os.scandir(place) as entries:
        for entry in entries:
            named = _NOTE.fullmatch(entry.name[len(name) :]) if entry.name.startswith(name) else None
            if named and _is_ours(entry, stat.S_ISREG) and _is_abandoned(named, entry):
                with contextlib.suppress(OSError):
                    os.unlink(entry.name, dir_fd=place)


def _is_ours(entry: os.DirEntry[str], is_kind: Callable[[int], bool]) -> bool:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return is_kind(found.st_mode) and found.st_uid == (os.geteuid() if hasattr(os, "geteuid") else found.st_uid)


def _is_abandoned(named: re.Match[str], entry: os.DirEntry[str]) -> bool:
    """Whether its maker is gone: beyond doubt where its number counts here, else by age."""
    try:
        made = entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return False
    if os.name != "posix":  # there a process cannot be asked without harm whether it lives
        return made < time.time() - DAY
    if named["boot"] != _boot():  # of an earlier boot; or another machine's that shares this folder, and is left alone
        return made < _booted()
    if int(named["space"]) != _namespace():
        return made < time.time() - DAY
    if not os.path.exists("/proc/self/stat"):
        return not _is_alive(int(named["pid"]))
    return start_of(int(named["pid"])) != int(named["start"])


def _is_alive(pid: int) -> bool:
    """Where there is no /proc: whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


@lru_cache(maxsize=1)
def _boot() -> str:
    """The beginning of the boot's identity; zeros where the system gives none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return "00000000"


def _booted() -> float:
    """When this machine was started, as times of files are told."""
    since = time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else DAY
    return time.time() - since


def _namespace() -> int:
    """The namespace of process numbers."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0
