"""What each line of a file makes: the arrays, lists of numbers and floats that it leaves in its variables, in their order.

Which variables a line can have changed is read from its syntax once; only these are looked at when it has run. Every
iteration of a loop is a record of its own, what a loop fills piece by piece is noted as it stood in the end.
"""

from __future__ import annotations

import ast
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import FrameType, MappingProxyType
from typing import Any

import numpy as np

from .failures import line_of, sentence, written
from .source import parse

MOST_RECORDS, MOST_NUMBERS, MOST_SITES = 6000, 200_000, 700
LARGEST, MOST_PARTS, DEEPEST, LONGEST_NAME = 2048, 64, 3, 60
LOOK_EACH = 16  # events between two looks at the clock
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<module>")
_CONTAINERS = (list, tuple, dict)


class Kind(IntEnum):
    """How an array came to its name."""

    MADE = 0  # a line assigned it, or changed it where it lies
    ARGUMENT = 1  # a function was handed it
    RETURNED = 2


@dataclass(frozen=True)
class Site:
    """A line (its file, the first line of its statement), the function it is in, and the name that it gives."""

    file: str
    line: int
    function: str
    name: str
    kind: Kind


@dataclass
class Record:
    """What a site made, once: ``call`` numbers the calls of functions, so that what belongs to one of them is known."""

    site: int
    call: int
    array: Any


@dataclass(frozen=True)
class TracedStatement:
    """A statement as it is traced: where it stands, what it may change, and the names of the parts of a literal."""

    line: int
    end: int
    targets: tuple[ast.expr, ...] = ()
    value: ast.expr | None = None
    is_sum: bool = False  # an augmented assignment: of a float that it adds to, the last state counts


Steps = dict[int, TracedStatement]


