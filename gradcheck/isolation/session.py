"""One submission, asked one thing at a time in its confined process; what does not come, and whose fault that is."""

from __future__ import annotations

import contextlib
import json
import math
import secrets
import signal
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np

from gradcheck.isolation.child.wire import ANSWER, ANSWER_MAGIC, LARGEST_TEXT, REQUEST, REQUEST_MAGIC, SAID, STATUSES
from gradcheck.isolation.exact_code import exact_code
from gradcheck.isolation.faults import (
    FROM_OUTSIDE,
    MachineFault,
    SandboxFailure,
    SubmissionFault,
    how_it_ended,
    killed_from_outside,
)
from gradcheck.isolation.kept import started
from gradcheck.isolation.kernel.accounts import computed, read
from gradcheck.isolation.kernel.watch import Cause, Ended, Late, Watch
from gradcheck.isolation.layers import BUBBLEWRAP, SECCOMP, Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places
from gradcheck.isolation.process import plan
from gradcheck.isolation.pump import ChannelClosed, Flood
from gradcheck.isolation.spoken import LONGEST_SENTENCE, spoken
from gradcheck.sentences.sentence import Sentence, sentences_of

_say = sentences_of("faults")

START_SECONDS = 20.0  # of computing and sleeping, on a slow machine; nothing of a submission runs until then
HELD_UP = {
    Cause.STOPPED: "held-stopped",
    Cause.DISK: "held-disk",
    Cause.NO_PROCESSOR: "held-no-processor",
    Cause.UNTOLD: "held-untold",
}
CONTROL = (0.0, 1.0, 2.0)  # what the control computation gives
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Reply:
    """What came back: numbers, flags, and texts by key (untrusted)."""

    numbers: Array
    flags: int
    told: dict[str, str]


