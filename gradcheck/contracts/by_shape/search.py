"""The ways in which a file's classes may be asked for a gradient, tried in order; the judge chooses among those that answer."""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from types import FrameType
from typing import Any

import numpy as np

from ..common import Array, Handed, Net, Point, Problem
from .calls import first_fits, steps
from .chains import chains
from .examples import Batch, batches
from .losses import slopes
from .roles import Parameters, holds_more, own_sizes, parameters, without_biases
from .sources import Source, sources
from .ways import Way, kept_elsewhere, readings, with_rate

SECONDS = 1.5  # of computing, for all that is tried
ONE_TRY = 0.4  # for one of them: a fit that cannot be told to make one step only
AFTER_THE_FIRST = 0.5  # for others beside the first that answers
MOST_WAYS = 8
# One example in the same way, which would hide that code for several fails with them.
ALONE = {"rows": ("one row", "one stack"), "columns": ("one column",)}


class TooSlow(BaseException):
    """What is tried computes for too long; no ``except Exception`` of the code under test keeps it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooSlow where the block computes for longer."""

    def late(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        raise TooSlow

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def telling(net: Net) -> tuple[Net, Point]:
    """A network of the same depth whose widths tell everything apart, a bias row beside them too, and a point of it."""
    sizes = (*tuple(5 + 3 * n for n in range(len(net.sizes) - 1)), net.sizes[-1] if net.sizes[-1] in (1, 2, 3) else 3)
    return point_of(replace(net, sizes=sizes))


def point_of(net: Net) -> tuple[Net, Point]:
    """A point of a network, with as many examples as no layer has units, every class among them."""
    rng = np.random.default_rng(7)
    m = next(n for n in (4, 6, 7, 9, 10, 12) if not {n, n - 1} & set(net.sizes))
    params = {key: rng.uniform(-1, 1, shape) for key, shape in net.shapes.items()}
    K = net.sizes[-1]
    y = np.eye(K)[[(i * (K - 1)) % K if i < 2 else i % K for i in range(m)]] if K > 1 else rng.integers(0, 2, (m, 1)) * 1.0
    return net, Point(params, rng.uniform(-1, 1, (m, net.sizes[0])), y)


class ShapeSearch:
    """What was found for one network, and what came nearest where nothing was."""

    def __init__(self, names: Mapping[str, Any], net: Net) -> None:
        self.names, self.net = names, net
        self.ends = time.process_time() + SECONDS
        self.found: list[tuple[Way, Array]] = []
        self.not_made: dict[str, Exception] = {}  # why a class could not be made, in the likeliest way
        self.were_made: set[str] = set()
        self.sources_made: list[Any] = []
        self.begun: dict[int, Source] = {}  # what begins with a fit, by the identity of what it keeps
        self.refused: set[str] = set()  # batches of one, where the code is written for several and fails with them
        self.problems: list[tuple[int, Exception]] = []  # the further it got, the higher the number

    def ways(self) -> list[Way]:
        """Every way that answers; those that answer alike are one."""
        text = str(self.names.get("__text__", ""))
        every: Iterator[Any] = chain(sources(self.names, self.net, text), chains(self.names, self.net, text))
        for source in every:
            if time.process_time() > self.ends or (self.found and source.name != self.found[0][0].source.name):
                break
            for held, net, point in self._kept(source) or self._kept_after_fit(source):
                source = self.begun.get(id(held), source)
                self._try(source, held, net, point)
                if self.found and not held.form.bias:  # where in a matrix the bias stands only its gradient tells
                    break
                if begins := getattr(source, "begins", None):
                    self.problems.append((3, Problem("wrong-type", "fit-starts-anew", call=begins.method)))
        for name, error in self.not_made.items():
            if name not in self.were_made:
                self._remember(1, error)
        return [way for way, _ in self.found]

    def _kept(self, source: Any) -> list[tuple[Parameters, Net, Point]]:
        """Where objects of this source keep the parameters, on a network that tells; else on one of the file's own sizes."""
        for net, point in (telling(self.net), point_of(self.net)):
            try:
                with within(ONE_TRY):
                    one = source.made(self.names, net, point.x, point.y)
                    found = self._kept_by(one, net, point, source)
            except TooSlow:
                self.problems.append((2, Problem("wrong-type", "made-too-slowly", name=source.name)))
                return []
            except Exception as error:
                if getattr(source.making, "by_name", True):
                    self.not_made.setdefault(source.name, error)
                continue
            self.were_made.add(source.name)
            self.sources_made.append(source)
            if found:
                return found
        return []

    def _kept_by(self, one: Any, net: Net, point: Point, source: Any) -> list[tuple[Parameters, Net, Point]]:
        is_fixed = net.sizes == self.net.sizes and not getattr(source.making, "has_sizes", False)
        own = list(own_sizes(one, len(net.layers))) if is_fixed else []
        found = []
        for sizes in dict.fromkeys((net.sizes, *own)):
            sized = (net, point) if sizes == net.sizes else point_of(replace(net, sizes=sizes))
            kept = [held for held in parameters(one, sizes, has_biases=net.has_biases) if not holds_more(one, held, sized[1])]
            if kept and not net.has_biases and next(parameters(one, sizes), None):
                self.problems.append((3, Problem("wrong-shape", "has-biases", name=source.name)))
                return []
            found += [(held, *sized) for held in kept]
        if not found and net.has_biases and any(without_biases(one, sizes) for sizes in (net.sizes, *own)):
            self.problems.append((3, Problem("wrong-shape", "no-biases", name=source.name)))
        return found

    def _kept_after_fit(self, source: Any) -> list[tuple[Parameters, Net, Point]]:
        """The same of a class whose arrays are made by a first fit."""
        if not isinstance(source, Source) or source.making is None or source not in self.sources_made:
            return []
        net, point = telling(self.net)
        for batch in batches(net, False):
            try:
                with within(ONE_TRY):
                    for call in first_fits(source.made(self.names, net, point.x, point.y)):
                        begun = replace(source, begins=call)
                        one = begun.made(self.names, net, batch.inputs(point), batch.targets(point))
                        if found := self._kept_by(one, net, point, source):
                            self.begun |= {id(held): begun for held, _, _ in found}
                            return found
            except TooSlow:
                return []
            except Exception as error:
                if "said" in vars(error):
                    self._remember(1, error)
        return []

    def _remember(self, rank: int, error: Exception) -> None:
        """An error that arose in the file's own code; that a call does not fit says nothing of the file."""
        if self._own_frames(error):
            self.problems.append((2 if "said" in vars(error) else rank, error))  # what is not here says why itself

    def _own_frames(self, error: Exception) -> list[FrameType]:
        """The calls of the file's own functions that it came through."""
        frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
        return [frame for frame in frames if frame.f_globals.get("__name__") == self.names.get("__name__")]

    def _names_an_axis(self, error: Exception) -> bool:
        """Whether it arose in a function of the file that knows which axis the examples are on: it is written for several."""
        own = self._own_frames(error)
        words = [word for const in (own[-1].f_code.co_consts if own else ()) if isinstance(const, tuple) for word in const]
        return "axis" in words or "keepdims" in words  # arguments by name are kept as constants

    def _try(self, source: Source, held: Parameters, net: Net, point: Point) -> None:
        columns = not held.form.in_out
        one = next(one for one in (self._made(source, net, point, batch) for batch in batches(net, columns)) if one is not None)
        given = getattr(source.making, "arguments", ())
        kept = any(key in ("x", "y") for _, key in given) or getattr(source, "begins", None) is not None
        asked = list(steps(one, kept, list(slopes(self.names))))
        for step in asked:
            self.refused.clear()
            for batch in batches(net, columns):
                if time.process_time() > self.ends or len(self.found) >= MOST_WAYS:
                    return
                if batch.x in self.refused:
                    continue
                if self.answers(Way(source, held, batch, step), net, point):
                    break

    def _made(self, source: Any, net: Net, point: Point, batch: Batch) -> Any:
        try:
            return source.made(self.names, net, batch.inputs(point), batch.targets(point))
        except Exception:
            return None

    def answers(self, way: Way, net: Net, point: Point) -> bool:
        """Try one way; whether a gradient came of it, which is remembered."""
        answered = False
        try:
            with within(ONE_TRY):
                for read in readings(way, self.names, net, point):
                    answered |= self._keep(read, net, point)
        except Problem as problem:
            self.problems.append((2, problem))
        except Exception as error:
            for_several = way.batch.x in ALONE and self._names_an_axis(error)
            self._remember(2 if for_several else 1, error)
            self.refused |= set(ALONE[way.batch.x]) if for_several else set()
        except TooSlow:
            self.problems.append((2, Problem("wrong-type", "too-many-steps", calls=way.steps.told)))
        return answered

    def _keep(self, way: Way, net: Net, point: Point) -> bool:
        """Remember a way with its answer, if no other answers so."""
        way = with_rate(way, self.names, net, point)
        grads = way.gradient(self.names, net, point, Handed())
        answer = np.concatenate([grads[key].ravel() for key in net.shapes])
        if not np.isfinite(answer).all() or not answer.any():
            return False
        if not any(_parallel(answer, other) and (way.is_free or not known.is_free) for known, other in self.found):
            if not self.found:
                self.ends = min(self.ends, time.process_time() + AFTER_THE_FIRST)
            self.found.append((kept_elsewhere(way, self.names, net, point), answer))
        return True


def nearest(problems: list[tuple[int, Exception]]) -> Exception | None:
    """What came nearest; whether it came so near that it says more than a contract whose names the file has."""
    if not problems:
        return None
    rank, problem = max(problems, key=lambda one: one[0])
    vars(problem)["is_near"] = rank > 1
    return problem


def _parallel(one: Array, other: Array) -> bool:
    if one.shape != other.shape:
        return False
    size = float(np.sqrt((one @ one) * (other @ other)))
    return bool(one @ other >= (1 - 1e-12) * size)
