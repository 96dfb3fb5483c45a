"""A script whose network is a loop at the top level: one pass of it with the judge's data and parameters is a step."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..common import Contract, Layout, Names, Net, Point, Problem, said
from .classes import Adapter as Adapter
from .classes import layout_of
from .examples import Batch
from .meanings import meaning
from .roles import own_sizes, parameters, without_biases
from .search import ShapeSearch, TooSlow, nearest, point_of, within
from .sources import RATE, set_rate
from .ways import Way

CONTRACTS = (
    Contract(
        "script",
        "a loop at the top level that trains a network: one pass of it is read as a step",
        "3-4-2",
        90,
        (Layout(),),
        by_shape=True,
    ),
)
LOOP = "__loop__"  # among the names of a script: what runs one pass
_BIAS = re.compile(r"(b|bias\w*|biais\w*|sesgo\w*|[a-z]+_b|[a-z]*bias\w*|b_?\w{1,6})$", re.IGNORECASE)


def offered(names: Names) -> bool:
    """Whether a file has a loop that trains."""
    return bool(_loops(names))


def _loops(names: Names) -> list[Any]:
    found = names.get("__trainings__")
    return found() if callable(found) else []


def discover(names: Names, probes: Sequence[tuple[Net, Point]]) -> Adapter | Exception | None:
    """The adapter by which one pass of the loop answers; else why not, with the lines that make a function."""
    try:
        with within(1.0):
            loops = _loops(names)
    except TooSlow:
        return None
    problem: Exception | None = None
    for number, loop in reversed(list(enumerate(loops))):
        ways, why = scripts_in(names, probes[-1][0], ScriptSource.of(number, loop))
        if ways:
            return Adapter(names, layout_of(ways, 0))
        problem = problem or why or _refusal(loop)
    return problem


def _refusal(loop: Any) -> Problem:
    """What to write instead: the lines of the loop as a function."""
    body = ast.unparse(ast.Module(loop.loop.body, []))
    changed = [name for name in updated(loop) if isinstance(loop.before.get(name), np.ndarray)]
    arguments = ", ".join([*changed, "X", "y", "learning_rate"])
    text = (
        f"def step({arguments}):\n" + "".join(f"    {line}\n" for line in body.split("\n")) + f"    return {', '.join(changed)}"
    )
    lines = (loop.loop.body[0].lineno, loop.loop.end_lineno)
    return Problem(
        "missing-function", "wrap-these-lines", first=lines[0], last=lines[1], function=said("code", text=text[:3000])
    )


def updated(loop: Any) -> list[str]:
    """The names whose arrays the loop changes, in the order in which they were defined."""
    stored: set[str] = set()
    for node in ast.walk(loop.loop):
        if isinstance(node, ast.AugAssign):
            stored.add(_base(node.target))
        elif isinstance(node, ast.Assign):
            stored |= {_base(one) for target in node.targets for one in _parts(target)}
    objects = {name for name, value in loop.before.items() if hasattr(value, "__dict__") or _holds_arrays(value)}
    return [name for name in loop.before if name in stored or name in objects]


def _holds_arrays(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(isinstance(part, np.ndarray) or hasattr(part, "__dict__") or _holds_arrays(part) for part in list(parts)[:50])


def _parts(target: ast.expr) -> list[ast.expr]:
    return [p for one in target.elts for p in _parts(one)] if isinstance(target, ast.Tuple | ast.List) else [target]


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


@dataclass(frozen=True)
class ScriptSource:
    """A loop by its number, and what each name of data that it uses is: inputs or targets, and how they lie."""

    number: int
    name: str
    changed: tuple[str, ...]
    used: tuple[str, ...]
    missing: tuple[str, ...] = ()  # data that is loaded from somewhere else, by its names
    data: tuple[tuple[str, str], ...] = ()
    making: None = None

    @classmethod
    def of(cls, number: int, loop: Any) -> ScriptSource:
        """The source before anything is known of its data."""
        names = [node for node in ast.walk(loop.loop) if isinstance(node, ast.Name)]
        used = {node.id for node in names}
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        missing = tuple(sorted(name for name in used - stored - loop.before.keys() if meaning(name, ("x", "y"))))
        known = tuple(name for name in loop.before if name in used)
        return cls(number, f"line {loop.loop.lineno}", tuple(updated(loop)), known, missing)

    def made(self, names: Mapping[str, Any], _: Net, x: Any, y: Any, rate: float = RATE) -> dict[str, Any]:
        """The names of the file as they stood before the loop, with other data."""
        loop = _loops(names)[self.number]
        space = {name: value for name, value in names.items() if name not in ("__trainings__", "__text__")}
        space |= copy.deepcopy(dict(loop.before))
        space[LOOP] = loop
        space |= {name: _as(kind, x, y) for name, kind in self.data}
        own = {name: space[name] for name in loop.before}
        set_rate(own, rate)
        return space | own

    def kept(self, names: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What may be parameters: what the loop changes; then what it uses by the name of a bias, and leaves as it is."""
        before = self.before(names)
        changed = {name: before[name] for name in self.changed}
        yield changed
        left = {name: before[name] for name in self.used if _BIAS.match(name) and name not in changed}
        if left:
            yield changed | left

    def before(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """What the names of the file stood for."""
        return dict(_loops(names)[self.number].before)

    def told_data(self, names: Mapping[str, Any], sizes: Sequence[int]) -> Iterator[tuple[tuple[str, str], ...]]:
        """What the data of the loop may be, by shapes and names, where its network has these sizes."""
        before = self.before(names)
        if self.missing:
            yield from self._told_missing(names, sizes)
        free = [name for name in self.used if name not in self.changed]
        for columns in (False, True):
            inputs = [n for n in free if _is_inputs(before[n], sizes[0], columns)]
            for x in sorted(inputs, key=lambda name: meaning(name, ("x",)) != "x"):
                m = before[x].shape[columns]
                kinds = {x: "columns" if columns else "rows"}
                kinds |= {n: kind for n in free if n != x and (kind := _target(before[n], m, sizes[-1], columns))}
                kinds |= {n: "count" for n in free if _is_count(n, before[n], m)}
                kinds |= dict.fromkeys(self._batch_sizes(names), "count")
                if any(kind.startswith("y") for kind in kinds.values()):
                    yield tuple(kinds.items())

    def _told_missing(self, names: Mapping[str, Any], sizes: Sequence[int]) -> Iterator[tuple[tuple[str, str], ...]]:
        """What data may be that is not here: all that is known of it are its names."""
        inputs = [name for name in self.missing if meaning(name, ("x", "y")) == "x"]
        targets = [name for name in self.missing if name not in inputs]
        for columns in (False, True):
            others = ("y vector",) if sizes[-1] == 1 else ("y labels", "y column of labels")
            for kind in ("y columns" if columns else "y rows", *others):
                if inputs and targets:
                    kinds = {**dict.fromkeys(inputs, "columns" if columns else "rows"), **dict.fromkeys(targets, kind)}
                    yield tuple({**kinds, **dict.fromkeys(self._batch_sizes(names), "count")}.items())

    def _batch_sizes(self, names: Mapping[str, Any]) -> list[str]:
        """The names of how many examples go together: a batch is not taken apart."""
        before = self.before(names)
        return [n for n in self.used if meaning(n) == "batch" and isinstance(before[n], int)]


def _is_inputs(value: Any, width: int, columns: bool) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[not columns] == width


def _target(value: Any, m: int, outputs: int, columns: bool) -> str:
    """What an array of targets is: rows, columns, a vector, labels."""
    if not isinstance(value, np.ndarray):
        return ""
    if value.shape == ((outputs, m) if columns else (m, outputs)):
        return "y columns" if columns else "y rows"
    if value.shape == (m,):
        return "y vector" if outputs == 1 else "y labels" if value.dtype.kind in "iu" or not (value % 1).any() else ""
    if value.shape == (m, 1) and outputs > 1 and not (value % 1).any():
        return "y column of labels"
    return ""


def _is_count(name: str, value: Any, m: int) -> bool:
    return (
        isinstance(value, int) and not isinstance(value, bool) and value == m and meaning(name) not in ("lr", "epochs", "seed")
    )


def _as(kind: str, x: Any, y: Any) -> Any:
    """The judge's data as that kind: x and y come as rows."""
    if kind == "count":
        return len(x)
    if kind.startswith("y"):
        labels = np.asarray(np.argmax(y, axis=1))
        return {
            "y rows": y,
            "y columns": y.T,
            "y vector": y[:, 0],
            "y labels": labels,
            "y column of labels": labels[:, np.newaxis],
        }[kind]
    return np.array(x.T if kind == "columns" else x, order="C")


@dataclass(frozen=True)
class OnePass:
    """The steps of a script: its loop, once."""

    forward: None = None
    then: tuple[Any, ...] = ()
    told: str = "one pass"

    def run(self, one: dict[str, Any], known: dict[str, Any], shape: tuple[int, ...]) -> None:
        """Run it."""
        del known, shape
        one[LOOP].run(one)


def scripts_in(names: Mapping[str, Any], net: Net, source: ScriptSource) -> tuple[list[Way], Exception | None]:
    """The ways in which one pass of a loop gives a gradient; else what came nearest."""
    search = ShapeSearch(names, net)
    for kept in source.kept(names):
        tried = list(dict.fromkeys((net.sizes, *own_sizes(kept, len(net.layers)))))
        for sizes in tried:
            fixed, point = point_of(replace(net, sizes=sizes))
            if not net.has_biases and next(parameters(kept, sizes), None):
                search.problems.append((3, Problem("wrong-shape", "has-biases", name=source.name)))
                continue
            for held in parameters(kept, sizes, has_biases=net.has_biases):
                for data in source.told_data(names, sizes):
                    for x in ("rows", "one row"):
                        way = Way(replace(source, data=data), held, Batch(x), OnePass())
                        if search.answers(way, fixed, point) and not held.form.bias:
                            return [one for one, _ in search.found], None
        if (
            net.has_biases
            and not any(next(parameters(kept, one), None) for one in tried)
            and any(without_biases(kept, one) for one in tried)
        ):
            search.problems.append((3, Problem("wrong-shape", "no-biases-in-loop", name=source.name)))
    return [one for one, _ in search.found], nearest(search.problems)
