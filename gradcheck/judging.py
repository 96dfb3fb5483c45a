"""The judgement of a loaded submission: the checks one after the other, then what explains a wrong gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck import submission_checks as checks
from gradcheck.analytic import analytic as judged_analytic
from gradcheck.analytic import counted
from gradcheck.budget import rounding_budget
from gradcheck.claims import BadClaim
from gradcheck.diagnosis import Diagnosis, diagnose
from gradcheck.first_wrong_line import traced
from gradcheck.follow_through import steps_right_by_themselves
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.other_network import of_another_network
from gradcheck.own_cost import Scale
from gradcheck.properties import PropertyResult, check_family, check_properties
from gradcheck.submission import Submission
from gradcheck.submission_checks import Asked
from gradcheck.submission_formula import Formula, by_formula, formula_of
from gradcheck.validation import Row, Validation
from gradcheck.verdicts import Check, QuantityCheck, Verdict
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

if TYPE_CHECKING:
    from gradcheck.validating import Settings


def judge_submission(submission: Submission, spec: NetworkSpec, settings: Settings, result: Validation) -> Validation:
    """Every check in its order; raises SubmissionFault where the submission stops answering."""
    spec, note = _judged_spec(submission, spec)
    rng = np.random.default_rng(settings.seed)
    points = checks.judged_points(spec, rng, labels=submission.takes_labels, m=settings.batch)
    asked = Asked(submission, spec, points, rng)
    interface = checks.first_answers(asked)
    if submission.found.contract == "coursera" and not submission.counts_from_one and not _matches(asked):
        return _with_labels_from_one(submission, spec, settings, result)
    forward, cost = checks.forward(asked), checks.loss(asked)
    at = points[0]
    behaviour = checks.behaviour(asked, rounding_budget(spec, at.params, at.x, at.y).rounding)
    steady = all(check.verdict is Verdict.MATCH for check in behaviour)
    quantities = checks.gradient(asked)
    if not asked.scale.is_notation and not _goes_with_gradient(quantities):
        asked.scale = Scale()
        quantities = checks.gradient(asked)
    consistency = checks.self_consistency(asked) if steady else []
    counts = counted(asked)
    gradients = _Gradients(asked)
    properties = _properties(gradients, settings) if steady and settings.examples else ()
    formula = formula_of(asked) if steady else Formula("unknown", "its answers are not steady")
    quantities = checks.nearly_right(asked, by_formula(asked, quantities, formula))
    analytic, quantities = judged_analytic(asked, quantities, formula, counts)
    properties = _by_formula(properties, quantities, formula)
    smallest = _smallest(gradients, settings, properties)
    wrong = any(q.verdict is Verdict.MISMATCH for q in quantities)
    diagnoses = _diagnoses(asked, quantities, behaviour, [*forward, *cost], analytic, steady=steady)
    diagnoses = traced(asked, diagnoses)
    notes = _follow_through(asked, quantities, diagnoses) if wrong and settings.follow_through and steady else {}
    rows = [
        *(Row(check) for check in (interface, *forward, *cost)),
        *(Row(q, q.quantity, note=notes.get(q.quantity, "")) for q in quantities),
        *(Row(check) for check in consistency),
        *(Row(Check("property", p.verdict, p.message), p.name) for p in properties),
        *(Row(check) for check in (*behaviour, analytic)),
    ]
    return replace(
        result,
        rows=tuple(rows),
        diagnoses=diagnoses,
        conventions={**result.conventions, "cost": asked.scale.words, **note},
        counterexample=smallest,
        formula=formula.words,
        first_wrong_line=min((d.line for d in diagnoses if d.line), default=None),
    )


def _matches(asked: Asked) -> bool:
    return not any(q.verdict is Verdict.MISMATCH for q in checks.gradient(asked))


def _with_labels_from_one(submission: Submission, spec: NetworkSpec, settings: Settings, result: Validation) -> Validation:
    """Labels 1 .. K, where 0 .. K-1 gave a wrong gradient; if that is wrong, too, the first answer stands."""
    try:
        submission.count_labels_from(1)
        other = judge_submission(submission, spec, settings, result)
        if not any(row.verdict is Verdict.MISMATCH and row.name == "gradient" for row in other.rows):
            return replace(other, conventions={**other.conventions, "y": "labels 1 to K"})
    except SubmissionFault as fault:
        if fault.is_final:
            raise
    submission.count_labels_from(0)
    submission.counts_from_one = True  # both were tried
    return judge_submission(submission, spec, settings, result)


def _judged_spec(submission: Submission, spec: NetworkSpec) -> tuple[NetworkSpec, dict[str, str]]:
    """Nielsen's backprop knows no L2: his update adds it. It is judged without."""
    if submission.found.contract == "nielsen" and spec.l2:
        return replace(spec, l2=0.0), {"l2": "not part of backprop in this contract: judged without"}
    return spec, {}


