"""How long a command will take, told before it begins: counted from the sizes, times what a unit cost when it was measured.

Good to a factor of some three on another machine. Nothing is decided by it but what is said, and what is hopeless is refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from gradcheck.commands.shared.streams import tell
from gradcheck.networks.effort import SAID_FROM, announcement, narrower
from gradcheck.sentences.durations import duration
from gradcheck.sentences.sentence import Sentence, told
from reference_nets.spec import NetworkSpec

MOST_SECONDS = 1800.0  # beyond, derive says no before it begins: memory would end first
MOST_BYTES = 4e9  # more than a student's machine has to spare
MEASURED = 3  # items, after the first, from which it is told how long all of them will take

T = TypeVar("T")


class Task(Enum):
    """What is estimated."""

    VERIFY = "verify"
    DERIVE = "derive"
    VALIDATE = "validate"


# Processor seconds: to begin with, and for each parameter; measured with 784-30-10, 784-128-64-10 and 1000-1000-10.
_COSTS = {Task.VERIFY: (1.0, 6e-5), Task.DERIVE: (1.8, 3.2e-5), Task.VALIDATE: (3.5, 5e-5)}
BYTES = {Task.VERIFY: 1200, Task.DERIVE: 900, Task.VALIDATE: 1200}  # of memory for each parameter
# What the formulas of a softmax output cost in derive: each output depends on all weighted inputs, and with bce on pairs.
_PAIRS = {"bce": 4e-3}
_EACH_PAIR = 7e-4


@dataclass(frozen=True)
class Workload:
    """An estimate: seconds of a processor, and bytes of memory."""

    task: Task
    spec: NetworkSpec
    seconds: float
    memory: float

    @property
    def is_long(self) -> bool:
        """Whether it is worth a line beforehand."""
        return self.seconds > SAID_FROM

    @property
    def words(self) -> Sentence:
        """The line."""
        return announcement(self.task.value, self.spec, self.seconds)


def workload(task: Task, spec: NetworkSpec, *, extra: float = 0.0) -> Workload:
    """What a task on a network will take; ``extra`` seconds for what was asked for besides.

    >>> workload(Task.VERIFY, NetworkSpec.parse("3-4-2")).is_long
    False
    """
    start, each = _COSTS[task]
    seconds = start + each * spec.n_params
    if task is Task.DERIVE and spec.activations[-1] == "softmax":
        seconds += _PAIRS.get(spec.cost, _EACH_PAIR) * spec.sizes[-1] ** 2
    return Workload(task, spec, seconds + extra, BYTES[task] * spec.n_params)


def announce(task: Task, specs: Sequence[NetworkSpec], *, quiet: bool, extra: float = 0.0, language: str = "en") -> None:
    """A line on standard error where a network will take long."""
    for found in (workload(task, spec, extra=extra) for spec in specs):
        if found.is_long and not quiet:
            tell(f"gradcheck {task.value}: {told(found.words, language)}")


def foretold(
    items: Iterable[T], count: int, command: str, smaller: Sentence, *, quiet: bool, language: str = "en"
) -> Iterator[T]:
    """The items one by one; after the first few it is told how long all of them will take, where that is long."""
    begin = 0.0
    for number, item in enumerate(items):
        if number == 1:  # the first one loads libraries
            begin = time.process_time()
        if number == MEASURED + 1 and not quiet:
            seconds = (time.process_time() - begin) / MEASURED * count
            if seconds > SAID_FROM:
                words = Sentence("networks.all", time=duration(seconds), smaller=smaller)
                tell(f"gradcheck {command}: {told(words, language)}")
        yield item


def check_feasible(task: Task, spec: NetworkSpec) -> None:
    """Raise ValueError where a task would take hours or more memory than machines have."""
    found = workload(task, spec)
    if found.seconds > MOST_SECONDS or found.memory > MOST_BYTES:
        words = Sentence(
            "networks.too-large",
            network=str(spec),
            parameters=spec.n_params,
            time=duration(found.seconds),
            gigabytes=found.memory / 1e9,
            narrower=narrower(spec),
        )
        raise ValueError(words)
