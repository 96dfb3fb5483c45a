"""The ways in which a file's classes may be asked for a gradient, tried in order; the judge chooses among those that answer."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from types import FrameType
from typing import Any

import numpy as np

from ..common import Array, Handed, Net, Point, Problem
from .calls import steps
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
        self.problems: list[tuple[int, Problem]] = []  # the further it got, the higher the number

    def ways(self) -> list[Way]:
        """Every way that answers; those that answer alike are one."""
        text = str(self.names.get("__text__", ""))
        every: Iterator[Any] = chain(sources(self.names, self.net, text), chains(self.names, self.net, text))
        for source in every:
            if time.process_time() > self.ends or (self.found and source.name != self.found[0][0].source.name):
                break
            for held, net, point in self._kept(source):
                self._try(source, held, net, point)
                if self.found:
                    break
        return [way for way, _ in self.found]

    def _kept(self, source: Source) -> Iterator[tuple[Parameters, Net, Point]]:
        """Where objects of this source keep the parameters, on a network that tells; or on that of the file's own sizes."""
        net, point = telling(self.net)
        try:
            with within(ONE_TRY):
                one = source.made(self.names, net, point.x, point.y)
                kept = [
                    held for held in parameters(one, net.sizes) if not holds_more(one, held, [point.x.shape, point.y.shape])
                ]
                any_sizes = [(held, net, point) for held in kept]
                if any_sizes:
                    yield from any_sizes
                    return
                if without_biases(one, net.sizes):
                    self.problems.append((3, Problem("wrong-shape", "no-biases", name=source.name)))
                    return
        except Problem as problem:
            self.problems.append((1, problem))
        except Exception:
            pass
        except TooSlow:
            self.problems.append((2, Problem("wrong-type", "made-too-slowly", name=source.name)))
            return
        net, point = point_of(self.net)
        try:
            with within(ONE_TRY):
                one = source.made(self.names, net, point.x, point.y)
                for sizes in dict.fromkeys((net.sizes, *own_sizes(one, len(net.layers)))):
                    fixed, at = point_of(replace(net, sizes=sizes)) if sizes != net.sizes else (net, point)
                    for held in parameters(one, sizes):
                        if not holds_more(one, held, [point.x.shape, point.y.shape]):
                            yield held, fixed, at
        except (Exception, TooSlow):
            return

    def _try(self, source: Source, held: Parameters, net: Net, point: Point) -> None:
        one = source.made(self.names, net, point.x, point.y)
        kept = source.making is not None and any(key in ("x", "y") for _, key in source.making.arguments)
        columns = not held.form.in_out
        asked = list(steps(one, kept, list(slopes(self.names))))
        for step in asked:
            for batch in batches(net, columns):
                if time.process_time() > self.ends or len(self.found) >= MOST_WAYS:
                    return
                if self.answers(Way(source, held, batch, step), net, point):
                    break

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
            self.problems.append((1, Problem("exception", "raised", type=type(error).__name__, words=str(error)[:300])))
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


def nearest(problems: list[tuple[int, Problem]]) -> Problem | None:
    """What came nearest; whether it came so near that it says more than a contract whose names the file has."""
    if not problems:
        return None
    rank, problem = max(problems, key=lambda one: one[0])
    problem.is_near = rank > 1
    return problem


def scripts_in(names: Mapping[str, Any], net: Net, source: Any, at: Any) -> tuple[list[Way], Problem | None]:
    """The ways in which one pass of a loop gives a gradient; else what came nearest."""
    from .scripts import OnePass

    search = ShapeSearch(names, net)
    before = source.before(names)
    kept = {name: before[name] for name in source.changed}
    layers = len(net.layers)
    for sizes in dict.fromkeys((net.sizes, *own_sizes(kept, layers))):
        fixed, point = at(replace(net, sizes=sizes))
        for held in parameters(kept, sizes):
            for data in source.told_data(names, sizes):
                for x in ("rows", "one row"):
                    way = Way(replace(source, data=data), held, Batch(x), OnePass())
                    if search.answers(way, fixed, point):
                        return [one for one, _ in search.found], None
        if without_biases(kept, sizes):
            search.problems.append((3, Problem("wrong-shape", "no-biases-in-loop", name=source.name)))
    return [], nearest(search.problems)


def _parallel(one: Array, other: Array) -> bool:
    if one.shape != other.shape:
        return False
    size = float(np.sqrt((one @ one) * (other @ other)))
    return bool(one @ other >= (1 - 1e-12) * size)
