"""The wrong lines of layer functions put right, each change tried: with all of them every result must be right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from gradcheck.explanations.repairs.layer import layer_changes
from gradcheck.explanations.repairs.repair import Repair, as_repairs
from gradcheck.explanations.repairs.statement import SourceStatement, statement_at
from gradcheck.explanations.traced.code import Edit, NoAnswer, SourcePlace
from gradcheck.judge.judge import judge_quantity
from gradcheck.judge.verdicts import Verdict
from gradcheck.submissions.layers.cases import LayerCase, layer_case
from gradcheck.submissions.layers.lines import LayerTrace
from reference_nets.activations import Array

TOGETHER, MOST_TRIED = 80, 400  # changes of one line: in one request, in all
Wrong = tuple[SourcePlace | None, str]  # the line of a result that is wrong, and which result it is


def put_right(made: LayerTrace, wrong: Sequence[Wrong], seed: int) -> tuple[Repair, ...]:
    """The lines of one function put right, one after the other; none where a result stays wrong."""
    edits: dict[SourcePlace, tuple[SourceStatement, str]] = {}
    other = layer_case(made.case.function, np.random.default_rng(seed + 1))
    try:
        for place, result in wrong:
            before = _right(made, made.case, edits)
            if len(before) == len(made.case.results) + 1:
                break
            better = _better(made, place, result, edits, before)
            if better is None:
                return ()
            edits[better[0].place] = better
        whole = len(made.case.results) + 1
        if len(_right(made, made.case, edits)) == whole == len(_right(made, other, edits)):
            return as_repairs(edits)
    except NoAnswer:
        return ()
    return ()


def _better(
    made: LayerTrace,
    place: SourcePlace | None,
    result: str,
    edits: dict[SourcePlace, tuple[SourceStatement, str]],
    before: set[str],
) -> tuple[SourceStatement, str] | None:
    """The first change of a line with which more is right, and nothing less."""
    statement = statement_at(made.code.lines(place), place) if place is not None and place not in edits else None
    if statement is None:
        return None
    texts = islice(dict.fromkeys(layer_changes(statement, made.case.function, result, made.names)), MOST_TRIED)
    while batch := list(islice(texts, TOGETHER)):
        tries = [[*_edits(edits), statement.edit(new)] for new in batch]
        for new, answer in zip(batch, made.code.tried_layer(tries, *_call(made.case)), strict=True):
            if answer is not None and _right_ones(made.case, answer) > before:
                return statement, new
    return None


def _edits(edits: dict[SourcePlace, tuple[SourceStatement, str]]) -> list[Edit]:
    return [statement.edit(new) for statement, new in edits.values()]


def _call(case: LayerCase) -> tuple[str, Sequence[Array], list[tuple[int, ...]]]:
    return case.function, case.arrays, case.shapes


def _right(made: LayerTrace, case: LayerCase, edits: dict[SourcePlace, tuple[SourceStatement, str]]) -> set[str]:
    """The results that are right with some changes made; nothing where none came."""
    (answer,) = made.code.tried_layer([_edits(edits)], *_call(case))
    return set() if answer is None else _right_ones(case, answer)


def _right_ones(case: LayerCase, answer: Sequence[Array]) -> set[str]:
    """The results that are right; an answer that came has left alone what it was handed, which is one thing more."""
    judged = zip(case.results.items(), answer, strict=True)
    right = (Verdict.MATCH, Verdict.KINK)
    return {"handed"} | {key for (key, truth), array in judged if judge_quantity(key, truth, array).verdict in right}
