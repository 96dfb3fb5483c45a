"""What can be said of wrong numbers that no known mistake gives: facts that hold of every one of them, and no guess.

Each fact is looked for at every point; one that holds at some of them alone is chance, or something else, and is not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

CLOSE = 1e-7  # relative to the largest entry: facts are about the first digits, rounding is far below
MOST_NAMED = 6  # rows or columns that are told one by one


class FactKind(StrEnum):
    """What is known of the numbers."""

    EXAMPLES = "examples"  # of some examples alone
    WEIGHTED = "weighted"  # the examples have other weights than 1/m
    SIGNS = "signs"  # right but for the signs of some entries
    TRANSPOSED = "transposed"
    PLACES = "places"  # the right numbers in other places
    ALONG = "along"  # right up to a multiple of the parameter
    ROWS = "rows"  # some rows alone are wrong
    COLUMNS = "columns"
    ENTRIES = "entries"


@dataclass(frozen=True)
class Fact:
    """A fact about a wrong quantity, and the numbers in it."""

    kind: FactKind
    values: Mapping[str, Any]

    @property
    def words(self) -> Sentence:
        """The fact in a sentence."""
        return Sentence(f"diagnosis.fact-{self.kind}", **self.values)


@dataclass(frozen=True)
class _Case:
    """The wrong quantity at one point: what came, what is right, the parameter, and each example's part."""

    claimed: Array
    right: Array
    parameter: Array
    parts: Array  # (m, size), of the mean over the examples
    term: Array  # what stands beside the mean: that of L2

    @property
    def size(self) -> float:
        return float(np.abs(self.right).max(initial=0.0))

    def is_right(self, array: Array) -> bool:
        """Whether numbers are the right ones."""
        return bool((np.abs(array - self.right) <= CLOSE * self.size).all())


def plain_facts(spec: NetworkSpec, claims: Sequence[tuple[Point, Mapping[str, Array]]], key: str) -> tuple[Fact, ...]:
    """What holds of a wrong quantity at every point: what says most."""
    cases = [_case(spec, point, claimed[key], key) for point, claimed in claims]
    found = []
    with np.errstate(all="ignore"):
        for look in (_examples, _signs, _places, _along, _part):
            facts = [look(case, key) for case in cases]
            if facts[0] is not None and all(fact is not None and fact.kind is facts[0].kind for fact in facts):
                found.append(facts[0])
    return tuple(found[:1])


def _case(spec: NetworkSpec, point: Point, claimed: Array, key: str) -> _Case:
    right = backward(spec, point.params, point.x, point.y)[key]
    term = spec.l2 * point.params[key] if key[0] == "W" else np.zeros_like(right)
    ones = [backward(spec, point.params, point.x[i : i + 1], point.y[i : i + 1])[key] - term for i in range(len(point.x))]
    return _Case(claimed, right, point.params[key], np.stack(ones).reshape(len(ones), -1) / len(ones), term)


def _examples(case: _Case, key: str) -> Fact | None:
    """The weights that the examples have in what came, where it is a sum of their parts."""
    wanted, m = (case.claimed - case.term).ravel(), len(case.parts)
    if wanted.size <= m or np.linalg.matrix_rank(case.parts) < m:
        return None
    weights, *_ = np.linalg.lstsq(case.parts.T, wanted, rcond=None)
    if np.abs(weights @ case.parts - wanted).max() > CLOSE * max(case.size, float(np.abs(wanted).max())):
        return None
    there = [n for n in range(m) if abs(weights[n]) > 1e-6]
    if len(there) < m and there:
        return Fact(FactKind.EXAMPLES, {"name": f"d{key}", "count": len(there), "all": m, "which": _listed(there)})
    return Fact(FactKind.WEIGHTED, {"name": f"d{key}"}) if np.ptp(weights) > 1e-6 * np.abs(weights).max() else None


def _listed(numbers: Sequence[int]) -> tuple[str, ...]:
    """Counted from 1; of many the first and the last."""
    told = [str(n + 1) for n in numbers]
    return tuple(told) if len(told) <= MOST_NAMED else (*told[:2], "...", told[-1])


def _signs(case: _Case, key: str) -> Fact | None:
    if not (np.abs(np.abs(case.claimed) - np.abs(case.right)) <= CLOSE * case.size).all() or case.is_right(-case.claimed):
        return None
    count = int((np.abs(case.claimed - case.right) > CLOSE * case.size).sum())
    return Fact(FactKind.SIGNS, {"name": f"d{key}", "count": count, "size": case.right.size})


def _places(case: _Case, key: str) -> Fact | None:
    if case.right.ndim == 2 and case.right.shape == case.claimed.T.shape and case.is_right(case.claimed.T):
        return Fact(FactKind.TRANSPOSED, {"name": f"d{key}"})
    one, other = np.sort(case.claimed.ravel()), np.sort(case.right.ravel())
    return Fact(FactKind.PLACES, {"name": f"d{key}"}) if (np.abs(one - other) <= CLOSE * case.size).all() else None


def _along(case: _Case, key: str) -> Fact | None:
    off, parameter = case.claimed - case.right, case.parameter
    c = float((off * parameter).sum() / max(float((parameter * parameter).sum()), 1e-300))
    if parameter.size < 2 or np.abs(off - c * parameter).max() > CLOSE * case.size:
        return None
    return Fact(FactKind.ALONG, {"name": f"d{key}", "factor": c, "parameter": key})


def _part(case: _Case, key: str) -> Fact | None:
    """The rows, columns or entries that are wrong, where others are right."""
    off = np.abs(case.claimed - case.right) > CLOSE * case.size
    if off.all():
        return None
    if off.ndim == 1:
        return Fact(FactKind.ENTRIES, _which(off, key))
    for kind, axis in ((FactKind.ROWS, 1), (FactKind.COLUMNS, 0)):
        if not off.any(axis=axis).all():
            return Fact(kind, _which(off.any(axis=axis), key))
    return None


def _which(off: Array, key: str) -> dict[str, Any]:
    numbers = [str(n) for n in np.flatnonzero(off)]
    which = tuple(numbers) if len(numbers) <= MOST_NAMED else (*numbers[:2], "...", numbers[-1])
    return {"name": f"d{key}", "which": which, "count": len(numbers), "size": int(off.size)}
