"""Which level of isolation this machine gives: found by trying, from the best down, and remembered."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.isolation import memory
from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import LETTERS, LEVELS, Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places, places
from gradcheck.isolation.probes import STOPPED, probe
from gradcheck.isolation.session import Session
from gradcheck.sentences.sentence import Sentence, told_by
from reports.own_folders import sweep_folders


@dataclass(frozen=True)
class Isolation:
    """A level that was tested here, with the outcome of each probe and why better ones were passed over."""

    level: Level
    probes: Mapping[str, str]
    passed_over: tuple[str, ...]
    remembered: bool = field(default=False, compare=False)  # not tested by this run, and so to be looked at once more

    def to_dict(self, limits: Limits) -> dict[str, Any]:
        """As the report and the JSON show it."""
        return {
            "level": self.level.name,
            "layers": list(self.level.layers),
            "probes": dict(self.probes),
            "limits": limits.to_dict(),
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "kernel": platform.release()},
            "passed_over": list(self.passed_over),
        }


def isolation(wanted: str | None = None, *, remember: bool = True, believe: bool = True) -> Isolation:
    """The best level that passes its self-test here, or the one asked for; raises SandboxFailure where it does not hold.

    What was found is kept for the same boot, kernel, user, interpreter and toolkit; every session still does its own
    control computation and its own three probes. Without ``believe`` what was kept is found anew.
    """
    if os.name != "posix":
        raise SandboxFailure(Sentence("faults.needs-posix"))
    if wanted is not None and wanted not in LETTERS:
        raise ValueError(Sentence("faults.unknown-level", level=repr(wanted), levels=LETTERS))
    sweep_folders()
    here, name = places(), wanted or "best"
    state = memory.state_of(here) if remember else ""
    if remember and believe and (note := memory.recall(state, name)) and (known := _believed(note, wanted)):
        return known
    if not believe:
        memory.keep(state, name, None)
    found, note = _test(wanted, here)
    if remember:
        memory.keep(state, name, note)
    return found


def _believed(note: memory.SelfTestNote, wanted: str | None) -> Isolation | None:
    """What a note claims, judged by the rules of a test; None where no test could have found it."""
    trial = _trial(note.level, note.probes)
    better = [level for level in LEVELS[: LEVELS.index(note.level)] if wanted in (None, level.name)]
    if not trial.holds or wanted not in (None, note.level.name) or len(note.passed_over) != len(better):
        return None
    return Isolation(trial.level, note.probes, note.passed_over, remembered=True)


@dataclass(frozen=True)
class Trial:
    """One level as it was tried here: the outcome of each probe, and why it does not hold; no reason where it does."""

    level: Level
    probes: Mapping[str, str]
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether this level may be used here."""
        return not self.reason

    @property
    def told(self) -> Sentence:
        """Why this level was passed over."""
        return Sentence("faults.level-tried", level=self.level.name, layers=" + ".join(self.level.layers), reason=self.reason)


def tried(level: Level, here: Places) -> Trial:
    """The self-test of one level, run now; raises MachineFault where it could not be run to its end."""
    try:
        probes = probe(level, here)
    except SandboxFailure as failure:
        return Trial(level, {}, told_by(failure))
    return _trial(level, probes)


def _trial(level: Level, probes: Mapping[str, str]) -> Trial:
    """What the outcomes of the attempts say of a level."""
    failed = [name for name, outcome in probes.items() if outcome != STOPPED]
    if failed and level.name in ("A", "A-"):
        return Trial(level, probes, Sentence("faults.not-stopped", names=tuple(failed)))
    return Trial(_named(level, failed), probes)


def _test(wanted: str | None, here: Places) -> tuple[Isolation, memory.SelfTestNote]:
    passed_over: list[str] = []
    for level in (level for level in LEVELS if wanted in (None, level.name)):
        trial = tried(level, here)
        if trial.holds:
            reasons = tuple(passed_over)
            return Isolation(trial.level, trial.probes, reasons), memory.SelfTestNote(level, trial.probes, reasons)
        passed_over.append(trial.told if len(trial.reason) <= memory.LONGEST_REASON else trial.told[: memory.LONGEST_REASON])
    raise SandboxFailure(Sentence("faults.no-level", reasons=tuple(passed_over)))


def _named(level: Level, failed: list[str]) -> Level:
    """A level that stops hardly anything is called what it is, whatever its layers were meant to do."""
    return replace(level, name="C") if level.name == "B" and len(failed) > 5 else level


def open_session(chosen: Isolation, limits: Limits, *, extra: tuple[str, ...] = ()) -> Session:
    """A process at this level; the packages in ``extra`` are importable beside NumPy."""
    stopped = {name for name, outcome in chosen.probes.items() if outcome == STOPPED}
    return Session(chosen.level, places(extra), limits, stopped=stopped)
