"""pytest for a submission: ``pytest --gradcheck-submission FILE [--gradcheck-network N] [--gradcheck-contract C]``.

pytest loads this file in every project where the toolkit is installed, so it takes nothing from any of them: all names begin
with ``gradcheck``, and without ``--gradcheck-submission`` not even the package gradcheck is imported (a project may have a
``gradcheck.py`` of its own). With it, `gradcheck.pytest_plugin` takes over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("gradcheck", "judging a submission (gradcheck)")
    group.addoption("--gradcheck-submission", metavar="FILE", help="judge this file, and collect nothing else")
    group.addoption("--gradcheck-network", metavar="N", default=None, help="the network it is meant for, as 3-4:tanh-2")
    group.addoption("--gradcheck-contract", metavar="C", default="auto", help="how it is called (default: found out)")
    levels, words = ("where", "why", "by-hand", "line"), "how much is said of a mistake (default: by-hand)"
    group.addoption("--gradcheck-hints", choices=levels, default="by-hand", help=words)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """No conftest is loaded beside a submission: it would run in this very process."""
    if getattr(early_config.known_args_namespace, "gradcheck_submission", None):
        early_config.known_args_namespace.noconftest = True
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Iterator[None]:
    """A file is judged once: the processes of pytest-xdist would each judge the whole of it."""
    if config.getoption("--gradcheck-submission"):
        for name, value in (("numprocesses", None), ("tx", []), ("dist", "no")):
            if hasattr(config.option, name):
                setattr(config.option, name, value)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Where a submission is given, hand over."""
    if not (given := config.getoption("--gradcheck-submission")):
        return
    config.option.noconftest = True
    folders = _folders_of(given)
    _leave_out(folders, config)
    found = find_spec("gradcheck")
    if found is not None and found.origin and Path(found.origin).resolve().parent.parent != HOME:
        raise pytest.UsageError(f"{found.origin} bears the name of the package gradcheck in {HOME}; rename yours to use both")
    try:
        judging = import_module("gradcheck.pytest_plugin").Judging(config, folders)
    except ImportError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(judging, "gradcheck-judging")


def _folders_of(given: str) -> set[Path]:
    """The folders that a submission lies in, or is: a link stands in one and leads to another. A pipe lies in none."""
    paths = {Path(given).absolute(), Path(given).resolve()}
    return {path if path.is_dir() else path.parent for path in paths if path.is_file() or path.is_dir()}


def _leave_out(folders: set[Path], config: pytest.Config) -> None:
    """Import nothing from the submission's folder, which ``python -m pytest`` puts on the path; refuse if that has happened."""
    before = sys.path[:]
    config.add_cleanup(lambda: sys.path.__setitem__(slice(None), before))
    sys.path[:] = [entry for entry in before if not _is_theirs(Path(entry), folders)]
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and _is_theirs(Path(file), folders):
            raise pytest.UsageError(
                f"pytest has already run {file}, which lies in the submission's folder; start pytest from another folder, "
                "or use: gradcheck validate"
            )


def _is_theirs(path: Path, folders: set[Path]) -> bool:
    """Whether it lies in one of these folders and belongs to no installation that lies there as well."""
    path = path.absolute()
    installed = any(place == path or place in path.parents for place in (Path(sys.prefix), Path(sys.base_prefix), HOME))
    return not installed and any(folder == path or folder in path.parents for folder in folders)