class Tracer:
    """While it is on, notes what each line of these files makes; ``texts`` are the files as they run, by name."""

    def __init__(
        self, texts: Mapping[str, str], *, seconds: float = 1.0, changed: Callable[[], Sequence[str]] | None = None
    ) -> None:
        self.steps = {name: steps_of(text, name) for name, text in texts.items()}
        self.seconds, self.changed = seconds, changed
        self.changed_at: tuple[str, int, Sequence[str]] | None = None  # after which line which inputs were other ones
        self.sites: dict[Site, int] = {}
        self.records: list[Record] = []
        self.cut = ""  # what ended it early: "time" or "size"
        self._known: dict[tuple[int, int], int] = {}  # of a site and an array: its record
        self._states: dict[int, tuple[Any, bytes]] = {}  # by identity: the array, kept alive, and its numbers
        self._frames: dict[FrameType, tuple[int, TracedStatement | None, dict[tuple[str, int], Record]]] = {}
        self._numbers = self._events = self._calls = 0
        self._deadline = 0.0
        self._before: Any = None

    def __enter__(self) -> Tracer:
        self._deadline = time.perf_counter() + self.seconds
        self._before = sys.gettrace()
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        code = frame.f_code
        if code.co_filename not in self.steps or code.co_name in _COMPREHENSIONS or self.cut:
            return None
        self._calls += 1
        self._frames[frame] = (self._calls, None, {})
        where = (code.co_filename, code.co_firstlineno, code.co_qualname)
        taken = code.co_argcount + code.co_kwonlyargcount
        for name in code.co_varnames[: taken + bool(code.co_flags & 4)]:
            self._gather(where, name, frame.f_locals.get(name), Kind.ARGUMENT, frame, anew=True)
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        self._events += 1
        if self.cut or (self._events % LOOK_EACH == 0 and time.perf_counter() > self._deadline):
            self.cut = self.cut or "time"
            sys.settrace(None)
            return None
        if event == "exception" or frame not in self._frames:
            return self._line
        call, before, sums = self._frames[frame]
        if before is not None:
            self._look(frame, before)
            if self.changed and self.changed_at is None and (names := self.changed()):
                self.changed_at = (frame.f_code.co_filename, before.line, names)
        if event == "return":
            self._returned(frame, argument)
            del self._frames[frame]
        else:
            self._frames[frame] = (call, self.steps[frame.f_code.co_filename].get(frame.f_lineno), sums)
        return self._line

    def _look(self, frame: FrameType, step: TracedStatement) -> None:
        """Note what the statement that has just run changed."""
        code = frame.f_code
        for target in step.targets:
            held = _held(frame, target)
            if held is not None:
                name, value, is_new = held
                literal = step.value if is_new and not step.is_sum else None
                where = (code.co_filename, step.line, code.co_qualname)
                self._gather(where, name, value, Kind.MADE, frame, literal=literal, anew=is_new, is_sum=step.is_sum)

    def _returned(self, frame: FrameType, value: Any) -> None:
        code = frame.f_code
        step = self.steps[code.co_filename].get(frame.f_lineno)
        literal = step.value if step is not None and not step.targets else None
        line = step.line if step is not None else frame.f_lineno
        where = (code.co_filename, line, code.co_qualname)
        self._gather(where, _written(literal) if literal else "return", value, Kind.RETURNED, frame, literal=literal, anew=True)

    def _gather(
        self, where: tuple[str, int, str], name: str, value: Any, kind: Kind, frame: FrameType, *,
        depth: int = DEEPEST, literal: ast.expr | None = None, anew: bool = False, is_sum: bool = False,
    ) -> None:  # fmt: skip
        """Note the arrays that a value is or holds, by the names that code has for them."""
        array = _as_array(value)
        if array is not None:
            self._note((*where, name, kind), array, value, frame, anew=anew, is_sum=is_sum)
            return
        if (rows := _rows(value)) is not None:
            self._note((*where, name, kind), rows, value, frame, anew=anew, is_sum=is_sum)
        new = anew and (literal is not None or kind is not Kind.MADE)
        for key, part in _parts(value, depth, self.steps):
            inner = _literal_of(literal, key)
            at = where if inner is None else (where[0], inner.lineno, where[2])
            named = _written(inner) if inner is not None and kind is Kind.RETURNED else f"{name}{key}"
            self._gather(at, named, part, kind, frame, depth=depth - 1, literal=inner, anew=new, is_sum=is_sum)

    def _note(
        self, key: tuple[str, int, str, str, Kind], array: Any, value: Any, frame: FrameType, *, anew: bool, is_sum: bool
    ) -> None:
        file, line, function, name, kind = key
        site = self._site(Site(file, line, function, name[:LONGEST_NAME], kind))
        if site is None:
            return
        call, _, sums = self._frames[frame]
        if isinstance(value, float | np.floating) or array.ndim == 0:
            last = sums.get((name, line)) if is_sum else None
            if last is not None:
                last.array = array
            elif (one := self._add(site, call, array)) is not None and is_sum:
                sums[name, line] = one
            if not is_sum:
                for other in [at for at in sums if at[0] == name]:
                    del sums[other]
            return
        numbers = array.tobytes()
        state = self._states.get(id(value))
        if state is not None and state[1] == numbers and not anew:
            return  # as it was: another part of the same container was changed
        known = self._known.get((site, id(value)))
        self._states[id(value)] = (value, numbers)
        if known is not None and self.records[known].call == call:
            self.records[known].array = array
        elif (one := self._add(site, call, array)) is not None:
            self._known[site, id(value)] = len(self.records) - 1

    def _add(self, site: int, call: int, array: Any) -> Record | None:
        self._numbers += array.size
        if self._numbers > MOST_NUMBERS or len(self.records) >= MOST_RECORDS:
            self.cut = self.cut or "size"
            return None
        one = Record(site, call, array)
        self.records.append(one)
        return one

    def _site(self, site: Site) -> int | None:
        if site not in self.sites and len(self.sites) >= MOST_SITES:
            self.cut = self.cut or "size"
            return None
        return self.sites.setdefault(site, len(self.sites))


@dataclass(frozen=True)
class Traced:
    """A trace on its way out: its numbers as bytes, and texts by key.

    The numbers are how many records there are, then of each its site, its call, its shape in three places, then what it
    holds; after all of them the gradient.
    """

    numbers: bytes
    told: Mapping[str, str]


def traced(
    call: Callable[[], Any],
    texts: Mapping[str, str],
    slowdown: float,
    least: float,
    changed: Callable[[], Sequence[str]] | None,
    net: Any,
) -> Traced:
    """Trace a call for so many times what it takes untraced, at least for ``least`` seconds; whatever it raises is told.

    Of a layer function there is no ``net``, and no gradient of one.
    """
    began = time.perf_counter()
    if slowdown:
        _quietly(call)
    tracer = Tracer(texts, seconds=max(least, slowdown * (time.perf_counter() - began)), changed=changed)
    gradient, told = np.full(net.n_params if net else 0, np.nan), {}
    try:
        with tracer:
            grads = call()
        if net:
            gradient = np.concatenate([np.asarray(grads[key], dtype="<f8").ravel() for key in net.shapes])
    except Exception as error:
        told = _of_error(error, texts)
    told["cut"] = tracer.cut
    if tracer.changed_at:
        file, line, names = tracer.changed_at
        told["changed"] = json.dumps([file, line, list(names)])
    sites = [[one.line, int(one.kind), one.file, one.function, one.name] for one in tracer.sites]
    told |= {f"site.{number}": json.dumps(site) for number, site in enumerate(sites)}
    heads = [[r.site, r.call, *_three(r.array.shape)] for r in tracer.records]
    parts = [np.array([len(heads)]), *map(np.array, heads), *(r.array.ravel() for r in tracer.records), gradient]
    return Traced(np.concatenate(parts).astype("<f8").tobytes(), told)


