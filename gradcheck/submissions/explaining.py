"""What explains a wrong gradient: behaviour first, then the catalogue, another network, single examples, the plain facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.diagnosis.catalogue_search import diagnose, explain
from gradcheck.diagnosis.other_network import of_another_network
from gradcheck.diagnosis.plain_facts import plain_facts
from gradcheck.explanations.heatmap import QuantityPair
from gradcheck.explanations.steps import Delta, Steps, StepState, steps
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.mistake import UNKNOWN, Diagnosis
from gradcheck.judge.search_limits import NotSearched
from gradcheck.judge.verdicts import Check, Entry, QuantityCheck, Verdict
from gradcheck.networks.claim import BadClaim
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions import checks
from gradcheck.submissions.checks import Inquiry
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.mistakes.catalogue import CATALOGUE

GIVEN = ("forward", "loss")  # checks of their own: what they lose is no mistake of the gradient
UNSTEADY = ("determinism", "no-state")  # where these fail another call has other numbers
OF_NOTHING = ("zero-gradient", "bias-gradient-missing")  # of one example anything that leaves one out gives 0
PLAIN = ("wrong-forward", "works-for-one-example-only")  # mistakes that have a sentence of their own


def any_wrong(quantities: Sequence[QuantityCheck]) -> bool:
    """Whether some quantity is wrong."""
    return any(q.verdict is Verdict.MISMATCH for q in quantities)


def explained(
    asked: Inquiry, quantities: Sequence[QuantityCheck], others: Sequence[Check], *, steady: bool
) -> tuple[Diagnosis, ...]:
    """Behaviour first, because it explains any number; then what a wrong formula is; ``others`` are the other checks."""
    told = [_behavioural(check, asked.spec) for check in others if check.id and check.name not in GIVEN]
    lost = {q.id: q for q in quantities if q.verdict is Verdict.INACCURATE and q.id}
    told += [_plain(mistake, q) for mistake, q in lost.items() if mistake != "numeric-gradient"]
    wrong = [q for q in quantities if q.verdict is Verdict.MISMATCH]
    if not wrong or (not steady and any(c.name in UNSTEADY and c.verdict is not Verdict.MATCH for c in others)):
        return tuple(told)
    found = _mistakes(asked, wrong, wrong_forward=any(check.id == "wrong-forward" for check in others))
    # inputs that are changed may be all that is wrong: beside them only what gives the numbers is told
    return (*told, *(one for one in found if steady or (one.complete and one.id in CATALOGUE)))


def _mistakes(asked: Inquiry, wrong: Sequence[QuantityCheck], *, wrong_forward: bool) -> tuple[Diagnosis, ...]:
    """The catalogue on the answers that came; where it has nothing, other networks, single examples, the plain facts."""
    alive = asked.submission.session.is_alive
    claims = _claims(asked) if alive else [(point, asked.claimed(index)) for index, point in enumerate(asked.points[:2])]
    another = of_another_network(asked.spec, claims)
    if another and wrong_forward:
        return (another,)
    searched = explain(asked.spec, claims, ask=asked.grads if alive else None)
    found = _in_the_files_own_scale(asked, claims, searched.told)
    if found and (found[0].complete or not another):
        return found
    if another:
        return (another,)
    if alive and (found := _for_single_examples(asked)):
        return found
    if wrong_forward:
        return (_plain("wrong-forward", wrong[-1]),)
    if alive and _right_for_one_example(asked):
        return (_plain("works-for-one-example-only", wrong[-1]),)
    return (replace(_unknown(asked, wrong, searched.not_searched), not_searched=searched.not_searched),)


def _claims(asked: Inquiry) -> list[tuple[Point, Mapping[str, Array]]]:
    """The first answer, and one for another batch size: what is a factor m there is none of the other numbers."""
    first = (asked.points[0], asked.claimed(0))
    m = len(asked.points[0].x) + 2
    (other,) = checks.judged_points(asked.spec, asked.rng, labels=asked.submission.takes_labels, count=1, m=m)
    try:
        return [first, (other, asked.grads(other))]
    except SubmissionFault as fault:
        if fault.is_final:
            raise
        return [first, (asked.points[1], asked.claimed(1))] if len(asked.points) > 1 else [first]


def _in_the_files_own_scale(
    asked: Inquiry, claims: Sequence[tuple[Point, Mapping[str, Array]]], found: tuple[Diagnosis, ...]
) -> tuple[Diagnosis, ...]:
    """What explains the numbers in the scale of the notation and in that of the file's own cost: both count.

    A mistake that gives the numbers by itself in one of them leaves a factor in the other, which is told.
    """
    if asked.own_scale is None or asked.own_scale == asked.scale:
        return found
    own = diagnose(asked.spec, [(p, asked.own_scale.undone(dict(g), p, asked.spec)) for p, g in claims])
    if not own or not own[0].complete:
        return found
    if own[0].alone or not found or not found[0].complete:
        scale = asked.own_scale.words
        return tuple(
            replace(one, message=Sentence("submissions.for-own-cost", scale=scale, words=one.message)) for one in own
        )
    left = next((one.factor for one in own if one.factor), None)
    if left is None or not found[0].alone:
        return found
    words = Sentence("submissions.factor-besides", words=found[0].message, scale=asked.own_scale.words, factor=left)
    return (replace(found[0], alone=False, factor=left, message=words), *found[1:])


def _for_single_examples(asked: Inquiry) -> tuple[Diagnosis, ...]:
    """What the catalogue says of a batch of one, where 1/m is 1 wherever it stands and whatever it multiplies."""
    ones = [replace(point, x=point.x[:1], y=point.y[:1]) for point in asked.points[:2]]
    try:
        found = diagnose(asked.spec, [(one, asked.grads(one)) for one in ones])
        return tuple(
            replace(
                one,
                message=Sentence("submissions.for-single-example", words=one.message),
                alone=False,
                unexplained=asked.spec.keys,
            )
            for one in found
            if one.complete and one.id not in OF_NOTHING
        )
    except (SubmissionFault, BadClaim):
        return ()


def _behavioural(check: Check, spec: NetworkSpec) -> Diagnosis:
    return Diagnosis(str(check.id), spec.L, f"W{spec.L}", check.message, "", "", 16.0)


def _plain(mistake: str, check: QuantityCheck) -> Diagnosis:
    words = Sentence(f"submissions.{mistake}") if mistake in PLAIN else check.message
    return Diagnosis(mistake, quantity_of(check.quantity).layer, check.quantity, words, "", "", 16.0, alone=False)


def _right_for_one_example(asked: Inquiry) -> bool:
    point = asked.points[0]
    one = replace(point, x=point.x[:1], y=point.y[:1])
    try:
        single = Inquiry(asked.submission, asked.spec, [one], asked.rng, asked.scale)
        return not any_wrong(checks.gradient(single))
    except (SubmissionFault, BadClaim):
        return False


def _unknown(asked: Inquiry, wrong: Sequence[QuantityCheck], not_searched: NotSearched | None) -> Diagnosis:
    """The plain facts of a mismatch that nothing explains: where it begins, and its ratio where that is constant."""
    first = next(q for q in wrong if q.quantity == _nearest_output([q.quantity for q in wrong]))
    layer = quantity_of(first.quantity).layer
    if (everywhere := _ratio(asked, list(asked.spec.keys))) is not None:
        message = Sentence("submissions.factor-everywhere", factor=everywhere)
        return Diagnosis("constant-factor", layer, first.quantity, message, "k * gradient", "gradient", 9.0)
    ratio = _ratio(asked, [first.quantity])
    right = tuple(f"d{key}" for key in asked.spec.keys if key not in {q.quantity for q in wrong})
    rest = [Sentence("submissions.others-right", names=right)] if right else []
    if ratio is not None:
        told = Sentence("submissions.factor-of-one", name=f"d{first.quantity}", factor=ratio)
        message = Sentence("submissions.parts", parts=(told, *rest))
        others = tuple(q.quantity for q in wrong if q is not first)
        found = Diagnosis("constant-factor", layer, first.quantity, message, "k * gradient", "gradient", 9.0)
        return replace(found, alone=not others, unexplained=others)
    searched = not_searched.words if not_searched else Sentence("submissions.not-in-catalogue")
    size = asked.claimed(0)[first.quantity].size
    told = Sentence("submissions.first-wrong", name=f"d{first.quantity}", count=first.wrong, size=size)
    claims = [(point, asked.claimed(index)) for index, point in enumerate(asked.points)]
    here = [q.quantity for q in wrong if quantity_of(q.quantity).layer == layer]
    facts = [fact.words for key in here for fact in plain_facts(asked.spec, claims, key)]
    message = Sentence("submissions.parts", parts=(searched, told, *facts, *rest))
    keys = tuple(q.quantity for q in wrong)
    return Diagnosis(UNKNOWN, layer, first.quantity, message, "", "", 0.0, alone=False, unexplained=keys)


def _ratio(asked: Inquiry, keys: list[str]) -> float | None:
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


@dataclass(frozen=True)
class Charges:
    """What the mistakes cost: the names of the rows that bear it (``W2``, ``delta1``), and the deltas as they were seen."""

    rows: frozenset[str] = frozenset()
    follow: frozenset[str] = frozenset()
    deltas: tuple[Delta, ...] = ()


def charges(asked: Inquiry, quantities: Sequence[QuantityCheck], diagnoses: Sequence[Diagnosis]) -> Charges:
    """One slip costs once: the row where it was made bears it, and what is right given that, or wrong by it alone, does not."""
    wrong = [q.quantity for q in quantities if q.verdict is Verdict.MISMATCH]
    everything = Charges(frozenset(wrong))
    if not wrong or not asked.submission.session.is_alive:
        return everything
    claim: Callable[[Point], Any] = asked.grads
    point = asked.points[0]
    try:
        found = steps(asked.spec, claim, replace(point, x=point.x[:2], y=point.y[:2]))
    except (SubmissionFault, BadClaim):
        return everything
    rows = _explained_rows(found, wrong, diagnoses) or _wrong_rows(found, wrong)
    empty = {key for key in wrong if _is_empty(asked, key)}  # nothing is earned by following from nothing
    follow = frozenset(wrong) - rows - empty
    borne = frozenset(row for row in rows if row in wrong or follow & {f"{letter}{quantity_of(row).layer}" for letter in "Wb"})
    deltas = tuple(found.deltas[l] for l in sorted(found.deltas, reverse=True))
    return Charges(borne | frozenset(empty), follow, deltas)


def _is_empty(asked: Inquiry, key: str) -> bool:
    """Whether nothing of the right numbers is left in an answer: it is zero, or so large that they are below its rounding."""
    claimed, right = asked.claimed(0)[key], asked.truth(0).gradient[key].mid
    return not claimed.any() or bool(np.array_equal(claimed - right, claimed))


def _explained_rows(found: Steps, wrong: Sequence[str], diagnoses: Sequence[Diagnosis]) -> frozenset[str]:
    """A row for each mistake, where the mistakes that are named give all the numbers."""
    named = [d for d in diagnoses if d.quantity in wrong]
    if not named or not all(d.complete and d.id != UNKNOWN for d in named):
        return frozenset()
    return frozenset(f"delta{d.layer}" if _is_wrong_delta(found, d.layer) else d.quantity for d in named)


def _is_wrong_delta(found: Steps, layer: int) -> bool:
    return layer in found.deltas and found.deltas[layer].step is StepState.WRONG


def _wrong_rows(found: Steps, wrong: Sequence[str]) -> frozenset[str]:
    """Every row that is wrong by itself; where none is, the one nearest the output."""
    rows = {f"delta{l}" for l in found.deltas if _is_wrong_delta(found, l)}
    rows |= {key for key in wrong if found.gradient[key] is StepState.WRONG}
    return frozenset(rows or {_nearest_output(wrong)})


def _nearest_output(keys: Sequence[str]) -> str:
    """The last layer's, of that the bias, which for one example is the delta."""
    return max(keys, key=lambda key: (quantity_of(key).layer, quantity_of(key).kind == "b"))


