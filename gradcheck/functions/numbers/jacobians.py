"""A claimed Jacobian judged row by row: each is the gradient of one output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import plain
from gradcheck.arrays.pytree import Array, mapped
from gradcheck.certified.jacobians import jacobian_rows
from gradcheck.certified.numbers.arrays import Array as BallArray
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.rounding import met_ties, run_key
from gradcheck.functions.numbers.question import Answer, Question
from gradcheck.functions.numbers.short_formats import WholeJacobian
from gradcheck.judge.judge import entry_name
from gradcheck.judge.verdicts import Evidence, QuantityCheck, Verdict, worst
from gradcheck.sentences.sentence import Sentence, with_value
from gradcheck.witnesses.second_witness import RandomLines, weakest

JudgeRow = Callable[[Question, list[Array]], Answer]


def judge_rows(question: Question, claimed: list[Array], judge_row: JudgeRow, *, certified: bool) -> Answer:
    """The gradient of each output by ``judge_row``, which is told its truth where one run settles all; the worst speaks."""
    shape = question.jacobian or ()
    rows: list[Answer] = []
    kept: dict[Any, Any] = {}
    count, lines = int(np.prod(shape)), RandomLines(question.f, question.x)
    question = replace(question, whole=WholeJacobian(question, claimed))  # one row is too short to show its format
    shared = jacobian_rows(question.f, question.x, shape, question.dtype) if certified else [None] * count
    for k in range(count):
        unit = np.zeros(shape)
        unit.reshape(-1)[k] = 1.0
        rowwise = _Row(question.grad, k, len(shape), kept)
        row = replace(question, grad=rowwise, cotangent=unit, jacobian=None, rows=count, known=shared[k], lines=lines)
        parts = [part.reshape(-1, *part.shape[len(shape) :])[k] for part in claimed]
        rows.append(judge_row(row, parts))
    worst_row = max(rows, key=lambda row: max(list(Verdict).index(q.verdict) for q in row.quantities))
    checks = [_over_rows([row.quantities[j] for row in rows], part, shape) for j, part in enumerate(claimed)]
    detectable = max((row.detectable for row in rows if row.detectable is not None), default=None)
    decided = detectable if all(check.verdict is Verdict.MATCH for check in checks) else None
    second = weakest([row.second for row in rows])
    return replace(worst_row, quantities=tuple(checks), detectable=decided, second=second)


def _over_rows(checks: list[QuantityCheck], part: Array, outputs: tuple[int, ...]) -> QuantityCheck:
    """One check of a whole Jacobian: the worst row speaks for all, its entry named in full."""
    verdict = worst(check.verdict for check in checks)
    place = max((k for k, c in enumerate(checks) if c.verdict is verdict), key=lambda k: checks[k].excess)
    found = checks[place].over(checks)
    entry = replace(found.worst, index=(*(int(i) for i in np.unravel_index(place, outputs)), *found.worst.index))
    here, there = (entry_name(found.quantity, index) for index in (found.worst.index, entry.index))
    message = with_value(found.message, here, there)
    alike = [check for check in checks if check.verdict is verdict]
    wrong, outputs_alike = sum(check.wrong for check in alike), {"alike": len(alike), "outputs": len(checks)}
    if verdict is Verdict.MISMATCH:
        message = Sentence("functions.wrong-in-outputs", told=_of_one(message), wrong=wrong, size=part.size, **outputs_alike)
    elif verdict is not Verdict.MATCH:
        message = Sentence("functions.in-outputs", told=message, **outputs_alike)
    return replace(found, shape=part.shape, wrong=wrong, worst=entry, message=message, evidence=_stacked(checks, part.shape))


def _of_one(message: str) -> str:
    """What is told of an entry, without how many of its row are wrong."""
    return Sentence(message.key, **{**message.values, "count": 1}) if isinstance(message, Sentence) else message


def _stacked(checks: list[QuantityCheck], shape: tuple[int, ...]) -> Evidence | None:
    """What the rows were compared with, as what the Jacobian is compared with."""
    rows = [check.evidence for check in checks if check.evidence is not None]
    if len(rows) < len(checks):
        return None
    return Evidence(*(np.stack([getattr(row, kind) for row in rows]).reshape(shape) for kind in ("expected", "allowed")))


@dataclass(frozen=True)
class _Row:
    """One row of a Jacobian function, as a gradient; what it gives on balls is ``kept`` for the other rows."""

    jacobian: Callable[..., Any]
    row: int
    ndim: int
    kept: dict[Any, Any]

    def __call__(self, x: Any, _: Any) -> Any:
        whole = self._whole(x) if (key := run_key()) is None else self._once(key, x)
        return mapped(whole, lambda part: part.reshape(-1, *part.shape[self.ndim :])[self.row])

    def _whole(self, x: Any) -> Any:
        """The whole Jacobian; rows in a list, for one array, are that array."""
        whole = self.jacobian(x)
        if isinstance(whole, list | tuple) and isinstance(x, np.ndarray):
            return wrap(objects(whole)) if isinstance(x, BallArray) else plain(whole)
        return mapped(whole, lambda part: part if isinstance(part, BallArray) else plain(part))

    def _once(self, key: Any, x: Any) -> Any:
        if key not in self.kept:
            whole, steady = self._whole(x), not met_ties()
            if not steady:
                return whole
            self.kept[key] = whole
        return self.kept[key]
