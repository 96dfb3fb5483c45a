"""An independent look at a certificate of any function: its hash, its own consistency, and f itself in 80 digits.

Nothing of ours is imported. Given the function, each derivative is a difference quotient in mpmath's numbers with a step of
1e-25 of the entry, whose error is of order 1e-50, wherever f runs on such numbers; where a kink is claimed, slopes ahead and
behind along a random direction must differ at some step. Else f is differenced on floats, step after step: weak evidence, which
refutes what lies beyond three steps that agree with each other, if no finer one comes back to it.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

DIGITS, STEP, SLACK = 80, mpmath.mpf(10) ** -25, mpmath.mpf(10) ** -40
WEAK_STEPS = tuple(2.0**-k for k in range(6, 40, 3))  # of the entry itself
UNIT, CLEAR, IN_A_ROW = 2.0**-52, 8, 3  # steps agree if they differ by an eighth of what they refute
TELLS = 1e-2  # of the derivative: with a larger error of its own a difference of floats says nothing of it
KINK_STEPS = tuple(mpmath.mpf(10) ** -k for k in range(4, 26, 3))
SMOOTH = 100  # from one of them to the next, 1000 times smaller, the two slopes of a smooth function come nearer by that factor
SCHEMA = "gradcheck.function-certificate/1"
Found = tuple[int, list[str], str]  # entries, faults, how they were looked at


def is_of_function(text: str) -> bool:
    """Whether a text is such a certificate."""
    return f'"schema": "{SCHEMA}"' in text


def recheck_function(text: str, f: Callable[..., Any] | None = None) -> Found:
    """What does not hold in a certificate; with f each derivative is taken again."""
    data = json.loads(text)
    content = {key: value for key, value in data.items() if key != "sha256"}
    found = hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    faults = [] if found == data.get("sha256") else ["the hash does not fit: the file was changed after it was written"]
    faults += [fault for name, verdict in data["verdicts"].items() for fault in _consistent(data, name, verdict)]
    entries = sum(1 for name in data["verdicts"] for _ in _indices(data["claimed"][name]))
    if f is None:
        return entries, faults, "each verdict looked at beside its numbers; give --function to take the derivatives again"
    with mpmath.workdps(DIGITS):
        try:
            return entries, faults + _derivatives(data, f) + _kinks(data, f), "each derivative taken again in 80 digits"
        except Exception:  # f runs on floats alone, whatever it raises here
            more, silent = _weak_derivatives(data, f)
    told = f", and {silent} of them say nothing" if silent else ""
    how = f"each derivative taken again by differences of floats: weak evidence, f runs on nothing else{told}"
    return entries, faults + more, how


def load_function(text: str) -> Callable[..., Any]:
    """``module:name`` or ``path.py:name``; it runs in this process."""
    place, _, name = text.rpartition(":")
    if not place or not name:
        raise ValueError(f"{text!r} names no function, expected module:name or path.py:name")
    if place.endswith(".py"):
        spec = importlib.util.spec_from_file_location(Path(place).stem, place)
        if spec is None or spec.loader is None or not Path(place).is_file():
            raise ValueError(f"{place} is no file of Python code")
        found: Any = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(spec.name, found)
        spec.loader.exec_module(found)
    else:
        found = importlib.import_module(place)
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


# What the certificate says of itself


def _consistent(data: dict[str, Any], name: str, verdict: str) -> Iterator[str]:
    """Whether a verdict is what its numbers say, in exact fractions."""
    beyond = 0
    for index in _indices(data["claimed"][name]):
        mid, low, rad = (_fraction(_at(data["enclosure"][name][part], index)) for part in ("mid", "low", "rad"))
        claimed, budget = _fraction(_at(data["claimed"][name], index)), _fraction(_at(data["budget"][name], index))
        beyond += abs(claimed - mid - low) > budget + rad
    by_formula = data["formula"] if verdict in ("match", "mismatch") else ""
    if verdict == "match" and beyond and by_formula != "equal within constants":
        yield f"{name} is a match, but {beyond} of its entries lie beyond their budget"
    if verdict in ("mismatch", "inaccurate") and not beyond and by_formula != "different":
        yield f"{name} is {verdict}, but all its entries lie within their budget"


# The derivatives once more


def _derivatives(data: dict[str, Any], f: Callable[..., Any]) -> list[str]:
    """In 80 digits: what lies outside of its enclosure."""
    faults = []
    for name, index in _smooth_entries(data):
        step = STEP * _size(data, name, index)
        slope = (_at_step(data, f, name, index, step, True) - _at_step(data, f, name, index, -step, True)) / (2 * step)
        mid, low, rad = _enclosed(data, name, index)
        off = abs(slope - mid - low)
        if not off <= rad + SLACK * max(1, abs(slope)):
            faults.append(_outside(name, index, slope, off))
    return faults


def _weak_derivatives(data: dict[str, Any], f: Callable[..., Any]) -> tuple[list[str], int]:
    """On floats: what three steps in a row refute, and how many entries no step says anything of."""
    faults, silent = [], 0
    for name, index in _smooth_entries(data):
        mid, low, rad = (float(part) for part in _enclosed(data, name, index))
        true, size = mid + low, float(_size(data, name, index))
        here = abs(float(_at_step(data, f, name, index, 0.0, False)))
        found: list[tuple[float, float]] = []  # slope, and what rounding may put it off by
        for part in WEAK_STEPS:
            step = part * size
            ahead, behind = (float(_at_step(data, f, name, index, sign * step, False)) for sign in (1, -1))
            found.append(((ahead - behind) / (2 * step), UNIT * (here + abs(true) * size) / step))
        refuted = _refuted(found, true, rad)
        if refuted is not None:
            faults.append(_outside(name, index, refuted, abs(refuted - true)))
        error, size = min((abs(a - b) + noise, max(abs(b), abs(true))) for (a, _), (b, noise) in pairwise(found))
        silent += error > TELLS * size
    return faults, silent


def _refuted(found: list[tuple[float, float]], true: float, rad: float) -> float | None:
    """The slope that three steps in a row agree on, if it excludes what is claimed and no finer step does otherwise."""
    for start in range(len(found) - IN_A_ROW + 1):
        level = found[start : start + IN_A_ROW]
        slope = level[-1][0]
        gap = abs(slope - true) - rad
        room = gap / CLEAR
        finer = [s for s, noise in found[start:] if noise <= room / CLEAR]
        if gap > 0 and len(finer) >= IN_A_ROW and all(abs(s - slope) <= room for s in finer):
            return slope
    return None


def _kinks(data: dict[str, Any], f: Callable[..., Any]) -> list[str]:
    """Where a kink is claimed: slopes ahead and behind along a random direction that differ at no step refute it."""
    names = [name for name, verdict in data["verdicts"].items() if verdict == "kink"]
    if not names:
        return []
    draw = random.Random(20)
    moves = {}
    for name, claimed in data["claimed"].items():
        places = list(_indices(claimed))
        largest = max((_size(data, name, index) for index in places), default=0)  # a kink may be beside a small entry
        for index in places:
            moves[name, index] = draw.choice((-1, 1)) * mpmath.mpf(draw.randrange(64, 128)) / 128 * largest
    apart = []
    for step in KINK_STEPS:
        ahead, here, behind = (
            _value(data, f, {place: sign * step * move for place, move in moves.items()}, True) for sign in (1, 0, -1)
        )
        apart.append(abs(ahead - 2 * here + behind) / step)
    if all(fine * SMOOTH <= coarse for coarse, fine in pairwise(apart)):
        return [f"{', '.join(names)} is said to lie at a kink, but along a random direction the function is smooth here"]
    return []


def _smooth_entries(data: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The entries that have a derivative to take."""
    for name, verdict in data["verdicts"].items():
        if verdict != "kink":
            yield from ((name, index) for index in _indices(data["claimed"][name]))


