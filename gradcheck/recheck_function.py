"""An independent look at a certificate of any function: its hash, its own consistency, and f itself in 80 digits.

Nothing of ours is imported. Given the function, each derivative is a difference quotient in mpmath's numbers with a step of
1e-25, whose error is of order 1e-50, wherever f runs on such numbers; else one of floats, which is weak evidence.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

DIGITS, STEP, SLACK = 80, mpmath.mpf(10) ** -25, mpmath.mpf(10) ** -40
WEAK_STEP, WEAK_SLACK = 1e-4, 1e-6
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
            return entries, faults + _derivatives(data, f, exact=True), "each derivative taken again in 80 digits"
        except Exception:  # f runs on floats alone, whatever it raises here
            more = _derivatives(data, f, exact=False)
    return entries, faults + more, "each derivative taken again by differences of floats: weak evidence, f runs on nothing else"


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


def _derivatives(data: dict[str, Any], f: Callable[..., Any], *, exact: bool) -> list[str]:
    faults = []
    step: Any = STEP if exact else WEAK_STEP
    for name, verdict in data["verdicts"].items():
        for index in _indices(data["claimed"][name]):
            if verdict == "kink":  # no derivative to take
                continue
            ahead, behind = (_value(data, f, name, index, sign * step, exact) for sign in (1, -1))
            slope = (ahead - behind) / (2 * step)
            mid, low, rad = (_number(_at(data["enclosure"][name][part], index)) for part in ("mid", "low", "rad"))
            off, slack = abs(slope - mid - low), SLACK if exact else WEAK_SLACK
            if not off <= rad + slack * max(1, abs(slope)):
                faults.append(
                    f"the derivative by {name}{list(index)} is {mpmath.nstr(slope, 20)}, outside of its enclosure by "
                    f"{mpmath.nstr(off, 2)}"
                )
    return faults


def _value(data: dict[str, Any], f: Callable[..., Any], name: str, index: tuple[int, ...], step: Any, exact: bool) -> Any:
    """F with one entry moved, weighted by the cotangent if there is one."""
    result = f(_rebuilt(data["x"], name, index, step, exact))
    if data["cotangent"] is None:
        return _plain(np.asarray(result, dtype=object).reshape(())[()], exact)
    weights, values = _flat(_rebuilt(data["cotangent"], None, (), 0, exact)), _flat(result)
    return sum((_plain(w, exact) * _plain(v, exact) for w, v in zip(weights, values, strict=True)), mpmath.mpf(0))


def _plain(value: Any, exact: bool) -> Any:
    if exact and not isinstance(value, Number | int | float | np.number):
        raise TypeError(f"{type(value).__name__} came out")
    return value.value if isinstance(value, Number) else mpmath.mpf(float(value))


def _rebuilt(tree: Any, name: str | None, index: tuple[int, ...], step: Any, exact: bool) -> Any:
    """The argument of f, with a step at one entry."""
    if "dict" in tree:
        return {key: _rebuilt(item, name, index, step, exact) for key, item in tree["dict"].items()}
    for kind, made in (("list", list), ("tuple", tuple)):
        if kind in tree:
            return made(_rebuilt(item, name, index, step, exact) for item in tree[kind])
    hexes = tree["array"] if "array" in tree else tree["number"]
    cells = np.empty(_shape(hexes), dtype=object if exact else np.float64)
    for place in np.ndindex(*cells.shape):
        number = _number(_at(hexes, place)) + (step if tree["name"] == name and place == index else 0)
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
