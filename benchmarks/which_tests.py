"""Which tests run which line, and how long each takes: a mutant need be shown only to those, the quickest first.

The seconds are those of the processor, with those of processes that a test starts: what else the machine does changes nothing.
A plugin of pytest (``-p benchmarks.which_tests``) that writes what it saw to the file named by ``WHICH_TESTS``; coverage.py
does the watching. Where coverage.py is not installed no line is known, and every test is asked.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "WHICH_TESTS"
SECONDS = 10.0  # what a mutant's tests may take together: one that survives this long is looked at by hand anyway
FEW = 2  # tests of a line: with fewer, what it does may be kept for others
NOT_ASKED = 10.0  # a single test that takes longer is none that anybody waits for


@dataclass(frozen=True)
class Seen:
    """The seconds of each test that passed, those that failed, and the tests of each line of each module."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def asked(self, module: str, source: str, line: int, first: Sequence[str] = ("*",)) -> list[str]:
        """The tests that run a line, or its function, or (what is run at import) its module; the quickest first, in time.

        What a single test runs may be kept from then on, and would have been run by any other that had come first: all of the
        module's are asked, after it. Those of files that fit ``first`` come before all others, and have as much time as those.
        """
        known = self.lines.get(module, {})
        near = {test for nearby in _function_around(source, line) for test in known.get(nearby, ())}
        direct = set(known.get(line) or near)
        others = {test for tests in known.values() for test in tests} if len(direct) < FEW else set()
        others = (others if direct or others else set(self.seconds)) - direct
        is_ours = lambda test: any(fnmatch(test.split("::")[0], f"*{pattern}") for pattern in first)
        ours = [self._quickest(filter(is_ours, part)) for part in (direct, others)]
        theirs = [test for test in direct | others if not is_ours(test)]
        return [*ours[0], *ours[1], *self._quickest(theirs)]

    def _quickest(self, where: Iterable[str]) -> list[str]:
        tests: list[str] = []
        left = SECONDS
        for test in sorted(where, key=lambda test: (self.seconds.get(test, NOT_ASKED), test)):
            left -= self.seconds.get(test, NOT_ASKED)
            if tests and (left < 0 or self.seconds.get(test, NOT_ASKED) >= NOT_ASKED):
                break
            tests.append(test)
        return tests


def _function_around(source: str, line: int) -> range:
    """The lines of the innermost function a line is in; none at module level."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    around = [(node.lineno, node.end_lineno or 0) for node in functions if node.lineno <= line <= (node.end_lineno or 0)]
    first, last = max(around, default=(0, -1))
    return range(first, last + 1)


def read(path: Path) -> Seen:
    """What a run wrote."""
    if not path.exists():
        return Seen()
    told = json.loads(path.read_text(encoding="utf-8"))
    lines = {module: {int(line): tests for line, tests in known.items()} for module, known in told["lines"].items()}
    return Seen(told["seconds"], tuple(told["failed"]), lines)


class Watch:
    """Notes the test that is running, for coverage.py and for the clock."""

    def __init__(self, told: Path, root: Path) -> None:
        self.told, self.root = told, root
        self.seconds: dict[str, float] = {}
        self.failed: dict[str, None] = {}
        self.coverage = _coverage(told, [root / "gradcheck", root / "symbolic"])
        if self.coverage:
            self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if self.coverage:
            self.coverage.switch_context(item.nodeid)
        start = _worked()
        result = yield
        self.seconds[item.nodeid] = _worked() - start
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = None

    def pytest_sessionfinish(self) -> None:
        passed = {test: seconds for test, seconds in self.seconds.items() if test not in self.failed}
        lines = self._lines(passed) if self.coverage else {}
        self.told.write_text(json.dumps({"seconds": passed, "failed": list(self.failed), "lines": lines}), encoding="utf-8")

    def _lines(self, passed: dict[str, float]) -> dict[str, dict[int, list[str]]]:
        self.coverage.stop()
        data = self.coverage.get_data()
        lines: dict[str, dict[int, list[str]]] = {}
        for file in data.measured_files():
            known = {line: [test for test in tests if test in passed] for line, tests in data.contexts_by_lineno(file).items()}
            lines[str(Path(file).relative_to(self.root))] = {line: tests for line, tests in known.items() if tests}
        return lines


def _worked() -> float:
    """Seconds of the processor so far, with those of the processes that were started and have ended."""
    return sum(os.times()[:4])


def _coverage(told: Path, watched: Sequence[Path]) -> Any:
    try:
        from coverage import Coverage
    except ImportError:
        return None
    there = [str(folder) for folder in watched if folder.exists()]
    return Coverage(data_file=str(told.with_suffix(".lines")), config_file=False, source=there)


def pytest_configure(config: pytest.Config) -> None:
    """Watch this run if it is asked for."""
    if told := os.environ.get(VARIABLE):
        config.pluginmanager.register(Watch(Path(told), Path(str(config.rootpath))), "which_tests")
