"""How long a command will take, told before it begins: counted from the sizes, times what a unit cost when it was measured.

Good to a factor of some three on another machine. Nothing is decided by it but what is said, and what is hopeless is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from gradcheck.commands.shared.streams import tell
from reference_nets.spec import NetworkSpec

SAID_FROM = 5.0  # seconds: what takes less is not announced
MOST_SECONDS = 1800.0  # beyond, derive says no before it begins: memory would end first
MOST_BYTES = 4e9  # more than a student's machine has to spare


class Task(Enum):
    """What is estimated."""

    VERIFY = "verify"
    DERIVE = "derive"
    VALIDATE = "validate"


# Processor seconds: to begin with, and for each parameter; measured with 784-30-10, 784-128-64-10 and 1000-1000-10.
_COSTS = {Task.VERIFY: (1.0, 6e-5), Task.DERIVE: (1.8, 3.2e-5), Task.VALIDATE: (3.5, 6e-5)}
BYTES = {Task.VERIFY: 1200, Task.DERIVE: 900, Task.VALIDATE: 1200}  # of memory for each parameter
_SMALLER = {
    Task.VERIFY: "narrower layers ask the same of every formula",
    Task.DERIVE: "narrower layers have the same derivation",
    Task.VALIDATE: "up to three times that where it is wrong; narrower layers show the same mistakes",
}
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
    def words(self) -> str:
        """The line."""
        return (
            f"{self.spec} has {self.spec.n_params:,} parameters: about {duration(self.seconds)}; "
            f"{_SMALLER[self.task]}, such as {narrower(self.spec)}"
        )


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


def announce(task: Task, specs: list[NetworkSpec], *, quiet: bool, extra: float = 0.0) -> None:
    """A line on standard error where a network will take long."""
    for found in (workload(task, spec, extra=extra) for spec in specs):
        if found.is_long and not quiet:
            tell(f"gradcheck {task.value}: {found.words}")


def check_feasible(task: Task, spec: NetworkSpec) -> None:
    """Raise ValueError where a task would take hours or more memory than machines have."""
    found = workload(task, spec)
    if found.seconds > MOST_SECONDS or found.memory > MOST_BYTES:
        raise ValueError(
            f"{spec} has {spec.n_params:,} parameters: {task.value} would take about {duration(found.seconds)} and "
            f"{found.memory / 1e9:.0f} GB; try narrower layers, such as {narrower(spec)}, whose formulas are the same"
        )


def narrower(spec: NetworkSpec) -> str:
    """The same network with at most ten units in each layer.

    >>> narrower(NetworkSpec.parse("784-128:tanh-10:softmax/cross_entropy"))
    '10-10:tanh-10:softmax/cross_entropy'
    """
    return str(replace(spec, sizes=tuple(min(size, 10) for size in spec.sizes)))


def duration(seconds: float) -> str:
    """Seconds or minutes, as one says them.

    >>> duration(14), duration(200), duration(9000)
    ('14 seconds', '3 minutes', '2.5 hours')
    """
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
