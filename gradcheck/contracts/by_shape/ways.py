"""A way to a gradient: an object with the judge's parameters, some calls, and where the gradient stands afterwards.

It is what the last call returns, what the object has stored, or how its parameters have changed, divided by the rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..common import Array, Handed, Net, Point, Problem, averaged, single
from ..reading import read_array
from .examples import Batch
from .making import data_and_training
from .parts import arrays
from .roles import GradientPlaces, Parameters, gradients
from .sources import RATE

RETURNED, STORED, UPDATE = "returned", "stored", "update"


@dataclass(frozen=True)
class Way:
    """How a gradient is had of one object, found once and used at every point."""

    source: Any  # what has `made`: a class of the file, an object, a chain of its layers, a loop
    held: Parameters
    batch: Batch
    steps: Any  # what has `run`: calls of methods, or one pass of a loop
    read: str = ""
    where: GradientPlaces | None = None  # of what is returned or stored
    rate: float = RATE  # what an update is divided by
    in_place_alone: bool = False  # whether arrays must be written into, because something else keeps them as well
    moves: bool = False  # whether the calls also change the parameters, as training does: that is no mistake then

    @property
    def is_free(self) -> bool:
        """Whether the gradient is known up to a factor: one that all parameters share belongs to the learning rate."""
        return self.read == UPDATE

    def gradient(self, names: Mapping[str, Any], net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        """The gradient; of examples that go one by one the mean of theirs."""
        if self.batch.is_single:
            ones = [self._gradient(names, net, single(point, i), handed) for i in range(len(point.x))]
            return averaged(net, ones)
        return self._gradient(names, net, point, handed)

    def _gradient(self, names: Mapping[str, Any], net: Net, point: Point, handed: Handed) -> dict[str, Array]:
        one = self.prepared(names, net, point, handed)
        return self.asked(names, one, net, point, handed)

    def prepared(self, names: Mapping[str, Any], net: Net, point: Point, handed: Handed, rate: float | None = None) -> Any:
        """A new object with the parameters of a point."""
        x, y = self.batch.inputs(point), self.batch.targets(point)
        one = self.source.made(names, net, x, y, self.rate if rate is None else rate)
        given = self.held.put(one, point.params, in_place=handed.watching)
        if not self.moves:
            for key, array in given.items():
                handed.keep(key, array)
        return one

    def asked(
        self, names: Mapping[str, Any], one: Any, net: Net, point: Point, handed: Handed, rate: float | None = None
    ) -> dict[str, Array]:
        """What an object that is prepared answers."""
        rate = self.rate if rate is None else rate
        if not handed.watching and self.in_place_alone:
            raise Problem("not-followed", "kept-elsewhere")
        returned = self.run(names, net, one, point, handed, rate)
        if self.read == UPDATE:
            return self.updated(one, point, rate)
        assert self.where is not None
        return self.in_layout(self.where.read(returned if self.read == RETURNED else one), net, point)

    def run(self, names: Mapping[str, Any], net: Net, one: Any, point: Point, handed: Handed, rate: float) -> Any:
        """Make the calls."""
        x, y = handed.keep("x", self.batch.inputs(point)), self.batch.targets(point)
        y = handed.keep("y", y) if isinstance(y, np.ndarray) else y
        known = data_and_training(net, x, y, rate) | {"m": len(point.x)}
        known["slope of"] = lambda out: self.steps.slope.at(names, net, out, y)
        return self.steps.run(one, known, self.batch.output(point))

    def updated(self, one: Any, point: Point, rate: float) -> dict[str, Array]:
        """The change of the parameters by one step, divided by its rate."""
        found: dict[str, Array] = {}
        for key, array in self.held.now(one).items():
            shape = np.shape(self.held.form.held(key, point.params))
            found |= self.held.form.back(key, read_array(key, array, shape))
        return {key: (point.params[key] - value.reshape(point.params[key].shape)) / rate for key, value in found.items()}

    def in_layout(self, found: Mapping[str, Any], net: Net, point: Point) -> dict[str, Array]:
        """GradientPlaces as arrays of the network's layout."""
        grads: dict[str, Array] = {}
        for key, value in found.items():
            shape = np.shape(self.held.form.held(key, point.params))
            grads |= self.held.form.back(key, read_array(f"d{key}", value, shape))
        return {key: grads[key].reshape(shape) for key, shape in net.shapes.items()}


