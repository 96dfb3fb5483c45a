"""A submission as code that is explained: traced, changed and tried in its confined process."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.explanations.explanation import Explanation, explanation
from gradcheck.explanations.repairs.at_once import answers, behaves
from gradcheck.explanations.repairs.repair import Repair
from gradcheck.explanations.repairs.search import put_right
from gradcheck.explanations.traced.code import CodeError, Cut, Edit, Made, NoAnswer, Origin, SourcePlace, Trace, TracedCode
from gradcheck.explanations.traced.ended import StoppingLine, not_finite_in, shapes_in
from gradcheck.explanations.traced.first_wrong import Walk
from gradcheck.explanations.traced.where import (
    at,
    find,
    first_not_finite,
    of_shape,
    placed,
    where_inputs_change,
    where_it_adds,
    where_it_differs,
)
from gradcheck.isolation.child.source import text_of
from gradcheck.isolation.faults import FaultKind, MachineFault, SubmissionFault
from gradcheck.isolation.spoken import spoken
from gradcheck.judge.mistake import UNKNOWN, Diagnosis
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.claim import BadClaim
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions import checks
from gradcheck.submissions.answers.requests import layer_request, request
from gradcheck.submissions.checks import Inquiry
from gradcheck.submissions.submission import Submission
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.derivation.numpy_lines import ArrayOrder

SLOWDOWN, LEAST = 20.0, 0.1  # a trace takes so many times what the untraced call takes, or so many seconds
MOST_NUMBERS = 400_000  # more than any trace holds
TRYING, MOST_TRYING = 1.0, 4.0  # seconds for all changes that are tried in one request; in all


BY_CALLING = ("nondeterministic", "accumulates-across-calls")
BY_BEHAVIOUR = (*BY_CALLING, "mutates-inputs")


@dataclass(frozen=True)
class LocatedMistakes:
    """The diagnoses, each with its line, where a trace tells; what else it tells; and the trace itself, read."""

    diagnoses: tuple[Diagnosis, ...]
    known: Explanation = field(default_factory=Explanation)
    walk: Walk | None = None


def located(asked: Inquiry, diagnoses: tuple[Diagnosis, ...]) -> LocatedMistakes:
    """What a trace tells of some diagnoses."""
    if not diagnoses or not asked.submission.session.is_alive:
        return LocatedMistakes(diagnoses)
    code, told = ConfinedCode(asked), []
    found = find(code, asked.spec, asked.points_like)
    for one in placed(found, diagnoses):
        place = None
        if one.id == "accumulates-across-calls" and (kept := _kept_on_self(asked)):
            place = where_it_adds(code, asked.spec, asked.points[0], kept)
        elif one.id in BY_CALLING:
            place = where_it_differs(code, asked.spec, asked.points[0], anew=one.id != "nondeterministic")
        elif one.id == "mutates-inputs":
            place = where_inputs_change(code, asked.spec, asked.points[0])
        told.append(at(one, place) if place else one)
    if found.is_forward and all(one.id == UNKNOWN for one in told):
        words = Sentence("submissions.wrong-forward")
        told = [replace(one, id="wrong-forward", layer=found.wrong[0].quantity.layer, message=words) for one in told]
    known = explanation(code, found, told, _layout(asked.submission.found.layout))
    return LocatedMistakes(tuple(told), replace(known, files=len(asked.submission.files.contents)), found.walk)


def repaired(asked: Inquiry, found: LocatedMistakes, *, steady: bool) -> tuple[Repair, ...]:
    """The wrong lines put right, if all is right with them at every point; asked last, because what is tried may hang."""
    if not asked.submission.session.is_alive:
        return ()
    code, point = ConfinedCode(asked), asked.points[0]
    try:
        told = next((one for one in found.diagnoses if one.id in BY_BEHAVIOUR and one.line), None)
        if told is None or told.line is None:
            return put_right(code, found.walk, lambda _: is_right(asked)) if found.walk and steady else ()
        place = SourcePlace(told.file, told.cell or 0, told.line)
        tried = partial(code.tried, spec=asked.spec, point=point, behaves=True)
        return behaves(code, place, asked.spec, point, tried, lambda: is_right(asked))
    except (NoAnswer, SubmissionFault, MachineFault, BadClaim):
        return ()


def is_right(asked: Inquiry) -> bool:
    """Whether what the process runs now is right at every point."""
    try:
        return all(q.verdict in (Verdict.MATCH, Verdict.KINK) for q in checks.gradient(asked))
    except (SubmissionFault, BadClaim):
        return False


def _kept_on_self(asked: Inquiry) -> tuple[str, ...]:
    """The attributes that an object of the file's class keeps from call to call."""
    try:
        return tuple(asked.submission.again(asked.spec, asked.points[0]).moved) if asked.submission.makes_objects else ()
    except SubmissionFault:
        return ()


