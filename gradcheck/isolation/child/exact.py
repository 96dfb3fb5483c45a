"""A submission's gradient on balls: its own code, run on exact scalars. Values only; nothing here knows a derivative.

The arithmetic arrives as code and is executed before a submission is read; none of its names stays importable.
"""

from __future__ import annotations

import importlib
import marshal
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType, ModuleType
from typing import Any

_HIDDEN = ("gradcheck", "symbolic", "flint")


def load(code: bytes, home: str) -> dict[str, ModuleType]:
    """The modules of the arithmetic by the last part of their names; ``home`` is the directory that holds the library."""
    sys.path.append(home)
    try:
        importlib.import_module("flint")
        modules = marshal.loads(code)
        for package in {name.rsplit(".", n)[0] for name, _ in modules for n in range(1, name.count(".") + 1)}:
            sys.modules[package] = ModuleType(package)
        loaded = {name.rpartition(".")[2]: _execute(name, body) for name, body in modules}
        for name in (name for name, _ in modules if name.startswith("gradcheck.sentences.english.")):
            loaded["sentence"].table_of(name.rpartition(".")[2], "en")
    finally:
        sys.path.remove(home)
        for name in [n for n in sys.modules if n.partition(".")[0] in _HIDDEN]:
            del sys.modules[name]
    return loaded


def _execute(name: str, code: Any) -> ModuleType:
    module = sys.modules[name] = ModuleType(name)
    exec(code, module.__dict__)
    return module


def gradient(
    exact: Mapping[str, ModuleType], contracts: Any, adapter: Any, modules: list[ModuleType], header: Mapping[str, Any], at: Any
) -> bytes:
    """Midpoint, what it leaves, and radius of every entry, in the order of the keys; raises CannotFollow with its reason."""
    values, arrays, scalars = exact["evaluate"], exact["arrays"], exact["scalars"]
    net, point = at
    settings = values.RunSettings(header["bits"], widen=header["widen"])
    with (
        contracts.reading.taking((arrays.Array, scalars.Scalar)),
        values.followed((adapter.gradient, *modules), settings, None) as choices,
        _ended_after(header["seconds"], exact["reasons"].CannotFollow),  # innermost: it may not interrupt the putting back
    ):
        exactly = _as_balls(exact, contracts, net, point)
        grads = values.call(adapter.gradient, *exactly, contracts.Handed(watching=False))
        if choices.ties:
            raise exact["reasons"].Undecided(exact["sentence"].Sentence("following.gradient-compares"))
        return b"".join(_frame(exact, grads[key]) for key in net.shapes)


def _as_balls(exact: Mapping[str, ModuleType], contracts: Any, net: Any, point: Any) -> tuple[Any, Any]:
    """Network and point with every float as an exact ball; parameters and inputs vary, targets and lambda do not."""
    given = exact["evaluate"].inputs({**point.params, "x": point.x}, 0)
    x, y = given.pop("x"), exact["arrays"].wrap(exact["arrays"].objects(point.y))
    l2 = exact["scalars"].lift(net.l2) if net.l2 else 0.0
    return replace(net, l2=l2), contracts.Point(given, x, y)


def _frame(exact: Mapping[str, ModuleType], values: Any) -> bytes:
    """The entries of one array, three floats each, first all midpoints, then all that they leave, then all radii."""
    cells = exact["arrays"].objects(values).ravel()
    balls = exact["arrays"].elementwise(lambda cell: cell.ball, 1)(cells)
    found = exact["balls"].enclosure(balls)
    return b"".join(part.astype("<f8").tobytes() for part in (found.mid, found.low, found.rad))


@contextmanager
def _ended_after(seconds: float, reason: type[Exception]) -> Iterator[None]:
    """Raise the reason where the block computes for longer, again and again should the code under test catch it.

    Computing time, not that of the clock: a busy machine gives the same answer.
    """
    running = True

    def late(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        if running:
            raise reason("time", "the runs on exact numbers took too long")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
