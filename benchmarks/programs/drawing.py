"""Drawing a program: rows one after the other, on values that exist already, each run as it is drawn."""

from __future__ import annotations

import importlib
import math
import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from benchmarks.programs.along_axes import ALONG_AXES
from benchmarks.programs.domains import DOMAINS, FITS, FROM_NUMBER, GUARDS, TO_NUMBER, TO_SHAPE, far, shape_of
from benchmarks.programs.entrywise import ENTRYWISE
from benchmarks.programs.linear_algebra import LINEAR_ALGEBRA
from benchmarks.programs.moving import MOVING
from benchmarks.programs.parameters import Filling
from benchmarks.programs.program import Program, Statement
from benchmarks.programs.rows import MODULES, Row, row
from benchmarks.programs.scipy_more import SCIPY_MORE
from benchmarks.programs.scipy_rows import SCIPY

ROWS = (*ENTRYWISE, *ALONG_AXES, *MOVING, *LINEAR_ALGEBRA, *SCIPY, *SCIPY_MORE)
MOST_ENTRIES, LARGEST, MOST_TRIES = 16, 50.0, 12
MISFITS = (ValueError, TypeError, AttributeError, IndexError, ArithmeticError, np.linalg.LinAlgError)

# How a number is made of an array at last.
NUMBERS = (
    row("{A}[{place}]", a="any some"),
    row("np.sum({A} * {weights})", a="any some"),
    row("np.vdot({A}, {weights})", a="any some"),
    row("({A} * {weights}).sum()", a="any some"),
    row("{A}.ravel() @ {weights}.ravel()", a="any some"),
    row("{a}.ravel() @ {a}.ravel()", "2 * ({a}.ravel() @ {da}.ravel())", a="any some"),
    row("np.mean({a} ** 2)", "2 * np.mean({a} * {da})", a="any some"),
    row("np.max({a})", "{da}.ravel()[np.argmax({a})]", a="apart some"),
    row("{a}.min()", "{da}.ravel()[np.argmin({a})]", a="apart some"),
    row("np.linalg.norm({a})", "np.sum({a} * {da}) / {y}", a="nonzero some"),
    row("({A} * {weights}).ravel()[{first}]", a="any some"),
    row("np.array(np.sum({A} * {weights}))", a="any some"),
    row("sum(({A} * {weights}).ravel())", a="any some"),
    row("np.exp({a} / 4).mean()", "np.mean(np.exp({a} / 4) * {da}) / 4", a="any some"),
)

OF_A_NUMBER = (row("{A} * {num}"), row("{a} * {a}", "2 * {a} * {da}"), row("np.tanh({a})", "(1 - {y} ** 2) * {da}"))


@cache
def installed(needs: tuple[str, ...]) -> bool:
    """Whether modules, and names of NumPy, are there."""
    for name in needs:
        try:
            module, _, function = name.rpartition(".")
            if function == "softplus" or module in ("np", "math"):
                if not hasattr(importlib.import_module({"np": "numpy"}.get(module, module)), function):
                    return False
            else:
                importlib.import_module(name)
        except ImportError:
            return False
    return True


def available(needed: Row) -> bool:
    """Whether what a row needs is installed."""
    return installed(needed.needs)


class Refused(Exception):  # noqa: N818 - the drawing goes on with another row
    """A row does not fit the values that there are."""


