"""Targets that are classes: one for each example, in an order and under names that files which count them can take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


def every_class(point: Point) -> Point:
    """One class for each example, the first and the last among them: labels that start elsewhere then show."""
    outputs = point.y.shape[1]
    if outputs == 1:
        return point
    order = [0, outputs - 1, *range(1, outputs - 1)]
    return replace(point, y=np.eye(outputs)[[order[i % outputs] for i in range(len(point.y))]])


def one_hot(point: Point, rng: np.random.Generator) -> Point:
    """The point with one class for each example, where there are classes; the last one is among them.

    Files count their classes by the largest label.
    """
    outputs = point.y.shape[1]
    if outputs == 1:
        return point
    classes = rng.integers(outputs, size=len(point.y))
    if outputs - 1 not in classes:
        classes[rng.integers(len(classes))] = outputs - 1
    return replace(point, y=np.eye(outputs)[classes])


def renaming(point: Point) -> Array | None:
    """The largest class there is changes places with the last one, None where that is there.

    Files that take labels count the classes by the largest, which only a batch that has it allows.
    """
    outputs, largest = point.y.shape[1], int(point.y.argmax(axis=1).max())
    if largest == outputs - 1:
        return None
    order = np.arange(outputs)
    order[[largest, -1]] = order[[-1, largest]]
    return order


def renamed(spec: NetworkSpec, point: Point, order: Array) -> Point:
    """The same network and examples, its classes by other names."""
    last = {key: point.params[key][order] for key in spec.of_layer(spec.L)}
    return replace(point, params={**point.params, **last}, y=np.eye(len(order))[order[point.y.argmax(axis=1)]])
