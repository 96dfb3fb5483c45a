"""The levels of isolation, and the layers that make them."""

from __future__ import annotations

from dataclasses import dataclass

BUBBLEWRAP, LANDLOCK, SECCOMP, RLIMITS = "bubblewrap", "landlock", "seccomp", "rlimits"


@dataclass(frozen=True)
class Level:
    """One level: its letter, and its layers from the outside in."""

    name: str
    layers: tuple[str, ...]


LEVELS = (
    Level("A", (BUBBLEWRAP, LANDLOCK, SECCOMP, RLIMITS)),
    Level("A-", (LANDLOCK, SECCOMP, RLIMITS)),
    Level("B", (BUBBLEWRAP, SECCOMP, RLIMITS)),
    Level("B", (SECCOMP, RLIMITS)),
    Level("B", (BUBBLEWRAP, RLIMITS)),
    Level("C", (RLIMITS,)),
)
LETTERS = ("A", "A-", "B", "C")