def _enclosed(data: dict[str, Any], name: str, index: tuple[int, ...]) -> list[Any]:
    return [_number(_at(data["enclosure"][name][part], index)) for part in ("mid", "low", "rad")]


def _outside(name: str, index: tuple[int, ...], slope: Any, off: Any) -> str:
    return (
        f"the derivative by {name}{list(index)} is {mpmath.nstr(mpmath.mpf(slope), 20)}, outside of its enclosure by "
        f"{mpmath.nstr(mpmath.mpf(off), 2)}"
    )


def _size(data: dict[str, Any], name: str, index: tuple[int, ...]) -> Any:
    """The size of an entry of x, 1 where it is 0: steps are parts of it."""
    return abs(_number(_at(_leaf(data["x"], name), index))) or mpmath.mpf(1)


def _leaf(tree: Any, name: str) -> Any:
    """The numbers of the leaf of this name; None where it is not below."""
    for kind in ("dict", "list", "tuple"):
        if kind in tree:
            below = tree[kind].values() if kind == "dict" else tree[kind]
            return next((found for item in below if (found := _leaf(item, name)) is not None), None)
    return (tree["array"] if "array" in tree else tree["number"]) if tree["name"] == name else None


def _at_step(data: dict[str, Any], f: Callable[..., Any], name: str, index: tuple[int, ...], step: Any, exact: bool) -> Any:
    return _value(data, f, {(name, index): step}, exact)


