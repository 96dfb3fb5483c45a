"""What a derivation report is asked for, checked before any work."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic.programs.interpret import Array
from symbolic.report.messages import LANGUAGES

LEVELS = ("full", "brief")

Progress = Callable[[str, int, int], None]
"""Called with what is being done (a message key), how much of it is done, and how much there is."""


def no_progress(what: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Values:
    """A point: parameters by key, inputs (m, n_0), targets (m, n_L)."""

    params: Mapping[str, Array]
    x: Array
    y: Array


@dataclass(frozen=True)
class Weight:
    """One entry of a parameter, as code names it: W1[0, 1] or b2[0]."""

    quantity: str
    layer: int
    index: tuple[int, ...]

    @property
    def code(self) -> str:
        """As code names it."""
        return f"{self.quantity}{self.layer}[{', '.join(map(str, self.index))}]"

    @property
    def name(self) -> str:
        """As the program names it."""
        return "_".join([f"{self.quantity}{self.layer}", *map(str, self.index)])


@dataclass(frozen=True)
class Options:
    """What the report holds.

    ``weight`` is followed along all its paths ("W1[0,1]"; without one, the first weight of the first layer); ``values``
    are put beside the symbols, ``updates`` are the parameters that the step of descent changes (none named: all);
    ``expand`` writes the closed forms out in x, W and b, however long they are.
    """

    language: str = "en"
    level: str = "full"
    weight: str | None = None
    expand: bool = False
    values: Values | None = None
    learning_rate: float = 0.5
    updates: tuple[str, ...] = ()
    seed: int = 0
    progress: Progress = no_progress

    def __post_init__(self) -> None:
        for what, value, allowed in (("language", self.language, tuple(LANGUAGES)), ("level", self.level, LEVELS)):
            if value not in allowed:
                raise ValueError(f"there is no {what} {value!r}, expected {' or '.join(allowed)}")


def check_values(spec: NetworkSpec, values: Values) -> None:
    """Raise ValueError where an array of the point is not as the network has it."""
    m = len(values.x)
    expected = {**spec.shapes, "x": (m, spec.sizes[0]), "y": (m, spec.sizes[-1])}
    arrays = {**values.params, "x": values.x, "y": values.y}
    for key, shape in expected.items():
        if key not in arrays:
            raise ValueError(f"the point lacks {key}; {spec} has {', '.join(spec.keys)}")
        if np.shape(arrays[key]) != shape or not m:
            raise ValueError(f"{key} has shape {np.shape(arrays[key])}, expected {shape} for {spec}, at least one example")


def weight_of(text: str | None, spec: NetworkSpec) -> Weight:
    """The entry that a text names, or the first weight of the first layer; raises ValueError for one that is not there.

    >>> weight_of("W1[0,1]", NetworkSpec.parse("2-3-1")).name
    'W1_0_1'
    """
    if text is None:
        return Weight("W", 1, (0, 0))
    found = re.fullmatch(r"\s*([Wb])(\d+)\s*\[\s*(\d+)\s*(?:,\s*(\d+)\s*)?\]\s*", text)
    if not found:
        raise ValueError(f"{text!r} names no parameter, expected one such as W1[0,1] or b1[0], counted from 0 as in code")
    key, index = f"{found[1]}{int(found[2])}", tuple(int(part) for part in found.groups()[2:] if part is not None)
    shape = spec.shapes.get(key)
    if shape is None:
        raise ValueError(f"{spec} has no {key}; it has {', '.join(spec.keys)}")
    if len(index) != len(shape) or any(i >= size for i, size in zip(index, shape, strict=True)):
        raise ValueError(
            f"{key} has shape {shape}, so {text} is not in it; the last entry is {key}{[size - 1 for size in shape]}"
        )
    return Weight(found[1], int(found[2]), index)
