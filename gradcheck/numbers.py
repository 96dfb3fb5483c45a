"""The numbers of a claimed gradient: judged by the strongest witness that can follow the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.certified.formula import Formula, compare_formula
from gradcheck.certified.reasons import CannotFollow, Reason
from gradcheck.certified.rounding import judged_truth, own_error, running_error
from gradcheck.certified.structure import Array, float_leaves, leaf_name, leaves, mapped, rebuilt
from gradcheck.certified.witness import Certified, certify
from gradcheck.judge import Truth, as_inaccurate, entry_name, judge_quantity, scatters, significant_digits
from gradcheck.numeric import compared, estimate
from gradcheck.verdicts import Entry, QuantityCheck, Verdict

NEIGHBOURS = 6
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
        truth = certify(question.f, question.x, cotangent=question.cotangent)
    except CannotFollow as error:
        return _numeric(question, claimed, error.reason)
    if not all(np.isfinite(part.rad).all() for part in truth.gradient):
        return _not_finite(claimed, truth)
    return _certified(question, claimed, truth, calls_of_f)


# Certified


def _by_budget(
    question: Question, claimed: list[Array], truth: Certified, dtype: Any
) -> tuple[Truth, dict[str, QuantityCheck]]:
    """The floats against the budget of f's own sweep; where they exceed it, of the gradient code itself if that is larger."""
    bounds = running_error(question.f, question.x, truth, dtype, question.cotangent)
    known = judged_truth(truth, bounds, None)
    checks = {name: judge_quantity(name, known, part) for name, part in zip(truth.names, claimed, strict=True)}
    if any(check.verdict is Verdict.MISMATCH for check in checks.values()):
        known = judged_truth(truth, bounds, own_error(question.grad, question.x, dtype, *question.more))
        checks = {name: judge_quantity(name, known, part) for name, part in zip(truth.names, claimed, strict=True)}
    return known, checks


def _certified(question: Question, claimed: list[Array], truth: Certified, calls_of_f: int) -> Answer:
    dtype = np.float32 if any(part.dtype == np.float32 for part in claimed) and question.dtype == np.float32 else question.dtype
    known, checks = _by_budget(question, claimed, truth, dtype)
    remarks = [f"undecided: {tie}; {'smooth there all the same' if truth.smooth else 'a kink'}" for tie in truth.ties[:1]]
    if truth.jumps:
        remarks.append("the function jumps here: its branches have different values")
    allowed = np.concatenate([known.budget.rounding[name].ravel() for name in truth.names])
    if not truth.smooth:
        told = tuple(_at_kink(check) for check in checks.values())
        return told, known.witness, (), "at a kink", None, tuple(remarks)
    numeric = calls_of_f > sum(part.size for part in claimed)
    if numeric and any(check.verdict is Verdict.MISMATCH for check in checks.values()):
        checks = {name: _differenced(check) for name, check in checks.items()}
        reason = Reason("numeric-gradient", f"the gradient calls the function {calls_of_f} times: it differences it")
        return tuple(checks.values()), f"{known.witness} value", (("the formula on balls", reason),), "not asked", None, ()
    within = all(check.verdict is Verdict.MATCH for check in checks.values())
    formula = compare_formula(question.f, question.grad, question.x, truth, allowed, within, *question.more)
    if formula.status == "unknown":
        checks = {name: _seen(check, known) for name, check in _by_digits(question, checks, claimed, known, numeric).items()}
        weaker: tuple[tuple[str, Reason], ...] = (("the formula on balls", formula.reason or Reason("unknown", "")),)
        return (
            tuple(checks.values()),
            f"{known.witness} value, rounding budget",
            weaker,
            "unknown",
            _largest(checks.values()),
            tuple(remarks),
        )
    checks = _by_formula(checks, claimed, known, formula, numeric)
    detectable = formula.detectable if formula.status.startswith("equal") else None
    if formula.status == "equal within constants":
        remarks.append("as far as the float constants of the code allow")
    return tuple(checks.values()), f"{known.witness} formula", (), formula.status, detectable, tuple(remarks)


def _largest(checks: Any) -> float | None:
    return max((check.detectable for check in checks if check.detectable is not None), default=None)


def _at_kink(check: QuantityCheck) -> QuantityCheck:
    if check.verdict is Verdict.KINK:
        return replace(check, message="right for a choice of subgradient in [0, 1] where the function has a kink")
    return check


def _by_formula(
    checks: dict[str, QuantityCheck], claimed: list[Array], known: Truth, formula: Formula, numeric: bool
) -> dict[str, QuantityCheck]:
    """Formula right: within the budget a match, beyond it digits were lost. Formula wrong: a mismatch, however small."""
    found, start = {}, 0
    for (name, check), part in zip(checks.items(), claimed, strict=True):
        wrong = np.asarray(formula.wrong[start : start + part.size]).reshape(part.shape)
        start += part.size
        if formula.status == "different":
            found[name] = _proven_wrong(name, check, part, known, wrong) if wrong.any() else _lost(check, numeric)
        else:
            if formula.status == "equal within constants":
                check = _within_slack(check, part, known, formula.slack[start - part.size : start].reshape(part.shape))
            check = _no_kink(check, part, known)
            seen = formula.detectable if check.verdict is Verdict.MATCH else None
            found[name] = replace(_lost(check, numeric), detectable=seen)
    return found


NUMERIC = 1e-3  # a difference quotient is off by less than this part; what is not was no derivative of that function


