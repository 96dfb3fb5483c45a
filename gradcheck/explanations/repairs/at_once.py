"""Repairs that are right at once or not at all: of code that gave no gradient, or another one from call to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from gradcheck.arrays.nearness import same
from gradcheck.explanations.repairs.alike import Change, of_behaviour, of_failure
from gradcheck.explanations.repairs.repair import Repair, as_repairs
from gradcheck.explanations.repairs.statement import statement_at
from gradcheck.explanations.traced.code import Edit, NoAnswer, SourcePlace, Trace, TracedCode
from gradcheck.explanations.traced.first_wrong import walk
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

TOGETHER, MOST_TRIED = 60, 480  # changes: in one request, in all
Tried = Callable[[Sequence[Sequence[Edit]]], Sequence[Mapping[str, Array] | None]]


def behaves(
    code: TracedCode, place: SourcePlace, spec: NetworkSpec, point: Point, tried: Tried, confirmed: Callable[[], bool]
) -> tuple[Repair, ...]:
    """The change of a line after which equal calls give equal, right answers and what was handed over stays as it was."""
    statement = statement_at(code.lines(place), place)
    changes = of_behaviour(statement) if statement is not None else iter(())
    return _first(code, changes, spec, point, tried, confirmed)


def answers(
    code: TracedCode, place: SourcePlace, spec: NetworkSpec, point: Point, trace: Trace, confirmed: Callable[[], bool]
) -> tuple[Repair, ...]:
    """The change of a line after which code that gave no gradient gives the right one."""
    statement = statement_at(code.lines(place), place)
    if statement is None:
        return ()
    changes = of_failure(statement, walk(spec, point, trace, code.lines))
    return _first(code, changes, spec, point, lambda tries: code.tried(tries, spec, point), confirmed)


def _first(
    code: TracedCode, changes: Iterator[Change], spec: NetworkSpec, point: Point, tried: Tried, confirmed: Callable[[], bool]
) -> tuple[Repair, ...]:
    right = backward(spec, point.params, point.x, point.y)
    left = islice(changes, MOST_TRIED)
    try:
        while batch := list(islice(left, TOGETHER)):
            edits = [[statement.edit(new) for statement, new in change] for change in batch]
            for change, edit, answer in zip(batch, edits, tried(edits), strict=True):
                if answer is None or not all(same(answer[key], right[key]) for key in spec.keys):
                    continue
                with code.put_right(edit):
                    if confirmed():
                        return as_repairs({statement.place: (statement, new) for statement, new in change})
    except NoAnswer:
        return ()
    return ()
