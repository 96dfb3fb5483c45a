"""A function of this process as code that is explained: traced line by line, its source read from its file."""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from gradcheck.explanations.code import Code, Cut, Edit, Kind, Made, NoAnswer, Place, Trace
from gradcheck.explanations.explanation import Explanation, explanation
from gradcheck.explanations.where import find, placed
from gradcheck.isolation.child.tracing import Record, Site, Tracer
from gradcheck.judge.mistake import Diagnosis
from gradcheck.networks.claim import BadClaim, call_functions_contract, read_gradient
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.derivation.numpy_lines import Layout

SECONDS = 5.0  # a trace takes no longer
Backward = Callable[..., Any]


def located(
    spec: NetworkSpec, backward: Backward, points: Sequence[Point], point_of: Callable[[NetworkSpec], Point],
    diagnoses: tuple[Diagnosis, ...],
) -> tuple[tuple[Diagnosis, ...], Explanation | None]:  # fmt: skip
    """The diagnoses with their lines, where the function's source is at hand, and what else the trace tells."""
    code = TrustedCode.of(backward)
    if not diagnoses or code is None:
        return diagnoses, None
    found = find(code, spec, lambda other: points[0] if other == spec else point_of(other))
    told = placed(found, diagnoses)
    return told, explanation(code, found, told, Layout())


class TrustedCode:
    """A gradient function with the contract ``backward(params, x, y)``, and the files that it may run through."""

    def __init__(self, backward: Backward, function: FunctionType) -> None:
        self.backward, self.function = backward, function

    @classmethod
    def of(cls, backward: Backward) -> TrustedCode | None:
        """The code of a function; None where none of its lines can be read."""
        function = _function(backward)
        code = None if function is None else cls(backward, function)
        return code if code is not None and code.texts else None

    @cached_property
    def texts(self) -> dict[str, str]:
        """The file of the function, and those of modules beside it, as they run, by the names that frames have for them."""
        own = self.function.__code__.co_filename
        names = [own, *(str(path) for path in _beside(Path(own)))]
        return {name: text for name in dict.fromkeys(names) if (text := "".join(linecache.getlines(name)))}

    def gradient(self, spec: NetworkSpec, point: Point) -> Mapping[str, Array]:
        """The gradient by key."""
        copy = Point({key: value.copy() for key, value in point.params.items()}, point.x.copy(), point.y.copy())
        try:
            returned = call_functions_contract(self.backward, spec, copy.params, copy.x, copy.y)
            return read_gradient(returned, spec, point.x.shape)
        except (BadClaim, Exception) as error:
            raise NoAnswer from error

    def trace(self, spec: NetworkSpec, point: Point, *, anew: bool = False, inputs: bool = False) -> Trace:
        """What its lines make; the function is trusted, so that nothing is loaded anew, and inputs are watched elsewhere."""
        del anew, inputs
        tracer = Tracer(self.texts, seconds=SECONDS)
        with tracer:
            grads = self.gradient(spec, point)
        sites = list(tracer.sites)
        made = tuple(_made(sites[one.site], one) for one in tracer.records)
        return Trace(made, {key: np.asarray(value, dtype=float) for key, value in grads.items()}, _cut(tracer))

    def lines(self, place: Place) -> Sequence[str]:
        """The lines of a file."""
        return self.texts[place.file].split("\n")

    def tried(self, tries: Sequence[Sequence[Edit]], spec: NetworkSpec, point: Point) -> list[Mapping[str, Array] | None]:
        """The gradient with each of several changes."""
        return [self._with(edits, spec, point) for edits in tries]

    def _with(self, edits: Sequence[Edit], spec: NetworkSpec, point: Point) -> Mapping[str, Array] | None:
        try:
            with self.put_right(edits) as other:
                return other.gradient(spec, point)
        except NoAnswer:
            return None

    @contextmanager
    def put_right(self, edits: Sequence[Edit]) -> Iterator[Code]:
        """The same function with other lines: its code is compiled anew and put in for the while."""
        changed = self._changed(edits)
        before, self.function.__code__ = self.function.__code__, changed
        try:
            yield self
        finally:
            self.function.__code__ = before

    def _changed(self, edits: Sequence[Edit]) -> CodeType:
        own = self.function.__code__
        if any(edit.place.file != own.co_filename for edit in edits):
            raise NoAnswer
        lines = self.texts[own.co_filename].split("\n")
        for edit in sorted(edits, key=lambda edit: edit.place, reverse=True):
            lines[edit.place.line - 1 : edit.end - 1] = edit.new.split("\n")
        try:
            whole = compile("\n".join(lines), own.co_filename, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise NoAnswer from error
        found = [code for code in _codes(whole) if code.co_qualname == own.co_qualname]
        if len(found) != 1 or found[0].co_freevars != own.co_freevars:
            raise NoAnswer
        return found[0]


def _function(backward: Backward) -> FunctionType | None:
    """The Python function behind a callable."""
    while isinstance(backward, partial):
        backward = backward.func
    backward = inspect.unwrap(backward)
    if not inspect.isroutine(backward):
        backward = getattr(type(backward), "__call__", backward)  # noqa: B004 - the method, not whether there is one
    function = getattr(backward, "__func__", backward)
    return function if isinstance(function, FunctionType) else None


def _beside(own: Path) -> list[Path]:
    """The files of modules that are loaded from the folder of a file."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return [Path(file) for file in files if file and Path(file).parent == own.parent and Path(file) != own]


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all within it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _made(site: Site, record: Record) -> Made:
    return Made(Place(site.file, 0, site.line), site.name, record.array, site.function, Kind(int(site.kind)), record.call)


def _cut(tracer: Tracer) -> Cut | None:
    return Cut(tracer.cut) if tracer.cut else None
