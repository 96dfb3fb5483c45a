"""Mutants in a process that has loaded everything: each in a child of its own, which need not import anything again.

A plugin of pytest (``-p benchmarks.planting``), for the tests that pytest has collected. First a child runs them all, with
``which_tests`` watching. Then, for each place in the file named by ``PLANT``, a child exchanges the code of the function that
holds the mutant and runs the tests that run its line. What became of it is added as a line of JSON to the file beside it.
What has run before anything can be exchanged, outside of all functions or in one that made others at the start:
``mutation`` has to start anew for it.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from math import ceil
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from benchmarks import which_tests
from benchmarks.mutants import Place, own_lines, planted, planted_tree

VARIABLE = "PLANT"
PATIENCE, LEAST_SECONDS = 4.0, 10.0  # times the processor's time of the tests as they are, and more
OUTSIDE = "outside"  # of all functions
SURVIVED, KILLED, UNTOUCHED = 0, 1, 77  # how a child ends
ENDED = {SURVIVED: "survived", UNTOUCHED: OUTSIDE, -signal.SIGXCPU: "timed out", -signal.SIGKILL: "timed out"}


def exchanged(place: Place, source: str, path: str) -> int:
    """Give every function of the module that is alive its code with the mutant in it; how many are another one now.

    None, where one of them closes over other variables with it: that one would have to be made anew.
    """
    before, after = (_codes(code) for code in _compiled(place, source, path))
    count = 0
    for found in [thing for thing in gc.get_objects() if type(thing) is FunctionType and thing.__code__.co_filename == path]:
        code = found.__code__
        here, there = before.get(_key(code), []), after.get(_key(code), [])
        other = there[here.index(code)] if code in here and len(here) == len(there) else code
        if len(other.co_freevars) != len(code.co_freevars):
            return 0
        if other != code:
            found.__code__ = other
            count += 1
    for kept in [thing for thing in gc.get_objects() if isinstance(thing, _lru_cache_wrapper)]:
        kept.cache_clear()
    return count


def _compiled(place: Place, source: str, path: str) -> tuple[CodeType, ...]:
    return tuple(compile(whole, path, "exec", dont_inherit=True) for whole in (source, planted_tree(place, source)))


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _codes(module: CodeType) -> dict[tuple[str, int], list[CodeType]]:
    """The code of all functions, by name and line; several lambdas may share one."""
    codes = defaultdict(list)
    for code in _inside(module):
        codes[_key(code)].append(code)
    return codes


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


class _Planter:
    """Instead of running the tests: the watched run, then child after child."""

    def __init__(self, plan: Path, root: Path) -> None:
        told = json.loads(plan.read_text(encoding="utf-8"))
        self.root, self.out = root, plan.with_suffix(".became")
        self.watched = plan.with_suffix(".watched")
        self.at_once = int(told["jobs"])
        self.places = [Place(*place) for place in told["places"]]
        self.items: dict[str, pytest.Item] = {}
        self.seen = which_tests.Seen()
        self.steady: dict[str, bool] = {}  # whether a test that saw a mutant passes without one
        self.first: dict[str, list[str]] = told["first"]  # the tests of a module that are asked first, as patterns

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        if not self.watched.exists():
            os.waitpid(_child(lambda: self._watch(session)), 0)
        self.seen = which_tests.read(self.watched)
        gc.collect()
        waiting = list(range(len(self.places)))
        running: dict[int, tuple[int, float]] = {}
        while waiting or running:
            while waiting and len(running) < self.at_once:
                number = waiting.pop(0)
                running[_child(self._work(number))] = number, time.monotonic()
            waiting += self._ended(running)
        return True

    def _work(self, number: int) -> _Work:
        """To run the tests that may see a mutant."""
        place = self.places[number]
        path = self.root / place.module
        source = path.read_text(encoding="utf-8")
        tests = self.seen.asked(place.module, source, planted(place, source).line, self.first[place.module])
        seconds = sum(self.seen.seconds[test] for test in tests)
        asked = [self.items[test] for test in tests if test in self.items]
        return _Work(asked, seconds, self._killer(number), place, source, str(path))

    def _killer(self, number: int) -> Path:
        """Where a child writes which test failed."""
        return self.out.with_suffix(f".killer{number}")

    def _watch(self, session: pytest.Session) -> int:
        watch = which_tests.Watch(self.watched, self.root)
        session.config.pluginmanager.register(watch)
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        watch.pytest_sessionfinish()
        return 0

    def _ended(self, running: dict[int, tuple[int, float]]) -> list[int]:
        """Wait for a child and note what became of its mutant; the number of that if it has to be asked again."""
        process, status = os.wait()
        if process not in running:
            return []
        number, start = running.pop(process)
        killer = self._killer(number)
        if killer.exists() and not self._is_steady(killer.read_text(encoding="utf-8")):
            killer.unlink()
            return [number]
        what = ENDED.get(os.waitstatus_to_exitcode(status), "killed")
        if what == "survived" and not self._is_run(self.places[number]):
            what = OUTSIDE
        with self.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps([number, what, time.monotonic() - start]) + "\n")
        return []

    def _is_run(self, place: Place) -> bool:
        """Whether a test runs the function; else that may have run before anything was exchanged, as what makes others does."""
        lines = own_lines(place, (self.root / place.module).read_text(encoding="utf-8"))
        return not lines.isdisjoint(self.seen.lines.get(place.module, {}))

    def _is_steady(self, test: str) -> bool:
        """Whether a test that saw a mutant passes by itself without one; else it is asked no more."""
        if test not in self.steady:
            alone = _Work([self.items[test]], self.seen.seconds[test], self.out.with_suffix(".alone"))
            self.steady[test] = not os.waitstatus_to_exitcode(os.waitpid(_child(alone), 0)[1])
            if not self.steady[test]:
                self.items.pop(test)
        return self.steady[test]


@dataclass(frozen=True)
class _Work:
    """What a child does: it runs some tests, with a mutant if there is one."""

    items: list[pytest.Item]
    seconds: float
    killer: Path
    place: Place | None = None
    source: str = ""
    path: str = ""

    def __call__(self) -> int:
        if self.place and not exchanged(self.place, self.source, self.path):
            return UNTOUCHED
        limit = ceil(LEAST_SECONDS + PATIENCE * self.seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        for item, following in zip(self.items, [*self.items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                self.killer.write_text(item.nodeid, encoding="utf-8")
                return KILLED
        return SURVIVED


def became(plan: Path, how_many: int) -> list[tuple[str, float]]:
    """What became of each place of a plan, and after how many seconds."""
    told = {}
    for line in plan.with_suffix(".became").read_text(encoding="utf-8").splitlines():
        number, what, seconds = json.loads(line)
        told[number] = what, seconds
    return [told[number] for number in range(how_many)]


def _child(work: Any) -> int:
    """The number of a child that does this work, silently, and ends with what it returns."""
    if process := os.fork():
        return process
    code = KILLED
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = work()
    finally:
        os._exit(code)


def pytest_configure(config: pytest.Config) -> None:
    """Plant what is asked for."""
    if plan := os.environ.get(VARIABLE):
        config.pluginmanager.register(_Planter(Path(plan), Path(str(config.rootpath))), "planting")
