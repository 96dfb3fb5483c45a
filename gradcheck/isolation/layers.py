"""The levels of isolation, and the layers that make them."""

from __future__ import annotations

from dataclasses import dataclass

BUBBLEWRAP, LANDLOCK, SECCOMP, RLIMITS = "bubblewrap", "landlock", "seccomp", "rlimits"


@dataclass(frozen=True)
class Level:
    """One level: its letter, its layers from the outside in, and what it means to a teacher."""

    name: str
    layers: tuple[str, ...]
    meaning: str


LEVELS = (
    Level("A", (BUBBLEWRAP, LANDLOCK, SECCOMP, RLIMITS), "isolated: namespaces, files, system calls, limits"),
    Level("A-", (LANDLOCK, SECCOMP, RLIMITS), "isolated, without namespaces"),
    Level("B", (BUBBLEWRAP, SECCOMP, RLIMITS), "partly isolated"),
    Level("B", (SECCOMP, RLIMITS), "partly isolated"),
    Level("B", (BUBBLEWRAP, RLIMITS), "partly isolated"),
    Level("C", (RLIMITS,), "faults only: accidents are stopped, hostility is not"),
)
LETTERS = ("A", "A-", "B", "C")
EXPLAINED = {level.name: level.meaning for level in LEVELS}
