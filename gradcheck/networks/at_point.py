"""What a gradient function shows at one point: how it behaves, and its numbers against the truth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from gradcheck.diagnosis.difference_law import difference_law
from gradcheck.judge.judge import judge, reachable_apart_alone
from gradcheck.judge.lost_digits import NEIGHBOURS, SHORT, after_neighbours, as_short, nearby, reads_as_float32, short_format
from gradcheck.judge.steadiness import allowed_between_calls, inputs_unchanged, is_single, steadiness
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.networks.claim import call_functions_contract, read_gradient
from gradcheck.rounding.budget import rounding_budget
from gradcheck.witnesses.network_truth import gradient_near
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


@dataclass(frozen=True)
class NetworkGradient:
    """The gradient function of a network; with ``dx`` it gives the gradient by the inputs, too."""

    spec: NetworkSpec
    backward: Callable[..., Any]
    dx: bool = False

    def claim(self, point: Point) -> dict[str, Array]:
        """The gradient claimed at a point; what the function is handed are copies that it may spoil."""
        return self.read(copied(point))

    def read(self, handed: Point) -> dict[str, Array]:
        """What it returns for this point, which is handed over as it is."""
        shape = handed.x.shape  # it may spoil that as well
        returned = call_functions_contract(self.backward, self.spec, handed.params, handed.x, handed.y)
        claimed = read_gradient(returned, self.spec, shape, dx=self.dx)
        return {key: value.copy() for key, value in claimed.items()}


def copied(point: Point) -> Point:
    """The same point in memory of its own."""
    return Point({key: value.copy() for key, value in point.params.items()}, point.x.copy(), point.y.copy())


def behaviour_at(subject: NetworkGradient, point: Point, truth: Truth) -> list[Check]:
    """Inputs unchanged, the same answer twice: what must hold before any number means something."""
    handed = copied(point)
    first = subject.read(handed)
    changed = [key for key in subject.spec.keys if not np.array_equal(point.params[key], handed.params[key])]
    changed += [name for name in "xy" if not np.array_equal(getattr(point, name), getattr(handed, name))]
    calls = [first, subject.claim(point), subject.claim(point)]
    single = point.x.dtype == np.float64 and is_single(first)  # of float32 the budget is that of float32
    allowed = allowed_between_calls(first, truth.budget.rounding, single)
    return [inputs_unchanged(changed), *steadiness(calls, None, allowed)]


def judged_with_neighbours(
    subject: NetworkGradient, point: Point, truth: Truth, rng: np.random.Generator, wrong_before: Collection[str] = ()
) -> dict[str, QuantityCheck]:
    """The verdicts at one point; a mismatch is looked at once more at neighbouring points, unless another point showed it."""
    spec, claimed = subject.spec, subject.claim(point)
    checks = judge(truth, claimed)
    wrong = [key for key, check in checks.items() if check.verdict is Verdict.MISMATCH]
    if not wrong:
        return checks
    single = replace(truth, budget=rounding_budget(spec, point.params, point.x, point.y, dtype=np.float32, dx=subject.dx))
    wrong = [key for key in wrong if key not in reachable_apart_alone(single, claimed)]  # no rounding, and no kink nearby
    for key in wrong:
        if short := short_format(key, truth, single, claimed[key]):
            checks[key] = as_short(checks[key], short)
    if any(check.id == SHORT for check in checks.values()):
        for key in wrong:
            if checks[key].verdict is Verdict.MISMATCH and reads_as_float32(key, single, claimed[key]):
                checks[key] = as_short(checks[key], "float32")
    pending = {key: checks[key] for key in wrong if key not in wrong_before}
    errors = partial(_errors_nearby, subject, point, rng)
    return checks | after_neighbours(pending, claimed, truth, single, errors, mentioned=single)


def _errors_nearby(
    subject: NetworkGradient, point: Point, rng: np.random.Generator, failing: Mapping[str, Array]
) -> Iterator[dict[str, Array]]:
    """The signed errors of the failing entries at one neighbouring point after the other."""
    for _ in range(NEIGHBOURS):
        params = {key: nearby(value, rng) for key, value in point.params.items()}
        near = Point(params, nearby(point.x, rng), point.y)
        there, again = gradient_near(subject.spec, near, dx=subject.dx), subject.claim(near)
        yield {key: there[key].signed_error(again[key])[entries] for key, entries in failing.items()}


def unless_differenced(
    subject: NetworkGradient, point: Point, truth: Truth, checks: dict[str, QuantityCheck]
) -> dict[str, QuantityCheck]:
    """What is off by the error of a difference quotient is no wrong formula: the cost was differenced."""
    spec = subject.spec
    off = [key for key in spec.keys if checks[key].verdict in (Verdict.MISMATCH, Verdict.INACCURATE)]
    if not off:
        return checks
    claimed = subject.claim(point)
    law = difference_law(spec, point, {key: truth.gradient[key].signed_error(claimed[key]) for key in spec.keys})
    if law is None:
        return checks
    told = {key: replace(checks[key], verdict=Verdict.INACCURATE, message=law.words, id="numeric-gradient") for key in off}
    return checks | told
