"""The submission's own files as modules, from memory: no file of it lies anywhere that an import might look.

A file may have any name. One that Python can write in an import is found by it; of others an import says what is in the way.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import sys
import unicodedata
from collections.abc import Callable, Container, Mapping
from types import ModuleType
from typing import Any, cast

from .failures import Said, said, saying
from .imports import Inert, StandIns

Place = tuple[str, ...]  # the parts of a path, as an import writes them
INIT = "__init__"


def _written(part: str) -> str:
    """A part of a path as Python compares names; a dot in it stands where no import can write one."""
    return unicodedata.normalize("NFKC", part).replace(".", ":")


class Tree:
    """Which file a module is: by its path below ``root``, the package that holds all of them."""

    def __init__(self, files: Mapping[str, bytes], root: str) -> None:
        self.root, self.files = root, list(files)
        self.modules: dict[Place, str] = {}
        self.packages: set[Place] = set()
        for name in files:
            *folders, last = name.split("/")
            place = tuple(map(_written, folders))
            self.packages |= {place[:n] for n in range(1, len(place) + 1)}
            if _is_python(last):
                self.modules.setdefault((*place, _written(_stem(last))), name)

    def module_of(self, entry: str) -> str:
        """The full module name of a file; one that no import can write is none the worse for it."""
        *folders, last = entry.split("/")
        return ".".join((self.root, *map(_written, folders), _written(_stem(last))))

    def holds(self, name: str) -> bool:
        """Whether a file or folder in it has this name."""
        return any(place[-1] == name for place in (*self.modules, *self.packages))

    def place_of(self, name: str) -> Place | None:
        """The place below the root that a full module name speaks of; None for a name that begins elsewhere."""
        first, *rest = name.split(".")
        return tuple(map(_written, rest)) if first == self.root else None

    def origin(self, place: Place) -> tuple[str, bool] | None:
        """The file of a module and whether it is a package; of a folder without ``__init__.py`` a name that is no file."""
        init = self.modules.get((*place, INIT))
        if init is not None:
            return init, True
        if place in self.modules:
            return self.modules[place], False
        return ("/".join((*place, f"{INIT}.py")), True) if place in self.packages or not place else None

    def explained(self, error: Exception) -> Exception:
        """The error, or one that says more: a name was asked of Python's own module, and a file is called like that."""
        if isinstance(error, AttributeError):
            name = error.obj.__name__ if type(error.obj) is ModuleType else None
        else:
            name = error.name if isinstance(error, ImportError) else None
        own = next((file for place, file in self.modules.items() if name and place[-1] == name), None)
        if own is None or name not in sys.modules or _is_submitted(sys.modules[name]):
            return error
        words = f"{error}; that is the {name} which comes with Python or NumPy, not the file {own}: give that another name"
        explained = (AttributeError if isinstance(error, AttributeError) else ImportError)(words)
        saying(explained, "comes-with-python", words=str(error)[:500], name=name, file=own)
        return explained.with_traceback(error.__traceback__)

    def why_not(self, name: str, notebooks: Container[str]) -> Said | None:
        """Why a file that seems to be meant is not what this import finds; None where there is none."""
        last = name.rpartition(".")[2]
        for file in self.files:
            base = file.rpartition("/")[2]
            stem = _stem(base) if _is_python(base) or file in notebooks else base
            if file in notebooks and _plain(stem) == _plain(last):
                return said("is-notebook", file=file, name=last)
            if "." in stem and _plain(stem.partition(".")[0]) == _plain(name.partition(".")[0]):
                return said("dot-in-name", file=file, name=_plain(stem))
            if _plain(stem) == _plain(last):
                return said("other-name", file=file, name=last)
        return None


def _stem(name: str) -> str:
    """The name without its suffix; a name that begins with its only dot has none."""
    return name.rpartition(".")[0] or name


def _is_python(name: str) -> bool:
    return name.lower().endswith((".py", ".pyw"))


def _plain(stem: str) -> str:
    return re.sub(r"\W", "_", unicodedata.normalize("NFKC", stem)).casefold()


def single_module(entry: str) -> str:
    """The module name of a file alone: its own where nobody else's is that, numpy say, else a neutral one."""
    stem = _written(_stem(entry))
    return stem if is_free(stem) else "submission"


def is_free(name: str) -> bool:
    """Whether nothing that Python or NumPy bring has this name, so that a submission may bear it."""
    if name in sys.modules:
        return False
    try:
        return importlib.util.find_spec(name) is None
    except Exception:  # a name that no file system takes
        return True


def _is_submitted(module: Any) -> bool:
    return isinstance(getattr(getattr(module, "__spec__", None), "loader", None), Submitted)


def forget(files: Container[str]) -> None:
    """Nothing of an earlier run of these files is left to be imported."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Submitted | StandIns | Explaining)]
    for name, module in list(sys.modules.items()):
        if type(module) is Inert or _is_submitted(module) or getattr(module, "__file__", None) in files:
            del sys.modules[name]


class Submitted:
    """Finds and runs the submission's own files."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        execute: Callable[[ModuleType, bytes, str], None],
        tree: Tree,
        entry: str,
        notebooks: Container[str],
    ) -> None:
        self.files, self.execute, self.tree, self.notebooks = files, execute, tree, notebooks
        self.beside = tuple(map(_written, entry.split("/")[:-1]))  # where the entry lies: it may import its neighbours by name

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """A module of the submission, or a directory of it as a package."""
        del path, target
        inside = self.tree.place_of(name)
        parts = tuple(map(_written, name.split(".")))
        for place in ((*self.beside, *parts), parts) if inside is None else (inside, parts):
            if (found := self.tree.origin(place)) is not None:
                origin, is_package = found
                return importlib.machinery.ModuleSpec(name, cast(Any, self), origin=origin, is_package=is_package)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """An ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the file; a directory without ``__init__.py`` is an empty package."""
        origin = str(module.__spec__.origin) if module.__spec__ else ""
        module.__file__ = origin
        if origin in self.files:
            self.execute(module, self.files[origin], origin)


class Explaining:
    """The very last finder: where a file is there that an import cannot reach by this name, says so."""

    def __init__(self, tree: Tree, notebooks: Container[str]) -> None:
        self.tree, self.notebooks = tree, notebooks

    def find_spec(self, name: str, path: Any, target: Any = None) -> None:
        """Nothing is found; raises ModuleNotFoundError with the reason where there is one."""
        del path, target
        if (why := self.tree.why_not(name, self.notebooks)) is not None:
            error = ModuleNotFoundError(f"No module named {name!r}", name=name)
            raise saying(error, "no-module", name=name, why=why)
