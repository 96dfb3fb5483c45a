"""What the kernel says of a group of processes at one moment: processor seconds, and whether it sleeps, runs or is held.

A process that gives no answer may be computing, asleep by its own doing (`time.sleep`, a lock, a read), ready and without a
processor because others have them all, waiting for a disk, or stopped. Only the first two are the doing of its code.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from reports.own_folders import stat_fields

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Activity(Enum):
    """What a group of processes does at the moment; the first that any of its threads does."""

    STOPPED = "stopped"  # by a signal or a debugger
    DISK = "waiting for a disk"  # swapping is one way to come there
    UNKNOWN = "unknown"
    READY = "computing, or waiting for a processor"
    ASLEEP = "asleep"  # until a time, a lock or a channel is there
    GONE = "ended"


_LETTERS = {
    "T": Activity.STOPPED,
    "t": Activity.STOPPED,
    "D": Activity.DISK,
    "R": Activity.READY,
    "S": Activity.ASLEEP,
    "Z": Activity.GONE,
    "X": Activity.GONE,
}


@dataclass(frozen=True)
class Reading:
    """A group of processes at one moment.

    ``computed``: processor seconds of all threads, those that have ended among them. ``waited``: seconds in which the living
    ones were ready and had no processor, None where the kernel does not say. ``read_back``: pages that had to come from a
    disk.
    """

    computed: float
    waited: float | None
    read_back: int
    threads: frozenset[int]
    activity: Activity


def family(root: int) -> tuple[int, ...]:
    """A process, what it has started, what these have started, and so on."""
    found, open_ = [root], [root]
    while open_:
        open_ = [child for pid in open_ for child in children_of(pid) if child not in found]
        found += open_
    return tuple(found)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, by any of its threads."""
    found: list[int] = []
    for thread in _threads(pid):
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += [int(word) for word in file.read().split()]
        except (OSError, ValueError):
            continue
    return found


def computed(pids: Iterable[int]) -> float:
    """The processor seconds of these processes and of the children that they have buried; 0 where nothing is known."""
    return sum(map(_computed, pids))


def read(pids: Iterable[int]) -> Reading | None:
    """These processes now; None where this system does not tell."""
    threads, seconds, waited, pages = [], 0.0, 0.0, 0
    activities: list[Activity] = []
    tells_waits = True
    for pid in pids:
        seconds += _computed(pid)
        for thread in _threads(pid):
            fields = stat_fields(f"/proc/{pid}/task/{thread}/stat")
            if fields is None:  # it has just ended
                continue
            threads.append(thread)
            activities.append(_LETTERS.get(fields[0], Activity.UNKNOWN))
            pages += int(fields[9])
            wait = _waited(pid, thread)
            tells_waits &= wait is not None
            waited += wait or 0.0
    if not activities and not os.path.exists("/proc/self/stat"):
        return None
    alive = [one for one in activities if one is not Activity.GONE]
    activity = min(alive, key=list(Activity).index, default=Activity.GONE)
    return Reading(seconds, waited if tells_waits else None, pages, frozenset(threads), activity)


def is_leaving(pid: int) -> bool:
    """Whether a process has ended, or has given back its memory and is about to."""
    fields = stat_fields(f"/proc/{pid}/stat")
    return fields is None or int(fields[20]) == 0


def _threads(pid: int) -> Iterator[int]:
    try:
        names = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return iter(())
    return map(int, names)


def _computed(pid: int) -> float:
    fields = stat_fields(f"/proc/{pid}/stat")
    buried = sum(map(int, fields[13:15])) / TICKS if fields else 0.0
    if platform.system() != "Linux":
        return 0.0
    try:
        return time.clock_gettime((~pid << 3) | 2) + buried  # clock_getcpuclockid(3), for which Python has no name
    except OSError:
        return sum(map(int, fields[11:13])) / TICKS + buried if fields else 0.0


def _waited(pid: int, thread: int) -> float | None:
    """Seconds on the queue for a processor, until the last time that it got one."""
    try:
        with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None
