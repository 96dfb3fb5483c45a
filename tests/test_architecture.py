"""Imports run one way: this test reads them all and holds the picture that ARCHITECTURE.md draws."""

import ast
import configparser
import importlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Who may import whom; a longer entry is the one module that may be taken.
ARROWS = {
    "reports": (),
    "reference_nets": ("reports.files", "reports.words"),
    "symbolic": ("reference_nets.spec", "reports"),
    "gradcheck": ("reference_nets", "reports", "symbolic"),
}
# Where a library may be imported: packages or single modules. What is not listed is not imported at all.
LIBRARIES = {
    "autograd": ("gradcheck.ecosystems",),
    "flint": ("symbolic.balls",),
    "hypothesis": ("gradcheck.properties", "gradcheck.strategies"),
    "jax": ("gradcheck.ecosystems",),
    "latex2mathml": ("reports.formats.mathml",),
    "mpmath": ("gradcheck.recheck", "symbolic"),
    "numpy": ("gradcheck", "reference_nets", "symbolic"),
    "pytest": ("gradcheck.pytest_plugin", "gradcheck.suite"),
    "sympy": ("symbolic",),
    "tabulate": ("reports",),
    "torch": ("gradcheck.ecosystems",),
    "tqdm": ("gradcheck.commands.shared.progress",),
}
OURS_AND_PYTHONS = {*sys.stdlib_module_names, *ARROWS}


@dataclass(frozen=True)
class Import:
    """One imported name: ``from target import name`` (or ``import target``, without name), and where it stands."""

    module: str
    target: str
    name: str | None
    line: int
    eager: bool  # runs when the module is imported: neither in a function nor under TYPE_CHECKING

    def __str__(self) -> str:
        what = f"import {self.target}" if self.name is None else f"from {self.target} import {self.name}"
        return f"{self.module} line {self.line}: {what}"


