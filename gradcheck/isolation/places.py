"""Where the interpreter, the standard library, NumPy and the shared libraries lie: what a confined process must read."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from gradcheck.sentences.sentence import Sentence

EXACT = "flint"
HIDDEN = ("site-packages", "dist-packages")  # other people's packages inside of the standard library's directory


@dataclass(frozen=True)
class Places:
    """Real paths; ``packages`` maps an importable name to the directory that it is found in."""

    interpreter: str
    standard_library: tuple[str, ...]
    libraries: tuple[str, ...]
    packages: dict[str, str]
    package_files: tuple[str, ...]
    runner: str
    contracts: str
    exact_home: str  # the directory that holds the library of the ball arithmetic

    @property
    def readable(self) -> list[str]:
        """What a confined process may read: the standard library without foreign packages, NumPy, shared libraries."""
        entries = [
            entry.path for directory in self.standard_library for entry in os.scandir(directory) if entry.name not in HIDDEN
        ]
        return [*entries, *self.package_files, *self.libraries, "/etc/ld.so.cache", "/dev/null", "/dev/urandom"]

    @property
    def open_to_others(self) -> bool:
        """Whether another user could read all this: else a change of identity would lock the interpreter out."""
        needed = [self.interpreter, *self.standard_library, *self.package_files, self.runner, self.contracts]
        parents = {parent for path in needed for parent in Path(path).parents}
        return all(parent.stat().st_mode & 0o001 for parent in parents)


@lru_cache(maxsize=4)
def places(extra: tuple[str, ...] = ()) -> Places:
    """The places of this interpreter, with the packages that are allowed beside NumPy."""
    packages: dict[str, str] = {}
    files: list[str] = []
    for name in ("numpy", EXACT, *extra):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ValueError(Sentence("faults.not-installed", name=name))
        root = Path(spec.origin).resolve().parent
        packages[name] = str(root.parent)
        files += [str(path) for path in (root, *root.parent.glob(f"*{name}.libs"))]
    exact_home = packages.pop(EXACT)  # to be read, and not to be imported by name
    here = Path(__file__).resolve().parent
    _compile([*(here / "child").rglob("*.py"), *(here.parent / "contracts").glob("*.py")])
    standard_library = _standard_library()
    interpreter = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    return Places(
        interpreter,
        standard_library,
        tuple(_libraries((*files, *standard_library))),
        packages,
        tuple(files),
        str(here / "child"),
        str(here.parent / "contracts"),
        exact_home,
    )


def _compile(sources: list[Path]) -> None:
    """Keep the runner compiled: it never writes, and compiling it at each start would cost a tenth of a second.

    Beside its source, wherever this process keeps what it compiles: the confined one knows no other place.
    """
    for source in sources:
        cached = source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
        if not cached.exists() or cached.stat().st_mtime < source.stat().st_mtime:
            with contextlib.suppress(OSError):
                import py_compile

                py_compile.compile(str(source), str(cached))


def _standard_library() -> tuple[str, ...]:
    """Its directory, and that of its compiled parts where that lies elsewhere."""
    pure = os.path.realpath(os.path.dirname(os.__file__))
    compiled = os.path.realpath(sysconfig.get_config_var("DESTSHARED") or pure)
    return (pure,) if compiled.startswith(pure) else (pure, compiled)


def _libraries(own: tuple[str, ...]) -> list[str]:
    """Directories of the system's shared libraries; files one by one where they lie beside other things."""
    if platform.system() != "Linux":
        return []
    mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if ".so" in line}
    found = []
    for path in sorted(mapped):
        if not path.startswith(own) and os.path.exists(path) and not any(name in path for name in HIDDEN):
            parent = os.path.dirname(os.path.realpath(path))
            found.append(parent if parent.startswith(("/lib", "/usr/lib")) and "python" not in parent else path)
    return list(dict.fromkeys(found))
