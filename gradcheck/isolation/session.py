"""One submission's process: started confined, asked one thing at a time, killed and swept when done."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from gradcheck.isolation.child.wire import (
    ANSWER,
    ANSWER_MAGIC,
    LARGEST_TEXT,
    REQUEST,
    REQUEST_MAGIC,
    STATUSES,
)
from gradcheck.isolation.exact_code import exact_code
from gradcheck.isolation.faults import SandboxFailure, SubmissionFault
from gradcheck.isolation.layers import BUBBLEWRAP, LANDLOCK, Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places
from gradcheck.isolation.pump import Closed, Flood, Late, Pump
from gradcheck.isolation.spawn import (
    ENVIRONMENT,
    RESERVED_USERS,
    bubblewrap_command,
    find_bubblewrap,
    interpreter_command,
)
from gradcheck.isolation.sweep import adopting, children_of, is_child, kill_group, reap_adopted, register, sweep, unregister

START_SECONDS = 20.0  # a slow machine may take its time to start; nothing of a submission runs until then
PATIENCE = 500  # milliseconds for a namespace to come down
LONGEST_SENTENCE = 5000  # characters of what a submission says of its own fault
CONTROL = (0.0, 1.0, 2.0)  # what the control computation gives
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Answer:
    """What came back: numbers, flags, and texts by key (untrusted)."""

    numbers: Array
    flags: int
    told: dict[str, str]


class Session:
    """A confined process from start to sweep; use it in a ``with`` statement.

    The process starts at once, the confinement is checked when the first answer is awaited, so that a judge can prepare
    other things meanwhile. ``environment`` is for tests: what a process should not see.
    """

    def __init__(self, level: Level, places: Places, limits: Limits, *, environment: Mapping[str, str] | None = None) -> None:
        self.level, self.places, self.limits = level, places, limits
        self.spent = 0.0
        self.answered = 0
        self.facts: dict[str, str] = {}
        self._ready = self._dead = False
        self._inner: list[int] = []
        self._mark = f"GRADCHECK_SESSION={secrets.token_hex(16)}"
        self._resources = contextlib.ExitStack()
        self._resources.enter_context(adopting())
        self._directory = "/"
        if not {BUBBLEWRAP, LANDLOCK} & set(level.layers):  # with either of them nothing there can be seen or written
            self._directory = tempfile.mkdtemp(prefix="gradcheck-empty-")
            self._resources.callback(shutil.rmtree, self._directory, ignore_errors=True)
        try:
            self._start({**ENVIRONMENT, **(environment or {})})
        except BaseException as error:
            self._resources.close()
            if isinstance(error, OSError):
                raise SandboxFailure(f"the confined interpreter could not be started: {error}") from error
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # Starting

    def _start(self, environment: dict[str, str]) -> None:
        theirs, ours = [], []
        for inward in (True, False, False, False):  # requests, results, texts, printed
            read, write = _pipe()
            theirs.append(read if inward else write)
            ours.append(write if inward else read)
        requests, results, texts, printed = theirs
        command = interpreter_command(self.places, (requests, results, texts))
        if BUBBLEWRAP in self.level.layers:
            program = find_bubblewrap()
            if program is None:
                for channel in (*theirs, *ours):
                    os.close(channel)
                raise SandboxFailure("bubblewrap is not installed, and the level asked for needs it")
            command = bubblewrap_command(program, self.places, command)
        name, _, value = self._mark.partition("=")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                pass_fds=(requests, results, texts),
                cwd=self._directory,
                env={**environment, name: value},
                start_new_session=True,
            )
        except OSError:
            for channel in ours:
                os.close(channel)
            raise
        finally:
            for channel in theirs:
                os.close(channel)
        register(self._process.pid)
        self._pump = Pump(*ours)
        self._output = self._pump.output
        self._nonce = secrets.token_bytes(16)
        self._first = self._frame(self._plan(), exact_code())

    def _plan(self) -> dict[str, Any]:
        root = os.geteuid() == 0
        inside = BUBBLEWRAP in self.level.layers
        user = secrets.choice(RESERVED_USERS) if root else None
        return {
            "layers": list(self.level.layers),
            "readable": self.places.readable,
            "limits": self.limits.resources_of(user if user is not None else os.getuid()),
            "installed": self.places.packages,
            "exact_home": self.places.exact_home,
            "drop": True,
            "user": user,
            "keep_files": not inside and not self.places.open_to_others,
            "canary": str(Path(__file__).resolve()),
        }

    def _frame(self, header: Mapping[str, Any], payload: bytes) -> bytes:
        text = json.dumps(header).encode()
        return REQUEST.pack(REQUEST_MAGIC, self._nonce, len(text), len(payload)) + text + payload

    def ready(self) -> None:
        """Wait until the process is confined, and look at its control computation; raises SandboxFailure."""
        if self._ready:
            return
        try:
            deadline = time.monotonic() + START_SECONDS
            self._pump.send(self._first, deadline)
            status, flags, _, text, numbers = self._receive(len(CONTROL), deadline)
        except (Late, Closed, Flood, SubmissionFault) as error:
            raise self._failed_start(f"no answer from the confined interpreter ({type(error).__name__.lower()})") from None
        del flags
        if status != "ok":
            raise self._failed_start(text)
        self.facts = _by_key(text)
        if tuple(numbers) != CONTROL:
            raise self._failed_start("the control computation gave another result")
        if self.facts.get("numpy") != np.__version__ or self.facts.get("python") != sys.version.split()[0]:
            raise self._failed_start(f"another Python or NumPy answered: {self.facts.get('python')}, {self.facts.get('numpy')}")
        self._check_layers()
        self._inner = children_of(self._process.pid)
        self._ready = True

    def _check_layers(self) -> None:
        """Each start looks anew whether the layers hold: a file outside, a socket, a second process."""
        layers = set(self.level.layers)
        promised = {"read": layers & {"landlock", "bubblewrap"}, "socket": layers & {"seccomp"}, "fork": layers & {"seccomp"}}
        broken = [name for name, by in promised.items() if by and self.facts.get(f"refused.{name}") != "True"]
        if broken:
            raise self._failed_start(f"not refused although it should be: {', '.join(broken)}")

    def _failed_start(self, reason: str) -> SandboxFailure:
        with contextlib.suppress(Flood):
            self._pump.drain()
        said = bytes(self._pump.output.kept[-2000:]).decode("utf-8", "replace").strip()
        self.close()
        return SandboxFailure(
            f"isolation ({', '.join(self.level.layers)}) could not start: {reason}{f'; {said}' if said else ''}"
        )

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
    ) -> Answer:
        """One request and its answer of exactly ``expected`` numbers; raises SubmissionFault where none comes.

        ``within`` is a shorter time than what is left, in seconds.
        """
        self.ready()
        if self._dead:
            raise SubmissionFault("exit", "the process of the submission has ended")
        started = time.monotonic()
        try:
            return self._ask(header, payload, expected, started + min(self.remaining, within))
        except Late:
            raise self._killed("timeout", f"no answer within {self.limits.seconds:g} seconds, all calls together") from None
        except Flood:
            raise self._killed("output-limit", "more than 16 MiB were printed") from None
        except Closed:
            raise self._killed(*self._how_it_ended()) from None
        finally:
            self.spent += time.monotonic() - started
            self.answered += 1

    def _ask(self, header: Mapping[str, Any], payload: bytes, expected: int, deadline: float) -> Answer:
        if self._pump.pending():
            raise self._killed("protocol", "bytes came that nobody had asked for")
        self._nonce = secrets.token_bytes(16)
        self._pump.send(self._frame(header, payload), deadline)
        status, flags, line, text, numbers = self._receive(expected, deadline)
        if status != "ok":
            raise SubmissionFault(status, text[:LONGEST_SENTENCE], line)
        return Answer(numbers, flags, _by_key(text))

    def _receive(self, expected: int, deadline: float) -> tuple[str, int, int, str, Array]:
        """Header, numbers, text; a header that is not the one due is a breach of protocol, whatever follows it."""
        magic, nonce, status, flags, line, size, count = ANSWER.unpack(
            self._pump.receive(self._pump.results, ANSWER.size, deadline)
        )
        due = expected if status == 0 else 0
        if magic != ANSWER_MAGIC or nonce != self._nonce or status >= len(STATUSES) or size > LARGEST_TEXT or count != due:
            raise self._killed("protocol", "the answer was not in the form agreed upon")
        numbers = np.frombuffer(self._pump.receive(self._pump.results, 8 * count, deadline), dtype="<f8").astype(np.float64)
        text = self._pump.receive(self._pump.texts, size, deadline).decode("utf-8", "replace")
        return STATUSES[status], flags, line, text, numbers

    def _killed(self, kind: str, message: str) -> SubmissionFault:
        self._dead = True
        self._kill()
        return SubmissionFault(kind, message)

    def _how_it_ended(self) -> tuple[str, str]:
        """The kind and words for a process that closed its channels: its signal, or its exit."""
        try:
            code = self._process.wait(timeout=max(0.0, min(self.remaining, 1.0)))
        except subprocess.TimeoutExpired:
            return "exit", "the channel of results was closed"
        number = -code if code < 0 else code - 128 if BUBBLEWRAP in self.level.layers and code > 128 else 0
        if number == signal.SIGXCPU:
            return "timeout", f"more than {math.ceil(self.limits.seconds)} seconds of computing time"
        if number == getattr(signal, "SIGSYS", 31):
            return "forbidden", "a system call of a foreign kind"
        if number == signal.SIGKILL:
            return "memory", "the process was killed by the system: out of memory?"
        if number:
            name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
            return "crash", f"the process crashed ({name})"
        return "exit", f"the process ended itself (exit code {code})"

    # Ending

    def close(self) -> None:
        """Kill, reap, sweep, and give everything back; may be called twice."""
        if self._process.returncode is None:
            self._kill()
        self._dead = True
        unregister(self._process.pid)
        self._bury()
        self._resources.close()
        if hasattr(self, "_pump"):
            self._pump.close()
            del self._pump

    def finish(self) -> None:
        """The end of a submission that answered everything: raises SubmissionFault where it wrote more than it was asked."""
        if not self._dead and self._ready and self._pump.pending():
            raise self._killed("protocol", "bytes came that nobody had asked for")
        with contextlib.suppress(Flood):
            self._pump.drain()

    def _kill(self) -> None:
        inner = self._inner = self._inner or children_of(self._process.pid)  # of bubblewrap
        kill_group(self._process.pid)
        self._process.wait()
        for pid in inner:
            kill_group(pid)
        if "seccomp" not in self.level.layers or not self._ready:
            sweep(self._mark.encode())
        with contextlib.suppress(Flood):
            self._pump.drain()

    def _bury(self) -> None:
        """Wait, not long, until the inner processes of bubblewrap are gone."""
        if BUBBLEWRAP not in self.level.layers:
            return
        for _ in range(PATIENCE):
            reap_adopted()
            if not any(is_child(pid) for pid in self._inner):
                return
            time.sleep(0.001)


def _pipe() -> tuple[int, int]:
    """A pipe, neither end of which is a standard stream, even where the judge was started with those closed."""
    import fcntl  # not on Windows, where this module is imported all the same

    ends = os.pipe()
    read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends)
    for end in ends:
        os.close(end)
    return read, write


def _by_key(text: str) -> dict[str, str]:
    """``key<TAB>value`` lines; anything else is passed over."""
    return dict(line.split("\t", 1) for line in text.split("\n") if "\t" in line)
