"""The numbers of a claimed gradient: judged by the strongest witness that can follow the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.certified.formats import mentions_short_format
from gradcheck.certified.formula import Formula, compare_formula, compare_in_single
from gradcheck.certified.jacobians import Row, jacobian_rows
from gradcheck.certified.reasons import CannotFollow, Reason
from gradcheck.certified.rounding import judged_truth, met_ties, own_error, run_key, running_error, same_claim, same_value
from gradcheck.certified.structure import Array, float_leaves, leaf_name, leaves, mapped, rebuilt
from gradcheck.certified.witness import Certified, certify
from gradcheck.judge import (
    Truth,
    as_inaccurate,
    as_short,
    beyond_the_kink,
    entry_name,
    is_reachable,
    judge,
    lost_digits,
    short_format,
    significant_digits,
    unsteady,
)
from gradcheck.numeric import compared, estimate
from gradcheck.verdicts import Entry, QuantityCheck, Verdict, worst

NEIGHBOURS = 8
NEIGHBOUR_DISTANCE = 2.0**-21
Answer = tuple[tuple[QuantityCheck, ...], str, tuple[tuple[str, Reason], ...], str, float | None, tuple[str, ...]]


@dataclass(frozen=True)
class Question:
    """A function, its claimed gradient, and where; with a cotangent or the shape of a Jacobian for an array-valued f."""

    f: Callable[..., Any]
    grad: Callable[..., Any]
    x: Any
    cotangent: Any = None
    jacobian: tuple[int, ...] | None = None
    known: Row | None = None  # of a row of a Jacobian: its truth and running error, from the run that all rows share

    @property
    def more(self) -> tuple[Any, ...]:
        """What the gradient is called with besides x."""
        return () if self.cotangent is None else (self.cotangent,)

    @property
    def dtype(self) -> Any:
        """The format that the code computes in: float32 if x holds it."""
        single = any(array.dtype == np.float32 for _, array in float_leaves(self.x))
        return np.float32 if single else np.float64


def judge_numbers(question: Question, claimed: list[Array], calls_of_f: int, *, certified: bool = True) -> Answer:
    """Quantities, witness, why no stronger one, what balls say of the formula, what would have been seen, remarks."""
    if question.jacobian is not None:
        return _jacobian(question, claimed, certified)
    if not certified:
        return _numeric(question, claimed, Reason("asked", "differences were asked for"))
    try:
        truth = question.known[0] if question.known else certify(question.f, question.x, cotangent=question.cotangent)
    except CannotFollow as error:
        return _numeric(question, claimed, error.reason)
    if not all(np.isfinite(part.rad).all() for part in truth.gradient):
        return _not_finite(claimed, truth)
    if not np.isfinite(truth.value.rad).all():
        return _numeric(question, claimed, Reason("not-finite", "on balls the value of the function is not known"))
    return _certified(question, claimed, truth, calls_of_f)


# Certified


def by_budget(
    question: Question, claimed: list[Array], truth: Certified, dtype: Any
) -> tuple[Truth, dict[str, QuantityCheck]]:
    """The floats against the budget of f's own sweep; where they exceed it, of the gradient code itself if that is larger."""
    bounds = question.known[1] if question.known else running_error(question.f, question.x, truth, dtype, question.cotangent)
    known = judged_truth(truth, bounds, None)
    by_name = dict(zip(truth.names, claimed, strict=True))
    checks = judge(known, by_name)
    if any(check.verdict is Verdict.MISMATCH for check in checks.values()):
        known = judged_truth(truth, bounds, own_error(question.grad, question.x, dtype, *question.more))
        checks = judge(known, by_name)
    return known, checks


ELSEWHERE = Reason(
    "another-way", "on balls the code goes another way than on floats: it may ask for the type of a number or read its bytes"
)


@dataclass
class _Single:
    """The truth with the budget of float32, worked out when it is first asked for; an unstable form has no share in it."""

    question: Question
    truth: Certified

    @cached_property
    def known(self) -> Truth:
        """For `gradcheck.judge`."""
        bounds = running_error(self.question.f, self.question.x, self.truth, np.float32, self.question.cotangent)
        return judged_truth(self.truth, bounds, None)

    @cached_property
    def mentioned(self) -> Truth | None:
        """The same where the code mentions float32 at all."""
        return self.known if any(map(mentions_short_format, (self.question.f, self.question.grad))) else None

    def may_explain(self, checks: dict[str, QuantityCheck], claimed: list[Array]) -> bool:
        """Whether the gradient alone mentions float32, and its floats are no farther off than that allows."""
        if mentions_short_format(self.question.f) or not mentions_short_format(self.question.grad):
            return False
        return all(is_reachable(name, self.known, part).all() for name, part in zip(checks, claimed, strict=True))


