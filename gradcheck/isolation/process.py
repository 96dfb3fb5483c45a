"""A confined process that is started from nothing: in its layers, known with all that it starts, killed and swept."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.kernel.accounts import family
from gradcheck.isolation.kernel.sweep import adopting, is_child, kill_group, reap_adopted, register, sweep, unregister
from gradcheck.isolation.layers import BUBBLEWRAP, LANDLOCK, SECCOMP, Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places
from gradcheck.isolation.pump import Flood, Pump
from gradcheck.isolation.spawn import RESERVED_USERS, command
from gradcheck.isolation.started import ConfinedProcess, channels
from reports.own_folders import own_folder

PATIENCE = 500  # milliseconds for a namespace to come down


class FreshProcess(ConfinedProcess):
    """A fresh interpreter in the layers of a level."""

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
        theirs, ours = channels()
        requests, results, texts, printed = theirs
        name, _, value = self._mark.partition("=")
        try:
            self._process = subprocess.Popen(
                command(self.layers, places, (requests, results, texts)),
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

    def settle(self) -> None:
        """Its layers hold from now on: where it can start no process, those that there are stay all."""
        self._inner = list(self.members(anew=True)[1:])
        self._settled = SECCOMP in self.layers

    def members(self, *, anew: bool = False) -> tuple[int, ...]:
        """The process and all that it has started."""
        if not self._family or (anew and not self._settled):
            self._family = family(self._process.pid)
        return self._family

    def poll(self) -> int | None:
        """How it ended, by the number of the signal below zero; None while it lives."""
        return self._process.poll()

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
    """What a process is told of its own confinement, which it completes from inside."""
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