def _differenced(check: QuantityCheck) -> QuantityCheck:
    """A mismatch of a gradient that differences its function: lost digits, unless it is far off."""
    far = check.worst.error > NUMERIC * abs(check.worst.expected)
    return check if check.verdict is not Verdict.MISMATCH or far else as_inaccurate(check, *_what_was_lost(check, True))


def _within_slack(check: QuantityCheck, part: Array, known: Truth, slack: Array) -> QuantityCheck:
    """A mismatch of the floats that the open part of the constants explains is none."""
    truth, budget = known.gradient[check.quantity], known.budget.rounding[check.quantity]
    if check.verdict is not Verdict.MISMATCH or (truth.distance(part) > budget + slack).any():
        return check
    return replace(check, verdict=Verdict.MATCH, wrong=0, message="equal as far as the float constants of the code allow")


def _no_kink(check: QuantityCheck, part: Array, known: Truth) -> QuantityCheck:
    """A kink nearer than rounding, on whose right side the floats are: the function is smooth at the point itself."""
    error, budget = known.gradient[check.quantity].distance(part), known.budget.rounding[check.quantity]
    if check.verdict is not Verdict.KINK or (error > budget).any():
        return check
    return replace(check, verdict=Verdict.MATCH, message="every entry is within its rounding budget")


def _lost(check: QuantityCheck, numeric: bool) -> QuantityCheck:
    """The formula is right: what lies beyond the budget are lost digits."""
    if check.verdict is not Verdict.MISMATCH:
        return check
    return as_inaccurate(check, *_what_was_lost(check, numeric))


def _what_was_lost(check: QuantityCheck, numeric: bool) -> tuple[str, str]:
    digits = significant_digits(check.worst.error, check.worst.expected)
    if numeric:
        return f"{digits:.0f} digits are left; the gradient differences the function", "numeric-gradient"
    if 5.5 < digits < 9:
        return f"{digits:.0f} digits are left, as many as float32 holds; compute in float64", "float32-precision"
    return f"{digits:.0f} digits are left in the worst entry; look for a difference of nearly equal numbers", "unstable-formula"


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
    question: Question, checks: dict[str, QuantityCheck], claimed: list[Array], known: Truth, numeric: bool
) -> dict[str, QuantityCheck]:
    """The budget alone; what lies beyond it is looked at once more at neighbouring points."""
    wrong = [name for name, check in checks.items() if check.verdict is Verdict.MISMATCH]
    if not wrong:
        return checks
    names = [leaf_name(path) for path, _ in float_leaves(question.x)]
    errors: dict[str, list[Array]] = {name: [] for name in wrong}
    rng = np.random.default_rng(12345)
    for _ in range(NEIGHBOURS):
        near = mapped(question.x, lambda leaf: _shifted(leaf, rng))
        try:
            there = certify(question.f, near, cotangent=question.cotangent)
        except CannotFollow:
            return checks
        got = dict(zip(names, _flat_leaves(question.grad(near, *question.more)), strict=True))
        for name, part in zip(there.names, there.gradient, strict=True):
            if name in wrong:
                failing = known.gradient[name].distance(claimed[names.index(name)]) > known.budget.rounding[name]
                errors[name].append(part.signed_error(got[name])[failing])
    for name in wrong:
        if scatters(np.stack(errors[name])) or (
            numeric and checks[name].worst.error <= 1e-3 * abs(checks[name].worst.expected)
        ):
            checks[name] = as_inaccurate(checks[name], *_what_was_lost(checks[name], numeric))
    return checks


def _shifted(leaf: Any, rng: np.random.Generator) -> Any:
    array = np.asarray(leaf)
    return np.asarray(array * (1 + NEIGHBOUR_DISTANCE * rng.standard_normal(array.shape)), dtype=array.dtype)


def _flat_leaves(value: Any) -> list[Array]:
    return [np.asarray(leaf, dtype=np.float64) for _, leaf in leaves(value)]


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
    for k in range(int(np.prod(shape))):
        unit = np.zeros(shape)
        unit.reshape(-1)[k] = 1.0
        row = Question(question.f, _Row(question.grad, k, len(shape)), question.x, cotangent=unit)
        parts = [part.reshape(-1, *part.shape[len(shape) :])[k] for part in claimed]
        rows.append(judge_numbers(row, parts, 0, certified=certified))
    worst_row = max(rows, key=lambda row: max(list(Verdict).index(q.verdict) for q in row[0]))
    place = rows.index(worst_row)
    remarks = (*worst_row[5], f"the worst of {len(rows)} rows: output {place}")
    detectable = max((row[4] for row in rows if row[4] is not None), default=None)
    return worst_row[0], worst_row[1], worst_row[2], worst_row[3], detectable, remarks


@dataclass(frozen=True)
class _Row:
    """One row of a Jacobian function, as a gradient."""

    jacobian: Callable[..., Any]
    row: int
    ndim: int

    def __call__(self, x: Any, _: Any) -> Any:
        return mapped(self.jacobian(x), lambda part: part.reshape(-1, *part.shape[self.ndim :])[self.row])


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
    quantities, start = [], 0
    for (path, array), part in zip(known, claimed, strict=True):
        span = slice(start, start + array.size)
        start += array.size
        shape = array.shape
        quantities.append(
            compared(
                leaf_name(path), part, found.gradient[span].reshape(shape), found.error[span].reshape(shape), found.method
            )
        )
    weaker = (("certified", reason),)
    return tuple(quantities), found.method, weaker, "unknown", _largest(quantities), ()


def _leaves_of(value: Any) -> list[Any]:
    return [leaf for _, leaf in leaves(value)]