class Session:
    """A confined process from start to sweep; use it in a ``with`` statement.

    The process starts at once, the confinement is checked when the first answer is awaited, so that a judge can prepare
    other things meanwhile. ``stopped`` names attempts that a self-test saw stopped here: those that cost nothing are made
    again. ``environment`` is for tests: what a process should not see.
    """

    def __init__(
        self,
        level: Level,
        places: Places,
        limits: Limits,
        *,
        stopped: Collection[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.level, self.places, self.limits, self.stopped = level, places, limits, stopped
        self.answered = 0
        self.facts: dict[str, str] = {}
        self._ready = self._dead = False
        self._fault: MachineFault | None = None  # why it is dead, if the machine is to blame
        try:
            self._process = started(level, places, environment)
        except OSError as error:
            raise SandboxFailure(_say("interpreter-not-started", error=str(error))) from error
        self._pump, self._output = self._process.pump, self._process.pump.output
        self._watch = self._watched(START_SECONDS)
        self._nonce = secrets.token_bytes(16)
        self._first = self._frame(plan(level, places, limits), b"" if self._process.has_imported else exact_code())

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # Starting

    def _frame(self, header: Mapping[str, Any], payload: bytes) -> bytes:
        text = json.dumps(header).encode()
        return REQUEST.pack(REQUEST_MAGIC, self._nonce, len(text), len(payload)) + text + payload

    def ready(self) -> None:
        """Wait until the process is confined, and look at its control computation; raises SandboxFailure."""
        if self._ready:
            return
        try:
            self._watch.begin()
            self._pump.send(self._first, self._watch)
            status, _, _, text, numbers = self._receive(len(CONTROL))
        except Late as late:
            if not late.cause.is_own:
                raise self._held_up(late.cause) from None
            raise self._failed_start(_say("interpreter-silent", how="late")) from None
        except (ChannelClosed, Ended, Flood, SubmissionFault) as error:
            raise self._failed_start(_say("interpreter-silent", how=type(error).__name__.lower())) from None
        if status != "ok":
            raise self._failed_start(text)
        self.facts = _by_key(text)
        if tuple(numbers) != CONTROL:
            raise self._failed_start(_say("other-control"))
        if self.facts.get("numpy") != np.__version__ or self.facts.get("python") != sys.version.split()[0]:
            raise self._failed_start(_say("other-python", python=self.facts.get("python"), numpy=self.facts.get("numpy")))
        self._check_layers()
        self._process.settle()
        self._watch = self._watched(self.limits.seconds)
        self._ready = True

    # Watching

    def _watched(self, seconds: float) -> Watch:
        return Watch(seconds, lambda: read(self._process.members(anew=True)), lambda: computed(self._process.members()))

    @property
    def spent(self) -> float:
        """The submission's own seconds so far: computing and sleeping."""
        return self._watch.spent

    @contextlib.contextmanager
    def at_the_judges_cost(self, seconds: float) -> Iterator[None]:
        """Up to so many seconds that are spent meanwhile are not the submission's."""
        before = self.spent
        self._watch.grant(seconds)
        try:
            yield
        finally:
            self._watch.grant(-max(0.0, before - self.spent))  # what was not used

    def _check_layers(self) -> None:
        """Each start looks anew whether the layers hold: a file outside, a socket, a second process."""
        layers = set(self.level.layers)
        promised = {"read": layers & {"landlock", "bubblewrap"}, "socket": layers & {"seccomp"}, "fork": layers & {"seccomp"}}
        due = [name for name, by in promised.items() if by or name in self.stopped]
        broken = [name for name in due if self.facts.get(f"refused.{name}") != "True"]
        if broken:
            raise self._failed_start(_say("not-refused", names=tuple(broken)))

    def _failed_start(self, reason: str) -> SandboxFailure:
        with contextlib.suppress(Flood):
            self._pump.drain()
        said = bytes(self._output.kept[-2000:]).decode("utf-8", "replace").strip()
        self.close()
        reasons = (reason, said) if said else (reason,)
        return SandboxFailure(_say("could-not-start", layers=self.level.layers, reasons=reasons))

    # Asking

    @property
    def remaining(self) -> float:
        """The seconds that are left to the submission."""
        return self.limits.seconds - self.spent

    @property
    def printed(self) -> bytes:
        """The beginning of what the submission printed, untrusted."""
        return bytes(self._output.kept)

    @property
    def is_alive(self) -> bool:
        """Whether anything more can be asked."""
        return not self._dead

    def ask(
        self, header: Mapping[str, Any], payload: bytes = b"", *, expected: int = 0, within: float = math.inf
    ) -> Reply:
        """One request and its answer of exactly ``expected`` numbers; raises SubmissionFault where none comes.

        ``within`` is a shorter time than what is left, in seconds.
        """
        self.ready()
        if self._fault is not None:
            raise self._fault
        if self._dead:
            raise SubmissionFault("exit", _say("process-ended"))
        try:
            self._watch.begin(within)
            return self._ask(header, payload, expected)
        except Late as late:
            if not late.cause.is_own:
                raise self._held_up(late.cause) from None
            raise self._killed("timeout", self._too_long(late.cause)) from None
        except Flood:
            raise self._killed("output-limit", _say("printed-too-much")) from None
        except (ChannelClosed, Ended):
            raise self._ended() from None
        finally:
            self._watch.count()
            self.answered += 1

    def _too_long(self, cause: Cause) -> str:
        return _say("slept" if cause is Cause.SLEPT else "computed", seconds=self.limits.seconds)

    def _ask(self, header: Mapping[str, Any], payload: bytes, expected: int) -> Reply:
        if self._pump.pending():
            raise self._killed("protocol", _say("unasked-bytes"))
        self._nonce = secrets.token_bytes(16)
        self._pump.send(self._frame(header, payload), self._watch)
        status, flags, line, text, numbers = self._receive(expected)
        if status != "ok":
            raise SubmissionFault(status, spoken(text) if flags & SAID else text[:LONGEST_SENTENCE], line)
        return Reply(numbers, flags, _by_key(text))

    def _receive(self, expected: int) -> tuple[str, int, int, str, Array]:
        """Header, numbers, text; a header that is not the one due is a breach of protocol, whatever follows it."""
        magic, nonce, status, flags, line, size, count = ANSWER.unpack(
            self._pump.receive(self._pump.results, ANSWER.size, self._watch)
        )
        due = expected if status == 0 else 0
        if magic != ANSWER_MAGIC or nonce != self._nonce or status >= len(STATUSES) or size > LARGEST_TEXT or count != due:
            raise self._killed("protocol", _say("other-form"))
        numbers = np.frombuffer(self._pump.receive(self._pump.results, 8 * count, self._watch), dtype="<f8").astype(np.float64)
        text = self._pump.receive(self._pump.texts, size, self._watch).decode("utf-8", "replace")
        return STATUSES[status], flags, line, text, numbers

    def _killed(self, kind: str, message: str) -> SubmissionFault:
        self._dead = True
        self._process.kill()
        return SubmissionFault(kind, message)

    def _held_up(self, cause: Cause) -> MachineFault:
        """The machine's fault, now and whenever this process is asked again."""
        return self._blamed(_say("held-up", why=_say(HELD_UP[cause]), seconds=self.limits.seconds, spent=self.spent))

    def _blamed(self, words: Sentence) -> MachineFault:
        self._fault = MachineFault(words)
        self._dead = True
        self._process.kill()
        return self._fault

    def _ended(self) -> SubmissionFault | MachineFault:
        """For a process that closed its channels: its signal, or its exit."""
        code = self._process.exit_code()
        if code is None:
            return self._killed("exit", _say("channel-closed"))
        number = -code if code < 0 else code - 128 if BUBBLEWRAP in self.level.layers and code > 128 else 0
        if number in FROM_OUTSIDE and self.remaining > 0:
            return self._blamed(killed_from_outside(number, is_filtered=SECCOMP in self.level.layers))
        if number == signal.SIGXCPU or self.remaining <= 0:
            return self._killed("timeout", self._too_long(Cause.COMPUTED))
        return self._killed(*how_it_ended(code, number))

    # Ending

    def close(self) -> None:
        """Kill, reap, sweep, and give everything back; may be called twice."""
        self._dead = True
        self._process.close()

    def finish(self) -> None:
        """The end of a submission that answered everything: raises SubmissionFault where it wrote more than it was asked."""
        if not self._dead and self._ready and self._pump.pending():
            raise self._killed("protocol", _say("unasked-bytes"))
        with contextlib.suppress(Flood):
            self._pump.drain()


def _by_key(text: str) -> dict[str, str]:
    """``key<TAB>value`` lines; anything else is passed over."""
    return dict(line.split("\t", 1) for line in text.split("\n") if "\t" in line)