def readings(way: Way, names: Mapping[str, Any], net: Net, point: Point) -> list[Way]:
    """The places where a gradient stands after these calls, if any: each as a way of its own."""
    point = single(point, 0) if way.batch.is_single else point
    one = way.prepared(names, net, point, Handed())
    start = {path: array.copy() for path, array in arrays(one)}
    returned = way.run(names, net, one, point, Handed(), way.rate)
    shapes = {key: np.shape(way.held.form.held(key, point.params)) for key in way.held.paths}
    own = [path for paths in way.held.paths.values() for path in paths]
    found = []
    way = replace(way, moves=_moved(way.held, one, point))
    if isinstance(one, dict) and way.moves:  # a script is judged by what its loop does
        return [replace(way, read=UPDATE)]
    tells = returned is not None and returned is not one and not isinstance(returned, str | bool)
    if tells and (where := gradients(returned, way.held, shapes)):
        found.append(replace(way, read=RETURNED, where=where))
    same = [path for path, array in arrays(one) if path in start and _same(array, start[path])]
    where = gradients(one, way.held, shapes, [*own, *same])
    if where and not (way.moves and _is_the_change(way.held, where, one, point)):
        found.append(replace(way, read=STORED, where=where))
    if way.moves:
        found.append(replace(way, read=UPDATE))
    return found


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and bool(np.array_equal(one, other))


def _is_the_change(held: Parameters, where: GradientPlaces, one: Any, point: Point) -> bool:
    """Whether what is stored is the step itself, as a velocity is, which goes against the gradient."""
    now, stored = held.now(one), where.read(one)
    keys = [key for key in held.paths if key[0] == "W"]
    return all(_alike(np.asarray(stored[key]), np.asarray(now[key]) - held.form.held(key, point.params)) for key in keys)


def _moved(held: Parameters, one: Any, point: Point) -> bool:
    """Whether every array of weights is another one now; biases may have been forgotten."""
    now = held.now(one)
    weights = [key for key in held.paths if key[0] == "W"]
    return all(not _same(np.asarray(now[key]), held.form.held(key, point.params)) for key in weights)


def with_rate(way: Way, names: Mapping[str, Any], net: Net, point: Point) -> Way:
    """An update with what it is to be divided by: found by asking at two rates; 1 where no rate is known that it follows."""
    if way.read != UPDATE:
        return way
    point = single(point, 0) if way.batch.is_single else point
    slow, fast = (_change(way, names, net, point, rate) for rate in (1.0, RATE))
    if _alike(slow * RATE, fast):
        return way
    if _alike(slow, fast):
        if not way.batch.is_single and _is_one_by_one(way, names, net, point):
            raise Problem("wrong-type", "update-not-proportional", calls=way.steps.told)
        if _is_sign(slow):
            raise Problem("wrong-type", "update-normalised")
        return replace(way, rate=1.0)
    last = sum(point.params[key].size for key in net.shapes if int(key[1:]) == len(net.layers))
    if _alike(slow[-last:] * RATE, fast[-last:]):
        return way  # only what comes before the last layer sees that it has learnt: it was changed too early
    raise Problem("wrong-type", "update-not-proportional", calls=way.steps.told)


def _change(way: Way, names: Mapping[str, Any], net: Net, point: Point, rate: float) -> Array:
    one = way.prepared(names, net, point, Handed(), rate)
    way.run(names, net, one, point, Handed(), rate)
    return np.concatenate([value.ravel() for value in _ordered(way.updated(one, point, 1.0))])


def _is_one_by_one(way: Way, names: Mapping[str, Any], net: Net, point: Point) -> bool:
    """Whether a batch is gone through example by example: their order counts, and a batch of equal ones is no multiple."""
    back = Point(point.params, point.x[::-1].copy(), point.y[::-1].copy())
    forth, back_change = (_change(way, names, net, at, way.rate) for at in (point, back))
    if np.abs(forth - back_change).max() <= 1e-9 * np.abs(forth).max():
        return False
    one = single(point, 0)
    equal = Point(point.params, np.repeat(one.x, len(point.x), axis=0), np.repeat(one.y, len(point.y), axis=0))
    a, b = (_change(way, names, net, at, way.rate) for at in (equal, one))
    return bool(a @ b < (1 - 1e-9) * np.sqrt((a @ a) * (b @ b)))


def _ordered(grads: Mapping[str, Array]) -> list[Array]:
    """By layer."""
    return [grads[key] for key in sorted(grads, key=lambda key: (int(key[1:]), key[0]))]


def _alike(one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).max() <= 1e-7 * max(np.abs(other).max(), np.abs(one).max()))


def _is_sign(change: Array) -> bool:
    """Whether all entries moved by the same amount, as with the first step of Adam."""
    moved = np.abs(change[change != 0])
    return moved.size > 1 and bool(np.ptp(moved) <= 1e-3 * moved.max())


def kept_elsewhere(way: Way, names: Mapping[str, Any], net: Net, point: Point) -> Way:
    """Whether arrays that are replaced give the same answer as arrays that are written into."""
    inside = way.gradient(names, net, point, Handed())
    try:
        instead = way.gradient(names, net, point, Handed(watching=False))
    except Exception:
        return replace(way, in_place_alone=True)
    same = all(np.allclose(inside[key], instead[key], rtol=1e-9, atol=0) for key in inside)
    return replace(way, in_place_alone=not same)
