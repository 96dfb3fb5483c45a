"""Running a submission's file as a module, statement by statement.

Course notebooks draw, read data sets and call tests at the top level. A statement that needs what is not here is passed
over and told in the report, as are those that need its names, and a test of the file's own that fails; in a notebook any
statement that defines nothing, because its cells run in any order. Any other error ends the loading.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType, ModuleType
from typing import Any

from .failures import Said, StandInUsed, raised, said
from .imports import StandIns, remember_lines
from .own_files import Explaining, Submitted, Tree, forget, is_free, single_module
from .scripts.training import Training, guarded, is_call_of_training, is_training, training
from .source import compiled, notebook_code, parse, text_of

_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)

# What a missing data file, a picture that cannot be written, or a refused socket looks like at the top level of a file.
_NEEDS_WHAT_IS_NOT_HERE = (StandInUsed, FileNotFoundError, PermissionError, EOFError)


class _Shell:
    """What ``get_ipython()`` gives in an exported notebook: its magics do nothing here."""

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    """Nothing."""


_NOTEBOOK: dict[str, Any] = {"get_ipython": _Shell, "display": _nothing}
_PYTHON2: dict[str, Any] = {
    "xrange": range, "unicode": str, "zip": lambda *a: list(zip(*a, strict=False)), "map": lambda *a: list(map(*a)),
    "filter": lambda *a: list(filter(*a)),
}  # fmt: skip


@dataclass
class Loaded:
    """The module of a submission, and what is to be told of it."""

    module: ModuleType
    skipped: list[Said] = field(default_factory=list)
    python2: bool = False
    stand_ins: StandIns = field(default_factory=StandIns)
    texts: dict[str, str] = field(default_factory=dict)
    trainings: list[Training] = field(default_factory=list)


def load(
    files: Mapping[str, bytes],
    entry: str,
    root: str = "",
    notebooks: Container[str] = (),
    instead: Mapping[str, str] = MappingProxyType({}),
) -> Loaded:
    """Run the entry file; the others are imported as it asks for them. Raises whatever the file raises.

    ``instead`` has the texts that run in the place of those of some files.
    """
    forget(files)
    tree = Tree(files, root or "submission_alone")
    if not is_free(tree.root) or tree.holds(tree.root):
        tree = Tree(files, f"{tree.root}_handed_in")
    name = tree.module_of(entry) if root else single_module(entry)
    loaded = Loaded(ModuleType(name))
    runner = _Runner(loaded, tree, notebooks, instead)
    sys.meta_path += [Submitted(files, runner.run, tree, entry, notebooks), loaded.stand_ins, Explaining(tree, notebooks)]
    module = loaded.module
    module.__file__, module.__package__ = entry, name.rpartition(".")[0]
    if module.__package__:
        __import__(module.__package__)
    sys.modules[name] = module
    runner.run(module, files[entry], entry)
    return loaded


def load_beside(text: str, name: str, loaded: Loaded) -> Loaded:
    """Run a teacher's file beside a submission that was loaded, which stays importable; it is no part of the submission."""
    teachers = Loaded(ModuleType("_teachers"), stand_ins=loaded.stand_ins)
    sys.modules["_teachers"] = teachers.module
    teachers.module.__file__ = name
    _Runner(teachers, Tree({}, ""), ()).run_text(teachers.module, text, name)
    return teachers


def trainings(loaded: Loaded, entry: str) -> list[Training]:
    """The loops of a file that train; where there are none at its top level, those below its ``__main__``.

    These run in a copy of the module, in which they find what it defines.
    """
    if loaded.trainings or entry not in loaded.texts:
        return loaded.trainings
    statements = list(guarded(parse(loaded.texts[entry], entry)[0]))
    if statements:
        apart = Loaded(ModuleType(loaded.module.__name__), stand_ins=loaded.stand_ins)
        apart.module.__dict__.update(loaded.module.__dict__)
        try:
            _Runner(apart, Tree({}, ""), ()).run_statements(apart.module, statements, entry)
        except Exception:
            return apart.trainings
        return apart.trainings
    return []


class _Runner:
    """Executes files into modules and keeps what it passed over."""

    def __init__(
        self,
        loaded: Loaded,
        tree: Tree,
        notebooks: Container[str],
        instead: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.loaded, self.tree, self.notebooks, self.instead = loaded, tree, notebooks, instead
        self.missing: set[str] = set()
        self.stars = False  # whether names may be missing that nobody can list: from stand_in import *

    def run(self, module: ModuleType, data: bytes, name: str) -> None:
        """Run a file, or what stands in its place."""
        if name in self.instead:
            self.run_text(module, self.instead[name], name)
            return
        self.run_text(module, notebook_code(json.loads(data)) if name in self.notebooks else text_of(data, name), name)

    def run_text(self, module: ModuleType, text: str, name: str) -> None:
        statements, _, python2 = parse(text, name)
        self.loaded.texts[name] = text
        self.loaded.python2 |= python2
        remember_lines(name, text)
        module.__dict__.update(_NOTEBOOK | (_PYTHON2 if python2 else {}))
        self.run_statements(module, statements, name)

    def run_statements(self, module: ModuleType, statements: list[ast.stmt], name: str) -> None:
        futures: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                futures.append(statement)
                continue
            self._execute(module, [*futures, statement], name)

    def _execute(self, module: ModuleType, statements: list[ast.stmt], name: str) -> None:
        *futures, last = statements
        if is_call_of_training(last, module.__dict__):
            self._pass_over(last, name, said("trains"))
            return
        if is_training(last, module.__dict__):
            loop = training(last, compiled, name, module.__dict__, futures)
            self.loaded.trainings.append(loop)
            run = loop.run
        else:
            run = partial(exec, compiled(statements, name))
        try:
            run(module.__dict__)
            self.missing -= _names_bound(last)
            self.stars |= isinstance(last, ast.ImportFrom) and last.names[0].name == "*" and bool(self.loaded.stand_ins.used)
        except _NEEDS_WHAT_IS_NOT_HERE as error:
            self._skip(last, name, error)
        except Exception as error:
            if not self._may_pass(error, last, name):
                raise self.tree.explained(error) from error.__cause__
            self._skip(last, name, error)

    def _may_pass(self, error: Exception, statement: ast.stmt, name: str) -> bool:
        """Whether the file is judged without the statement that raised this."""
        if isinstance(error, NameError) and (getattr(error, "name", None) in self.missing or self.stars):
            return True
        if isinstance(statement, _DEFINES):
            return False
        return name in self.notebooks or isinstance(error, NameError | AssertionError)

    def _skip(self, statement: ast.stmt, name: str, error: Exception) -> None:
        self._pass_over(statement, name, raised(error, 200))

    def _pass_over(self, statement: ast.stmt, name: str, why: Said) -> None:
        self.missing |= _names_bound(statement)
        if len(self.loaded.skipped) < 50:
            self.loaded.skipped.append(said("statement", file=name, line=statement.lineno, why=why))


def _names_bound(statement: ast.stmt) -> set[str]:
    stores = (node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    names: set[Any] = {getattr(statement, "name", None)}
    return {*stores, *names} - {None}
