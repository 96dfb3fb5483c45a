"""The tests behind `gradcheck doctor`: libraries against their ranges, each level of isolation, what is optional."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.commands.shared.installed_files import spoilt
from gradcheck.commands.shared.libraries import Library, core_libraries, version_of
from gradcheck.siblings import InTheWay, in_the_way
from gradcheck.version import __version__
from reports.formats.pdf import NoTexEngineError, engine
from reports.render import wants_color

if TYPE_CHECKING:
    from gradcheck.isolation.choose import Trial
    from gradcheck.isolation.layers import Level
    from gradcheck.isolation.places import Places

OPTIONAL = {
    "scipy": "code under test that calls it; a peer in the benchmarks",
    "numdifftools": "a peer in the benchmarks",
    "torch": "torch_pair; a peer in the benchmarks",
    "jax": "jax_pair; a peer in the benchmarks",
    "autograd": "autograd_pair",
    "scikit-learn": "mlp_pair; a peer in the benchmarks",
}
RUNNING = ("numpy", "python-flint")  # without these no submission can be run, and no isolation be tried
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REPORT_SIGNS = "═─▌✓✗·²φδ"  # what a report on a terminal is written with


@dataclass(frozen=True)
class ExaminedPart:
    """Something that may be missing: what there is of it, and what it is for."""

    name: str
    found: str | None
    purpose: str

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        return {"name": self.name, "found": self.found, "for": self.purpose}


def optional_parts() -> list[ExaminedPart]:
    """Libraries (not imported, because some take seconds) and programs that a part of the toolkit can use."""
    return [
        *(ExaminedPart(name, version_of(name), purpose) for name, purpose in OPTIONAL.items()),
        ExaminedPart("bubblewrap", _bubblewrap(), "isolation of level A"),
        ExaminedPart("TeX", _tex(), "--output report.pdf"),
        ExaminedPart("chromium", next(filter(None, map(shutil.which, BROWSERS)), None), "the toolkit's own tests of its pages"),
    ]


def _bubblewrap() -> str | None:
    from gradcheck.isolation.spawn import find_bubblewrap

    program = find_bubblewrap()
    if program is None:
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return f"{program} {told[-1]}" if told else program


def _tex() -> str | None:
    try:
        return engine()[0]
    except NoTexEngineError:
        return None


# Isolation


@dataclass(frozen=True)
class Kernel:
    """What isolation is built on here."""

    system: str
    release: str
    landlock: int  # the version of its interface; 0 for none
    user_namespaces: str  # "allowed", or what forbids them
    root: bool


def kernel() -> Kernel:
    """The kernel, and what it offers to a program that wants to give up its rights."""
    system, linux = platform.system(), platform.system() == "Linux"
    root = os.name == "posix" and os.geteuid() == 0
    return Kernel(system, platform.release(), _landlock() if linux else 0, _user_namespaces() if linux else "none", root)


def _landlock() -> int:
    from gradcheck.isolation.child.landlock import abi

    return abi()


# Setting -> (the value that forbids user namespaces to those who are not root, how to allow them).
_NAMESPACE_SETTINGS = {
    "user/max_user_namespaces": ("0", "sysctl user.max_user_namespaces=10000"),
    "kernel/unprivileged_userns_clone": ("0", "sysctl kernel.unprivileged_userns_clone=1"),
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "an AppArmor profile for bwrap that says `userns,`, or sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
}


def _user_namespaces() -> str:
    for setting, (forbidding, remedy) in _NAMESPACE_SETTINGS.items():
        path = Path("/proc/sys") / setting
        if path.exists() and path.read_text().strip() == forbidding:
            return f"forbidden by {setting.replace('/', '.')} = {forbidding}; allow them: {remedy}"
    return "allowed"


def trials() -> list[Trial]:
    """Every level tried now, from the best down; nothing that was remembered is believed."""
    if os.name != "posix":
        return []
    from gradcheck.isolation.layers import LEVELS
    from gradcheck.isolation.places import places

    here = places()
    return [_tried(level, here) for level in LEVELS]


def _tried(level: Level, here: Places) -> Trial:
    from gradcheck.isolation.choose import Trial, tried
    from gradcheck.isolation.faults import MachineFault

    try:
        return tried(level, here)
    except MachineFault as fault:
        return Trial(level, {}, f"not tested: {fault}")


def advice(levels: list[Trial], here: Kernel) -> Iterator[str]:
    """What to install or set for a better level than the best that holds."""
    best = next((trial.level.name for trial in levels if trial.holds), "none")
    if best == "A":
        return
    if here.system != "Linux":
        yield "levels A and B need Linux; on Windows use WSL 2, on macOS a Linux virtual machine or container"
        return
    from gradcheck.isolation.spawn import find_bubblewrap

    if find_bubblewrap() is None:
        yield "level A needs bubblewrap: apt install bubblewrap, or dnf install bubblewrap"
    elif not any(trial.holds and "bubblewrap" in trial.level.layers for trial in levels):
        yield "bubblewrap is here and does not start; in a container it needs leave to make namespaces (unshare, mount)"
    if not here.root and here.user_namespaces != "allowed":
        yield f"level A needs user namespaces, {here.user_namespaces}"
    if here.landlock == 0:
        yield "levels A and A- need Landlock: Linux 5.13 or later, with landlock among lsm= at boot"
    elif here.landlock < 6:
        yield f"level A- needs Landlock ABI 6 (Linux 6.12 or later), here is {here.landlock}: signals and abstract sockets pass"


# Surroundings


def terminal() -> dict[str, Any]:
    """What a report on standard output may use."""
    encoding = sys.stdout.encoding or "ascii"
    columns = shutil.get_terminal_size().columns
    return {"encoding": encoding, "signs": _can_write(encoding), "columns": columns, "color": wants_color(sys.stdout)}


def _can_write(encoding: str) -> bool:
    try:
        REPORT_SIGNS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def cache() -> dict[str, Any]:
    """Where the level of isolation is remembered, and whether that can be written."""
    from gradcheck.isolation.memory import folder

    place = folder()
    if place is None:
        return {"directory": None, "writable": False}
    existing = next(path for path in (place, *place.parents) if os.path.lexists(path))
    return {"directory": str(place), "writable": existing.is_dir() and os.access(existing, os.W_OK)}


@dataclass(frozen=True)
class Examination:
    """All that was found."""

    libraries: tuple[Library, ...]
    levels: tuple[Trial, ...]
    kernel: Kernel
    advice: tuple[str, ...]
    optional: tuple[ExaminedPart, ...]
    terminal: dict[str, Any]
    cache: dict[str, Any]
    in_the_way: tuple[InTheWay, ...] = ()
    spoilt: tuple[str, ...] = ()

    @property
    def best(self) -> Trial | None:
        """The trial of the best level that holds here."""
        return next((trial for trial in self.levels if trial.holds), None)

    @property
    def ok(self) -> bool:
        """Whether all that is needed works: every core library, our own files, and some level of isolation."""
        return self.best is not None and not self.spoilt and not any(library.trouble for library in self.libraries)

    def to_dict(self) -> dict[str, Any]:
        """The object of the schema."""
        return {
            "schema": "gradcheck.doctor/1",
            "ok": self.ok,
            "toolkit": __version__,
            "python": {"version": platform.python_version(), "executable": sys.executable},
            "platform": {"system": self.kernel.system, "kernel": self.kernel.release, "machine": platform.machine()},
            "libraries": [library.to_dict() for library in self.libraries],
            "isolation": {
                "level": self.best.level.name if self.best else None,
                "layers": list(self.best.level.layers) if self.best else [],
                "levels": [_trial(trial) for trial in self.levels],
                "landlock_abi": self.kernel.landlock,
                "user_namespaces": self.kernel.user_namespaces,
                "root": self.kernel.root,
                "advice": list(self.advice),
            },
            "optional": [part.to_dict() for part in self.optional],
            "terminal": self.terminal,
            "cache": self.cache,
            "names": [{"name": one.name, "path": one.path, "is_code": one.is_code} for one in self.in_the_way],
            "spoilt": list(self.spoilt),
        }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "level": trial.level.name,
        "layers": list(trial.level.layers),
        "holds": trial.holds,
        "probes": outcomes(trial),
        "reason": trial.reason,
    }


def outcomes(trial: Trial) -> dict[str, str]:
    """Every probe and its outcome; where the level could not start, none was tested."""
    from gradcheck.isolation.probes import NAMES

    return {name: trial.probes.get(name, "not tested") for name in NAMES}


def examine() -> Examination:
    """Look at everything, now; what needs a library that does not work here is left out."""
    libraries, here = core_libraries(), kernel()
    runs = not any(library.name in RUNNING and library.trouble for library in libraries)
    levels = trials() if runs else []
    found = tuple(advice(levels, here)) if runs else ()
    kept = cache() if runs else {"directory": "not looked for", "writable": True}
    names, files = tuple(in_the_way()), tuple(spoilt())
    parts = tuple(optional_parts())
    return Examination(tuple(libraries), tuple(levels), here, found, parts, terminal(), kept, names, files)