def _certified(question: Question, claimed: list[Array], truth: Certified, calls_of_f: int) -> Answer:
    dtype = np.float32 if any(part.dtype == np.float32 for part in claimed) and question.dtype == np.float32 else question.dtype
    known, checks = by_budget(question, claimed, truth, dtype)
    beyond = any(check.verdict is Verdict.MISMATCH for check in checks.values())
    if beyond and not same_value(question.f, question.x, _value_on_floats(question), question.cotangent):
        return _numeric(question, claimed, ELSEWHERE)
    remarks = [f"undecided: {tie}; {'smooth there all the same' if truth.smooth else 'a kink'}" for tie in truth.ties[:1]]
    if truth.jumps:
        remarks.append("the function jumps here: its branches have different values")
    allowed = np.concatenate([known.budget.rounding[name].ravel() for name in truth.names])
    if not truth.smooth:
        return tuple(checks.values()), known.witness, (), "at a kink", None, tuple(remarks)
    numeric = calls_of_f > sum(part.size for part in claimed)
    if numeric and beyond:
        checks = {name: _differenced(check) for name, check in checks.items()}
        reason = Reason("numeric-gradient", f"the gradient calls the function {calls_of_f} times: it differences it")
        return tuple(checks.values()), f"{known.witness} value", (("the formula on balls", reason),), "not asked", None, ()
    within = all(check.verdict is Verdict.MATCH for check in checks.values())
    single = _Single(question, truth)
    formula = _formula(question, checks, claimed, truth, allowed, within, single)
    if formula.status == "unknown":
        checks = {name: _seen(check, known) for name, check in _by_digits(question, checks, claimed, known, single).items()}
        weaker: tuple[tuple[str, Reason], ...] = (("the formula on balls", formula.reason or Reason("unknown", "")),)
        return (
            tuple(checks.values()),
            f"{known.witness} value, rounding budget",
            weaker,
            "unknown",
            _largest(checks.values()),
            tuple(remarks),
        )
    checks = _by_formula(checks, claimed, known, formula, single)
    if formula.status == "different" and truth.tolerance:
        checks = {name: _stopped_early(check, known, truth.tolerance) for name, check in checks.items()}
    detectable = formula.detectable if formula.status.startswith("equal") else None
    if formula.status == "equal within constants":
        remarks.append("as far as the float constants of the code allow")
    return tuple(checks.values()), f"{known.witness} formula", (), formula.status, detectable, tuple(remarks)


def _formula(
    question: Question,
    checks: dict[str, QuantityCheck],
    claimed: list[Array],
    truth: Certified,
    allowed: Array,
    within: bool,
    single: _Single,
) -> Formula:
    """What balls say of the gradient code; nothing, where it goes another way on them than on floats."""
    asked = question.f, question.grad, question.x, truth, allowed
    formula = compare_formula(*asked, within, *question.more)
    if (formula.status == "different" or not within) and not same_claim(question.grad, question.x, claimed, *question.more):
        return Formula("unknown", ELSEWHERE, None, None)
    if formula.status == "different" and not within and single.may_explain(checks, claimed):
        return compare_in_single(*asked, *question.more) or formula
    return formula


def _value_on_floats(question: Question) -> float:
    """The one number that is differentiated."""
    result = question.f(mapped(question.x, lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf))
    if question.cotangent is None:
        return float(np.asarray(result).reshape(()))
    pairs = zip(_leaves_of(question.cotangent), _leaves_of(result), strict=True)
    return float(sum(np.sum(weights * np.asarray(part)) for weights, part in pairs))


def _largest(checks: Any) -> float | None:
    return max((check.detectable for check in checks if check.detectable is not None), default=None)


