"""Puts back after a run what the code keeps between calls, and makes its arrays of floats exact constants meanwhile.

Within a run on balls each reachable array of floats is replaced, where it is held, by an `Array` of the same numbers: what
is computed with it is exact, and code may write balls into it. Views of one array stay views of one. Afterwards every
place holds what it held, the very objects, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.certified.code.reach import Contents, Holder, ReachableObjects, reach
from gradcheck.certified.numbers.arrays import Array, exactly, objects, wrap
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.replacements.table import KINDS

MOST_CELLS = 2**18  # floats that are turned into balls, the small arrays first: some 100 ms and 40 MB
MOST_BYTES = 2**28  # of arrays whose contents are remembered, the small ones first
Floats = np.ndarray[Any, Any]
_as_strided = np.lib.stride_tricks.as_strided


@dataclass(frozen=True)
class Kept:
    """What the places held at one moment, and what stood in the arrays."""

    places: tuple[tuple[Holder, Contents], ...]
    arrays: tuple[tuple[Floats, Floats], ...]

    def is_changed(self) -> bool:
        """Whether some place holds something else now, or an array other numbers."""
        if any(_differ(holder.read(), before) for holder, before in self.places):
            return True
        return any(array.tobytes() != numbers.tobytes() for array, numbers in self.arrays if array.dtype != object)

    def put_back(self) -> None:
        """Let every place hold what it held, and every array what stood in it."""
        for holder, before in self.places:
            with suppress(Exception):  # a class of the user's may not let itself be written to
                if _differ(holder.read(), before):
                    holder.write(before)
        for array, numbers in self.arrays:
            if array.flags.writeable:
                np.copyto(array, numbers)


def remember(roots: Iterable[Any]) -> Kept:
    """What everything that can be reached holds now."""
    return _kept(reach(roots))


def _kept(found: ReachableObjects) -> Kept:
    return Kept(tuple((holder, holder.read()) for holder in found.holders), _contents(found.arrays))


@contextmanager
def unchanged(*roots: Any) -> Iterator[Kept]:
    """After the block, what the functions can reach is as it was before."""
    kept = remember(roots)
    try:
        yield kept
    finally:
        kept.put_back()


@contextmanager
def on_balls(roots: Iterable[Any], stand_ins: dict[int, tuple[Any, Any]], *, arrays: bool) -> Iterator[int]:
    """The same for a run on balls, within which arrays of floats are balls; how many arrays are, is what it gives.

    ``stand_ins`` are functions that others take the place of, wherever they are held.
    """
    found = reach(roots)
    kept = _kept(found)
    balls = arrays_as_balls(found.arrays) if arrays else {}
    table = stand_ins | balls
    if active.widen == 1:  # constants of the code may have been meant otherwise, data not, those that stay floats neither
        active.exact_arrays = frozenset(id(one) for array in found.arrays for one in (array, _owner(array)))
    try:
        for holder, before in kept.places:
            inside = {key: _exchanged(value, table) for key, value in before.items()}
            if any(inside[key] is not value for key, value in before.items()):
                holder.write(inside)
        yield len(balls)
    finally:
        kept.put_back()


def _differ(now: Contents, before: Contents) -> bool:
    pairs = zip(now.items(), before.items(), strict=True)
    return len(now) != len(before) or any(value is not known or (a is not b and a != b) for (a, value), (b, known) in pairs)


def _contents(arrays: list[Floats]) -> tuple[tuple[Floats, Floats], ...]:
    """Copies of what stands in the arrays that can be written to, as far as there is room."""
    copies, left = [], MOST_BYTES
    for array in sorted(arrays, key=lambda array: array.nbytes):
        left -= array.nbytes
        if left < 0:
            break
        if array.flags.writeable:
            copies.append((array, array.copy()))
    return tuple(copies)


def _exchanged(value: Any, table: dict[int, tuple[Any, Any]]) -> Any:
    """The value, or what takes its place; a tuple is made anew if something in it is exchanged."""
    found = table.get(id(value))
    if found is not None and found[0] is value:
        return found[1]
    if isinstance(value, tuple) and value and (type(value) is tuple or hasattr(value, "_make")):
        items = [_exchanged(item, table) for item in value]
        if any(a is not b for a, b in zip(items, value, strict=True)):
            return tuple(items) if type(value) is tuple else type(value)._make(items)  # type: ignore[attr-defined]
    replace = KINDS.get((type(value).__module__, type(value).__name__))
    return value if replace is None else replace(value)


# Arrays of floats as arrays of balls


def arrays_as_balls(arrays: list[Floats]) -> dict[int, tuple[Floats, Array]]:
    """By identity: each array of floats and the `Array` that takes its place; views of one array share their numbers."""
    groups: dict[int, list[Floats]] = {}
    for array in arrays:
        groups.setdefault(id(_owner(array)), []).append(array)
    found: dict[int, tuple[Floats, Array]] = {}
    left = MOST_CELLS
    for group in sorted(groups.values(), key=lambda group: _owner(group[0]).size):
        owner = _owner(group[0])
        if not all(_is_of_floats(array, owner.dtype) for array in (owner, *group)) or owner.base is not None:
            continue
        left -= owner.size
        if left < 0:
            break
        cells = _cells(owner)
        found |= {id(array): (array, _seen_through(array, owner, cells)) for array in group}
    return found


def _owner(array: Floats) -> Floats:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _is_of_floats(array: Floats, dtype: Any) -> bool:
    return type(array) is np.ndarray and array.dtype == dtype and dtype.kind == "f" and dtype.itemsize <= 8 and dtype.isnative


def _cells(owner: Floats) -> Any:
    """The numbers in the order in which they lie in memory, as plain array of Scalars."""
    flat = owner.ravel(order="K")
    return exactly(flat).view(np.ndarray) if active.widen <= 1 and active.short is None else objects(flat)


def _seen_through(array: Floats, owner: Floats, cells: Any) -> Array:
    """A view of the cells as the array is one of its owner."""
    size = array.itemsize
    first = (array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]) // size if array.size else 0
    strides = tuple(stride // size * cells.itemsize for stride in array.strides)
    seen: Array = wrap(_as_strided(cells[first:], array.shape, strides, writeable=True))
    seen.flags.writeable = array.flags.writeable
    return seen
