"""What each line of a file makes: the arrays, lists of numbers and floats that it leaves in its variables, in their order.

Which variables a line can have changed is read from its syntax once; only these are looked at when it has run. Every
iteration of a loop is a record of its own, what a loop fills piece by piece is noted as it stood in the end.
"""

from __future__ import annotations

import ast
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import FrameType
from typing import Any

import numpy as np

from ..failures import line_of, sentence, written
from .statements import TracedStatement, as_written, literal_of, steps_of
from .values import as_array, as_matrix, held_by, parts_of, value_of_node

MOST_RECORDS, MOST_NUMBERS, MOST_SITES = 6000, 200_000, 700
DEEPEST, LONGEST_NAME = 3, 60
LOOK_EACH = 16  # events between two looks at the clock
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<module>")


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
        self._named: set[tuple[str, int]] = set()  # the names that each array has had
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
            held = held_by(frame, target)
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
        name = as_written(literal) if literal else "return"
        self._gather(where, name, value, Kind.RETURNED, frame, literal=literal, anew=True)

    def _gather(
        self, where: tuple[str, int, str], name: str, value: Any, kind: Kind, frame: FrameType, *,
        depth: int = DEEPEST, literal: ast.expr | None = None, anew: bool = False, is_sum: bool = False,
    ) -> None:  # fmt: skip
        """Note the arrays that a value is or holds, by the names that code has for them."""
        array = as_array(value)
        if array is not None:
            self._note((*where, name, kind), array, value, frame, anew=anew, is_sum=is_sum)
            return
        if (rows := as_matrix(value)) is not None:
            self._note((*where, name, kind), rows, value, frame, anew=anew, is_sum=is_sum)
        new = anew and (literal is not None or kind is not Kind.MADE)
        for key, part in parts_of(value, depth, self.steps):
            inner = literal_of(literal, key)
            at = where if inner is None else (where[0], inner.lineno, where[2])
            named = as_written(inner) if inner is not None and kind is Kind.RETURNED else f"{name}{key}"
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
        state, named = self._states.get(id(value)), (name, id(value))
        if state is not None and state[1] == numbers and not anew and named in self._named:
            return  # as it was: another part of the same container was changed
        self._named.add(named)
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
        value = value_of_node(frame, node) if name else None
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
