"""`check_network`: is this gradient function right for this network? For trusted code, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from logging import getLogger
from typing import Any

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.diagnosis.catalogue_search import explain
from gradcheck.diagnosis.other_network import of_another_network
from gradcheck.judge.judge import judge, may_hide, unless_hidden
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.search_limits import NotSearched
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, merged
from gradcheck.networks.at_point import NetworkGradient, behaviour_at, judged_with_neighbours, unless_differenced
from gradcheck.networks.claim import BadClaim
from gradcheck.networks.effort import SAID_FROM, announcement
from gradcheck.networks.formula import formula_at
from gradcheck.networks.result import NetworkCheck
from gradcheck.networks.trusted_code import by_hand, located, repaired
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.witnesses.formula_on_balls import FEW_ROUNDINGS, NetworkFormula, by_formula, is_explained
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.names import named_spec
from reference_nets.points import Point, check_numbers, check_shapes
from reference_nets.spec import NetworkSpec

CHECK_POINTS = 3


def check_network(
    network: str | NetworkSpec,
    backward: Callable[..., Any],
    *,
    points: int | None = None,
    point: Point | None = None,
    m: int | None = None,
    dtype: Any = np.float64,
    dx: bool = False,
    rng: np.random.Generator | int | None = None,
) -> NetworkCheck:
    """Judge ``backward(params, x, y) -> [(dW1, db1), ...]`` for a network, at random points at which nothing hides.

    Parameters
    ----------
    network : a notation such as ``"3-4:tanh-2"``, a preset's name, or a NetworkSpec.
    backward : called with ``params`` ``[(W1, b1), ...]``, W (n_out, n_in), b (n_out,), x (m, n_in), y (m, n_out), and
        with lambda as a fourth argument if it takes one; a dict by key may be returned instead. With ``dx`` it returns
        ``(gradients, dx)``.
    points, m : how many random points, 3 by default, and the batch size (by default different from all widths).
    point : a point of your own instead of random ones; its numbers are taken in ``dtype``.
    dtype : float64, or float32 for code that is meant to compute in single precision.
    rng : a NumPy generator or a seed; the same seed gives the same answer.

    A network of more than 600 parameters is read in whole matrices: 784-30-10 takes a second, 1000-500-10 some twenty, a
    wrong gradient up to twice that. What takes more than five seconds is told beforehand, with a smaller question, to the
    logger ``gradcheck``, which writes to standard error unless your program says otherwise.

    Raises ValueError for a bad notation or a point that does not fit, CheckerFault where witnesses contradict each
    other; whatever ``backward`` itself raises passes through.

    >>> from reference_nets.network import backward as reference
    >>> spec = NetworkSpec.parse("2-3:tanh-1")
    >>> by_key = lambda params: {f"{n}{l}": a for l, pair in enumerate(params, 1) for n, a in zip("Wb", pair)}
    >>> check_network(spec, lambda params, x, y: reference(spec, by_key(params), x, y)).verdict
    <Verdict.MATCH: 'match'>
    """
    spec = network if isinstance(network, NetworkSpec) else named_spec(network)
    _check_options(points, point, m, dtype)
    seed = rng if isinstance(rng, int) else None
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    drawn = (safe_point(spec, generator, m=m, dtype=dtype) for _ in range(CHECK_POINTS if points is None else points))
    chosen = [_checked(spec, point, dtype)] if point else list(drawn)
    _say_beforehand(spec, len(chosen))
    with unchanged(backward):  # what it keeps between calls is afterwards as it was before
        return replace(_judged(NetworkGradient(spec, backward, dx), chosen, dtype, generator), seed=seed)


def _judged(subject: NetworkGradient, points: list[Point], dtype: Any, rng: np.random.Generator) -> NetworkCheck:
    """Point by point its behaviour and its numbers, then its formula, then the mistake."""
    checks: list[Check] = []
    judged: list[dict[str, QuantityCheck]] = []
    truths: list[Truth] = []
    try:
        for point in points:
            truths.append(truth := truth_at(subject.spec, point, dtype=dtype, dx=subject.dx))
            checks += behaviour_at(subject, point, truth)
            before = {key for at in judged for key, check in at.items() if check.verdict is Verdict.MISMATCH}
            at_point = judged_with_neighbours(subject, point, truth, rng, before)
            judged.append(unless_differenced(subject, point, truth, at_point))
    except BadClaim as error:
        checks.append(Check("interface", Verdict.MISMATCH, told_by(error)))
    answered, formula = points[: len(judged)], None
    quantities = tuple(merged([at[key] for at in judged]) for key in (judged[0] if judged else ()))
    if quantities:
        formula = _formula(subject, answered[0], truths[0], quantities, checks)
        quantities = _told(subject, answered, truths, quantities, formula)
    diagnoses, left_out = _diagnosed(subject, answered, quantities, dtype)
    diagnoses, known, walk = located(subject, points[0], diagnoses)
    seen = _first_of_each(checks)
    wrong = tuple(check.quantity for check in quantities if check.verdict is Verdict.MISMATCH and check.quantity != "x")
    case = partial(by_hand, subject, wrong, diagnoses, known.names) if known else None
    line = partial(repaired, subject, walk, partial(_all_right, subject, answered, truths)) if walk else None
    return NetworkCheck(str(subject.spec), seen, quantities, diagnoses, len(points), None, formula, left_out, known, case, line)


def _all_right(subject: NetworkGradient, points: Sequence[Point], truths: Sequence[Truth]) -> bool:
    """Whether every entry is right at every point that was judged; asked of other lines that stand in the function."""
    judged = [judge(truth, subject.claim(point)).values() for point, truth in zip(points, truths, strict=False)]
    return all(check.verdict in (Verdict.MATCH, Verdict.KINK) for checks in judged for check in checks)


SECONDS_A_PARAMETER = 1.2e-5  # of a processor, at each point


def _say_beforehand(spec: NetworkSpec, points: int) -> None:
    seconds = SECONDS_A_PARAMETER * spec.n_params * points
    if seconds > SAID_FROM:
        getLogger("gradcheck").warning("check_network: %s", announcement("check", spec, seconds))


def _formula(
    subject: NetworkGradient, point: Point, truth: Truth, quantities: Sequence[QuantityCheck], checks: Sequence[Check]
) -> NetworkFormula:
    """The code's own formula on balls at the first point; not of code that answers differently from call to call."""
    if any(check.verdict is not Verdict.MATCH for check in checks):
        return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-unsteady"))
    if any(check.verdict is Verdict.KINK for check in quantities):
        return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-kink"))
    if any(check.id == "numeric-gradient" for check in quantities):
        return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-differences"))
    hidden = any(map(may_hide, quantities))
    claimed = subject.claim(point)
    return formula_at(subject.spec, subject.backward, point, truth, claimed, dx=subject.dx, hidden=hidden)


