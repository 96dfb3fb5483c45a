"""Lost digits: a right formula whose numbers are off by more than rounding, for a shorter float format or a form that cancels.

The difference shows at neighbouring points, where rounding scatters and a wrong formula stays as wrong as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.judge.judge import is_reachable
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array

NEIGHBOURS = 8
NEIGHBOUR_DISTANCE = 2.0**-21  # relative: far enough that float32 rounds anew, near enough that a formula hardly changes


def nearby(values: Any, rng: np.random.Generator) -> Any:
    """The numbers moved a little, each by itself, in the same format; a single number is one still."""
    array = np.asarray(values)
    return (array * (1 + NEIGHBOUR_DISTANCE * rng.standard_normal(array.shape))).astype(array.dtype)


def after_neighbours(
    checks: Mapping[str, QuantityCheck],
    claimed: Mapping[str, Array],
    truth: Truth,
    single: Truth,
    errors_nearby: Callable[[Mapping[str, Array]], Iterable[Mapping[str, Array]]],
    *,
    mentioned: Truth | None,
) -> dict[str, QuantityCheck]:
    """Of these quantities the mismatches whose errors scatter at neighbouring points, as lost digits.

    ``errors_nearby`` gives, for the entries that fail, their signed errors at one neighbouring point after the other;
    ``single`` is the truth with the budget of float32, and so is ``mentioned``, or None where the code cannot use float32.
    """
    pending = [key for key, check in checks.items() if check.verdict is Verdict.MISMATCH]
    failing = {key: ~is_reachable(key, truth, claimed[key]) for key in pending}
    scattered = unsteady(pending, errors_nearby(failing))
    told = [key for key in scattered if not beyond_the_kink(key, truth, single, claimed[key])]
    return {key: lost_digits(checks[key], mentioned, claimed[key]) for key in told}


def as_inaccurate(check: QuantityCheck, lost: str, mistake: str) -> QuantityCheck:
    """A mismatch that turned out to be lost digits."""
    return replace(check, verdict=Verdict.INACCURATE, message=Sentence("judge.inaccurate", lost=lost), id=mistake)


SCATTER = 0.02  # between the two: rounding changes by about its own size, a wrong formula by about 1e-6 of itself
STEADY = 1e-4  # three errors as near to each other as this are no rounding
SINGLE_DIGITS = 9  # an error that float32 makes leaves fewer, in the entry that it hits hardest
SHORT = "float32-precision"  # the mistake: it is explained by a format shorter than float64
FEWEST_DIGITS = 2.0  # with fewer, noise hides the formula itself


def scatters(errors: Array) -> bool:
    """Whether the signed errors at neighbouring points (first axis) change like rounding, around zero, in every entry.

    A wrong formula's error is a smooth function of the point: its spread is some 1e-6 of its size. Rounding has a
    spread of about its size, and no side that it prefers: zero lies within ``mean +- k sd / sqrt(n)``.
    """
    size = np.abs(errors).max(axis=0)
    spread = errors.max(axis=0) - errors.min(axis=0)
    return bool((spread >= SCATTER * size).all()) and _centred(errors, 6.0)


def surely_scatters(errors: Array) -> bool:
    """The same of four or more points, by half the distance from zero: clear before all neighbours were asked."""
    return len(errors) >= 4 and scatters(errors) and _centred(errors, 3.0)


def _centred(errors: Array, k: float) -> bool:
    """Whether zero is a plausible mean in every entry; of many entries one is farther off, as t has tails ``t^-(n-1)``."""
    n, entries = len(errors), max(errors[0].size, 1)
    if n < 3:
        return False
    allowed = k * entries ** (1 / (n - 1)) / np.sqrt(n)
    return bool((np.abs(errors.mean(axis=0)) <= allowed * errors.std(axis=0, ddof=1)).all())


def as_inconclusive(check: QuantityCheck) -> QuantityCheck:
    """A mismatch that is noise in nearly all of its digits."""
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=Sentence("judge.noise"), id="unstable-formula")


def is_cast(key: str, truth: Truth, claimed: Array, dtype: Any) -> bool:
    """Whether all numbers are exactly those of a shorter format, and no farther off than rounding them to it explains."""
    with np.errstate(over="ignore"):
        short = claimed.astype(dtype)
    info, true = np.finfo(dtype), np.abs(truth.gradient[key].mid)
    rounding = truth.budget.rounding[key] + float(info.eps) * true + float(info.smallest_subnormal)
    rounded = replace(truth, budget=replace(truth.budget, rounding={**truth.budget.rounding, key: rounding}))
    return bool((short == claimed).all() and is_reachable(key, rounded, claimed).all())


def short_format(key: str, truth: Truth, single: Truth, claimed: Array) -> str | None:
    """The format whose rounding explains the claim, if its numbers are exactly such as the format holds.

    ``single`` is the truth with the budget of float32. Numbers that are as short as 1.0 or 0.75 show nothing.
    """
    off = claimed[~is_reachable(key, truth, claimed)]
    if is_cast(key, truth, claimed, np.float16) and _are_long(off, 6):
        return "float16"
    return "float32" if _are_long(off, 12) and reads_as_float32(key, single, claimed) else None


def _are_long(values: Array, bits: int) -> bool:
    """Whether most of the numbers have more binary digits than so many."""
    return bool(np.mean(np.frexp(values)[0] * 2.0**bits % 1 != 0) >= 0.5) if values.size else True


def reads_as_float32(key: str, single: Truth, claimed: Array) -> bool:
    """Whether float32 may have made these numbers, long or not: it holds them, and its rounding explains them.

    Enough beside other numbers of the same answer that are float32's own: where it saturates, all that is left are zeros.
    """
    with np.errstate(over="ignore"):
        return bool((claimed.astype(np.float32) == claimed).all() and is_reachable(key, single, claimed).all())


def as_short(check: QuantityCheck, name: str) -> QuantityCheck:
    """A mismatch that a shorter format explains; where it leaves next to nothing, the formula cannot be seen in it."""
    digits = significant_digits(check.worst.error, check.worst.expected)
    if digits >= FEWEST_DIGITS:
        return as_inaccurate(check, Sentence("judge.short-digits", digits=digits, format=name), SHORT)
    message = Sentence("judge.short-hides", format=name)
    return replace(check, verdict=Verdict.INCONCLUSIVE, message=message, id=SHORT)


def lost_digits(check: QuantityCheck, single: Truth | None, claimed: Array, *, seen: bool = False) -> QuantityCheck:
    """What to say of lost digits: computed in float32, a form that cancels, or too few of them to say anything.

    ``single`` is None where the code is known not to use float32; ``seen`` says that the formula is known to be right
    whatever the digits.
    """
    digits = significant_digits(check.worst.error, check.worst.expected)
    if single and digits < SINGLE_DIGITS and is_reachable(check.quantity, single, claimed).all():
        return as_short(check, "float32")
    if digits < FEWEST_DIGITS and not seen:
        return as_inconclusive(check)
    return as_inaccurate(check, Sentence("judge.few-digits", digits=digits), "unstable-formula")


def unsteady(pending: Sequence[str], neighbours: Iterable[Mapping[str, Array]]) -> list[str]:
    """The quantities whose signed errors scatter around zero at neighbouring points; each is dropped as soon as it is clear."""
    errors: dict[str, list[Array]] = {key: [] for key in pending}
    found: list[str] = []
    for at in neighbours if pending else ():
        for key in pending:
            errors[key].append(at[key])
        found += [key for key in pending if surely_scatters(np.stack(errors[key]))]
        pending = [key for key in pending if key not in found and not stays(np.stack(errors[key]))]
        if not pending:
            break
    return found + [key for key in pending if errors[key] and scatters(np.stack(errors[key]))]


def beyond_the_kink(key: str, truth: Truth, single: Truth, claimed: Array) -> bool:
    """Whether an entry that a kink decides has a value that no subgradient gives: its neighbours have no kink to show it."""
    kinked = truth.budget.highest[key] > truth.budget.lowest[key]
    return bool((kinked & ~is_reachable(key, single, claimed)).any())


def stays(errors: Array) -> bool:
    """Whether some entry's error at three or more neighbouring points (first axis) hardly changes: no rounding does so."""
    size = np.abs(errors).max(axis=0)
    spread = errors.max(axis=0) - errors.min(axis=0)
    return len(errors) >= 3 and bool((spread < STEADY * size).any())


def significant_digits(error: float, true: float) -> float:
    """How many decimal digits of a number are right."""
    if error == 0:
        return 16.0
    return float(np.clip(-np.log10(error / max(abs(true), np.finfo(float).tiny)), 0, 16)) + 0.0  # no -0
