"""Witnesses that share no formula, side by side at one point: each against the balls, and every pair of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np

from gradcheck.judge.judge import judge
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Verdict, worst
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.network_differences import numeric_gradient, numeric_unit_slopes
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.programs.compiled import closed_form
from symbolic.programs.direct import MOST_DIRECT, direct_gradient

UNIT = 2.0**-53
MOST_DIFFERENCES = 40_000  # beyond, differences go unit by unit, along directions: entry by entry 109,386 took 20 s


class Witness(StrEnum):
    """The routes to a gradient that share no formula."""

    CERTIFIED = "certified"
    BACKPROP = "backprop"
    SYMBOLIC = "symbolic"
    NUMERIC = "numeric"
    BY_UNIT = "numeric, unit by unit"
    DIRECT = "direct"
    EXACT = "exact"

    @property
    def words(self) -> Sentence:
        """The name in a report."""
        return Sentence(f"verification.name-{self.name.lower().replace('_', '-')}")


@dataclass(frozen=True)
class Comparison:
    """Two witnesses side by side: their largest difference, in units of what rounding allows there."""

    left: Witness
    right: Witness
    verdict: Verdict
    largest: float

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON data."""
        return {"left": str(self.left), "right": str(self.right), "verdict": str(self.verdict), "largest": self.largest}

    @property
    def words(self) -> Sentence:
        """How far the two are apart."""
        left, right = self.left.words, self.right.words
        if self.verdict is Verdict.INCONCLUSIVE:
            return Sentence("verification.unbounded", left=left, right=right)
        return Sentence("verification.apart", left=left, right=right, largest=self.largest)


def compared(
    spec: NetworkSpec, point: Point, truth: Truth, gradients: Mapping[Witness, dict[str, Array]], rng: np.random.Generator
) -> tuple[Comparison, ...]:
    """All comparisons at a point; the differences of a large network go unit by unit."""
    by_unit = [] if Witness.NUMERIC in gradients else _unit_by_unit(spec, point, truth, gradients, rng)
    return (*_against_truth(truth, gradients), *_pairs(truth, gradients), *by_unit)


def gradients_of(spec: NetworkSpec, point: Point) -> dict[Witness, dict[str, Array]]:
    """The same gradient by routes that share no formula; the direct derivative for networks small enough for it."""
    at = (point.params, point.x, point.y)
    gradients = {Witness.BACKPROP: backward(spec, *at), Witness.SYMBOLIC: closed_form(spec)(*at)}
    if spec.n_params <= MOST_DIFFERENCES:
        gradients[Witness.NUMERIC] = numeric_gradient(spec, *at)
    return {**gradients, Witness.DIRECT: direct_gradient(spec)(*at)} if spec.n_params <= MOST_DIRECT else gradients


def _against_truth(truth: Truth, gradients: Mapping[Witness, dict[str, Array]]) -> list[Comparison]:
    comparisons = []
    for name, gradient in gradients.items():
        checks = judge(truth, gradient).values()
        verdict, excess = worst(check.verdict for check in checks), max(check.excess for check in checks)
        comparisons.append(Comparison(name, Witness.CERTIFIED, verdict, excess))
    return comparisons


def _pairs(truth: Truth, gradients: Mapping[Witness, dict[str, Array]]) -> list[Comparison]:
    """Each pair of float witnesses: two correct ones differ by at most the sum of their budgets."""
    comparisons = []
    bounded = all(np.isfinite(truth.budget.rounding[key]).all() for key in truth.gradient)
    for left, right in combinations(gradients, 2):
        largest = max(
            _largest_ratio(np.abs(gradients[left][key] - gradients[right][key]), 2 * truth.budget.rounding[key])
            for key in truth.gradient
        )
        verdict = Verdict.INCONCLUSIVE if largest <= 1 and not bounded else as_verdict(largest <= 1)
        comparisons.append(Comparison(left, right, verdict, largest))
    return comparisons


def _unit_by_unit(
    spec: NetworkSpec, point: Point, truth: Truth, gradients: Mapping[Witness, dict[str, Array]], rng: np.random.Generator
) -> list[Comparison]:
    """Differences of a large network: the slope of each unit along a random direction of its weights, against the others'.

    The balls still enclose every entry; a wrong entry that balls and recursion shared would show in its unit's slope.
    """
    v = {key: rng.standard_normal(spec.shapes[key]) for key in spec.weights}
    slopes = numeric_unit_slopes(spec, point.params, point.x, point.y, v)

    def of_units(grads: Mapping[str, Array]) -> dict[str, Array]:
        return {key: (grads[key] * v[key]).sum(axis=1) if key in v else grads[key] for key in spec.keys}

    rounding = {}
    for key in spec.keys:
        allowed, size = truth.budget.rounding[key], np.abs(truth.gradient[key].mid)
        if key in v:  # the sum along the direction is rounded, too
            allowed = ((allowed + spec.shapes[key][1] * UNIT * size) * np.abs(v[key])).sum(axis=1)
        rounding[key] = allowed
    bounded = all(np.isfinite(part).all() for part in rounding.values())
    others = {**{name: of_units(g) for name, g in gradients.items()}, Witness.CERTIFIED: of_units(_mid(truth))}
    comparisons = []
    for name, other in others.items():
        largest = max(_largest_ratio(np.abs(slopes[key] - other[key]), 2 * rounding[key]) for key in spec.keys)
        verdict = Verdict.INCONCLUSIVE if largest <= 1 and not bounded else as_verdict(largest <= 1)
        comparisons.append(Comparison(Witness.BY_UNIT, name, verdict, largest))
    return comparisons


def _mid(truth: Truth) -> dict[str, Array]:
    return {key: enclosed.mid for key, enclosed in truth.gradient.items()}


def _largest_ratio(difference: Array, allowed: Array) -> float:
    ratio = np.divide(difference, allowed, out=np.zeros_like(difference), where=difference != 0)  # NaN is no zero
    return float(np.where(np.isnan(ratio), np.inf, ratio).max(initial=0.0))


def as_verdict(holds: bool) -> Verdict:
    """A match where it holds, else a mismatch."""
    return Verdict.MATCH if holds else Verdict.MISMATCH
