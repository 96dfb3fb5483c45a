"""`check_network`: is this gradient function right for this network? For trusted code, in this process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from logging import getLogger
from typing import Any

import numpy as np

from gradcheck.certified.formula import Status
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.diagnosis.catalogue_search import explain
from gradcheck.diagnosis.difference_law import difference_law
from gradcheck.diagnosis.other_network import of_another_network
from gradcheck.judge.judge import judge, may_hide, reachable_apart_alone, unless_hidden
from gradcheck.judge.lost_digits import (
    NEIGHBOURS,
    SHORT,
    after_neighbours,
    as_short,
    nearby,
    reads_as_float32,
    short_format,
)
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.search_limits import NotSearched
from gradcheck.judge.steadiness import allowed_between_calls, inputs_unchanged, is_single, steadiness
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict, worst
from gradcheck.networks.claim import BadClaim, call_functions_contract, read_gradient
from gradcheck.networks.effort import SAID_FROM, announcement
from gradcheck.networks.formula import formula_at
from gradcheck.networks.result import NetworkCheck
from gradcheck.rounding.budget import rounding_budget
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.witnesses.formula_on_balls import FEW_ROUNDINGS, Formula, by_formula, is_explained
from gradcheck.witnesses.network_truth import gradient_near, truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.names import named_spec
from reference_nets.points import Point, check_numbers, check_shapes
from reference_nets.spec import NetworkSpec

Backward = Callable[..., Any]

POINTS = 3


def check_network(
    network: str | NetworkSpec,
    backward: Backward,
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
    drawn = (safe_point(spec, generator, m=m, dtype=dtype) for _ in range(POINTS if points is None else points))
    chosen = [_checked(spec, point, dtype)] if point else list(drawn)
    _say_beforehand(spec, len(chosen))
    checks: list[Check] = []
    judged: list[dict[str, QuantityCheck]] = []
    truths: list[Truth] = []
    with unchanged(backward):  # what it keeps between calls is afterwards as it was before
        try:
            for one in chosen:
                truths.append(truth_at(spec, one, dtype=dtype, dx=dx))
                checks += _behaviour(spec, backward, one, truths[-1], dx)
                before = {key for at in judged for key, check in at.items() if check.verdict is Verdict.MISMATCH}
                at = judged_with_neighbours(spec, backward, one, truths[-1], dx, generator, before)
                judged.append(_differenced(spec, backward, one, truths[-1], at, dx))
        except BadClaim as error:
            checks.append(Check("interface", Verdict.MISMATCH, told_by(error)))
        points_judged, formula = chosen[: len(judged)], None
        quantities = tuple(merged([at[key] for at in judged]) for key in (judged[0] if judged else ()))
        if quantities:
            formula = _formula(spec, backward, points_judged[0], truths[0], quantities, checks, dx)
            quantities = _told(spec, backward, points_judged, truths, quantities, formula, dx)
        diagnoses, not_searched = _diagnosed(spec, backward, points_judged, quantities, dtype, dx)
    return NetworkCheck(str(spec), _first_of_each(checks), quantities, diagnoses, len(chosen), seed, formula, not_searched)


SECONDS_A_PARAMETER = 1.2e-5  # of a processor, at each point


def _say_beforehand(spec: NetworkSpec, points: int) -> None:
    seconds = SECONDS_A_PARAMETER * spec.n_params * points
    if seconds > SAID_FROM:
        getLogger("gradcheck").warning("check_network: %s", announcement("check", spec, seconds))


def _formula(
    spec: NetworkSpec,
    backward: Backward,
    point: Point,
    truth: Truth,
    quantities: Sequence[QuantityCheck],
    checks: Sequence[Check],
    dx: bool,
) -> Formula:
    """The code's own formula on balls at the first point; not of code that answers differently from call to call."""
    if any(check.verdict is not Verdict.MATCH for check in checks):
        return Formula(Status.UNKNOWN, Sentence("networks.why-unsteady"))
    if any(check.verdict is Verdict.KINK for check in quantities):
        return Formula(Status.UNKNOWN, Sentence("networks.why-kink"))
    if any(check.id == "numeric-gradient" for check in quantities):
        return Formula(Status.UNKNOWN, Sentence("networks.why-differences"))
    hidden = any(map(may_hide, quantities))
    return formula_at(spec, backward, point, truth, _call(spec, backward, point, dx), dx=dx, hidden=hidden)


def _told(
    spec: NetworkSpec,
    backward: Backward,
    points: Sequence[Point],
    truths: Sequence[Truth],
    quantities: Sequence[QuantityCheck],
    formula: Formula,
    dx: bool,
) -> tuple[QuantityCheck, ...]:
    """The verdicts with what balls say of the formula; where they say nothing, a match must not be hidden by rounding."""

    def explained(key: str, slack: Array) -> bool:
        claims = [_call(spec, backward, point, dx) for point in points]
        return is_explained(key, slack, truths[: len(points)], claims)

    if not formula.is_known:
        return tuple(unless_hidden(check, formula.why) for check in quantities)
    return tuple(by_formula(quantities, formula, explained, FEW_ROUNDINGS))


def _differenced(
    spec: NetworkSpec, backward: Backward, point: Point, truth: Truth, checks: dict[str, QuantityCheck], dx: bool
) -> dict[str, QuantityCheck]:
    """What is off by the error of a difference quotient is no wrong formula: the cost was differenced."""
    off = [key for key in spec.keys if checks[key].verdict in (Verdict.MISMATCH, Verdict.INACCURATE)]
    if not off:
        return checks
    claimed = _call(spec, backward, point, dx)
    law = difference_law(spec, point, {key: truth.gradient[key].signed_error(claimed[key]) for key in spec.keys})
    if law is None:
        return checks
    told = {key: replace(checks[key], verdict=Verdict.INACCURATE, message=law.words, id="numeric-gradient") for key in off}
    return checks | told