def _quietly(call: Callable[[], Any]) -> None:
    try:
        call()
    except Exception:  # it is raised again under the trace, which tells it
        return


def _three(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape in three places: what is not there is told as -1."""
    return (*shape, *(-1,) * (3 - len(shape)))


def _of_error(error: Exception, texts: Mapping[str, str]) -> dict[str, str]:
    """What was raised, where, and the shapes of what that line names."""
    told = {"raised": written(getattr(error, "said", None) or sentence(error))}
    frame, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in texts:
            frame = trace.tb_frame
        trace = trace.tb_next
    line = line_of(error, texts)
    if frame is None or not line:
        return told
    file = frame.f_code.co_filename
    step = steps_of(texts[file], file).get(line)
    shapes = {}
    for node in ast.walk(ast.parse("\n".join(_dedented(texts[file], step)))) if step else ():
        name = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""
        value = _value(frame, node) if name else None
        if isinstance(value, np.ndarray):
            shapes[name] = list(value.shape)
    return told | {"raised.at": json.dumps([file, step.line if step else line]), "shapes": json.dumps(shapes)}


def _dedented(text: str, step: TracedStatement) -> list[str]:
    """A statement by itself; of one that holds others its first line, as an expression where that can be had."""
    lines = text.split("\n")[step.line - 1 : step.end]
    room = len(lines[0]) - len(lines[0].lstrip())
    words = [line[room:] for line in lines]
    try:
        ast.parse("\n".join(words))
    except SyntaxError:
        return []
    return words


def _value(frame: FrameType, node: ast.AST) -> Any:
    """What a name, an attribute or an element by a plain index holds, without running anything."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        return (_attributes(_value(frame, node.value)) or {}).get(node.attr)
    if isinstance(node, ast.Subscript):
        held = _value(frame, node.value)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else _value(frame, node.slice)
        if type(held) in _CONTAINERS and type(key) in (int, str):
            try:
                return held[key]
            except (LookupError, TypeError):
                return None
    return None


def _held(frame: FrameType, target: ast.expr) -> tuple[str, Any, bool] | None:
    """The name as code writes it, its value, and whether the statement gave that name a new value, not a part of one."""
    if isinstance(target, ast.Name):
        found = frame.f_locals.get(target.id, frame.f_globals.get(target.id))
        return target.id, found, True
    if isinstance(target, ast.Attribute):
        inner = _held(frame, target.value)
        held = _attributes(inner[1]) if inner else None
        return (f"{inner[0]}.{target.attr}", held.get(target.attr), True) if inner and held is not None else None
    if isinstance(target, ast.Subscript | ast.Starred):
        inner = _held(frame, target.value)
        return (inner[0], inner[1], False) if inner else None
    if isinstance(target, ast.Call):  # what may be changed in a call
        inner = _held(frame, target.func)
        return (inner[0], inner[1], False) if inner else None
    return None


def _attributes(value: Any) -> Mapping[str, Any] | None:
    """The attributes of an object, without asking it: no property of its class runs."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if isinstance(found, dict | MappingProxyType) else None


def _as_array(value: Any) -> Any:
    """A copy as an array of floats, of an array, a list of numbers that is rectangular, or a float; None of all else."""
    kind = type(value)
    if kind is float or isinstance(value, np.floating):
        return np.array(value, dtype="<f8")
    if isinstance(value, np.ndarray):
        plain = value.dtype.kind in "fbiu" and value.ndim <= 3 and 0 < value.size <= LARGEST
        return np.array(value, dtype="<f8") if plain and (value.ndim or value.dtype.kind == "f") else None
    if kind in (list, tuple) and 0 < len(value) <= MOST_PARTS and _is_of_floats(value, 3):
        try:
            return np.array(value, dtype="<f8")
        except (ValueError, TypeError):
            return None
    return None


def _rows(value: Any) -> Any:
    """A list of rows, each an array, as a matrix; None of all else."""
    if type(value) not in (list, tuple) or not 2 <= len(value) <= MOST_PARTS or not isinstance(value[0], np.ndarray):
        return None
    shape = value[0].shape
    alike = all(isinstance(row, np.ndarray) and row.shape == shape and row.dtype.kind == "f" for row in value)
    plain = len(shape) == 1 and alike
    return np.array(value, dtype="<f8") if plain and len(value) * shape[0] <= LARGEST else None


def _is_of_floats(value: Any, depth: int) -> bool:
    """Whether lists hold nothing but floats, one of them at least; rows are lists, too."""
    first = value[0]
    if type(first) is list:
        lengths = {len(row) if type(row) is list and row else -1 for row in value}
        return bool(depth) and len(lengths) == 1 and lengths != {-1} and all(_is_of_floats(row, depth - 1) for row in value)
    return any(isinstance(one, float) for one in value) and all(isinstance(one, float | int) for one in value)


def _parts(value: Any, depth: int, files: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a container or an object of the file's own classes holds, with what code writes behind its name."""
    if not depth:
        return
    if type(value) in _CONTAINERS or (isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.ndim == 1):
        if len(value) <= MOST_PARTS:
            items = value.items() if type(value) is dict else enumerate(value)
            yield from ((f"[{key!r}]", part) for key, part in list(items) if isinstance(key, str | int | tuple))
    elif (held := _attributes(value)) is not None and _is_own(value, files) and len(held) <= MOST_PARTS:
        yield from ((f".{key}", part) for key, part in list(held.items()) if type(key) is str)


def _is_own(value: Any, files: Mapping[str, Any]) -> bool:
    """Whether the class of an object is defined in one of the files."""
    module = sys.modules.get(str(getattr(value if isinstance(value, type) else type(value), "__module__", "")))
    return getattr(module, "__file__", None) in files


def _literal_of(literal: ast.expr | None, key: str) -> ast.expr | None:
    """The part of a literal dict, list or tuple that stands for a key."""
    if isinstance(literal, ast.Dict):
        keys = [f"[{one.value!r}]" if isinstance(one, ast.Constant) else "" for one in literal.keys]
        return literal.values[keys.index(key)] if key in keys else None
    if isinstance(literal, ast.List | ast.Tuple) and key[1:-1].isdigit() and int(key[1:-1]) < len(literal.elts):
        part = literal.elts[int(key[1:-1])]
        return None if isinstance(part, ast.Starred) else part
    return None


def _written(expression: ast.expr) -> str:
    try:
        return " ".join(ast.unparse(expression).split())
    except (RecursionError, ValueError):
        return "return"


# What the statements may change


def steps_of(text: str, name: str) -> Steps:
    """The statements of a file by each of their lines."""
    steps: Steps = {}
    for statement in parse(text, name)[0]:
        _add_steps(statement, steps)
    return steps


def _add_steps(statement: ast.stmt, steps: Steps) -> None:
    inner = [
        one for field_ in ("body", "orelse", "finalbody") for one in getattr(statement, field_, ()) if isinstance(one, ast.stmt)
    ]
    for handler in getattr(statement, "handlers", ()):
        inner += handler.body
    for case in getattr(statement, "cases", ()):
        inner += case.body
    end = min([one.lineno for one in inner] or [(statement.end_lineno or statement.lineno) + 1]) - 1
    step = _step(statement, max(end, statement.lineno))
    for line in range(step.line, step.end + 1):
        steps[line] = step
    for one in inner:
        _add_steps(one, steps)


def _step(statement: ast.stmt, end: int) -> TracedStatement:
    line, is_sum = statement.lineno, isinstance(statement, ast.AugAssign)
    targets: list[ast.expr] = []
    value: ast.expr | None = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign):
        targets = [one for target in statement.targets for one in _flat(target)]
        if any(isinstance(target, ast.Tuple | ast.List) for target in statement.targets):
            value = None
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.For):
        targets, value = _flat(statement.target), None
    elif isinstance(statement, ast.Expr):
        value = None
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return TracedStatement(line, end)
    if not isinstance(statement, ast.Return):
        targets += _changed_in_calls(statement)
    return TracedStatement(line, end, tuple(targets), value, is_sum)


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [one for part in target.elts for one in _flat(part)]
    return [target]


def _changed_in_calls(statement: ast.stmt) -> list[ast.expr]:
    """What calls in a statement may change: of ``a.append(b)`` a, of ``np.add.at(a, ...)`` a, of ``out=a`` a; walruses."""
    found: list[ast.expr] = []
    own = [one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)]
    for node in (node for one in own for node in ast.walk(one)):
        if isinstance(node, ast.NamedExpr):
            found.append(node.target)
        elif isinstance(node, ast.Call):
            found += [keyword.value for keyword in node.keywords if keyword.arg == "out"]
            if isinstance(statement, ast.Expr):
                called = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                found += [
                    _part_of(one)
                    for one in (*called, *node.args[:1])
                    if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
                ]
    return found


def _part_of(expression: ast.expr) -> ast.expr:
    """A stand-in for a part of an expression's value: the value itself is no new one."""
    return ast.Starred(expression)
