"""What a row's text leaves open and each statement draws: axes, indices, masks, numbers, constant arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

Rng = np.random.Generator
NUMBERS = ("0.3", "-1.7", "2", "0.5", "-0.1", "1.25", "3", "-2.0", "0.7071", "1e-1")
POSITIVE = ("0.3", "1.7", "2", "0.5", "1.1", "0.9", "2.25")


class Filling:
    """The text of one statement with its open names drawn; constants that it needs are handed to ``constant``."""

    def __init__(
        self, rng: Rng, values: dict[str, Any], constant: Callable[[Any], str], to: tuple[int, ...] | None = None
    ) -> None:
        self.rng, self.values, self.constant, self.to = rng, values, constant, to
        self.a = np.asarray(values.get("a", 0.0))
        self.drawn: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The text with everything filled in that `DRAWN` knows."""
        return re.sub(r"\{(\w+)\}", self._of, text)

    def _of(self, match: re.Match[str]) -> str:
        name = match[1]
        if name not in DRAWN:
            return match[0]
        if name not in self.drawn:
            self.drawn[name] = DRAWN[name](self)
        return self.drawn[name]

    def axis(self) -> int:
        """An axis of a, counted from either end."""
        return int(self.rng.integers(-self.a.ndim, self.a.ndim))

    def places(self, how_many: int, below: int) -> str:
        """Some indices, repeated ones among them."""
        return repr([int(i) for i in self.rng.integers(0, below, how_many)])

    def mask(self, shape: tuple[int, ...]) -> str:
        """Truth values of which one at least holds."""
        found = self.rng.random(shape) < 0.6
        found.flat[int(self.rng.integers(found.size))] = True
        return repr(found.tolist())

    def spread_constant(self, signs: bool) -> str:
        """A constant array of the shape of a: signs, or numbers well apart."""
        shape, size = self.a.shape, self.a.size
        if signs:
            return self.constant(self.rng.choice([-1.0, 1.0], size=shape))
        places = self.rng.permutation(size) * 0.45 + self.rng.uniform(0.0, 0.1, size) - 0.2 * size
        return self.constant(np.round(places, 3).reshape(shape))

    def ranks(self) -> str:
        """Positive numbers well apart, in the shape of a."""
        return self.constant(np.round(self.rng.permutation(self.a.size) * 0.45 + 0.6, 3).reshape(self.a.shape))

    def scales(self) -> str:
        """Numbers between 0.5 and 1.5 in size, in the shape that is wanted."""
        shape = self.to or ()
        return self.constant(np.round(self.rng.uniform(0.5, 1.5, shape) * self.rng.choice([-1.0, 1.0], shape), 2))

    def reduced(self) -> str:
        """The shape of a without the axis that was drawn."""
        axis = int(self("{axis}")) % self.a.ndim
        return repr(tuple(n for k, n in enumerate(self.a.shape) if k != axis))


DRAWN: dict[str, Callable[[Filling], str]] = {
    "axis": lambda f: str(f.axis()),
    "axes": lambda f: repr(tuple(int(k) for k in f.rng.permutation(f.a.ndim)[: f.rng.integers(1, f.a.ndim + 1)])),
    "bool": lambda f: str(bool(f.rng.integers(2))),
    "mask": lambda f: f.mask(f.a.shape),
    "mask1": lambda f: f.mask(f.a.shape[:1]),
    "labels": lambda f: f.places(len(f.a), 4),
    "index": lambda f: f.places(3, len(f.a)),
    "flat": lambda f: f.places(3, f.a.size),
    "place": lambda f: ", ".join(str(int(f.rng.integers(-n, n))) for n in f.a.shape),
    "shape": lambda f: repr(tuple(f.a.shape[::-1]) if f.rng.integers(2) else (f.a.size, 1)),
    "zeros": lambda f: repr(np.zeros((1, *f.a.shape[1:]), dtype=int).tolist()),
    "reduced": lambda f: f.reduced(),
    "ranks": lambda f: f.ranks(),
    "to": lambda f: repr(f.to),
    "scales": lambda f: f.scales(),
    "first": lambda f: str(int(f.rng.integers(max(f.a.size, 1)))),
    "last": lambda f: str(f.a.shape[-1]),
    "n": lambda f: str(f.a.shape[0]),
    "num": lambda f: str(f.rng.choice(NUMBERS)),
    "num2": lambda f: str(f.rng.choice(NUMBERS)),
    "pos": lambda f: str(f.rng.choice(POSITIVE)),
    "pos2": lambda f: str(f.rng.choice(POSITIVE)),
    "signs": lambda f: f.spread_constant(True),
    "spread": lambda f: f.spread_constant(False),
    "weights": lambda f: f.constant(f.rng.integers(1, 9, size=f.a.shape) * f.rng.choice([-1.0, 1.0], size=f.a.shape) / 8),
}
