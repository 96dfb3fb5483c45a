"""The function that a certificate is of, and its argument as the certificate has it: rebuilt, moved, and called."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from gradcheck.recheck.numbers import LongNumber
from gradcheck.recheck.reading import at, expect, kind_of, shape_of
from gradcheck.recheck.watch import TimeAllowance

Moves = dict[tuple[str, tuple[int, ...]], Any]  # by leaf and index: what is added there
_DTYPES = re.compile("float(16|32|64|96|128)|u?int(8|16|32|64)|bool")
_ROOMS = (("dict", dict), ("list", list), ("tuple", list))  # how containers are written in JSON


def load_function(text: str) -> Callable[..., Any]:
    """``module:name`` or ``path.py:name``; it runs in this process. ValueError where there is none."""
    place, _, name = text.rpartition(":")
    if not place or not name:
        raise ValueError(f"{text!r} names no function, expected module:name or path.py:name")
    try:
        found = _module(place)
    except (Exception, SystemExit) as error:  # whatever the user's module does when it is loaded
        raise ValueError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise ValueError(f"{place} has no {part!r}; expected the name of a function in it")
        found = getattr(found, part)
    if not callable(found):
        raise ValueError(f"{text} is {type(found).__name__}, expected a function")
    return found  # type: ignore[no-any-return]


def _module(place: str) -> Any:
    if not place.endswith(".py"):
        return importlib.import_module(place)
    spec = importlib.util.spec_from_file_location(Path(place).stem, place)
    if spec is None or spec.loader is None or not Path(place).is_file():
        raise ValueError("it is no file of Python code")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)
    # The text itself: what was compiled of it is told apart by the second and the size alone.
    exec(compile(Path(place).read_bytes(), place, "exec"), module.__dict__)
    return module


def identity_faults(described: dict[str, Any], f: Callable[..., Any], what: str) -> list[str]:
    """Whether the code at hand is that which a certificate describes, as far as names and sources tell."""
    faults = []
    name, own = described["name"], getattr(f, "__qualname__", None)
    if name is not None and own is not None and name.rpartition(":")[2] != own:
        faults.append(f"the {what} at hand is {own}, the certificate is of {name}")
    try:
        source = inspect.getsource(f)
    except (OSError, TypeError):
        source = None
    if source is not None and described["source"] is not None and source != described["source"]:
        faults.append(f"the source of the {what} at hand is not the one in the certificate")
    return faults


@dataclass(frozen=True)
class Leaf:
    """An array or a number of the argument: hexadecimal floats under its name."""

    name: str
    numbers: Any
    is_array: bool
    dtype: str

    @property
    def is_float(self) -> bool:
        """Is it differentiated by?"""
        return self.dtype.startswith("float")  # a name of NumPy's, which says it so

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return shape_of(self.numbers, self.name)


def leaves_of(tree: Any, where: str, deep: int = 0) -> Iterator[Leaf]:
    """The leaves of an argument, its form checked on the way."""
    expect(isinstance(tree, dict) and deep < 50, f"{where} is {kind_of(tree)}, expected a structure of arrays")
    for room, kind in _ROOMS:
        if room in tree:
            expect(tree.keys() == {room} and isinstance(tree[room], kind), f"{where} has a {room} that is none")
            for item in tree[room].values() if kind is dict else tree[room]:
                yield from leaves_of(item, where, deep + 1)
            return
    part = "array" if "array" in tree else "number"
    expect(
        tree.keys() == {part, "name", "dtype"}, f"{where} has a leaf with the fields {', '.join(sorted(map(str, tree)))[:80]}"
    )
    name, dtype = tree["name"], tree["dtype"]
    expect(isinstance(name, str) and isinstance(dtype, str), f"{where} has a leaf without a name or a type")
    expect(_DTYPES.fullmatch(dtype) is not None, f"{name} of {where} is of {dtype[:40]!r}, expected floats or integers")
    shape = shape_of(tree[part], f"{name} of {where}")
    expect(part == "array" or not shape, f"{name} of {where} is a number of shape {shape}")
    yield Leaf(name, tree[part], part == "array", dtype)


@dataclass(frozen=True)
class CertifiedFunction:
    """A function with its argument and its cotangent, None where it gives one number."""

    f: Callable[..., Any]
    x: Any
    cotangent: Any
    watch: TimeAllowance = field(default_factory=TimeAllowance)

    def leaf(self, name: str) -> Leaf:
        """The leaf of this name."""
        return next(leaf for leaf in leaves_of(self.x, "x") if leaf.name == name)

    def size(self, name: str, index: tuple[int, ...]) -> Any:
        """The size of an entry of x, 1 where it is 0: steps are parts of it."""
        return abs(number(at(self.leaf(name).numbers, index))) or mpmath.mpf(1)

    def value(self, moves: Moves, exact: bool) -> Any:
        """F with some entries moved, weighted by the cotangent if there is one; raises TimeSpent where the time is over."""
        self.watch.check()
        result = self.f(rebuilt(self.x, moves, exact))
        if self.cotangent is None:
            return _plain(np.asarray(result, dtype=object).reshape(())[()], exact)
        weights, values = flat(rebuilt(self.cotangent, {}, exact)), flat(result)
        return sum((_plain(w, exact) * _plain(v, exact) for w, v in zip(weights, values, strict=True)), mpmath.mpf(0))

    def slope(self, name: str, index: tuple[int, ...], step: Any, moves: Moves | None = None) -> Any:
        """A difference quotient in 80 digits, at x or where ``moves`` lead."""
        ahead, behind = (self.value(_more(moves or {}, (name, index), s * step), True) for s in (1, -1))
        return (ahead - behind) / (2 * step)


def _more(moves: Moves, place: tuple[str, tuple[int, ...]], step: Any) -> Moves:
    return {**moves, place: moves.get(place, 0) + step}


def rebuilt(tree: Any, moves: Moves, exact: bool) -> Any:
    """The argument of f, with steps at some entries; in exact numbers what is no float stays as it is."""
    if "dict" in tree:
        return {key: rebuilt(item, moves, exact) for key, item in tree["dict"].items()}
    for room, made in (("list", list), ("tuple", tuple)):
        if room in tree:
            return made(rebuilt(item, moves, exact) for item in tree[room])
    hexes = tree["array"] if "array" in tree else tree["number"]
    dtype = tree["dtype"]
    exact = exact and dtype.startswith("float")
    cells = np.empty(shape_of(hexes, tree["name"]), dtype=object if exact else np.float64)
    for place in np.ndindex(*cells.shape):
        value = number(at(hexes, place)) + moves.get((tree["name"], place), 0)
        cells[place] = LongNumber(value) if exact else float(value)
    if not dtype.startswith("float"):
        cells = cells.astype(dtype)
    return cells if "array" in tree and (cells.ndim or not exact) else cells[()]


def flat(value: Any) -> list[Any]:
    """All entries of a structure, one after the other."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [cell for item in value for cell in flat(item)]
    return list(np.asarray(value, dtype=object).ravel())


def number(text: str) -> Any:
    """A number of the file, exactly."""
    return mpmath.mpf(float.fromhex(text))


def _plain(value: Any, exact: bool) -> Any:
    if exact and not isinstance(value, LongNumber | int | float | np.number):
        raise TypeError(f"{type(value).__name__} came out")
    return value.value if isinstance(value, LongNumber) else mpmath.mpf(float(value))
