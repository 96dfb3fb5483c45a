"""Which level of isolation this machine gives: found by trying, from the best down, and remembered."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import LETTERS, LEVELS, Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places, places
from gradcheck.isolation.probes import STOPPED, probe
from gradcheck.isolation.session import Session
from gradcheck.isolation.spawn import find_bubblewrap


@dataclass(frozen=True)
class Isolation:
    """A level that was tested here, with the outcome of each probe and why better ones were passed over."""

    level: Level
    probes: dict[str, str]
    passed_over: tuple[str, ...]

    def to_dict(self, limits: Limits) -> dict[str, Any]:
        """As the report and the JSON show it."""
        return {
            "level": self.level.name,
            "layers": list(self.level.layers),
            "probes": self.probes,
            "limits": limits.to_dict(),
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "kernel": platform.release()},
            "passed_over": list(self.passed_over),
        }


def isolation(wanted: str | None = None, *, remember: bool = True) -> Isolation:
    """The best level that passes its self-test here, or the one asked for; raises SandboxFailure where it does not hold.

    What was found is kept for the same boot, kernel, user, interpreter and toolkit; every session still does its own
    control computation and its own three probes.
    """
    if os.name != "posix":
        raise SandboxFailure("isolation needs a POSIX system; on Windows use WSL 2")
    if wanted is not None and wanted not in LETTERS:
        raise ValueError(f"there is no level {wanted!r}, expected one of {', '.join(LETTERS)}")
    here = places()
    key = _state(here)
    known = _read().get(key, {}) if remember else {}
    name = wanted or "best"
    if name in known and (found := _from_dict(known[name])) is not None:
        return found
    found = _test(wanted, here)
    if remember:
        _write(key, {**known, name: _as_dict(found)})
    return found


@dataclass(frozen=True)
class Trial:
    """One level as it was tried here: the outcome of each probe, and why it does not hold; no reason where it does."""

    level: Level
    probes: dict[str, str]
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether this level may be used here."""
        return not self.reason

    def __str__(self) -> str:
        return f"{self.level.name} ({' + '.join(self.level.layers)}): {self.reason or 'holds'}"


def tried(level: Level, here: Places) -> Trial:
    """The self-test of one level, run now; raises MachineFault where it could not be run to its end."""
    try:
        probes = probe(level, here)
    except SandboxFailure as failure:
        return Trial(level, {}, str(failure))
    failed = [name for name, outcome in probes.items() if outcome != STOPPED]
    if failed and level.name in ("A", "A-"):
        return Trial(level, probes, f"not stopped: {', '.join(failed)}")
    return Trial(_named(level, failed), probes)


def _test(wanted: str | None, here: Places) -> Isolation:
    passed_over: list[str] = []
    for level in (level for level in LEVELS if wanted in (None, level.name)):
        trial = tried(level, here)
        if trial.holds:
            return Isolation(trial.level, trial.probes, tuple(passed_over))
        passed_over.append(str(trial))
    raise SandboxFailure(f"no level of isolation could start: {'; '.join(passed_over)}")


def _named(level: Level, failed: list[str]) -> Level:
    """A level that stops hardly anything is called what it is, whatever its layers were meant to do."""
    return replace(level, name="C") if level.name == "B" and len(failed) > 5 else level


def open_session(chosen: Isolation, limits: Limits, *, extra: tuple[str, ...] = ()) -> Session:
    """A process at this level; the packages in ``extra`` are importable beside NumPy."""
    return Session(chosen.level, places(extra), limits)


# Remembering


def memory() -> Path:
    """The file that keeps what was found."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "gradcheck" / "isolation.json"


def _state(here: Places) -> str:
    """Everything that the outcome depends on, as one line."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    program = find_bubblewrap() or ""
    parts = [
        boot.read_text().strip() if boot.exists() else "",
        platform.release(),
        platform.machine(),
        str(os.geteuid()),
        here.interpreter,
        sys.version,
        np.__version__,
        f"{program}:{os.stat(program).st_mtime_ns if program else 0}",
        str(max(path.stat().st_mtime_ns for path in [*Path(here.runner).glob("*.py"), *Path(__file__).parent.glob("*.py")])),
        os.path.realpath("/proc/self/ns/user") if os.path.exists("/proc/self/ns/user") else "",
    ]
    return "|".join(parts)


def _read() -> dict[str, Any]:
    try:
        data = json.loads(memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _write(key: str, value: dict[str, Any]) -> None:
    """Only the present state is kept; a place that cannot be written to means a test at each run, no more."""
    target = memory()
    with contextlib.suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f"{target.name}.{os.getpid()}")
        temporary.write_text(json.dumps({key: value}), encoding="utf-8")
        os.replace(temporary, target)


def _as_dict(found: Isolation) -> dict[str, Any]:
    return {"name": found.level.name, "layers": found.level.layers, "probes": found.probes, "passed_over": found.passed_over}


def _from_dict(data: Any) -> Isolation | None:
    try:
        layers = tuple(data["layers"])
        level = next(one for one in LEVELS if one.layers == layers)
        return Isolation(replace(level, name=data["name"]), dict(data["probes"]), tuple(data["passed_over"]))
    except (KeyError, TypeError, StopIteration):
        return None