def comparison(asked: Inquiry, quantities: Sequence[QuantityCheck], charged: Charges) -> QuantityPair | None:
    """The first wrong quantity beside the right one: a delta of one example, or a parameter's gradient of the batch."""
    for delta in charged.deltas:
        if f"delta{delta.layer}" in charged.rows:
            return QuantityPair(f"delta{delta.layer}", delta.right, delta.own)
    wrong = {q.quantity for q in quantities if q.verdict is Verdict.MISMATCH} & charged.rows
    if not wrong:
        return None
    first = max(wrong, key=lambda key: (quantity_of(key).layer, quantity_of(key).kind == "W"))
    return QuantityPair(f"d{first}", asked.truth(0).gradient[first].mid, asked.claimed(0)[first])


def delta_check(delta: Delta) -> QuantityCheck:
    """A delta as a row of the table: of one example, as the answer shows it."""
    j = delta.worst
    error = np.abs(delta.own - delta.right)
    entry = Entry((j,), float(delta.own[j]), float(delta.right[j]), float(error[j]), float(delta.budget[j]))
    verdict = Verdict.MATCH if delta.step is StepState.RIGHT else Verdict.MISMATCH
    told = {"layer": delta.layer, "unit": j, "got": entry.got, "expected": entry.expected}
    message = Sentence(f"submissions.delta-{delta.step.value}", **told)
    name, shape, wrong = f"delta{delta.layer}", delta.own.shape, int((error > delta.budget).sum())
    return QuantityCheck(name, shape, verdict, "reference", entry.error, entry.budget, None, 0.0, wrong, entry, message)
