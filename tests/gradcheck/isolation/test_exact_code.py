"""The ball arithmetic that a confined process gets: complete, in order, and without anything that could differentiate."""

import ast
import marshal
import re
from pathlib import Path

import pytest

from gradcheck.isolation.exact_code import ASKED, ROOT, exact_code, modules

MODULES = modules()


def imported(name: str) -> set[str]:
    """Our modules that a module imports when it is executed."""
    tree = ast.parse(ROOT.joinpath(*name.split(".")).with_suffix(".py").read_text())
    found = set()
    for node in tree.body:  # not below: imports under TYPE_CHECKING do not run
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] in ("gradcheck", "symbolic", "reference_nets"):
            whole = ROOT.joinpath(*node.module.split(".")).is_dir()
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if whole else {node.module}
    return found


DERIVING = {"tape", "differentiate", "witness", "enclosed_gradient", "rounding", "formula"}


@pytest.mark.parametrize(("place", "name"), [*enumerate(MODULES)], ids=MODULES)
def test_each_module_imports_earlier_ones_alone(place, name):
    assert imported(name) <= set(MODULES[:place])


def test_there_is_no_tape_among_them():
    assert not {name.rpartition(".")[2] for name in MODULES} & DERIVING


def test_the_code_is_that_of_the_modules():
    loaded = marshal.loads(exact_code())
    assert [name for name, _ in loaded] == list(MODULES)
    assert all(Path(code.co_filename).stem == name.rpartition(".")[2] for name, code in loaded)


def test_nothing_is_among_them_that_nobody_imports():
    needed = set(ASKED).union(*map(imported, MODULES))
    assert set(MODULES) == needed


def test_what_they_say_is_among_them():
    """A sentence without its table would be an error in the confined process alone."""
    files = [ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in MODULES if not name.endswith(".sentence")]
    files.append(ROOT / "gradcheck" / "isolation" / "child" / "exact.py")
    said = set().union(*(re.findall(r"""Sentence\(\s*["'](\w+)\.""", file.read_text()) for file in files))
    assert said and {f"gradcheck.sentences.english.{table}" for table in said} <= set(MODULES)
