"""What the whole suite shares: Hypothesis profiles, golden texts, and tests that need an extra."""

from __future__ import annotations  # pytest.TerminalReporter has been public since pytest 8.4

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from gradcheck.isolation.kept import templates

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# A job in the background may have been told to ignore these; what tests start would inherit it and never end by them.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

NOT_RUN = "NOT RUN"
# What an extra test may need beside Python modules: which of these programs, any one of them.
PROGRAMS = {
    "browser": ("chromium", "chromium-browser", "google-chrome", "firefox"),
    "tex": ("pdflatex", "lualatex", "xelatex", "tectonic"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-extras", action="store_true", help="also run tests marked extra, listing those that cannot")
    parser.addoption("--renew-golden", action="store_true", help="write the golden texts anew instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    """``-m smoke`` imports no file without such a test: to collect the whole suite would take longer than to run them."""
    if config.getoption("markexpr") == "smoke" and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        files = sorted(Path(__file__).parent.rglob("test_*.py"))
        config.args = [str(path) for path in files if "mark.smoke" in path.read_text(encoding="utf-8")]


def is_missing(name: str) -> bool:
    if name in PROGRAMS:
        return not any(shutil.which(program) for program in PROGRAMS[name])
    return find_spec(name) is None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    extra = [item for item in items if item.get_closest_marker("extra")]
    if not config.getoption("--all-extras"):
        items[:] = [item for item in items if not item.get_closest_marker("extra")]
        config.hook.pytest_deselected(items=extra)
        return
    for item in extra:
        names = [name for marker in item.iter_markers("extra") for name in marker.args]
        if missing := [name for name in names if is_missing(name)]:
            item.add_marker(pytest.mark.skip(reason=f"{NOT_RUN}: needs {', '.join(missing)}"))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the collector need not look through half a million objects every time."""
    gc.collect()
    gc.freeze()


def not_run(reports: list[pytest.TestReport], *, by_name: bool) -> Iterator[str]:
    """Return a line for each reason with how many tests it kept from running; with their names if they are wanted."""
    names: dict[str, list[str]] = {}
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if NOT_RUN in reason:
            names.setdefault(reason.partition(NOT_RUN + ": ")[2], []).append(report.nodeid)
    for reason, tests in sorted(names.items()):
        yield f"{NOT_RUN}: {len(tests)} tests ({reason})" if len(tests) > 1 else f"{NOT_RUN}: {tests[0]} ({reason})"
        yield from (f"  {name}" for name in tests if by_name and len(tests) > 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    for line in not_run(skipped, by_name=config.get_verbosity() > 0):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _confined_processes_are_forked() -> Iterator[None]:
    """A fork costs a tenth of a start; tests of the isolation itself start theirs (see their conftest)."""
    with templates():
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden("name.txt", text)`` compares text with ``golden/name.txt`` beside the test."""

    def compare(name: str, text: str) -> None:
        path = Path(request.path).parent / "golden" / name
        if request.config.getoption("--renew-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is missing; write it with: pytest --renew-golden {request.node.nodeid}"
        expected = path.read_text(encoding="utf-8")
        assert text == expected, f"{path} differs; if the new one is right: pytest --renew-golden {request.node.nodeid}"

    return compare