@dataclass(frozen=True)
class Failure:
    """What ended it and where, and the lines around that."""

    raised: CodeError
    place: SourcePlace
    known: Explanation
    repairs: tuple[Repair, ...] = ()


def where_it_failed(
    submission: Submission, spec: NetworkSpec, seed: int, fault: SubmissionFault, *, repair: bool = False
) -> Failure | None:
    """The line that made the first number that is none, or an array of a wrong shape; of an exception with the shapes."""
    if fault.is_final or not submission.session.is_alive:
        return None
    rng = np.random.default_rng(seed)
    asked = Inquiry(submission, spec, checks.judged_points(spec, rng, labels=submission.takes_labels), rng)
    code = ConfinedCode(asked)
    try:
        for point in asked.points:
            trace = code.trace(spec, point)
            found = trace.raised if fault.kind is FaultKind.EXCEPTION else None
            if fault.kind is FaultKind.NOT_FINITE:
                found = _at(first_not_finite(trace), fault)
            if fault.kind is FaultKind.WRONG_SHAPE and isinstance(fault.message, Sentence):
                found = _at(of_shape(spec, point, trace, fault.message.values), fault)
            if found is not None and found.place is not None:
                source = {(found.place.file, found.place.cell): code.lines(found.place)}
                ended = StoppingLine(found.place, _note(found, trace, fault))
                known = Explanation(source, files=len(submission.files.contents), ended=ended)
                right = answers(code, found.place, spec, point, trace, lambda: is_right(asked)) if repair else ()
                return Failure(found, found.place, known, right)
    except NoAnswer:
        return None
    return None


def _note(found: CodeError, trace: Trace, fault: SubmissionFault) -> str:
    """A few words beside the line."""
    if fault.kind is FaultKind.NOT_FINITE:
        return not_finite_in(trace)
    return shapes_in(found) if fault.kind is FaultKind.EXCEPTION else fault.message


def lines_of(submission: Submission, places: Sequence[SourcePlace]) -> dict[tuple[str, int], Sequence[str]]:
    """The lines of the files and cells that some places are in."""
    code = ConfinedCode(Inquiry(submission, submission.spec, [], np.random.default_rng(0)))
    return {(place.file, place.cell): code.lines(place) for place in places}


def _at(place: SourcePlace | None, fault: SubmissionFault) -> CodeError | None:
    return CodeError(fault.message, place) if place is not None else None


def _layout(found: Mapping[str, str]) -> ArrayOrder:
    """How the arrays of the file lie."""
    return ArrayOrder(columns=found.get("batch") in ("columns", "single"), in_out=found.get("W") == "in-out")


