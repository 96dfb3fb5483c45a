"""A confined process as the system has it: started in its layers, known with all that it starts, killed and swept."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradcheck.isolation.accounts import family, is_leaving
from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import BUBBLEWRAP, LANDLOCK, SECCOMP, Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places
from gradcheck.isolation.pump import Flood, Pump
from gradcheck.isolation.spawn import RESERVED_USERS, bubblewrap_command, find_bubblewrap, interpreter_command
from gradcheck.isolation.sweep import adopting, is_child, kill_group, reap_adopted, register, sweep, unregister
from gradcheck.isolation.watch import LOOK_EACH
from gradcheck.sentences.sentence import Sentence
from reports.own_folders import own_folder

DYING = 20.0  # of the wall, for a process whose channels are closed to be gone; a busy machine may let it wait
PATIENCE = 500  # milliseconds for a namespace to come down


class ConfinedProcess:
    """A fresh interpreter in the layers of a level, from its start until nothing of it is left; ``pump`` talks to it."""

    def __init__(self, level: Level, places: Places, environment: Mapping[str, str]) -> None:
        self.layers = level.layers
        self._settled = False
        self._family: tuple[int, ...] = ()
        self._inner: list[int] = []
        self._mark = f"GRADCHECK_SESSION={secrets.token_hex(16)}"
        with contextlib.ExitStack() as resources:
            resources.enter_context(adopting())
            directory = "/"
            if not {BUBBLEWRAP, LANDLOCK} & set(level.layers):  # with either of them nothing there can be seen or written
                directory = str(resources.enter_context(own_folder("empty")))
            self._start(places, environment, directory)
            self._resources = resources.pop_all()

    def _start(self, places: Places, environment: Mapping[str, str], directory: str) -> None:
        theirs, ours = [], []
        for inward in (True, False, False, False):  # requests, results, texts, printed
            read, write = _pipe()
            theirs.append(read if inward else write)
            ours.append(write if inward else read)
        requests, results, texts, printed = theirs
        name, _, value = self._mark.partition("=")
        try:
            self._process = subprocess.Popen(
                self._command(places, (requests, results, texts)),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                pass_fds=(requests, results, texts),
                cwd=directory,
                env={**environment, name: value},
                start_new_session=True,
            )
        except (OSError, SandboxFailure):
            for channel in ours:
                os.close(channel)
            raise
        finally:
            for channel in theirs:
                os.close(channel)
        register(self._process.pid)
        self.pump = Pump(*ours)

    def _command(self, places: Places, channels: tuple[int, int, int]) -> list[str]:
        command = interpreter_command(places, channels)
        if BUBBLEWRAP not in self.layers:
            return command
        if (program := find_bubblewrap()) is None:
            raise SandboxFailure(Sentence("faults.no-bubblewrap"))
        return bubblewrap_command(program, places, command)

    def settle(self) -> None:
        """Its layers hold from now on: where it can start no process, those that there are stay all."""
        self._inner = list(self.members(anew=True)[1:])
        self._settled = SECCOMP in self.layers

    def members(self, *, anew: bool = False) -> tuple[int, ...]:
        """The process and all that it has started."""
        if not self._family or (anew and not self._settled):
            self._family = family(self._process.pid)
        return self._family

    def exit_code(self) -> int | None:
        """How the process ended, waiting for one that is about to; None for one that lives on."""
        deadline = time.monotonic() + DYING
        while (code := self._process.poll()) is None and time.monotonic() < deadline:
            if not any(is_leaving(pid) for pid in self.members()):
                return None
            time.sleep(LOOK_EACH / 10)
        return code

    def kill(self) -> None:
        """Kill all that there is of it; what it printed until then is kept."""
        inner = self._inner = self._inner or list(family(self._process.pid)[1:])  # of bubblewrap
        kill_group(self._process.pid)
        self._process.wait()
        for pid in inner:
            kill_group(pid)
        if not self._settled:
            sweep(self._mark.encode())
        with contextlib.suppress(Flood):
            self.pump.drain()

    def close(self) -> None:
        """Kill, reap, sweep, and give everything back; may be called twice."""
        if self._process.returncode is None:
            self.kill()
        unregister(self._process.pid)
        self._bury()
        self._resources.close()
        self.pump.close()

    def _bury(self) -> None:
        """Wait, not long, until the inner processes of bubblewrap are gone."""
        if BUBBLEWRAP not in self.layers:
            return
        for _ in range(PATIENCE):
            reap_adopted()
            if not any(is_child(pid) for pid in self._inner):
                return
            time.sleep(0.001)


def plan(level: Level, places: Places, limits: Limits) -> dict[str, Any]:
    """What the process is told of its own confinement, which it completes from inside."""
    root = os.geteuid() == 0
    user = secrets.choice(RESERVED_USERS) if root else None
    return {
        "layers": list(level.layers),
        "readable": places.readable,
        "limits": limits.resources_of(user if user is not None else os.getuid()),
        "installed": places.packages,
        "exact_home": places.exact_home,
        "drop": True,
        "user": user,
        "keep_files": BUBBLEWRAP not in level.layers and not places.open_to_others,
        "canary": str(Path(__file__).resolve()),
    }


def _pipe() -> tuple[int, int]:
    """A pipe, neither end of which is a standard stream, even where the judge was started with those closed."""
    import fcntl  # not on Windows, where this module is imported all the same

    ends = os.pipe()
    read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends)
    for end in ends:
        os.close(end)
    return read, write
