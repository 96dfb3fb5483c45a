"""The exit codes of every command, as `gradcheck --help` tells them. Loads nothing else."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command says to the shell that started it."""

    MATCH = 0
    MISMATCH = 1
    MISUSE = 2
    INCONCLUSIVE = 3
    FAULT = 4  # the checker's own
    INTERRUPTED = 130
