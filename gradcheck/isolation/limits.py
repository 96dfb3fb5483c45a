"""How much a submission may take: time, memory, output."""

from __future__ import annotations

import math
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from gradcheck.sentences.sentence import Sentence

MIB = 1 << 20
# Processor seconds that are not the submission's: imports before it is read, and its runs on balls, which the judge grants.
# Outside of Linux the kernel's limit is the only one that tells computing from waiting, so it should come soon.
BESIDE = 60 if platform.system() == "Linux" else 5
OUTPUT_KEPT = 64 << 10
OUTPUT_ENDS = 16 * MIB
LARGEST_FILE = 4 * MIB
LARGEST_NOTEBOOK = 128 * MIB  # with its outputs; of its code as much as of any file
LARGEST_SUBMISSION = 16 * MIB
LARGEST_READ = 512 * MIB  # of a directory or archive, with the outputs of its notebooks
MOST_FILES = 500


@dataclass(frozen=True)
class Limits:
    """For one submission: its seconds of computing and sleeping in all, and mebibytes of address space."""

    seconds: float = 10.0
    memory_mib: int = 1536

    def __post_init__(self) -> None:
        if not (0 < self.seconds < math.inf):
            raise ValueError(Sentence("faults.seconds", seconds=self.seconds))
        if self.memory_mib < 256:
            raise ValueError(Sentence("faults.memory", mib=self.memory_mib))

    @property
    def resources(self) -> dict[str, int]:
        """The limits that the kernel keeps, by the names of setrlimit; CPU is a backstop to the judge's own watch."""
        cpu = math.ceil(self.seconds) + BESIDE
        limits = {"AS": self.memory_mib * MIB, "CPU": cpu, "FSIZE": 0, "NOFILE": 64, "CORE": 0, "MEMLOCK": 0, "NPROC": 128}
        return {**limits, "MSGQUEUE": 0}

    def resources_of(self, user: int) -> dict[str, int]:
        """The same for a process of this user: the kernel holds all threads of a user against the limit on processes."""
        return {**self.resources, "NPROC": self.resources["NPROC"] + threads_of(user)}

    def to_dict(self) -> dict[str, float]:
        """As the report shows them."""
        return {"seconds": self.seconds, "memory_mib": self.memory_mib}


def threads_of(user: int) -> int:
    """How many threads a user runs, as far as can be seen here; 0 where there is no /proc."""
    count = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = status.read_bytes()
        except OSError:  # it has ended
            continue
        found = re.search(rb"^Uid:\t(\d+).*^Threads:\t(\d+)", told, re.MULTILINE | re.DOTALL)
        count += int(found[2]) if found and int(found[1]) == user else 0
    return count
