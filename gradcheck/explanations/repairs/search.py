"""The lines put right, one mistake after the other: each change is tried, and shown only if all entries are right with it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice

import numpy as np

from gradcheck.arrays.nearness import same
from gradcheck.explanations.repairs.changes import comparisons, larger_changes, small_changes
from gradcheck.explanations.repairs.directed import directed
from gradcheck.explanations.repairs.missing import insertions
from gradcheck.explanations.repairs.repair import Repair, as_repairs
from gradcheck.explanations.repairs.statement import SourceStatement, statement_at
from gradcheck.explanations.traced.code import Edit, NoAnswer, SourcePlace, TracedCode
from gradcheck.explanations.traced.first_wrong import Slip, Walk, Wrong, walk
from gradcheck.explanations.traced.own import ENDS
from gradcheck.explanations.traced.quantities import Role
from reference_nets.activations import Array

TOGETHER = 80  # changes that are tried in one request
MOST_TRIED = 700  # changes of one line
MORE = 4
MOST_MISTAKES = 6
NEAR = 4  # lines that are tried, one after the other, for one mistake


def put_right(code: TracedCode, found: Walk, confirmed: Callable[[TracedCode], bool]) -> tuple[Repair, ...]:
    """The repairs after which everything is right, as ``confirmed`` judges; none where there is one mistake left."""
    edits: dict[SourcePlace, tuple[SourceStatement, str]] = {}
    refused: set[str] = set()  # changes that are right at one point alone
    current = found
    for _ in range(MOST_MISTAKES):
        better = _better(code, current, edits, refused)
        if better is None:
            return ()
        statement, new = better
        edits[statement.place] = statement, new
        try:
            with code.put_right(_as_edits(edits)) as changed:
                if _all_right(changed.gradient(current.spec, current.point), current):
                    if confirmed(changed):
                        return as_repairs(edits)
                    refused.add(new)
                    del edits[statement.place]
                    continue
                trace = changed.trace(current.spec, current.point)
            current = walk(current.spec, current.point, trace, code.lines)
        except NoAnswer:
            return ()
        if not current.wrong:
            return ()
    return ()


def _as_edits(edits: Mapping[SourcePlace, tuple[SourceStatement, str]]) -> list[Edit]:
    return [statement.edit(new) for statement, new in edits.values()]


def _better(
    code: TracedCode, current: Walk, edits: Mapping[SourcePlace, tuple[SourceStatement, str]], refused: set[str]
) -> tuple[SourceStatement, str] | None:
    """The smallest change of a line with which more is right, and all that was right before."""
    before = _right_keys(current.values.trace.gradient, current)
    first: tuple[SourceStatement, str] | None = None
    left = MORE  # requests more after something was found that is right in part
    for place in islice(_places(current), NEAR):
        statement = statement_at(code.lines(place), place)
        if statement is None or any(_overlap(statement, other) for other, _ in edits.values()):
            continue
        texts = islice(_unique(_changes(statement, current, current.wrong[0])), MOST_TRIED)
        while batch := list(islice(texts, TOGETHER)):
            tries = [[*_as_edits(edits), statement.edit(new)] for new in batch]
            try:
                answers = code.tried(tries, current.spec, current.point)
            except NoAnswer:
                return None
            for new, answer in zip(batch, answers, strict=True):
                if answer is None or new in refused:
                    continue
                if _all_right(answer, current):
                    return statement, new
                if first is None and _right_keys(answer, current) > before:
                    first = statement, new
            left -= first is not None
            if not left:
                break
        if first is not None:
            return first
    return first


def _changes(of: SourceStatement, current: Walk, wrong: Wrong) -> Iterator[str]:
    """The changes of a statement in the order in which they are tried: where a step was left out, that first."""
    of_formula = directed(of, current, wrong)
    if _updates(of, current):
        return chain([""], small_changes(of))
    if wrong.slip in (Slip.MISSING, Slip.ZERO):
        return chain(comparisons(of), insertions(of, current), of_formula, small_changes(of), larger_changes(of))
    if wrong.slip is Slip.FACTOR:
        return chain(small_changes(of), larger_changes(of), insertions(of, current), of_formula)
    return chain(small_changes(of), of_formula, larger_changes(of), insertions(of, current))


def _updates(of: SourceStatement, current: Walk) -> bool:
    """Whether a statement gives a parameter another value, before it was done with."""
    node = of.node
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    if target is None:
        return False
    name = of.segment(target)
    spoilt = [fit for fit in current.roles.fits if fit.quantity.role in (Role.WEIGHT, Role.BIAS) and fit.name == name]
    return any(fit.seen.place != of.place and fit.seen.place.line < of.node.lineno for fit in spoilt)


def _places(current: Walk) -> Iterator[SourcePlace]:
    """The lines that may be wrong: those of what is wrong by itself, then those that made it first, or last."""
    told: dict[SourcePlace, None] = {}
    for wrong in current.wrong[:1]:
        for place in _of(current, wrong):
            told.setdefault(place)
            told.update(dict.fromkeys(current.lines.conditions(place)[:1]))
    for wrong in current.wrong[1:]:
        if wrong.place is not None:
            told.setdefault(wrong.place)
    yield from told


def _of(current: Walk, wrong: Wrong) -> Iterator[SourcePlace]:
    if wrong.place is not None:
        yield wrong.place
    if wrong.own.seen is not None:
        yield wrong.own.seen.place
        yield current.lines.maker(wrong.own.seen)


def _overlap(one: SourceStatement, other: SourceStatement) -> bool:
    return one.place.file == other.place.file and one.place.cell == other.place.cell and one.node.lineno == other.node.lineno


def _unique(texts: Iterator[str]) -> Iterator[str]:
    told: set[str] = set()
    for text in texts:
        if text not in told:
            told.add(text)
            yield text


def _right_keys(gradient: Mapping[str, Array], current: Walk) -> set[str]:
    right = {key: current.values.right(ENDS[key[0]], int(key[1:])) for key in current.spec.keys}
    return {key for key, value in right.items() if np.isfinite(gradient[key]).all() and same(gradient[key], value)}


def _all_right(gradient: Mapping[str, Array], current: Walk) -> bool:
    return len(_right_keys(gradient, current)) == len(current.spec.keys)