Moves = dict[tuple[str, tuple[int, ...]], Any]


def _value(data: dict[str, Any], f: Callable[..., Any], moves: Moves, exact: bool) -> Any:
    """F with some entries moved, weighted by the cotangent if there is one."""
    result = f(_rebuilt(data["x"], moves, exact))
    if data["cotangent"] is None:
        return _plain(np.asarray(result, dtype=object).reshape(())[()], exact)
    weights, values = _flat(_rebuilt(data["cotangent"], {}, exact)), _flat(result)
    return sum((_plain(w, exact) * _plain(v, exact) for w, v in zip(weights, values, strict=True)), mpmath.mpf(0))


def _plain(value: Any, exact: bool) -> Any:
    if exact and not isinstance(value, Number | int | float | np.number):
        raise TypeError(f"{type(value).__name__} came out")
    return value.value if isinstance(value, Number) else mpmath.mpf(float(value))


def _rebuilt(tree: Any, moves: Moves, exact: bool) -> Any:
    """The argument of f, with steps at some entries."""
    if "dict" in tree:
        return {key: _rebuilt(item, moves, exact) for key, item in tree["dict"].items()}
    for kind, made in (("list", list), ("tuple", tuple)):
        if kind in tree:
            return made(_rebuilt(item, moves, exact) for item in tree[kind])
    hexes = tree["array"] if "array" in tree else tree["number"]
    cells = np.empty(_shape(hexes), dtype=object if exact else np.float64)
    for place in np.ndindex(*cells.shape):
        number = _number(_at(hexes, place)) + moves.get((tree["name"], place), 0)
        cells[place] = Number(number) if exact else float(number)
    return cells if "array" in tree and cells.ndim else cells[()]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [cell for item in value for cell in _flat(item)]
    return list(np.asarray(value, dtype=object).ravel())


class Number:
    """A number of 80 digits with the methods that NumPy calls on the objects of an array; it never becomes a float."""

    def __init__(self, value: Any) -> None:
        self.value: Any = value.value if isinstance(value, Number) else mpmath.mpf(value)

    def __float__(self) -> float:
        raise TypeError("80 digits are not to become a float")

    def __abs__(self) -> Number:
        return Number(abs(self.value))

    def __neg__(self) -> Number:
        return Number(-self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    __hash__ = object.__hash__


def _binary(name: str) -> Callable[..., Any]:
    def method(self: Number, other: Any) -> Any:
        if isinstance(other, np.ndarray) or not isinstance(other, Number | int | float | np.number):
            return NotImplemented
        plain = other.item() if isinstance(other, np.number) else other
        found = getattr(self.value, name)(plain.value if isinstance(plain, Number) else mpmath.mpf(plain))
        return found if isinstance(found, bool) else Number(found)

    return method


def _unary(function: Callable[[Any], Any]) -> Callable[[Number], Number]:
    return lambda self: Number(function(self.value))


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(Number, f"__{_name}__", _binary(f"__{_name}__"))
    setattr(Number, f"__r{_name}__", _binary(f"__r{_name}__"))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{_name}__", _binary(f"__{_name}__"))
_SAME_NAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log10", "expm1", "log1p")
for _name, _function in {
    **{name: getattr(mpmath, name) for name in _SAME_NAME},
    **{f"arc{n}": getattr(mpmath, f"a{n}") for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "square": lambda v: v * v,
    "reciprocal": lambda v: 1 / v,
    "conjugate": lambda v: v,
    "sign": mpmath.sign,
}.items():
    setattr(Number, _name, _unary(_function))


# Numbers of the file


def _number(text: str) -> Any:
    return mpmath.mpf(float.fromhex(text))


def _fraction(text: str) -> Any:
    number = float.fromhex(text)
    return Fraction(number) if abs(number) < float("inf") else number


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return (len(value), *(_shape(value[0]) if value else ()))


def _indices(value: Any) -> Iterator[tuple[int, ...]]:
    if not isinstance(value, list):
        yield ()
        return
    for place, item in enumerate(value):
        yield from ((place, *rest) for rest in _indices(item))


def _at(value: Any, index: tuple[int, ...]) -> Any:
    for place in index:
        value = value[place]
    return value
