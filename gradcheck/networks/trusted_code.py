"""A function of this process as code that is explained: traced line by line, its source read from its file."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from gradcheck.certified.replacements.kept import unchanged
from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.case import NoCase, WorkedCase
from gradcheck.explanations.by_hand.worked import WrongGradient, foretelling, worked_case
from gradcheck.explanations.explanation import Explanation, explanation
from gradcheck.explanations.repairs.repair import Repair
from gradcheck.explanations.repairs.search import put_right
from gradcheck.explanations.traced.code import Cut, Edit, Made, NoAnswer, Origin, SourcePlace, Trace, TracedCode
from gradcheck.explanations.traced.first_wrong import Walk
from gradcheck.explanations.traced.where import find, placed
from gradcheck.isolation.child.trace.tracing import Record, Site, Tracer
from gradcheck.judge.mistake import Diagnosis
from gradcheck.networks.at_point import NetworkGradient
from gradcheck.networks.claim import BadClaim
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.derivation.numpy_lines import ArrayOrder

SECONDS = 5.0  # a trace takes no longer
TRACE_SEED = 3
MOST_FILES = 32  # beside the function's own: a folder with more modules than that is a library's


def located(
    subject: NetworkGradient, point: Point, diagnoses: tuple[Diagnosis, ...]
) -> tuple[tuple[Diagnosis, ...], Explanation | None, Walk | None]:
    """The diagnoses with their lines, where the function's source is at hand, and what else the trace tells."""
    code = TrustedCode.of(subject) if diagnoses else None
    if code is None:
        return diagnoses, None, None

    def points_of(spec: NetworkSpec) -> list[Point]:
        rng = np.random.default_rng(TRACE_SEED)
        return [point if spec == subject.spec else safe_point(spec, rng), safe_point(spec, rng)]

    found = find(code, subject.spec, points_of)
    told = placed(found, diagnoses)
    return told, explanation(code, found, told, ArrayOrder()), found.walk


def by_hand(
    subject: NetworkGradient, wrong: tuple[str, ...], diagnoses: Sequence[Diagnosis], names: Mapping[str, str]
) -> WorkedCase | NoCase | None:
    """A case to work through by hand; the function is asked on small networks like its own."""
    code = TrustedCode.of(subject)
    if code is None or not wrong:
        return None
    return worked_case(subject.spec, Asks(code.gradient), WrongGradient(wrong, foretelling(diagnoses), names))


def repaired(subject: NetworkGradient, found: Walk, all_right: Callable[[], bool]) -> tuple[Repair, ...]:
    """The wrong lines put right, if ``all_right`` judges so while they stand in the function."""
    code = TrustedCode.of(subject)
    if code is None:
        return ()
    with unchanged(subject.backward), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of changes that are tried
        try:
            return put_right(code, found, lambda _: all_right())
        except (NoAnswer, BadClaim):
            return ()