class ConfinedCode:
    """The code of a submission; every call may raise NoAnswer."""

    def __init__(self, asked: Inquiry) -> None:
        self.asked, self.submission, self.session = asked, asked.submission, asked.submission.session
        self.ends = self.session.spent + MOST_TRYING

    def gradient(self, spec: NetworkSpec, point: Point) -> Mapping[str, Array]:
        """The gradient by key, in the scale of the cost that was asked for."""
        try:
            grads = self.asked.submission.gradient(spec, point).grads
        except SubmissionFault as fault:
            raise NoAnswer from fault
        return self.asked.scale.undone(grads, point, spec)

    def trace(self, spec: NetworkSpec, point: Point, *, anew: bool = False, inputs: bool = False) -> Trace:
        """What the lines make; two requests, because the size of a trace is known when it was made."""
        header, data = request(spec, point)
        how = {"op": "trace", "slowdown": 0.0 if anew else SLOWDOWN, "least": LEAST, "anew": anew, "inputs": inputs}
        told = float(self._ask({**how, **header}, data, 1).numbers[0])
        if not 0 < told <= MOST_NUMBERS:
            raise NoAnswer
        size = int(told)
        answer = self._ask({"op": "traced"}, b"", size)
        return self._read(spec, answer.numbers, answer.told)

    def trace_layer(
        self, name: str, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]], *, inputs: bool = False
    ) -> Trace:
        """What the lines of a layer function make; no gradient comes with it."""
        header, data = layer_request(name, arrays, shapes)
        how = {"op": "trace-layer", "slowdown": SLOWDOWN, "least": LEAST, "inputs": inputs}
        told = float(self._ask({**header, **how}, data, 1).numbers[0])
        if not 0 < told <= MOST_NUMBERS:
            raise NoAnswer
        answer = self._ask({"op": "traced"}, b"", int(told))
        return self._read(None, answer.numbers, answer.told)

    def lines(self, place: SourcePlace) -> Sequence[str]:
        """The lines of a file or a cell."""
        if place.file in self._cells:
            return self._cells[place.file][place.cell - 1].split("\n")
        return self._texts.get(place.file, "").split("\n")

    def tried(
        self, tries: Sequence[Sequence[Edit]], spec: NetworkSpec, point: Point, *, behaves: bool = False
    ) -> list[Mapping[str, Array] | None]:
        """The gradient with each of several changes; None where it gives none, or, with ``behaves``, not always the same."""
        header, data = request(spec, point)
        edits = [[self._edit(one) for one in each] for each in tries]
        if self.session.spent > self.ends:
            raise NoAnswer
        head = {"op": "tries", "tries": edits, "seconds": TRYING, "behaves": behaves, **header}
        numbers = self._ask(head, data, len(tries) * spec.n_params).numbers.reshape(len(tries), -1)
        found: list[Mapping[str, Array] | None] = []
        for row in numbers:
            grads = self.asked.scale.undone(_by_key(spec, row), point, spec) if np.isfinite(row).all() else None
            found.append(grads)
        return found

    def tried_layer(
        self, tries: Sequence[Sequence[Edit]], name: str, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]]
    ) -> list[list[Array] | None]:
        """The results of a layer function with each of several changes; None where there are none, or its inputs changed."""
        header, data = layer_request(name, arrays, shapes)
        if self.session.spent > self.ends:
            raise NoAnswer
        edits, ends = [[self._edit(one) for one in each] for each in tries], np.cumsum([int(np.prod(s)) for s in shapes])
        head = {**header, "op": "tries", "tries": edits, "seconds": TRYING}
        numbers = self._ask(head, data, len(tries) * int(ends[-1])).numbers.reshape(len(tries), -1)
        return [
            [part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), shapes, strict=True)]
            if np.isfinite(row).all()
            else None
            for row in numbers
        ]

    @contextmanager
    def put_right(self, edits: Sequence[Edit]) -> Iterator[TracedCode]:
        """The file with other lines, in the same process."""
        self._ask({"op": "rewrite", "edits": [self._edit(one) for one in edits]}, b"", 0)
        try:
            yield self
        finally:
            self._ask({"op": "rewrite", "edits": []}, b"", 0)

    def _ask(self, header: Mapping[str, Any], data: bytes, expected: int) -> Any:
        try:
            return self.session.ask(header, data, expected=expected)
        except SubmissionFault as fault:
            raise NoAnswer from fault

    # Places: the confined process knows the cells of a notebook as one text

    @cached_property
    def _cells(self) -> dict[str, list[str]]:
        files = self.asked.submission.files
        pairs = zip(files.contents.items(), files.told, strict=True)
        return {told: json.loads(data) for (name, data), told in pairs if name in files.notebooks}

    @cached_property
    def _texts(self) -> dict[str, str]:
        files, texts = self.asked.submission.files, {}
        for (name, data), told in zip(files.contents.items(), files.told, strict=True):
            if name not in files.notebooks:
                try:
                    texts[told] = text_of(data, told)
                except SyntaxError:
                    continue
        return texts

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        """The first line of each cell in the text of its notebook, where an empty line stands between two."""
        starts = {}
        for name, cells in self._cells.items():
            starts[name] = [1]
            for cell in cells:
                starts[name].append(starts[name][-1] + cell.count("\n") + 2)
        return starts

    def place(self, file: str, line: int) -> SourcePlace:
        """Where a line of a text lies."""
        if file not in self._starts:
            return SourcePlace(file, 0, line)
        cell = bisect_right(self._starts[file][:-1], line)
        return SourcePlace(file, cell, line - self._starts[file][cell - 1] + 1)

    def _edit(self, edit: Edit) -> list[Any]:
        place = edit.place
        starts = self._starts.get(place.file)
        before = starts[place.cell - 1] - 1 if starts else 0
        return [place.file, before + place.line, before + edit.end, edit.new]

    # Traces, which are the submission's word: what cannot be read is passed over

    def _read(self, spec: NetworkSpec | None, numbers: Array, told: Mapping[str, str]) -> Trace:
        end = len(numbers) - (spec.n_params if spec else 0)
        gradient = _by_key(spec, numbers[end:]) if spec else {}
        cut = Cut(told["cut"]) if told.get("cut") in [one.value for one in Cut] else None
        try:
            made = tuple(self._made(numbers[:end], told))
            raised, changed = self._raised(told), self._changed(told)
        except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
            raise NoAnswer from error
        return Trace(made, gradient, cut, raised, changed)

    def _made(self, numbers: Array, told: Mapping[str, str]) -> Iterator[Made]:
        sites = {}
        for key, words in told.items():
            if key.startswith("site."):
                line, kind, file, function, name = json.loads(words)
                sites[int(key[5:])] = (self.place(str(file), int(line)), str(name), str(function), Origin(kind))
        count, at = int(numbers[0]), 1 + 5 * int(numbers[0])
        for head in numbers[1 : 1 + 5 * count].reshape(count, 5):
            site, call = int(head[0]), int(head[1])
            shape = tuple(int(n) for n in head[2:] if n >= 0)
            size = int(np.prod(shape))
            if site in sites:
                place, name, function, kind = sites[site]
                yield Made(place, name, numbers[at : at + size].reshape(shape), function, kind, call)
            at += size

    def _raised(self, told: Mapping[str, str]) -> CodeError | None:
        if "raised" not in told:
            return None
        place = self.place(*json.loads(told["raised.at"])) if "raised.at" in told else None
        shapes = json.loads(told.get("shapes", "{}"))
        return CodeError(spoken(told["raised"]), place, {str(k): tuple(int(n) for n in v) for k, v in shapes.items()})

    def _changed(self, told: Mapping[str, str]) -> tuple[SourcePlace, tuple[str, ...]] | None:
        if "changed" not in told:
            return None
        file, line, names = json.loads(told["changed"])
        return self.place(str(file), int(line)), tuple(str(name) for name in names)


def _by_key(spec: NetworkSpec, numbers: Array) -> dict[str, Array]:
    grads, start = {}, 0
    for key, shape in spec.shapes.items():
        size = int(np.prod(shape))
        grads[key] = numbers[start : start + size].reshape(shape).copy()
        start += size
    return grads
