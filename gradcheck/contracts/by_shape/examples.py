"""How a batch is handed over: rows or columns, one example at a time, classes as rows of zeros and ones or as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..common import Array, Net, Point


@dataclass(frozen=True)
class Batch:
    """``x`` is rows, columns, or of one example a vector, row, column; ``y`` one-hot, labels, vector, column (of labels)."""

    x: str = "rows"
    y: str = "one-hot"

    @property
    def is_single(self) -> bool:
        """Whether examples go one by one."""
        return self.x.startswith("one")

    def inputs(self, point: Point) -> Array:
        """The inputs of a point, which has one example where they go one by one."""
        x = {
            "rows": point.x,
            "columns": point.x.T,
            "one": point.x[0],
            "one row": point.x,
            "one column": point.x.T,
            "one stack": point.x[np.newaxis],
        }[self.x]
        return np.array(x, order="C")

    def targets(self, point: Point) -> Array:
        """Its targets."""
        if self.y == "labels":
            return np.array(point.labels[0]) if self.x == "one" else np.array(point.labels)
        if self.y == "column":
            return np.array(point.labels[:, np.newaxis])
        if self.y == "vector":
            return np.array(point.y[:, 0])
        y = {
            "rows": point.y,
            "columns": point.y.T,
            "one": point.y[0],
            "one row": point.y,
            "one column": point.y.T,
            "one stack": point.y[np.newaxis],
        }[self.x]
        return np.array(y, order="C")

    def output(self, point: Point) -> tuple[int, ...]:
        """The shape of the network's output."""
        m, K = point.y.shape
        return {"rows": (m, K), "columns": (K, m), "one": (K,), "one row": (1, K), "one column": (K, 1), "one stack": (1, K)}[
            self.x
        ]

    @property
    def told(self) -> dict[str, str]:
        """By the words of a layout."""
        batch = "single" if self.is_single else self.x
        return {"batch": batch, "y": self.y}


def batches(net: Net, columns_first: bool, vectors: bool = False) -> Iterator[Batch]:
    """The ways to hand over a batch, the likeliest first; single examples last, where a mistake about batches would hide."""
    many, one = (
        (("columns", "rows"), ("one column", "one", "one row"))
        if columns_first
        else (("rows", "columns"), ("one", "one row", "one column"))
    )
    classes = net.sizes[-1] > 1 and net.cost in ("cross_entropy", "bce")
    for x in (*one[:2], *many) if vectors else many:
        yield Batch(x)
        if classes:
            yield Batch(x, "labels")
            yield Batch(x, "column")
        elif net.sizes[-1] == 1:
            yield Batch(x, "vector")
    for x in (*one, "one stack"):
        yield Batch(x)
        if classes:
            yield Batch(x, "labels")