def _by_formula(
    checks: dict[str, QuantityCheck],
    claimed: list[Array],
    known: Truth,
    formula: Formula,
    single: _Single,
) -> dict[str, QuantityCheck]:
    """Formula right: within the budget a match, beyond it digits were lost. Formula wrong: a mismatch, however small."""
    found, start = {}, 0
    for (name, check), part in zip(checks.items(), claimed, strict=True):
        wrong = np.asarray(formula.wrong[start : start + part.size]).reshape(part.shape)
        start += part.size
        if wrong.any() and formula.status == "different":
            found[name] = _proven_wrong(name, check, part, known, wrong)
        elif formula.status == "different":
            found[name] = _lost(check, part, known, single)
        else:
            if formula.status != "equal":
                check = _within_slack(check, part, known, formula, start - part.size)
            check = _no_kink(check, part, known)
            seen = formula.detectable if check.verdict is Verdict.MATCH else None
            found[name] = replace(_lost(check, part, known, single), detectable=seen)
    return found


NUMERIC = 1e-3  # a difference quotient is off by less than this part; what is not was no derivative of that function


def _differenced(check: QuantityCheck) -> QuantityCheck:
    """A mismatch of a gradient that differences its function: lost digits, unless it is far off."""
    if check.verdict is not Verdict.MISMATCH or check.worst.error > NUMERIC * abs(check.worst.expected):
        return check
    digits = significant_digits(check.worst.error, check.worst.expected)
    return as_inaccurate(check, f"{digits:.0f} digits are left; the gradient differences the function", "numeric-gradient")


def _within_slack(check: QuantityCheck, part: Array, known: Truth, formula: Formula, start: int) -> QuantityCheck:
    """A mismatch of the floats that the open part of the constants explains is none; float32 arrays lack digits."""
    truth, budget = known.gradient[check.quantity], known.budget.rounding[check.quantity]
    slack = formula.slack[start : start + part.size].reshape(part.shape)
    if check.verdict is not Verdict.MISMATCH or (truth.distance(part) > budget + slack).any():
        return check
    if formula.status == "equal in float32":
        return as_short(check, "float32")
    return replace(check, verdict=Verdict.MATCH, wrong=0, message="equal as far as the float constants of the code allow")


def _no_kink(check: QuantityCheck, part: Array, known: Truth) -> QuantityCheck:
    """A kink nearer than rounding, on whose right side the floats are: the function is smooth at the point itself."""
    error, budget = known.gradient[check.quantity].distance(part), known.budget.rounding[check.quantity]
    if check.verdict is not Verdict.KINK or (error > budget).any():
        return check
    return replace(check, verdict=Verdict.MATCH, message="every entry is within its rounding budget")


def _lost(check: QuantityCheck, part: Array, known: Truth, single: _Single) -> QuantityCheck:
    """The formula is right: what lies beyond the budget are lost digits."""
    if check.verdict is not Verdict.MISMATCH:
        return check
    if short := short_format(check.quantity, known, single.known, part):
        return as_short(check, short)
    return lost_digits(check, single.mentioned, part, seen=True)


STOPS = 1e3  # times its tolerance: what an iteration that stops when it is near enough may leave of a derivative


def _stopped_early(check: QuantityCheck, known: Truth, tolerance: float) -> QuantityCheck:
    """A mismatch as small as that of an iteration and its limit: of which of them the gradient is meant to be is not known."""
    largest = float(np.abs(known.gradient[check.quantity].mid).max(initial=0.0))
    if check.verdict is not Verdict.MISMATCH or check.worst.error > STOPS * tolerance * largest:
        return check
    message = (
        f"{entry_name(check.quantity, check.worst.index)} is {check.worst.error:.1e} off, and on balls the formula is another "
        f"one; the function iterates until a number is below {tolerance:.1g}, and so differs from its limit by about as much"
    )
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, detectable=None)


def _proven_wrong(name: str, check: QuantityCheck, part: Array, known: Truth, wrong: Array) -> QuantityCheck:
    if check.verdict is Verdict.MISMATCH:
        return check
    truth = known.gradient[name]
    error = np.where(wrong, truth.distance(part), -1.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), part.shape))
    entry = Entry(
        index, float(part[index]), float(truth.mid[index]), float(error[index]), float(known.budget.rounding[name][index])
    )
    message = (
        f"{entry_name(name, index)} is {entry.got:.17g}, the true derivative is {entry.expected:.17g}: rounding could explain "
        "that, but on balls the formula is another one"
    )
    return replace(check, verdict=Verdict.MISMATCH, worst=entry, wrong=int(wrong.sum()), message=message, detectable=None)


HIDDEN = 0.1  # rounding that may be this part of the largest entry hides the gradient


