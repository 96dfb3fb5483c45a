"""Is a submission's formula the derivative? Its own code on balls, apart from the digits that its floats lose.

The code runs in the confined process on exact scalars, at one of the judged points: two formulas that agree there to some
thirty digits are the same. Balls may vouch for a formula whose floats are off, and prove one wrong; where the code cannot be
followed, or does on balls what it does not do on floats, the floats alone decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge import FEWEST_DIGITS, as_inaccurate, significant_digits
from gradcheck.submission_checks import NEARLY, Asked
from gradcheck.verdicts import QuantityCheck, Verdict
from reference_nets.activations import Array
from symbolic.balls import FIRST_PRECISION, Enclosure, difference, disjoint

LARGEST = 5000  # parameters: beyond, balls take longer than a student waits
SECONDS = 2.0  # of computing for each run on balls; so much of it is not the submission's own time
MOST_BITS = 4 * FIRST_PRECISION
MOST_LOST = 2.0**29  # times the budget: what single precision loses; a steady error beyond is no rounding
WIDEST = 1e-4  # constants that leave more than this part of an entry open decide nothing


@dataclass(frozen=True)
class Formula:
    """What balls say: ``equal``, ``equal within constants``, ``different``, or ``unknown`` and why.

    By key: ``radius`` relative to the largest entry, what would have been seen; ``apart`` how far the formula is from the
    true one, relatively; ``slack`` what its float constants leave open; ``consistent`` whether the floats are those of the
    same formula, within rounding; ``errors`` the signed differences, where there are any.
    """

    status: str
    why: str = ""
    radius: Mapping[str, float] = field(default_factory=dict)
    apart: Mapping[str, float] = field(default_factory=dict)
    slack: Mapping[str, Array] = field(default_factory=dict)
    consistent: Mapping[str, bool] = field(default_factory=dict)
    errors: Mapping[str, Array] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What a report says of it."""
        if self.status == "unknown":
            return f"could not be followed on exact numbers: {self.why}"
        if self.status == "different":
            return f"on exact numbers it differs from the derivative, by a relative {max(self.apart.values()):.0e}"
        digits = int(-np.log10(max(self.radius.values(), default=1.0) or 1e-32))
        within = " as far as its float constants allow" if self.status == "equal within constants" else ""
        return f"on exact numbers it is the derivative{within}, to {digits} digits"


def formula_of(asked: Asked) -> Formula:
    """Compare the gradient on balls with the true one; raises SubmissionFault only for a breach of protocol."""
    if asked.spec.n_params > LARGEST:
        return Formula("unknown", f"more than {LARGEST} parameters")
    session = asked.submission.session
    before = session.spent
    try:
        return _compared(asked)
    except SubmissionFault as fault:
        if fault.kind == "protocol":
            raise
        return Formula("unknown", fault.message[:200])
    finally:
        session.spent = max(before, session.spent - SECONDS)


def _compared(asked: Asked) -> Formula:
    truth = asked.truth(0)
    claimed = _claimed(asked, 0)
    wrong = {key: disjoint(claimed[key], truth.gradient[key]) for key in claimed}
    radii = {key: claimed[key].rad + truth.gradient[key].rad for key in claimed}
    if not all((radii[key] <= truth.budget.rounding[key]).all() for key in radii):
        return Formula("unknown", "its balls stay too wide to be compared")
    if not any(part.any() for part in wrong.values()):
        return Formula("equal", radius=_relative(asked, radii))
    errors = {key: difference(claimed[key], truth.gradient[key]) for key in claimed}
    return _within_constants(asked, errors) or Formula(
        "different",
        apart=_relative(asked, {key: np.where(wrong[key], np.abs(errors[key]), 0.0) for key in claimed}),
        consistent={key: _consistent(asked, key, claimed[key]) for key in claimed},
        errors=errors,
    )


def _within_constants(asked: Asked, errors: Mapping[str, Array]) -> Formula | None:
    """The same with the code's float constants as wide as they may have been meant; None where it differs all the same."""
    truth, meant = asked.truth(0).gradient, _claimed(asked, 1)
    slack = {key: meant[key].rad + truth[key].rad for key in meant}
    open_part = _relative(asked, slack)
    if any(disjoint(meant[key], truth[key]).any() for key in meant) or any(part > WIDEST for part in open_part.values()):
        return None
    return Formula("equal within constants", radius=open_part, slack=slack, errors=errors)