def _told(
    subject: NetworkGradient,
    points: Sequence[Point],
    truths: Sequence[Truth],
    quantities: Sequence[QuantityCheck],
    formula: NetworkFormula,
) -> tuple[QuantityCheck, ...]:
    """The verdicts with what balls say of the formula; where they say nothing, a match must not be hidden by rounding."""

    def explained(key: str, slack: Array) -> bool:
        return is_explained(key, slack, truths[: len(points)], list(map(subject.claim, points)))

    if not formula.is_known:
        return tuple(unless_hidden(check, formula.why) for check in quantities)
    return tuple(by_formula(quantities, formula, explained, FEW_ROUNDINGS))


def _diagnosed(
    subject: NetworkGradient, points: list[Point], quantities: tuple[QuantityCheck, ...], dtype: Any
) -> tuple[tuple[Diagnosis, ...], NotSearched | None]:
    """What the catalogue says about a mismatch; one point tells the mistakes apart, a second one confirms."""
    if not any(q.verdict is Verdict.MISMATCH and q.quantity != "x" for q in quantities):
        return (), None
    try:
        claims = [(point, subject.claim(point)) for point in points[:2]]
        found = explain(subject.spec, claims, dtype=dtype, ask=subject.claim)
    except BadClaim:  # it gave a gradient here before: its behaviour is what is wrong
        return (), None
    another = None if found.told else of_another_network(subject.spec, claims)
    return ((another,), None) if another else (found.told, found.not_searched)


def _check_options(points: int | None, point: Point | None, m: int | None, dtype: Any) -> None:
    if dtype is None or np.dtype(dtype) not in (np.float64, np.float32):
        raise ValueError(Sentence("networks.dtype", dtype=str(dtype)))
    if points is not None and points < 1:
        raise ValueError(Sentence("networks.points", points=points))
    for name, value in (("points", points), ("m", m)):
        if point is not None and value is not None:
            raise ValueError(Sentence("networks.beside-a-point", name=name, value=value))


def _checked(spec: NetworkSpec, point: Point, dtype: Any) -> Point:
    """The point in the format of the check, whose rounding the budget knows."""
    check_shapes(spec, point.params, point.x, point.y)
    check_numbers(spec, point.params, point.x, point.y)
    params = {key: np.asarray(value, dtype=dtype) for key, value in point.params.items()}
    cast = Point(params, np.asarray(point.x, dtype=dtype), np.asarray(point.y, dtype=dtype))
    check_numbers(spec, cast.params, cast.x, cast.y)  # float32 overflows earlier
    return cast


def _first_of_each(checks: list[Check]) -> tuple[Check, ...]:
    """One check of each name: the first that failed, else the first."""
    names = dict.fromkeys(check.name for check in checks)
    failed = {c.name: c for c in reversed(checks) if c.verdict is not Verdict.MATCH}
    passed = {c.name: c for c in reversed(checks)}
    return tuple(failed.get(name, passed[name]) for name in names)