@dataclass
class Drawing:
    """The program so far, with the values that its names have at x."""

    rng: np.random.Generator
    x: Any
    values: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # what may be used: the parts of x, and what was made of them

    def __post_init__(self) -> None:
        leaves = Program(self.x, (), "x").leaves
        parts = self.x.values() if isinstance(self.x, dict) else self.x if isinstance(self.x, tuple) else [self.x]
        for name, part in zip(leaves, parts, strict=True):
            self.values[name] = part
            self.names.append(name)

    def add(self, chosen: Row, prefer: str | None = None) -> str:
        """One more statement of this row, with what it takes to bring its arguments where they must be."""
        before = len(self.statements)
        try:
            arguments: dict[str, str] = {}
            for letter, kind in sorted(chosen.args.items()):
                a = self.values[arguments["a"]] if "a" in arguments else None
                arguments[letter] = self._argument(kind, a, arguments.get("a"), prefer if letter == "a" else None)
            return self._stated(chosen, arguments)
        except Refused:
            for statement in self.statements[before:]:
                self.names.remove(statement.name)
            del self.statements[before:]
            raise

    def _argument(self, kind: str, a: Any, beside: str | None, prefer: str | None) -> str:
        domain, _, shape = kind.partition(" ")
        name = prefer or str(self.rng.choice(self._recent()))
        fits = FITS.get(shape)
        if fits is None or not fits(np.shape(self.values[name])):
            wanted = shape_of(shape, a, self.rng)
            if wanted is not None and np.shape(self.values[name]) != wanted:
                name = self._shaped(name, wanted)
        if domain == "apart" and beside is not None:
            return self._beside(name, beside)
        holds, ways = DOMAINS[domain]
        for _ in range(3):
            value = np.asarray(self.values[name])
            if np.max(np.abs(value), initial=0.0) < 4 and holds(value):
                return name
            way = ways[int(self.rng.integers(len(ways)))]
            if np.max(np.abs(value), initial=0.0) >= 4:
                way = DOMAINS["any"][1][int(self.rng.integers(2))]
            name = self._stated(way, {"a": name})
        raise Refused

    def _beside(self, name: str, beside: str) -> str:
        """A value no entry of which is near that of another one."""
        for _ in range(3):
            if far(np.asarray(self.values[name]) - self.values[beside], 0.0):
                return name
            name = self._stated(row("{A} * 0.5 + {B} * 0.25"), {"a": name, "b": name})
        raise Refused

    def _recent(self) -> list[str]:
        """Names to draw from: those of late twice."""
        return [*self.names, *self.names[-3:]]

    def _shaped(self, name: str, wanted: tuple[int, ...]) -> str:
        value = self.values[name]
        ways = TO_NUMBER if wanted == () else FROM_NUMBER if np.ndim(value) == 0 else TO_SHAPE
        return self._stated(ways[int(self.rng.integers(len(ways)))], {"a": name}, wanted)

    def _stated(self, chosen: Row, arguments: dict[str, str], to: tuple[int, ...] | None = None) -> str:
        name = f"t{len(self.statements) + 1}"
        letters = {letter: self.values[argument] for letter, argument in arguments.items()}
        filling = Filling(self.rng, letters, self._constant, to)
        names = {"y": name, "dy": f"d{name}"}
        for letter, argument in arguments.items():
            names |= {letter: argument, f"d{letter}": f"d{argument}"}

        def text(line: str) -> str:
            return _named(filling(line), names)

        try:
            value, tangent = ([text(line) for line in chosen.lines(tangent=which)] for which in (False, True))
            guard = text(chosen.guard)
            self.values[name] = self._run(value, guard, name)
        except MISFITS as error:
            raise Refused from error
        self.statements.append(Statement(name, tuple(value), tuple(tangent), tuple(arguments.values()), chosen))
        self.names.append(name)
        return name

    def _constant(self, value: Any) -> str:
        name = f"K{len(self.constants) + 1}"
        self.constants[name] = np.asarray(value, dtype=float)
        return name

    def _run(self, lines: list[str], guard: str, name: str) -> Any:
        namespace: dict[str, Any] = {"np": np, "math": math, **GUARDS}
        for short, module in MODULES.items():
            if short not in namespace and any(f"{short}." in line for line in lines):
                namespace[short] = importlib.import_module(module)
        namespace |= self.constants
        kept = {key: np.copy(value) if isinstance(value, np.ndarray) else value for key, value in self.values.items()}
        namespace |= kept
        with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not eval(guard, namespace):
                raise Refused
            exec("\n".join(lines), namespace)
        value = namespace[name]
        array = np.asarray(value)
        fine = array.dtype == np.float64 and 0 < array.size <= MOST_ENTRIES and array.ndim <= 3
        if not fine or not np.isfinite(array).all() or np.max(np.abs(array)) > LARGEST:
            raise Refused
        if any(not np.array_equal(kept[key], self.values[key]) for key in kept):
            raise AssertionError(f"a row changes what it is given: {lines}")
        return value


def _named(text: str, names: dict[str, str]) -> str:
    for key, name in names.items():
        text = text.replace("{" + key + "}", name)
    return text


def point(rng: np.random.Generator) -> Any:
    """An input: a number, a vector, a matrix, a dict or a tuple of arrays; dyadic or not, some of them zero."""

    def part(shape: tuple[int, ...]) -> Any:
        found = rng.uniform(0.2, 1.9, shape) * rng.choice([-1.0, 1.0], shape)
        return np.round(found, 3) if rng.integers(2) else found

    shapes: list[tuple[int, ...]] = [(2,), (3,), (4,), (2, 2), (2, 3), (3, 2)]
    kind = int(rng.integers(12))
    if kind == 0:
        return float(part(()))
    if kind <= 2:
        return {"W": part((2, int(rng.integers(2, 4)))), "b": part((2,))}
    if kind == 3:
        return (part((2,)), part((2, 2)))
    return part(shapes[int(rng.integers(len(shapes)))])


def random_program(rng: np.random.Generator, must: Row, *, number: bool) -> Program | None:
    """A program that holds the row ``must``; of a number where ``number`` says so; None where it could not be fitted in."""
    drawing = Drawing(rng, point(rng))
    ready = [candidate for candidate in ROWS if available(candidate)]
    for _ in range(int(rng.integers(0, 4))):
        _one_of(drawing, ready)
    last = _insisted(drawing, must)
    if last is None:
        return None
    if rng.integers(3) == 0 and (after := _one_of(drawing, ready, prefer=last)):
        last = after
    returned = _returned(drawing, last, number)
    if returned is None:
        return None
    program = Program(drawing.x, tuple(drawing.statements), returned, drawing.constants, drawing.values)
    return program.without_dead_code()


def _one_of(drawing: Drawing, ready: list[Row], prefer: str | None = None) -> str | None:
    for _ in range(MOST_TRIES):
        try:
            return drawing.add(ready[int(drawing.rng.integers(len(ready)))], prefer)
        except Refused:
            continue
    return None


def _insisted(drawing: Drawing, must: Row) -> str | None:
    for _ in range(MOST_TRIES):
        try:
            return drawing.add(must)
        except Refused:
            continue
    return None


def _returned(drawing: Drawing, last: str, number: bool) -> Any:
    if number:
        if np.ndim(drawing.values[last]) == 0 and drawing.rng.integers(2):
            return last
        of_number = np.ndim(drawing.values[last]) == 0
        return _one_of(drawing, list(OF_A_NUMBER if of_number else NUMBERS), prefer=last)
    other = drawing.names[int(drawing.rng.integers(len(drawing.names)))]
    kind = int(drawing.rng.integers(5))
    if kind == 0:
        return (last, other)
    if kind == 1:
        return {"p": last, "q": other}
    return last