class TrustedCode:
    """A gradient function with the contract ``backward(params, x, y)``, and the files that it may run through."""

    def __init__(self, subject: NetworkGradient, function: FunctionType) -> None:
        self.subject, self.function = subject, function

    @classmethod
    def of(cls, subject: NetworkGradient) -> TrustedCode | None:
        """The code of a gradient function; None where none of its lines can be read."""
        function = _function(subject.backward)
        code = None if function is None else cls(subject, function)
        return code if code is not None and code.texts else None

    @cached_property
    def texts(self) -> dict[str, str]:
        """The file of the function, and those of modules beside it, as they run, by the names that frames have for them."""
        own = self.function.__code__.co_filename
        names = [own, *(str(path) for path in _beside(Path(own)))]
        return {name: text for name in dict.fromkeys(names) if (text := "".join(linecache.getlines(name)))}

    def gradient(self, spec: NetworkSpec, point: Point) -> Mapping[str, Array]:
        """The gradient by key."""
        try:
            claimed = replace(self.subject, spec=spec).claim(point)
        except Exception as error:  # of a network that it was not written for it may raise anything
            raise NoAnswer from error
        return {key: claimed[key] for key in spec.keys}

    def trace(self, spec: NetworkSpec, point: Point, *, anew: bool = False, inputs: bool = False) -> Trace:
        """What its lines make; the function is trusted, so that nothing is loaded anew, and inputs are watched elsewhere."""
        del anew, inputs
        tracer = Tracer(self.texts, seconds=SECONDS)
        with tracer:
            grads = self.gradient(spec, point)
        gradient = {key: np.asarray(value, dtype=float) for key, value in grads.items()}
        return Trace(made_by(tracer), gradient, Cut(tracer.cut) if tracer.cut else None)

    def lines(self, place: SourcePlace) -> Sequence[str]:
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
    def put_right(self, edits: Sequence[Edit]) -> Iterator[TracedCode]:
        """The same code with other lines: functions that have them are compiled anew and put in for the while."""
        before = {function: function.__code__ for function in self.functions}
        changed = self._changed(edits)
        try:
            for function, code in changed.items():
                function.__code__ = code
            yield self
        finally:
            for function, code in before.items():
                function.__code__ = code

    @cached_property
    def functions(self) -> tuple[FunctionType, ...]:
        """The function, and those of its file that it may call: of the module and of its classes."""
        found = {self.function: None}
        for value in list(self.function.__globals__.values()):
            members = vars(value).values() if isinstance(value, type) else ()
            for one in (value, *members):
                own = getattr(one, "__func__", one)
                if isinstance(own, FunctionType) and own.__code__.co_filename == self.function.__code__.co_filename:
                    found.setdefault(own)
        return tuple(found)

    def _changed(self, edits: Sequence[Edit]) -> dict[FunctionType, CodeType]:
        """The functions with an edited line, each with its new code."""
        own = self.function.__code__
        if any(edit.place.file != own.co_filename for edit in edits):
            raise NoAnswer
        lines = self._alone([edit.place.line for edit in edits])
        for edit in sorted(edits, key=lambda edit: edit.place, reverse=True):
            lines[edit.place.line - 1 : edit.end - 1] = edit.new.split("\n")
        try:
            whole = compile("\n".join(lines), own.co_filename, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise NoAnswer from error
        changed: dict[FunctionType, CodeType] = {}
        for edit in edits:
            function = self._around(edit.place.line)
            found = [code for code in _codes(whole) if code.co_qualname == function.__code__.co_qualname]
            if len(found) != 1 or found[0].co_freevars != function.__code__.co_freevars:
                raise NoAnswer
            if not self._unasked.isdisjoint(name for code in _codes(found[0]) for name in code.co_names):
                raise NoAnswer
            changed[function] = found[0]
        return changed

    @cached_property
    def _unasked(self) -> set[str]:
        """What may be called in its module and is not named on the way to the gradient: nothing else of it is to run."""
        named, own = set[str](), {function.__name__: function for function in self.functions}
        waiting = [self.function]
        while waiting:
            new = {name for code in _codes(waiting.pop().__code__) for name in code.co_names} - named
            named |= new
            waiting += [own[name] for name in new if name in own]
        callables = {name for name, value in self.function.__globals__.items() if callable(value)}
        return (callables | own.keys()) - named

    def _alone(self, wanted: Sequence[int]) -> list[str]:
        """The lines of the statements of the module that hold some lines, all others empty: that is compiled at once."""
        lines = self.texts[self.function.__code__.co_filename].split("\n")
        kept = {line for span in self._spans if any(one in span for one in wanted) for line in span}
        return [text if number in kept else "" for number, text in enumerate(lines, 1)]

    @cached_property
    def _spans(self) -> list[range]:
        """The lines of each statement of the module, with its decorators."""
        try:
            body = ast.parse(self.texts[self.function.__code__.co_filename]).body
        except (SyntaxError, ValueError) as error:
            raise NoAnswer from error
        first = [min([one.lineno, *(d.lineno for d in getattr(one, "decorator_list", ()))]) for one in body]
        return [range(start, (one.end_lineno or start) + 1) for start, one in zip(first, body, strict=True)]

    def _around(self, line: int) -> FunctionType:
        """The innermost function that a line is in; NoAnswer for a line of the module or of a function out of reach."""
        spans = {function: _lines_of(function.__code__) for function in self.functions}
        around = [function for function, span in spans.items() if line in span]
        if not around:
            raise NoAnswer
        return min(around, key=lambda function: len(spans[function]))


def _function(backward: Callable[..., Any]) -> FunctionType | None:
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
    found = [Path(file) for file in files if file and Path(file).parent == own.parent and Path(file) != own]
    return found if len(found) <= MOST_FILES else []


def _lines_of(code: CodeType) -> range:
    """The lines from a function's first to its last."""
    last = max((line for one in _codes(code) for _, _, line in one.co_lines() if line), default=code.co_firstlineno)
    return range(code.co_firstlineno, last + 1)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all within it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def made_by(tracer: Tracer) -> tuple[Made, ...]:
    """What a tracer in this process has noted."""
    sites = list(tracer.sites)
    return tuple(_made(sites[one.site], one) for one in tracer.records)


def _made(site: Site, record: Record) -> Made:
    return Made(
        SourcePlace(site.file, 0, site.line), site.name, record.array, site.function, Origin(int(site.kind)), record.call
    )
