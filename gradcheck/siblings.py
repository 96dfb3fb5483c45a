"""The packages that come with gradcheck are the ones beside it, whatever else bears their names.

`reports`, `symbolic` and `reference_nets` are plain names: a user's own ``reports.py``, or another project's `symbolic`,
may stand before ours on ``sys.path``. Python takes the first, and what gradcheck imports from it is not there. So from the
first module of gradcheck on that needs them, these names mean the folders beside gradcheck: `Finder` answers for them.
If another module of the name is loaded already, `NameTaken` says which file it is. If another one is passed over, a warning
names it. Until then (``import gradcheck`` alone; pytest without ``--gradcheck-submission``) nothing is taken from anybody.

Tried and given up: a second copy under another name (two classes `Document`, pickles that nobody can read), and an
``__import__`` of our own for our modules (what a name means then depends on who asks).
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import NamedTuple

# No dataclasses and no pathlib here: `import gradcheck` loads this module, and each would double the time that it takes.
HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
NAMES = ("reports", "reference_nets", "symbolic")
# Modules that import none of them: loaded before it is known what is asked.
COMMAND_LINE = "gradcheck.commands.cli"
WITHOUT_SIBLINGS = frozenset(
    {
        "gradcheck.commands",
        COMMAND_LINE,
        "gradcheck.commands.shared",
        "gradcheck.commands.shared.early",
        "gradcheck.siblings",
        "gradcheck.version",
    }
)


class InTheWay(NamedTuple):
    """Another module of one of these names, and the file or folder that it is."""

    name: str
    path: str
    is_code: bool  # False for a folder without __init__.py and other Python files: an output folder, nobody's module

    def __str__(self) -> str:
        return f"{self.path} bears the name of the package {self.name!r} that comes with gradcheck"


class NameTaken(ImportError):  # noqa: N818 - says what happened
    """Another module of the name is loaded already, and a program has one of a name."""

    def __init__(self, found: InTheWay) -> None:
        super().__init__(f"{found} and was imported before it; rename it to use both", name=found.name, path=found.path)


def in_the_way() -> Iterator[InTheWay]:
    """What an import of each name would find if it were not for `Finder`; only what is not ours."""
    for name in NAMES:
        if (found := _offered(name)) is not None:
            yield found


def _offered(name: str) -> InTheWay | None:
    for finder in sys.meta_path:
        spec = None if finder is Finder else finder.find_spec(name, None)
        if spec is not None:
            return _foreign(spec)
    return None


def _foreign(spec: ModuleSpec) -> InTheWay | None:
    """The module that a spec is of, if it is not ours."""
    if spec.origin is not None and spec.has_location:
        is_ours = os.path.realpath(spec.origin) == _ours(spec.name)
        return None if is_ours else InTheWay(spec.name, spec.origin, is_code=True)
    places = list(spec.submodule_search_locations or ())
    is_code = not places or any(file.endswith(".py") for place in places if os.path.isdir(place) for file in os.listdir(place))
    return InTheWay(spec.name, places[0] if places else "a module made in memory", is_code)


def _ours(name: str) -> str:
    return os.path.join(HOME, name, "__init__.py")


class Finder:
    """Python asks this before its own finders; it answers for our names once they are claimed."""

    claimed = False
    quiet = False  # True on the command line, where nobody else imports anything: it is imported first

    @classmethod
    def find_spec(cls, name: str, *_: object) -> ModuleSpec | None:
        """Ours for each of our names, once a module of gradcheck has been imported that needs them."""
        if name in NAMES:
            return cls._spec(name) if cls.claimed else None
        if not cls.claimed and name == COMMAND_LINE:
            cls.quiet = True
        if not cls.claimed and name.startswith("gradcheck.") and name not in WITHOUT_SIBLINGS:
            _claim()
        return None

    @classmethod
    def _spec(cls, name: str) -> ModuleSpec | None:
        if not os.path.isfile(_ours(name)):  # in an archive, or half uninstalled: Python's own finders say what there is
            return None
        passed_over = None if cls.quiet else _offered(name)
        if passed_over is not None and passed_over.is_code:
            warnings.warn(f"{passed_over}, which is what `import {name}` gives here; rename yours to use both", stacklevel=2)
        return spec_from_file_location(name, _ours(name), submodule_search_locations=[os.path.dirname(_ours(name))])


def _claim() -> None:
    """From now on the names are ours; raises `NameTaken` where another module of such a name is loaded."""
    for name in NAMES:
        if name in sys.modules and (found := _foreign(_spec_of(sys.modules[name]))) is not None:
            if found.is_code:
                raise NameTaken(found)
            del sys.modules[name]
    Finder.claimed = True
    watch()  # in front of what was put there meanwhile, as pytest's


def _spec_of(module: ModuleType) -> ModuleSpec:
    return module.__spec__ or ModuleSpec(module.__name__, None, origin=getattr(module, "__file__", None))


def watch() -> None:
    """Have `Finder` asked first."""
    if Finder in sys.meta_path:
        sys.meta_path.remove(Finder)
    sys.meta_path.insert(0, Finder)
