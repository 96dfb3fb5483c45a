"""The checks of a submission, in the order of likely mistakes; each gives rows for the table, none decides the whole.

What a check asks goes to the confined process; what is true is known here and never leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from gradcheck.diagnosis.catalogue_search import diagnose
from gradcheck.diagnosis.own_cost import Scale, find_scale
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.steadiness import allowed_between_calls, differing, inputs_unchanged, is_single, steadiness
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, merged
from gradcheck.networks.at_point import NetworkGradient, judged_with_neighbours
from gradcheck.sentences.sentence import sentences_of
from gradcheck.submissions.answers.labels import one_hot
from gradcheck.submissions.submission import GradientClaim, Submission
from gradcheck.witnesses.forward_truth import ForwardTruth, forward_truth
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

_say = sentences_of("submissions")

JUDGED_POINTS = 3


@dataclass
class Inquiry:
    """A submission, the network it is asked about, and the points; what was answered is kept."""

    submission: Submission
    spec: NetworkSpec
    points: list[Point]
    rng: np.random.Generator
    scale: Scale = field(default_factory=Scale)
    own_scale: Scale | None = None  # of the file's own cost, where it has one that is understood
    claims: list[GradientClaim] = field(default_factory=list)
    truths: list[ForwardTruth] = field(default_factory=list)
    enclosed: dict[int, Truth] = field(default_factory=dict)

    def truth(self, index: int) -> Truth:
        """The true gradient at a point, enclosed once."""
        if index not in self.enclosed:
            truth = truth_at(self.spec, self.points[index])
            self.enclosed[index] = _with_reading(truth, self.submission.reading_error(self.spec, self.points[index]))
        return self.enclosed[index]

    def grads(self, point: Point) -> dict[str, Array]:
        """A gradient in the scale of the cost that was asked for."""
        return self.scale.undone(self.submission.gradient(self.spec, point).grads, point, self.spec)

    def points_like(self, spec: NetworkSpec) -> list[Point]:
        """The points that are judged; of another network one like them, with classes as targets where the file takes these."""
        if spec == self.spec:
            return self.points
        return judged_points(spec, self.rng, labels=self.submission.takes_labels, count=1)

    def look_at_first(self, point: Point) -> None:
        """Make a point the first of those that are judged; raises SubmissionFault where there is no answer."""
        self.claims = [self.submission.gradient(self.spec, point), *self.claims]
        self.points = [point, *self.points]
        self.enclosed = {0: truth_at(self.spec, point), **{index + 1: truth for index, truth in self.enclosed.items()}}

    def claimed(self, index: int) -> dict[str, Array]:
        """The first answer at a point, in the scale that was asked for."""
        return self.scale.undone(self.claims[index].grads, self.points[index], self.spec)


def _with_reading(truth: Truth, error: Mapping[str, Array] | None) -> Truth:
    """The truth with what reading a gradient off an update may add to its rounding."""
    if error is None:
        return truth
    rounding = {key: value + error[key] for key, value in truth.budget.rounding.items()}
    return replace(truth, budget=replace(truth.budget, rounding=rounding))


def judged_points(
    spec: NetworkSpec, rng: np.random.Generator, *, labels: bool, count: int = JUDGED_POINTS, m: int | None = None
) -> list[Point]:
    """Points at which nothing hides; with one class an example where the submission takes labels."""
    points = [safe_point(spec, rng, m=m) for _ in range(count)]
    return [one_hot(point, rng) for point in points] if labels else points


def first_answers(asked: Inquiry) -> Check:
    """The interface: a gradient of the right shapes at every point; raises SubmissionFault where there is none."""
    asked.claims = [asked.submission.gradient(asked.spec, point) for point in asked.points]
    found = asked.submission.found
    parts = [_say("right-shapes", contract=found.contract)]
    if found.stand_ins:
        parts.append(_say("stand-ins-used", names=found.stand_ins))
    if found.skipped:
        parts.append(_say("statements-passed-over", count=len(found.skipped)))
    return Check("interface", Verdict.MATCH, _say("parts", parts=tuple(parts)))


def behaviour(asked: Inquiry, budget: Mapping[str, Array]) -> list[Check]:
    """Equal calls, equal answers; nothing left from earlier calls; inputs as they were."""
    point, first = asked.points[0], asked.claims[0]
    again = [asked.submission.gradient(asked.spec, point) for _ in range(3)]
    changed = sorted({name for claim in (*asked.claims, *again) for name in claim.changed})
    allowed = allowed_between_calls(first.grads, budget, first.single or is_single(first.grads))
    steady = steadiness([claim.grads for claim in again], first.grads, allowed)
    wrong = Verdict.MISMATCH  # of files the first answer that is another one is told as the mistake that it mostly is
    steady = [replace(c, id=c.id or "accumulates-across-calls") if c.verdict is wrong else c for c in steady]
    if any(c.id == "nondeterministic" for c in steady) and _is_kept(asked, allowed):
        steady = [Check("no-state", wrong, _say("kept-from-call-to-call"), "accumulates-across-calls")]
    return [*steady, inputs_unchanged(changed)]


def _is_kept(asked: Inquiry, allowed: Mapping[str, Array]) -> bool:
    """Whether answers differ by what earlier calls left behind: run anew, the file gives the same ones again.

    What is random is not the same again, because random numbers begin elsewhere each time.
    """
    runs = []
    for seed in (1, 2):
        asked.submission.anew(seed)
        runs.append([asked.submission.gradient(asked.spec, asked.points[0]).grads for _ in range(2)])
    (first, second), (again, next_one) = runs
    same = not differing(first, again, allowed) and not differing(second, next_one, allowed)
    return same and bool(differing(first, second, allowed))


def forward(asked: Inquiry) -> list[Check]:
    """The output where the file offers it."""
    if "forward" not in asked.submission.found.offers:
        return []
    asked.truths = asked.truths or [forward_truth(asked.spec, point) for point in asked.points]
    worst: Check | None = None
    for truth, point in zip(asked.truths, asked.points, strict=True):
        try:
            claimed = asked.submission.forward(asked.spec, point)
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            return [_not_judged("forward", "forward(params, x)", fault)]
        if truth.scores.is_met(claimed):
            return [Check("forward", Verdict.MATCH, _say("weighted-inputs"))]
        if not truth.output.is_met(claimed):
            worst = worst or _wrong_output(truth, claimed)
    return [worst or Check("forward", Verdict.MATCH, _say("output-right"))]


def _not_judged(name: str, call: str, fault: SubmissionFault) -> Check:
    """A function by the contract's name that is not the contract's: told, and not held against the file."""
    return Check(name, Verdict.SKIPPED, _say("no-answer", call=call, fault=fault.shortly(300)))


def _wrong_output(truth: ForwardTruth, claimed: Array) -> Check:
    error = truth.output.error(claimed)
    place = tuple(int(i) for i in np.unravel_index(int(np.nanargmax(np.where(np.isnan(error), np.inf, error))), error.shape))
    expected, got = truth.output.enclosed.mid[place], claimed[place]
    where = f"a[{place[0]}, {place[1]}]"
    if float(error[place]) < 1e-6 * max(abs(float(expected)), 1e-3):
        message = _say("output-off", where=where, error=float(error[place]))
        return Check("forward", Verdict.INACCURATE, message, "unstable-formula")
    message = _say("output-wrong", where=where, got=float(got), expected=float(expected))
    return Check("forward", Verdict.MISMATCH, message, "wrong-forward")


def loss(asked: Inquiry) -> list[Check]:
    """The cost where the file offers it, and its scale: a convention if the gradient goes with it."""
    if "loss" not in asked.submission.found.offers:
        return []
    asked.truths = asked.truths or [forward_truth(asked.spec, point) for point in asked.points]
    try:
        losses = [asked.submission.loss(asked.spec, point) for point in asked.points]
    except SubmissionFault as fault:
        if fault.is_final:
            raise
        return [_not_judged("loss", "loss(params, x, y)", fault)]
    found = find_scale(asked.spec, len(asked.points[0].x), asked.truths, losses)
    if found is None:
        return [_wrong_loss(asked, losses)]
    asked.own_scale = found
    if found.is_notation:
        return [Check("loss", Verdict.MATCH, _say("cost-right"))]
    asked.scale = found
    return [Check("loss", Verdict.MATCH, _say("own-scale", scale=found.words))]


def _wrong_loss(asked: Inquiry, losses: Sequence[float]) -> Check:
    expected, got = float(asked.truths[0].cost.enclosed.mid[0]), losses[0]
    if all(
        abs(float(t.cost.enclosed.mid[0]) - value) <= 1e-6 * abs(value) for t, value in zip(asked.truths, losses, strict=True)
    ):
        return Check("loss", Verdict.INACCURATE, _say("cost-off", error=abs(got - expected)), "unstable-formula")
    message = _say("cost-wrong", got=got, expected=expected, factor=got / expected if expected else np.nan)
    return Check("loss", Verdict.MISMATCH, message, "wrong-forward")


def gradient(asked: Inquiry) -> list[QuantityCheck]:
    """Each quantity at every point against the enclosed truth; a mismatch is looked at again at neighbouring points."""
    at: list[dict[str, QuantityCheck]] = []
    for index in range(len(asked.points)):
        wrong = {key for checks in at for key, check in checks.items() if check.verdict is Verdict.MISMATCH}
        at.append(judged_at(asked, index, wrong))
    return [merged([checks[key] for checks in at]) for key in asked.spec.keys]


def judged_at(asked: Inquiry, index: int, wrong_before: Collection[str] = ()) -> dict[str, QuantityCheck]:
    """Each quantity at one of the points; neighbours are not asked of what was steadily wrong at a point before."""
    point, truth = asked.points[index], asked.truth(index)
    subject = NetworkGradient(asked.spec, _functions_contract(asked))
    return judged_with_neighbours(subject, point, truth, asked.rng, wrong_before)


NEARLY = 1e-5  # relative to the largest entry: the mistakes of the catalogue are off in the first digits


def nearly_right(asked: Inquiry, quantities: list[QuantityCheck]) -> list[QuantityCheck]:
    """A wrong gradient that is right to five digits everywhere: a constant of few digits, or a small number added.

    It is off in the same way at neighbouring points, so it is no rounding; it is no wrong formula either. The first answers
    and the judged ones must both be so: a file may change its mind between them.
    """
    off = [q for q in quantities if q.verdict is Verdict.MISMATCH]
    if not off or not all(_largest_error(asked, q.quantity) <= NEARLY and _judged_error(asked, q) <= NEARLY for q in off):
        return quantities
    if diagnose(asked.spec, [(point, asked.claimed(index)) for index, point in enumerate(asked.points[:2])]):
        return quantities  # a mistake that weighs little, such as an L2 term that is missing
    return [_as_nearly_right(asked, q) if q in off else q for q in quantities]


def _judged_error(asked: Inquiry, check: QuantityCheck) -> float:
    """The error of the judged answers, relative to the smallest of the largest entries at the points."""
    sizes = [float(np.abs(asked.truth(index).gradient[check.quantity].mid).max()) for index in range(len(asked.points))]
    return check.max_error / max(min(sizes), float(np.finfo(np.float64).tiny))


def _largest_error(asked: Inquiry, key: str) -> float:
    """The largest error at any point, relative to the largest entry there."""
    errors = []
    for index in range(len(asked.points)):
        true = asked.truth(index).gradient[key]
        size = max(float(np.abs(true.mid).max()), float(np.finfo(np.float64).tiny))
        errors.append(float(true.distance(asked.claimed(index)[key]).max()) / size)
    return max(errors)


def _as_nearly_right(asked: Inquiry, check: QuantityCheck) -> QuantityCheck:
    message = _say("nearly-right", relative=_largest_error(asked, check.quantity))
    return replace(check, verdict=Verdict.INACCURATE, message=message, id="unstable-formula", nearly_right=True)


def _functions_contract(asked: Inquiry) -> Callable[..., dict[str, Array]]:
    """The submission as a function of the plainest contract; single precision is left to be seen by its digits."""

    def backward(layers: list[Any], x: Array, y: Array) -> dict[str, Array]:
        arrays = [array for layer in layers for array in layer] if asked.spec.has_biases else layers
        return asked.grads(Point(dict(zip(asked.spec.keys, arrays, strict=True)), x, y))

    return backward


STEPS = tuple(2.0**-k for k in (11, 13, 15, 17, 19, 21))  # so many that the noise of a cost, in single precision say, shows


def self_consistency(asked: Inquiry) -> list[Check]:
    """The gradient against differences of the submission's own cost, along a random direction."""
    if "loss" not in asked.submission.found.offers:
        return []
    point = asked.points[0]
    v = {key: np.asarray(asked.rng.standard_normal(value.shape)) for key, value in point.params.items()}
    slope = sum(float((asked.claims[0].grads[key] * v[key]).sum()) for key in v)
    size = sum(float(np.abs(asked.claims[0].grads[key] * v[key]).sum()) for key in v)
    try:
        quotients = [_difference(asked, point, v, h) for h in STEPS]
    except SubmissionFault as fault:
        if fault.is_final:
            raise
        return [_not_judged("self-consistency", "loss(params, x, y)", fault)]
    refined = [fine + (fine - coarse) / 15 for coarse, fine in pairwise(quotients)]  # Richardson: the next step is a quarter
    best, error = float(np.median(refined)), float(np.ptp(refined)) + 1e-6 * size
    if abs(slope - best) <= 4 * error:
        return [Check("self-consistency", Verdict.MATCH, _say("slope-right", error=error))]
    if error > 0.01 * abs(best):
        return [Check("self-consistency", Verdict.SKIPPED, _say("slope-unknown", error=error))]
    message = _say("slope-wrong", slope=slope, best=best)
    return [Check("self-consistency", Verdict.MISMATCH, message)]


def _difference(asked: Inquiry, point: Point, v: Mapping[str, Array], h: float) -> float:
    plus, minus = (
        asked.submission.loss(asked.spec, replace(point, params={k: p + s * h * v[k] for k, p in point.params.items()}))
        for s in (1, -1)
    )
    return (plus - minus) / (2 * h)
