"""What can go wrong with a submission, and what can go wrong with its confinement: never to be confused."""

from __future__ import annotations

import signal
from enum import StrEnum

from gradcheck.sentences.sentence import Sentence


class FaultKind(StrEnum):
    """What kept a submission from answering; the last four come to no student as an error of a kind of their own."""

    SYNTAX = "syntax"
    IMPORT = "import"
    MISSING_FUNCTION = "missing-function"
    WRONG_SHAPE = "wrong-shape"
    WRONG_TYPE = "wrong-type"
    NOT_FINITE = "not-finite"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    EXIT = "exit"
    OUTPUT_LIMIT = "output-limit"
    FORBIDDEN = "forbidden"
    PROTOCOL = "protocol"
    UNREADABLE = "unreadable"
    NOT_OFFERED = "not-offered"  # the file does not define what was asked for
    NOT_FOLLOWED = "not-followed"  # its code could not be run on exact numbers
    MACHINE = "machine"  # no fault of the submission
    SANDBOX = "sandbox"  # nor this one


_FINAL = (FaultKind.TIMEOUT, FaultKind.CRASH, FaultKind.EXIT, FaultKind.OUTPUT_LIMIT, FaultKind.PROTOCOL)


class SubmissionFault(Exception):  # noqa: N818 - a fault of the submission, told to its author
    """A submission did not answer: the kind, a sentence, and its line (0 where unknown). The sentence is not trusted."""

    def __init__(self, kind: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.kind, self.message, self.line = FaultKind(kind), message, line

    @property
    def told(self) -> Sentence:
        """The kind and the message."""
        return Sentence("faults.told", kind=Sentence(f"faults.kind-{self.kind}"), words=self.message)

    def shortly(self, most: int) -> Sentence:
        """The same where a stranger's words may take little room; a sentence of our own is never cut."""
        words = self.message if isinstance(self.message, Sentence) else self.message[:most]
        return Sentence("faults.told", kind=Sentence(f"faults.kind-{self.kind}"), words=words)

    @property
    def is_final(self) -> bool:
        """Whether the process is gone, so that nothing more can be asked."""
        return self.kind in _FINAL


class SandboxFailure(RuntimeError):  # noqa: N818 - the name of the verdict
    """Isolation could not start: the checker's own trouble, never the submission's."""


class MachineFault(RuntimeError):  # noqa: N818 - the name of what is at fault
    """The machine kept back what a submission needs to answer: a processor, a disk; or it stopped or killed it.

    Nothing is known of the submission then, and nothing is held against it.
    """


FROM_OUTSIDE = {  # SIGKILL, SIGTERM, SIGHUP, by number: on Windows some have no name
    9: "out-of-memory",
    15: "shut-down",
    1: "terminal-closed",
}


def killed_from_outside(number: int, *, is_filtered: bool) -> Sentence:
    """Under the filter no submission sends these signals, not even to itself, nor exits with their codes."""
    key = "killed-from-outside" if is_filtered else "killed-perhaps-by-itself"
    return Sentence(f"faults.{key}", why=Sentence(f"faults.{FROM_OUTSIDE[number]}"))


def how_it_ended(code: int, number: int) -> tuple[FaultKind, Sentence]:
    """For a process that ended by itself: its exit code, and the signal in it if there is one."""
    if number == getattr(signal, "SIGSYS", 31):
        return FaultKind.EXIT, Sentence("faults.foreign-call")
    if number:
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
        return FaultKind.CRASH, Sentence("faults.crashed", signal=name)
    return FaultKind.EXIT, Sentence("faults.ended-itself", code=code)