def _seen(check: QuantityCheck, known: Truth) -> QuantityCheck:
    """A match in which rounding could be nearly all there is says nothing."""
    truth, budget = known.gradient[check.quantity], known.budget.rounding[check.quantity]
    if check.verdict is not Verdict.MATCH or budget.max(initial=0.0) <= HIDDEN * np.abs(truth.mid).max(initial=0.0):
        return check
    if check.max_error == 0:
        return check  # equal to the last bit, such as the zeros of a parameter that the function ignores
    message = "at this point rounding may be as large as the gradient, and balls cannot compare the formulas"
    return check if not budget.any() else replace(check, verdict=Verdict.INCONCLUSIVE, message=message, detectable=None)


def _by_digits(
    question: Question, checks: dict[str, QuantityCheck], claimed: list[Array], known: Truth, single: _Single
) -> dict[str, QuantityCheck]:
    """The budget alone; what lies beyond it may be a shorter format, or is looked at once more at neighbouring points."""
    parts = dict(zip(checks, claimed, strict=True))
    wrong = [name for name, check in checks.items() if check.verdict is Verdict.MISMATCH]
    told = dict(checks)
    for name in wrong:
        if short := short_format(name, known, single.known, parts[name]):
            told[name] = as_short(checks[name], short)
        elif is_reachable(name, single.known, parts[name]).all() and mentions_short_format(question.grad):
            told[name] = as_short(checks[name], "float32")
    pending = [name for name in wrong if told[name].verdict is Verdict.MISMATCH]
    failing = {name: ~is_reachable(name, known, parts[name]) for name in pending}
    try:
        scattered = unsteady(pending, _errors_nearby(question, failing))
    except CannotFollow:
        return told
    for name in scattered:
        if not beyond_the_kink(name, known, single.known, parts[name]):
            told[name] = lost_digits(told[name], single.mentioned, parts[name])
    return told


def _errors_nearby(question: Question, failing: Mapping[str, Array]) -> Iterator[dict[str, Array]]:
    """The signed errors of the failing entries at one neighbouring point after the other."""
    rng = np.random.default_rng(12345)
    for _ in range(NEIGHBOURS):
        near = mapped(question.x, lambda leaf: _shifted(leaf, rng))
        there = certify(question.f, near, cotangent=question.cotangent)
        got = _flat_leaves(question.grad(near, *question.more), there)
        pairs = zip(there.names, there.gradient, got, strict=True)
        yield {name: part.signed_error(value)[failing[name]] for name, part, value in pairs if name in failing}


def _shifted(leaf: Any, rng: np.random.Generator) -> Any:
    array = np.asarray(leaf)
    return np.asarray(array * (1 + NEIGHBOUR_DISTANCE * rng.standard_normal(array.shape)), dtype=array.dtype)


def _flat_leaves(value: Any, truth: Certified) -> list[Array]:
    parts = [value] if len(truth.gradient) == 1 and isinstance(value, list) else [leaf for _, leaf in leaves(value)]
    return [np.asarray(part, dtype=np.float64).reshape(np.shape(a.mid)) for part, a in zip(parts, truth.gradient, strict=True)]


def _not_finite(claimed: list[Array], truth: Certified) -> Answer:
    """The derivative does not exist as a finite number, or balls cannot tell: no verdict."""
    reason = Reason("not-finite", "the derivative is not finite at this point, or balls cannot tell (0/0, sqrt at 0)")
    quantities = tuple(
        undecided(name, part, "certified", reason.message) for name, part in zip(truth.names, claimed, strict=True)
    )
    return quantities, "", (("the certified derivative", reason),), "not asked", None, ("move the point a little",)


def undecided(name: str, part: Array, witness: str, message: str) -> QuantityCheck:
    """A quantity of which nothing is known."""
    nowhere = Entry((0,) * part.ndim, float("nan"), float("nan"), float("nan"), float("nan"))
    return QuantityCheck(name, part.shape, Verdict.INCONCLUSIVE, witness, 0.0, 0.0, None, 1.0, 0, nowhere, message)


# Jacobians