def _diagnosed(
    spec: NetworkSpec,
    backward: Backward,
    points: list[Point],
    quantities: tuple[QuantityCheck, ...],
    dtype: Any,
    dx: bool,
) -> tuple[tuple[Diagnosis, ...], NotSearched | None]:
    """What the catalogue says about a mismatch; one point tells the mistakes apart, a second one confirms."""
    if not any(q.verdict is Verdict.MISMATCH and q.quantity != "x" for q in quantities):
        return (), None
    try:
        claims = [(point, _call(spec, backward, point, dx)) for point in points[:2]]
        found = explain(spec, claims, dtype=dtype, ask=lambda point: _call(spec, backward, point, dx))
    except BadClaim:  # it gave a gradient here before: its behaviour is what is wrong
        return (), None
    another = None if found.told else of_another_network(spec, claims)
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


def _call(spec: NetworkSpec, backward: Backward, point: Point, dx: bool) -> dict[str, Array]:
    """The gradient claimed at a point; what the function is handed are copies that it may spoil."""
    copy = Point({key: value.copy() for key, value in point.params.items()}, point.x.copy(), point.y.copy())
    returned = call_functions_contract(backward, spec, copy.params, copy.x, copy.y)
    return {key: value.copy() for key, value in read_gradient(returned, spec, point.x.shape, dx=dx).items()}


def _behaviour(spec: NetworkSpec, backward: Backward, point: Point, truth: Truth, dx: bool) -> list[Check]:
    """Inputs unchanged, the same answer twice: what must hold before any number means something."""
    handed = Point({key: value.copy() for key, value in point.params.items()}, point.x.copy(), point.y.copy())
    returned = call_functions_contract(backward, spec, handed.params, handed.x, handed.y)
    first = {key: value.copy() for key, value in read_gradient(returned, spec, point.x.shape, dx=dx).items()}
    changed = [key for key in spec.keys if not np.array_equal(point.params[key], handed.params[key])]
    changed += [name for name in "xy" if not np.array_equal(getattr(point, name), getattr(handed, name))]
    calls = [first, _call(spec, backward, point, dx), _call(spec, backward, point, dx)]
    single = point.x.dtype == np.float64 and is_single(first)  # of float32 the budget is that of float32
    allowed = allowed_between_calls(first, truth.budget.rounding, single)
    return [inputs_unchanged(changed), *steadiness(calls, None, allowed)]


def judged_with_neighbours(
    spec: NetworkSpec,
    backward: Backward,
    point: Point,
    truth: Truth,
    dx: bool,
    rng: np.random.Generator,
    wrong_before: Collection[str] = (),
) -> dict[str, QuantityCheck]:
    """The verdicts at one point; a mismatch is looked at once more at neighbouring points, unless another point showed it."""
    claimed = _call(spec, backward, point, dx)
    checks = judge(truth, claimed)
    wrong = [key for key, check in checks.items() if check.verdict is Verdict.MISMATCH]
    if not wrong:
        return checks
    single = replace(truth, budget=rounding_budget(spec, point.params, point.x, point.y, dtype=np.float32, dx=dx))
    wrong = [key for key in wrong if key not in reachable_apart_alone(single, claimed)]  # no rounding, and no kink nearby
    for key in wrong:
        if short := short_format(key, truth, single, claimed[key]):
            checks[key] = as_short(checks[key], short)
    if any(check.id == SHORT for check in checks.values()):
        for key in wrong:
            if checks[key].verdict is Verdict.MISMATCH and reads_as_float32(key, single, claimed[key]):
                checks[key] = as_short(checks[key], "float32")
    pending = {key: checks[key] for key in wrong if key not in wrong_before}
    errors = partial(_errors_nearby, spec, backward, point, dx, rng)
    return checks | after_neighbours(pending, claimed, truth, single, errors, mentioned=single)


def _errors_nearby(
    spec: NetworkSpec,
    backward: Backward,
    point: Point,
    dx: bool,
    rng: np.random.Generator,
    failing: Mapping[str, Array],
) -> Iterator[dict[str, Array]]:
    """The signed errors of the failing entries at one neighbouring point after the other."""
    for _ in range(NEIGHBOURS):
        params = {key: nearby(value, rng) for key, value in point.params.items()}
        near = Point(params, nearby(point.x, rng), point.y)
        there, again = gradient_near(spec, near, dx=dx), _call(spec, backward, near, dx)
        yield {key: there[key].signed_error(again[key])[entries] for key, entries in failing.items()}


def merged(checks: list[QuantityCheck]) -> QuantityCheck:
    """One quantity over several points: the worst verdict, and the largest error that might have gone unseen."""
    verdict = worst(check.verdict for check in checks)
    return max((c for c in checks if c.verdict is verdict), key=lambda check: check.excess).over(checks)


def _first_of_each(checks: list[Check]) -> tuple[Check, ...]:
    """One check of each name: the first that failed, else the first."""
    names = dict.fromkeys(check.name for check in checks)
    failed = {c.name: c for c in reversed(checks) if c.verdict is not Verdict.MATCH}
    passed = {c.name: c for c in reversed(checks)}
    return tuple(failed.get(name, passed[name]) for name in names)
