"""The command line of the fresh interpreter, bare or inside of bubblewrap, and the environment it sees."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import BUBBLEWRAP
from gradcheck.isolation.places import HIDDEN, Places
from gradcheck.sentences.sentence import Sentence

# Users that no system gives to anyone (the range that systemd keeps for passing users); only root can become one. Each session
# takes one of them, so that two that run at once do not share a limit.
RESERVED_USERS = range(61_184, 65_520)

# Built from scratch: nothing of the judge's own environment reaches a submission. One thread of BLAS, because a thread
# started by an import would escape confinement; a fixed hash seed, because the same seed gives the same answer.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/nonexistent",
    "HOME": "/nonexistent",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
FLAGS = ("-P", "-s", "-S", "-B")  # isolated as by -I, but for the hash seed: the environment is our own
_NAMESPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")


def find_bubblewrap() -> str | None:
    """The bubblewrap program, if it is there."""
    return shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")


def command(layers: Collection[str], places: Places, channels: tuple[int, ...]) -> list[str]:
    """The runner in a fresh interpreter, bare or in namespaces. One channel makes it a template, three have it serve."""
    runner = [places.interpreter, *FLAGS, f"{places.runner}/boot.py", places.runner, places.contracts, *map(str, channels)]
    if BUBBLEWRAP not in layers:
        return runner
    if (program := find_bubblewrap()) is None:
        raise SandboxFailure(Sentence("faults.no-bubblewrap"))
    return _in_bubblewrap(program, places, runner)


def _in_bubblewrap(program: str, places: Places, command: list[str]) -> list[str]:
    """The same inside of namespaces that hold the interpreter, the libraries and the runner, all of it read-only.

    No /proc, no /dev but null, no writable tmpfs. As root no user namespace: the identity is given up inside.
    """
    root = os.geteuid() == 0
    users = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    options = users if root else ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    options += [*_NAMESPACES, "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        options += ["--setenv", name, value]
    return [program, *options, *_mounts(places), "--chdir", "/", "--", *command]


def _mounts(places: Places) -> list[str]:
    """Binds at their own paths below directories that anyone may pass; foreign packages covered; then all read-only."""
    files = [places.interpreter, *places.libraries, *places.package_files, places.runner, places.contracts]
    paths = [*places.standard_library, *files, *_loader(), "/etc/ld.so.cache"]
    made: dict[str, None] = {}
    options: list[str] = []
    for path in dict.fromkeys(paths):
        if not os.path.exists(path) or any(path.startswith(f"{other}/") for other in paths):
            continue
        for parent in reversed(Path(path).parents[:-1]):
            if str(parent) not in made and not _is_link(str(parent)):
                made[str(parent)] = None
                options += ["--perms", "0755", "--dir", str(parent)]
        options += ["--ro-bind", os.path.realpath(path), path]
    covered = [f"{place}/{name}" for place in places.standard_library for name in HIDDEN if os.path.isdir(f"{place}/{name}")]
    for path in covered:
        options += ["--tmpfs", path]
        for own in (own for own in (*places.package_files, places.runner, places.contracts) if own.startswith(f"{path}/")):
            options += ["--perms", "0755", "--dir", own, "--ro-bind", own, own]
        options += ["--remount-ro", path]
    links = [part for name in ("/lib", "/lib64") if _is_link(name) for part in ("--symlink", os.readlink(name), name)]
    return [*links, *options, "--perms", "0755", "--dir", "/dev", "--dev-bind", "/dev/null", "/dev/null", "--remount-ro", "/"]


def _loader() -> list[str]:
    """The program that loads programs, where the kernel looks for it."""
    return [path for path in ("/usr/lib64/ld-linux-x86-64.so.2", "/usr/lib/ld-linux-aarch64.so.1") if os.path.exists(path)]


def _is_link(path: str) -> bool:
    return os.path.islink(path)
