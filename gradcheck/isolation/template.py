"""A process that has paid for its imports and knows nothing of any submission: others are forked from it.

What is forked is as fresh as what is started: the template reads nothing but our own orders, and a fork puts on all its
layers, with channels, limits and a user of its own, before the first byte of a submission arrives. The forks share their
namespaces, so it serves only levels in which nothing that is confined can start, signal or read another process.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
from pathlib import Path

from gradcheck.isolation.child.wire import BURY, ENDED, FORK, LIVES, ORDER, REQUEST, REQUEST_MAGIC
from gradcheck.isolation.exact_code import exact_code
from gradcheck.isolation.kernel.sweep import kill_group, register, unregister
from gradcheck.isolation.layers import LANDLOCK, SECCOMP, Level
from gradcheck.isolation.places import Places
from gradcheck.isolation.pump import Flood, Pump
from gradcheck.isolation.spawn import ENVIRONMENT, command
from gradcheck.isolation.started import ConfinedProcess, channels

PATIENCE = 60.0  # seconds of the wall for what is all our own code, its imports among it
_PID = re.compile(r"^Pid:\t([1-9]\d*)$", re.MULTILINE)


def serves(level: Level) -> bool:
    """Whether what is forked at this level is as well apart from its siblings as what is started, and can be watched."""
    return {LANDLOCK, SECCOMP} <= set(level.layers) and hasattr(os, "pidfd_open") and os.path.isdir("/proc/self/fdinfo")


class Template:
    """The process that is forked from; raises OSError or SandboxFailure where there can be none."""

    def __init__(self, level: Level, places: Places) -> None:
        self.layers = level.layers
        self._speaking = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    command(level.layers, places, (theirs.fileno(),)),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    cwd="/",
                    env=ENVIRONMENT,
                    start_new_session=True,
                )
            except BaseException:
                self._control.close()
                raise
        register(self._process.pid)
        self._control.settimeout(PATIENCE)
        header = json.dumps({"installed": places.packages, "exact_home": places.exact_home}).encode()
        self._control.sendall(REQUEST.pack(REQUEST_MAGIC, bytes(16), len(header), len(exact_code())) + header + exact_code())

    def fork(self) -> ForkedProcess:
        """A process that nobody has asked anything; raises OSError where the template is gone."""
        theirs, ours = channels()
        try:
            number, _, handle = self._order(FORK, 0, theirs)
            return ForkedProcess(self, number, handle, Pump(*ours))
        except BaseException:
            for channel in ours:
                os.close(channel)
            raise
        finally:
            for channel in theirs:
                os.close(channel)

    def bury(self, number: int) -> int | None:
        """How one of its forks ended, which keeps its number until then; None for one that lives."""
        try:
            _, how, _ = self._order(BURY, number, [])
        except OSError:  # with the template all its forks are gone
            return -signal.SIGKILL
        return None if how == LIVES else how

    def _order(self, what: bytes, number: int, handed: list[int]) -> tuple[int, int, int]:
        """The number of the process, how it ended, and a handle on it where it is new."""
        with self._speaking:
            socket.send_fds(self._control, [ORDER.pack(what, number)], handed)
            told, handles, _, _ = socket.recv_fds(self._control, ENDED.size, 1)
        if len(told) != ENDED.size:
            raise ConnectionResetError  # the template has ended
        return (*ENDED.unpack(told), handles[0] if handles else -1)

    def close(self) -> None:
        """Its forks die with it."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        kill_group(self._process.pid)
        self._process.wait()
        unregister(self._process.pid)


class ForkedProcess(ConfinedProcess):
    """One fork, known by a handle that no other process can come to have; it can start nothing, so it is all there is."""

    has_imported = True

    def __init__(self, template: Template, number: int, handle: int, pump: Pump) -> None:
        self._template, self._number, self._handle, self.pump = template, number, handle, pump
        self._ended: int | None = None
        found = _PID.search(Path(f"/proc/self/fdinfo/{handle}").read_text())
        if found is None:
            os.close(handle)
            raise ProcessLookupError  # it cannot be watched
        self._members = (int(found[1]),)

    def settle(self) -> None:
        """Nothing: there never is more than the one."""

    def members(self, *, anew: bool = False) -> tuple[int, ...]:
        """The process, until it is buried: its number may be another's from then on."""
        del anew
        return self._members if self._ended is None else ()

    def poll(self) -> int | None:
        """How it ended, by the number of the signal below zero; None while it lives."""
        if self._ended is None and self._has_ended(0):
            self._ended = self._template.bury(self._number)
        return self._ended

    def _has_ended(self, seconds: float) -> bool:
        waiting = select.poll()
        waiting.register(self._handle, select.POLLIN)
        return bool(waiting.poll(1000 * seconds))

    def kill(self) -> None:
        """Kill it; what it printed until then is kept."""
        if self._ended is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            self._has_ended(PATIENCE)
            self.poll()
        with contextlib.suppress(Flood):
            self.pump.drain()

    def close(self) -> None:
        """Kill, bury, and give everything back; may be called twice."""
        if self._handle < 0:
            return
        self.kill()
        os.close(self._handle)
        self._handle = -1
        self.pump.close()