def _goes_with_gradient(quantities: list[QuantityCheck]) -> bool:
    """Whether the gradient is right by the scale of the file's own cost: then that is its convention."""
    return not any(q.verdict is Verdict.MISMATCH for q in quantities)


# Properties


class _Gradients:
    """The submission as a gradient function of any network, for the properties; what ended its process is kept."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.ended: list[SubmissionFault] = []

    def own(self, params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
        """On the network that it is judged for: what is no gradient there violates every property."""
        try:
            return self.asked.grads(Point(dict(params), np.asarray(x), np.asarray(y)))
        except SubmissionFault as fault:
            self._note(fault)
            raise BadClaim(f"{fault.kind}: {fault.message}") from None

    def of(self, spec: NetworkSpec) -> Callable[..., dict[str, Array]]:
        """On a network like it: a file need not take every one, so what it does not answer is no violation."""

        def gradient(params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
            point = Point(dict(params), np.asarray(x), np.asarray(y))
            try:
                return self.asked.scale.undone(self.asked.submission.gradient(spec, point).grads, point, spec.l2)
            except SubmissionFault as fault:
                self._note(fault)
                return backward(spec, params, point.x, point.y)

        return gradient

    def _note(self, fault: SubmissionFault) -> None:
        if fault.is_final:
            self.ended.append(fault)


def _properties(gradients: _Gradients, settings: Settings) -> tuple[PropertyResult, ...]:
    """The properties at random points, none shrunk yet."""
    asked = gradients.asked
    found = check_properties(gradients.own, asked.spec, shrink=0, examples=_examples(asked, settings), **_how(asked, settings))
    if asked.submission.takes_labels and asked.spec.cost == "bce":  # points have any zeros and ones, a label is a single one
        found = tuple(_not_for_labels(result) if result.name in ABOUT_THE_COST else result for result in found)
    if gradients.ended:
        raise gradients.ended[0]
    return found


def _how(asked: Asked, settings: Settings) -> dict[str, Any]:
    return {"seed": settings.seed, "free_targets": not asked.submission.takes_labels}


def _smallest(gradients: _Gradients, settings: Settings, properties: tuple[PropertyResult, ...]) -> dict[str, Any] | None:
    """The first property that fails, shrunk: over smaller networks where the file takes them."""
    asked = gradients.asked
    if not any(result.verdict is Verdict.MISMATCH for result in properties):
        return None
    how = {**_how(asked, settings), "shrink": 1}
    shrunk = check_family(gradients.of, _narrow(asked.spec), examples=settings.examples, **how)
    if not any(result.counterexample for result in shrunk) and asked.spec.n_params <= FEWER[-1][0]:
        shrunk = check_properties(gradients.own, asked.spec, examples=_examples(asked, settings), **how)
    if gradients.ended:
        raise gradients.ended[0]
    return next((result.counterexample.to_dict() for result in shrunk if result.counterexample), None)


def _by_formula(
    properties: tuple[PropertyResult, ...], quantities: list[QuantityCheck], formula: Formula
) -> tuple[PropertyResult, ...]:
    """Where the formula is right, a property fails by the digits that were lost, or by those of a constant."""
    verdicts = {q.verdict for q in quantities}
    if Verdict.MISMATCH in verdicts or not (Verdict.INACCURATE in verdicts or formula.status == "equal within constants"):
        return properties
    told = _inaccurate if Verdict.INACCURATE in verdicts else _within_constants
    return tuple(told(result) if result.verdict is Verdict.MISMATCH else result for result in properties)


def _within_constants(result: PropertyResult) -> PropertyResult:
    return replace(result, verdict=Verdict.MATCH, message="holds as far as the float constants of the file allow")


def _narrow(spec: NetworkSpec) -> NetworkSpec:
    """The same network, no layer wider than a worked example can show."""
    return replace(spec, sizes=tuple(min(size, 4) for size in spec.sizes))


ABOUT_THE_COST = ("taylor", "downhill")


def _not_for_labels(result: PropertyResult) -> PropertyResult:
    return replace(
        result,
        verdict=Verdict.SKIPPED,
        message="not asked: the file takes labels, this needs other targets",
        counterexample=None,
    )


def _examples(asked: Asked, settings: Settings) -> int:
    """As many as asked for; fewer on a large network, and for a submission so slow that they would use up its time."""
    session, size = asked.submission.session, asked.spec.n_params
    each = session.spent / max(session.answered, 1) * CALLS_AN_EXAMPLE
    most = min(settings.examples, next((n for parameters, n in FEWER if size > parameters), settings.examples))
    return next((n for n in (most, 5) if n <= most and n * each < session.remaining / 2), 1)


CALLS_AN_EXAMPLE = 30  # of the gradient, for all properties together
FEWER = ((1000, 2), (300, 5))  # beyond so many parameters so many examples: the true values take their time


def _inaccurate(result: PropertyResult) -> PropertyResult:
    return replace(result, verdict=Verdict.INACCURATE, message=f"holds up to the digits that were lost. {result.message}")


# What explains it


def _diagnoses(
    asked: Asked,
    quantities: list[QuantityCheck],
    behaviour: list[Check],
    forward: list[Check],
    analytic: Check,
    *,
    steady: bool,
) -> tuple[Diagnosis, ...]:
    """Behaviour first, because it explains any number; then the catalogue; then the plain facts."""
    told = [_behavioural(check, asked.spec) for check in (*behaviour, analytic) if check.id]
    lost = {q.id: q for q in quantities if q.verdict is Verdict.INACCURATE and q.id}
    told += [_plain(mistake, q, asked.spec) for mistake, q in lost.items() if mistake != "numeric-gradient"]
    wrong = [q for q in quantities if q.verdict is Verdict.MISMATCH]
    if not wrong or not steady:
        return tuple(told)
    claims = [(point, asked.claimed(index)) for index, point in enumerate(asked.points[:2])]
    another = of_another_network(asked.spec, claims)
    if another and any(check.id == "wrong-forward" for check in forward):
        return (*told, another)
    found = diagnose(asked.spec, claims, ask=asked.grads) or ((another,) if another else _for_single_examples(asked))
    if found:
        return (*told, *found)
    if any(check.id == "wrong-forward" for check in forward):
        return (*told, _plain("wrong-forward", wrong[-1], asked.spec))
    if _right_for_one_example(asked):
        return (*told, _plain("works-for-one-example-only", wrong[-1], asked.spec))
    return (*told, _unknown(asked, wrong))


def _for_single_examples(asked: Asked) -> tuple[Diagnosis, ...]:
    """What the catalogue says of a batch of one, where 1/m is 1 wherever it stands and whatever it multiplies."""
    ones = [replace(point, x=point.x[:1], y=point.y[:1]) for point in asked.points[:2]]
    try:
        return diagnose(asked.spec, [(one, asked.grads(one)) for one in ones])
    except (SubmissionFault, BadClaim):
        return ()


def _behavioural(check: Check, spec: NetworkSpec) -> Diagnosis:
    return Diagnosis(str(check.id), spec.L, f"W{spec.L}", check.message, "", "", 16.0)


def _plain(mistake: str, check: QuantityCheck, spec: NetworkSpec) -> Diagnosis:
    words = {
        "wrong-forward": "the output is not the network's: look at the forward pass before the gradient",
        "works-for-one-example-only": "for a single example the gradient is right, for a batch it is not",
    }
    del spec
    return Diagnosis(mistake, int(check.quantity[1:]), check.quantity, words.get(mistake, check.message), "", "", 16.0)


def _right_for_one_example(asked: Asked) -> bool:
    point = asked.points[0]
    one = replace(point, x=point.x[:1], y=point.y[:1])
    single = replace_points(asked, [one])
    try:
        return all(q.verdict is not Verdict.MISMATCH for q in checks.gradient(single))
    except (SubmissionFault, BadClaim):
        return False


def replace_points(asked: Asked, points: list[Point]) -> Asked:
    """The same submission asked at other points."""
    return Asked(asked.submission, asked.spec, points, asked.rng, asked.scale)


def _unknown(asked: Asked, wrong: list[QuantityCheck]) -> Diagnosis:
    """The plain facts of a mismatch that nothing explains: where it begins, and its ratio where that is constant."""
    first = max(wrong, key=lambda q: (int(q.quantity[1:]), q.quantity[0] == "b"))
    if (everywhere := _ratio(asked, list(asked.spec.keys))) is not None:
        message = f"every entry of the gradient is {everywhere:.6g} times the true one"
        return Diagnosis("constant-factor", int(first.quantity[1:]), first.quantity, message, "k * gradient", "gradient", 9.0)
    ratio = _ratio(asked, [first.quantity])
    right = [f"d{key}" for key in asked.spec.keys if key not in {q.quantity for q in wrong}]
    rest = f"; right are {', '.join(right)}" if right else ""
    if ratio is not None:
        message = f"every entry of d{first.quantity} is {ratio:.6g} times the true one{rest}"
        return Diagnosis("constant-factor", int(first.quantity[1:]), first.quantity, message, "k * gradient", "gradient", 9.0)
    message = (
        f"no mistake of the catalogue gives these numbers; nearest to the output d{first.quantity} is wrong: "
        f"{first.wrong} of {asked.claimed(0)[first.quantity].size} entries are wrong{rest}"
    )
    return Diagnosis("unknown", int(first.quantity[1:]), first.quantity, message, "", "", 0.0)


def _ratio(asked: Asked, keys: list[str]) -> float | None:
    """What every entry of some quantities is multiplied by, at every point; None where that differs."""
    ratios = []
    for index in range(len(asked.points)):
        claimed = asked.claimed(index)
        for key in keys:
            true = asked.truth(index).gradient[key].mid
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios.append((claimed[key] / true)[np.abs(true) > 0])
    found = np.concatenate(ratios)
    constant = found.size > 1 and float(np.ptp(found)) <= 1e-9 * float(np.abs(found).max())
    return float(found[0]) if constant else None


def _follow_through(asked: Asked, quantities: list[QuantityCheck], diagnoses: tuple[Diagnosis, ...]) -> dict[str, str]:
    """Notes for the wrong quantities whose own step is right: one slip costs once."""
    wrong = [q.quantity for q in quantities if q.verdict is Verdict.MISMATCH]
    claim: Callable[[Point], Any] = asked.grads
    point = asked.points[0]
    try:
        right = steps_right_by_themselves(asked.spec, claim, replace(point, x=point.x[:2], y=point.y[:2]))
    except (SubmissionFault, BadClaim):
        return {}
    charged = {key for key in wrong if key not in right}
    if not charged:
        named = [d.quantity for d in diagnoses if d.quantity in wrong]
        charged = {named[0] if named else max(wrong, key=lambda key: (int(key[1:]), key[0] == "b"))}
    return {key: "follow-through: given the delta above it, this step is right" for key in wrong if key not in charged}