def modules(root: Path) -> dict[str, Path]:
    """Dotted name -> file, for every module of the four packages."""
    files = [path for package in ARROWS for path in sorted((root / package).rglob("*.py"))]
    names = [".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in files]
    return dict(zip(names, files, strict=True))


def is_lazy(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def statements(node: ast.AST, eager: bool = True) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, eager
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from statements(child, eager and not (isinstance(child, ast.stmt) and is_lazy(child)))


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree: read each time, parsed once for each text."""
    return parsed(path.read_text(encoding="utf-8"))


@cache
def imports_of(module: str, is_package: bool, text: str) -> tuple[Import, ...]:
    found: list[Import] = []
    for node, eager in statements(parsed(text)):
        if isinstance(node, ast.Import):
            found += (Import(module, alias.name, None, node.lineno, eager) for alias in node.names)
            continue
        package = module if is_package else module.rpartition(".")[0]
        base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
        target = (base + (node.module or "")).rstrip(".")
        found += (Import(module, target, alias.name, node.lineno, eager) for alias in node.names)
    return tuple(found)


def imports(root: Path) -> Iterator[Import]:
    for module, path in modules(root).items():
        yield from imports_of(module, path.name == "__init__.py", path.read_text(encoding="utf-8"))


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def loaded(one: Import, known: dict[str, Path]) -> str:
    """Return the module that an import loads: of ``from reference_nets import spec`` that is reference_nets.spec."""
    return f"{one.target}.{one.name}" if f"{one.target}.{one.name}" in known else one.target


def against_the_arrows(root: Path) -> list[str]:
    known = modules(root)
    ours = [(one, loaded(one, known)) for one in imports(root) if one.target.split(".")[0] in ARROWS]
    return [
        str(one)
        for one, target in ours
        if (home := one.module.split(".")[0]) != target.split(".")[0] and not within(target, ARROWS[home])
    ]


def from_own_init(root: Path) -> list[str]:
    known = modules(root)
    return [
        str(one)
        for one in imports(root)
        if one.target == one.module.split(".")[0] and one.module != one.target and loaded(one, known) == one.target
    ]


def libraries_out_of_place(root: Path) -> list[str]:
    foreign = [one for one in imports(root) if one.target.split(".")[0] not in OURS_AND_PYTHONS]
    return [str(one) for one in foreign if not within(one.module, LIBRARIES.get(one.target.split(".")[0], ()))]


def private_to_others(root: Path) -> list[str]:
    """Return what of a library is used that its next version need not have: ``_names`` and ``internal`` modules."""
    found = []
    for module, path in modules(root).items():
        nodes = list(ast.walk(tree(path)))
        bound: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.ImportFrom | ast.Import) and not (isinstance(node, ast.ImportFrom) and node.level):
                base = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                foreign = [one for one in node.names if f"{base}{one.name}".split(".")[0] not in OURS_AND_PYTHONS]
                bound |= {one.asname or one.name.split(".")[0] for one in foreign}
                found += [f"{module} line {node.lineno}: {base}{one.name}" for one in foreign if is_private(base + one.name)]
        for node in nodes if bound else ():
            name = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if name.split(".")[0] in bound and name.replace(".", "").isidentifier() and is_private(name):
                found.append(f"{module} line {node.lineno}: {name}")
    return found


def is_private(dotted: str) -> bool:
    parts = dotted.split(".")
    return any(part == "internal" or (part.startswith("_") and not part.startswith("__")) for part in parts)


def folder(module: str, known: dict[str, Path]) -> str:
    """Return the package that a module lies in; of the files beside the packages, the module itself."""
    if known[module].name == "__init__.py" and "." in module:
        return module
    home = module.rpartition(".")[0]
    return home if "." in home else module


def circle_of_folders(root: Path) -> list[str]:
    """Return the folders of a circle of imports, those in functions and those for types alone among them, or nothing."""
    known = modules(root)
    graph: dict[str, set[str]] = {}
    for one in imports(root):
        target = loaded(one, known)
        if target in known and target not in ARROWS and (here := folder(one.module, known)) != folder(target, known):
            graph.setdefault(here, set()).add(folder(target, known))
    return _circle_in(graph)


def not_by_the_door(root: Path) -> list[str]:
    """Return the imports that enter a room from outside by another module than those that its ``__init__`` names."""
    known = modules(root)
    found = []
    for one in imports(root):
        target = loaded(one, known)
        room = ".".join(target.split(".")[:2])
        if target == room or room not in known or known[room].name != "__init__.py" or within(one.module, (room,)):
            continue
        if target.removeprefix(f"{room}.") not in doors(known[room]):
            found.append(str(one))
    return found


def doors(init: Path) -> tuple[str, ...]:
    """Return what the ``__init__`` of a room names as its doors."""
    for node in tree(init).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOORS":
            return tuple(ast.literal_eval(node.value))
    return ()


def circle(root: Path) -> list[str]:
    """Return the modules of a circle of imports that run at import time, or nothing."""
    known = modules(root)
    graph: dict[str, set[str]] = {module: set() for module in known}
    for one in imports(root):
        target = loaded(one, known)
        if one.eager and target in known and target != one.module:
            graph[one.module].add(target)
            # A foreign module brings its packages' __init__ with it; one's own are being imported already.
            parents = {target.rsplit(".", n)[0] for n in range(1, target.count(".") + 1)}
            graph[one.module] |= {parent for parent in parents if not within(one.module, (parent,))}
    return _circle_in(graph)


def _circle_in(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_imports_follow_the_arrows():
    assert against_the_arrows(ROOT) == []


def test_no_module_takes_a_name_from_its_own_package():
    assert from_own_init(ROOT) == []


def test_each_library_is_imported_only_in_its_place():
    assert libraries_out_of_place(ROOT) == []


def test_of_other_libraries_only_what_is_public_is_used():
    assert private_to_others(ROOT) == []


def test_no_circle_among_modules():
    assert circle(ROOT) == []


def test_no_circle_among_folders():
    assert circle_of_folders(ROOT) == []


def test_rooms_are_entered_by_their_doors():
    assert not_by_the_door(ROOT) == []


def test_every_door_is_there_and_used():
    known = modules(ROOT)
    entered = {loaded(one, known) for one in imports(ROOT)}
    named = {f"{room}.{door}" for room, path in known.items() if path.name == "__init__.py" for door in doors(path)}
    assert named <= known.keys() and named <= entered


MOST_FILES, MOST_ROOMS = 16, 30


def test_no_folder_holds_more_files_than_one_takes_in_at_a_glance():
    folders = {path.parent for path in modules(ROOT).values()}
    crowded = {str(f.relative_to(ROOT)): n for f in folders if (n := len([*f.glob("*.py")]) - 1) > MOST_FILES}
    assert crowded == {}
    top = [path for package in ("gradcheck", "symbolic") for path in (ROOT / package).iterdir() if path.name[0] not in "_."]
    assert len([path for path in top if path.suffix == ".py" or path.is_dir()]) <= MOST_ROOMS


# Class names that stand in several modules, and why: everywhere else a name has one meaning.
NAMES_TWICE = {
    "Adapter": "what every contract declares",
    "Point": "the same, as it is in the confined process, where reference_nets is not",
}


def classes_by_name(root: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, path in modules(root).items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(name)
    return found


def test_a_class_name_has_one_meaning():
    twice = {name: places for name, places in classes_by_name(ROOT).items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in NAMES_TWICE} == {}
    assert twice.keys() == NAMES_TWICE.keys()


def passed_over(patterns: list[str]) -> list[str]:
    """Return the folders with modules or tests of ours that patterns for names of folders keep from being looked at."""
    files = [*modules(ROOT).values(), *(path for path in (ROOT / "tests").rglob("test_*.py"))]
    folders = {path.parent.relative_to(ROOT) for path in files}
    names = [pattern for pattern in patterns if "/" not in pattern]
    return sorted(str(f) for f in folders if any(fnmatch(part, name) for part in f.parts for name in names))


def test_no_folder_of_ours_is_passed_over_for_its_name():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert passed_over(config["tool:pytest"]["norecursedirs"].split()) == ["gradcheck/suite"]  # which is for users
    with open(ROOT / "pyproject.toml", "rb") as file:
        assert passed_over(tomllib.load(file)["tool"]["ruff"]["extend-exclude"]) == []
    assert passed_over(["submissions"])


def test_setup_cfg_lists_every_package():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    on_disk = {name for name, path in modules(ROOT).items() if path.name == "__init__.py"}
    assert set(config["options"]["packages"].split()) == on_disk


@pytest.mark.parametrize("package", ARROWS)
def test_no_submodule_bears_the_name_of_an_exported_function(package):
    exported = getattr(importlib.import_module(package), "__all__", [])
    assert {f"{package}.{name}" for name in exported} & modules(ROOT).keys() == set()


def loaded_after(*command: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded at the end of a command."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_importing_gradcheck_loads_no_heavy_library():
    seen = loaded_after("-c", "import gradcheck")
    assert "gradcheck" in seen
    assert seen & {"numpy", "sympy", "hypothesis", "matplotlib", "flint", "pytest"} == set()


def test_a_function_is_checked_without_sympy():
    program = "from gradcheck import check_grad\nassert check_grad(lambda x: x @ x, lambda x: {}, [1.0, 2.0]).verdict == {!r}"
    right, wrong = (program.format(*answer) for answer in (("2 * x", "match"), ("x", "mismatch")))
    seen = loaded_after("-c", f"{right}\n{wrong}")
    assert "gradcheck.functions.glancing" in seen and "sympy" not in seen


@pytest.mark.parametrize("package", ARROWS)
def test_every_exported_name_is_there(package):
    module = importlib.import_module(package)
    assert [name for name in getattr(module, "__all__", []) if not hasattr(module, name)] == []


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_load_neither_numpy_nor_package_metadata(option):
    seen = loaded_after("-m", "gradcheck", option)
    assert "gradcheck.commands.cli" in seen
    assert seen & {"numpy", "sympy", "hypothesis", "importlib.metadata"} == set()


# Each planted fault must be seen; otherwise the tests above could pass without looking.
@pytest.mark.smoke
@pytest.mark.parametrize(
    ("check", "module", "text"),
    [
        (against_the_arrows, "reports/text.py", "import reference_nets.spec"),
        (against_the_arrows, "reference_nets/cost.py", "def f():\n    from gradcheck.judge import verdict"),
        (against_the_arrows, "symbolic/build.py", "from reference_nets import network"),
        (against_the_arrows, "symbolic/build.py", "from reference_nets.network import forward"),
        (against_the_arrows, "symbolic/build.py", "import reference_nets"),
        (from_own_init, "gradcheck/judge.py", "from gradcheck import check_grad"),
        (from_own_init, "gradcheck/judge.py", "from . import check_grad"),
        (from_own_init, "gradcheck/deep/judge.py", "from .. import check_grad"),
        (libraries_out_of_place, "gradcheck/judge.py", "import sympy"),
        (libraries_out_of_place, "symbolic/field.py", "def f():\n    import flint"),
        (libraries_out_of_place, "reports/html.py", "import scipy.special"),
        (private_to_others, "gradcheck/judge.py", "from hypothesis.internal.conjecture import engine"),
        (private_to_others, "gradcheck/judge.py", "def f():\n    import numpy._core as core"),
        (private_to_others, "gradcheck/judge.py", "from _pytest import runner"),
        (private_to_others, "gradcheck/judge.py", "from numpy.lib import _npyio_impl"),
        (private_to_others, "gradcheck/judge.py", "import numpy as np\ndef f():\n    return type(np._NoValue)"),
        (private_to_others, "gradcheck/judge.py", "from numpy import lib\nlib._npyio_impl.load('x')"),
        (circle, "symbolic/build.py", "import symbolic.field"),
        (circle_of_folders, "gradcheck/low/judge.py", "def f():\n    from gradcheck.high.ask import g"),
        (circle_of_folders, "gradcheck/low/judge.py", "if TYPE_CHECKING:\n    from gradcheck.high import ask"),
        (not_by_the_door, "gradcheck/high/ask.py", "from gradcheck.low.inside import g"),
        (not_by_the_door, "gradcheck/high/ask.py", "def f():\n    from gradcheck.low import inside"),
        (circle, "symbolic/build.py", "from . import field"),
        (circle, "reference_nets/network.py", "try:\n    import gradcheck.judge\nexcept ImportError:\n    pass"),
    ],
)
def test_a_planted_fault_is_seen(check, module, text, tmp_path):
    files = {
        "reference_nets/network.py": "import numpy",
        "reference_nets/spec.py": "import re",
        "symbolic/field.py": "from symbolic.build import program",
        "symbolic/build.py": "from reference_nets import spec\nimport sympy",
        "gradcheck/judge.py": "from reference_nets import network",
        "gradcheck/verify.py": "from gradcheck import judge\ndef f():\n    import gradcheck.judge",
        "gradcheck/low/judge.py": "from gradcheck.low import inside",
        "gradcheck/low/inside.py": "import numpy",
        "gradcheck/high/ask.py": "from gradcheck.low.judge import verdict",
    }
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
        (tmp_path / name).with_name("__init__.py").touch()
    (tmp_path / "gradcheck" / "low" / "__init__.py").write_text('DOORS = ("judge",)')
    (tmp_path / "gradcheck" / "high" / "__init__.py").write_text("DOORS = ()")
    assert not check(tmp_path)
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).write_text(text)
    assert check(tmp_path)