def _claimed(asked: Asked, widen: int) -> dict[str, Enclosure]:
    """The submission's balls in the scale that was asked for, with as many bits as it takes."""
    bits, point, budget = FIRST_PRECISION, asked.points[0], asked.truth(0).budget.rounding
    while True:
        own = asked.submission.exactly(asked.spec, point, bits, widen=widen, seconds=SECONDS)
        found = asked.scale.undone_exactly(own, point, asked.spec.l2, bits)
        tight = all((part.rad <= budget[key] / 1024).all() for key, part in found.items())
        if tight or widen or bits >= MOST_BITS:
            return found
        bits *= 2


def _relative(asked: Asked, sizes: Mapping[str, Array]) -> dict[str, float]:
    """By key, the largest of some sizes relative to the largest entry of the true gradient."""
    true = asked.truth(0).gradient
    tiny = float(np.finfo(np.float64).tiny)
    return {key: float(part.max(initial=0.0)) / max(float(np.abs(true[key].mid).max()), tiny) for key, part in sizes.items()}


def _consistent(asked: Asked, key: str, claimed: Enclosure) -> bool:
    allowed = asked.truth(0).budget.rounding[key] + claimed.rad
    return bool((claimed.distance(asked.claimed(0)[key]) <= allowed).all())


# What it says of each quantity


def by_formula(asked: Asked, quantities: Sequence[QuantityCheck], formula: Formula) -> list[QuantityCheck]:
    """The verdicts, with formula and digits told apart; a kink is left as it is."""
    if formula.status == "unknown":
        return list(quantities)
    told = partial(_right, asked) if formula.status != "different" else _different
    return [q if q.verdict is Verdict.KINK else told(q, formula) for q in quantities]


def _right(asked: Asked, check: QuantityCheck, formula: Formula) -> QuantityCheck:
    """The formula is the derivative: what is off are digits, and at least some of them must be there."""
    within = formula.status == "equal within constants"
    words = f"the formula is right{' as far as its float constants allow' if within else ''}"
    if check.verdict is Verdict.MATCH:
        seen = max(formula.radius[check.quantity], 2.0**-52 if within else 0.0)
        return replace(check, witness="certified formula", detectable=seen, message=f"{words}; {check.message}")
    if check.verdict is Verdict.MISMATCH and within and _explained(asked, check.quantity, formula.slack[check.quantity]):
        return replace(check, verdict=Verdict.MATCH, witness="certified formula", wrong=0, message=words)
    digits = significant_digits(check.worst.error, check.worst.expected)
    if check.verdict is Verdict.MISMATCH and digits >= FEWEST_DIGITS and check.max_error <= MOST_LOST * check.budget:
        lost = f"{digits:.0f} digits are left in the worst entry; look for a difference of nearly equal numbers"
        return replace(as_inaccurate(check, lost, "unstable-formula"), witness="certified formula")
    if check.verdict is Verdict.MISMATCH:
        return replace(check, message=f"{check.message}; on exact numbers the file does something else, which is right")
    return check


def _explained(asked: Asked, key: str, slack: Array) -> bool:
    """Whether the open part of the constants explains the floats at every point."""
    size = np.abs(asked.truth(0).gradient[key].mid).max()
    relative = float((slack / max(float(size), 1e-300)).max())
    for index in range(len(asked.points)):
        truth = asked.truth(index)
        room = truth.budget.rounding[key] + relative * np.abs(truth.gradient[key].mid).max()
        if not (truth.gradient[key].distance(asked.claimed(index)[key]) <= room).all():
            return False
    return True


def _different(check: QuantityCheck, formula: Formula) -> QuantityCheck:
    """The formula is another one. Where the floats are right all the same, it matters as much as it may show."""
    apart = formula.apart[check.quantity]
    if not apart or check.verdict is Verdict.MISMATCH or not formula.consistent[check.quantity]:
        return check
    if apart <= NEARLY:
        hint = f"on exact numbers it is off by a relative {apart:.0e}: a small number added?"
        return replace(check, message=f"{check.message}; {hint}")
    message = (
        f"rounding could explain the numbers of d{check.quantity} here, but on exact numbers the formula is another one, by a "
        f"relative {apart:.0e}"
    )
    return replace(check, verdict=Verdict.MISMATCH, witness="certified formula", detectable=None, message=message, id=None)