def _jacobian(question: Question, claimed: list[Array], certified: bool) -> Answer:
    """Row by row: the gradient of each output."""
    shape = question.jacobian or ()
    rows: list[Answer] = []
    kept: dict[Any, Any] = {}
    count = int(np.prod(shape))
    shared = jacobian_rows(question.f, question.x, shape, question.dtype) if certified else [None] * count
    for k in range(count):
        unit = np.zeros(shape)
        unit.reshape(-1)[k] = 1.0
        row = Question(question.f, _Row(question.grad, k, len(shape), kept), question.x, cotangent=unit, known=shared[k])
        parts = [part.reshape(-1, *part.shape[len(shape) :])[k] for part in claimed]
        rows.append(judge_numbers(row, parts, 0, certified=certified))
    worst_row = max(rows, key=lambda row: max(list(Verdict).index(q.verdict) for q in row[0]))
    checks = [_over_rows([row[0][j] for row in rows], part, shape) for j, part in enumerate(claimed)]
    detectable = max((row[4] for row in rows if row[4] is not None), default=None)
    decided = detectable if all(check.verdict is Verdict.MATCH for check in checks) else None
    return tuple(checks), worst_row[1], worst_row[2], worst_row[3], decided, worst_row[5]


def _over_rows(checks: list[QuantityCheck], part: Array, outputs: tuple[int, ...]) -> QuantityCheck:
    """One check of a whole Jacobian: the worst row speaks for all, its entry named in full."""
    verdict = worst(check.verdict for check in checks)
    place = max((k for k, c in enumerate(checks) if c.verdict is verdict), key=lambda k: checks[k].excess)
    found = checks[place].over(checks)
    entry = replace(found.worst, index=(*(int(i) for i in np.unravel_index(place, outputs)), *found.worst.index))
    message = found.message.replace(entry_name(found.quantity, found.worst.index), entry_name(found.quantity, entry.index))
    alike = [check for check in checks if check.verdict is verdict]
    wrong = sum(check.wrong for check in alike)
    if verdict is Verdict.MISMATCH:
        message = f"{message.split(';')[0]}; {wrong} of {part.size} entries are wrong, in {len(alike)} of {len(checks)} outputs"
    elif verdict is not Verdict.MATCH:
        message = f"{message}; so in {len(alike)} of {len(checks)} outputs"
    return replace(found, shape=part.shape, wrong=wrong, worst=entry, message=message)


@dataclass(frozen=True)
class _Row:
    """One row of a Jacobian function, as a gradient; what it gives on balls is ``kept`` for the other rows."""

    jacobian: Callable[..., Any]
    row: int
    ndim: int
    kept: dict[Any, Any]

    def __call__(self, x: Any, _: Any) -> Any:
        whole = self.jacobian(x) if (key := run_key()) is None else self._once(key, x)
        return mapped(whole, lambda part: part.reshape(-1, *part.shape[self.ndim :])[self.row])

    def _once(self, key: Any, x: Any) -> Any:
        if key not in self.kept:
            whole, steady = self.jacobian(x), not met_ties()
            if not steady:
                return whole
            self.kept[key] = whole
        return self.kept[key]


# Differences


def _numeric(question: Question, claimed: list[Array], reason: Reason) -> Answer:
    """Differences judge, or abstain below their own error."""
    known = float_leaves(question.x)
    sizes = [array.size for _, array in known]

    def value(flat: Array) -> Any:
        parts = np.split(flat, np.cumsum(sizes)[:-1])
        moved = [part.reshape(array.shape) for part, (_, array) in zip(parts, known, strict=True)]
        result = question.f(rebuilt(question.x, moved))
        if question.cotangent is None:
            return np.asarray(result).reshape(())[()]
        pairs = zip(_leaves_of(question.cotangent), _leaves_of(result), strict=True)
        return sum(np.sum(weights * np.asarray(part)) for weights, part in pairs)

    flat = np.concatenate([array.astype(np.float64).ravel() for _, array in known])
    found = estimate(value, flat)
    short = any(mentions_short_format(function) for function in (question.f, question.grad))
    quantities, start = [], 0
    for (path, array), part in zip(known, claimed, strict=True):
        span = slice(start, start + array.size)
        start += array.size
        shape = array.shape
        quantities.append(
            compared(
                leaf_name(path),
                part,
                found.gradient[span].reshape(shape),
                found.error[span].reshape(shape),
                found.method,
                short=short,
            )
        )
    weaker = (("certified", reason),)
    return tuple(quantities), found.method, weaker, "unknown", _largest(quantities), ()


def _leaves_of(value: Any) -> list[Any]:
    return [leaf for _, leaf in leaves(value)]
