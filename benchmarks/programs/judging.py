"""What the checks say of a program's derivative, right or spoiled, through every entry point, against the oracles."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from benchmarks.programs.cases import Case, ask, case_of, drawn_change, entries
from benchmarks.programs.oracle import NEAR, flat
from benchmarks.programs.program import Program
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.certified.witness import Certified, certify
from gradcheck.functions.check import check_grad
from gradcheck.functions.enclosed_gradient import certified_gradient
from gradcheck.functions.linear_maps import check_jvp
from gradcheck.functions.result import GradientCheck
from gradcheck.judge.verdicts import Verdict

AGREE = 1e-8  # of the largest entry: how near the tangents' floats come to the enclosure
SEEN = 1e-12  # of the largest entry: a spoiled gradient that is nearer than that to the right one is the right one


class Outcome(StrEnum):
    """What may come of a program."""

    UNCONFIRMED = "the oracles disagree"
    CONTRADICTION = "contradiction"
    FALSE_ALARM = "right called wrong"
    MISSED = "wrong called right"
    CRASH = "crash"
    FALLBACK = "fallback"
    UNDECIDED = "right, inconclusive"
    UNDECIDED_WRONG = "wrong, inconclusive"
    INACCURATE = "right, inaccurate"
    UNSEEN = "wrong by less than the match said it sees"
    ABSTAINED = "right, but differences cannot tell"


@dataclass(frozen=True)
class Finding:
    """One thing that came of a program: its kind, through which entry point, how the claim was changed, and what was said."""

    outcome: Outcome
    entry: str
    changed: str
    said: str
    seed: int = 0


def findings(case: Case, rng: np.random.Generator) -> list[Finding]:
    """All that is not as it should be, and every fallback."""
    found = enclosed(case)
    if case.program.numeric:
        seed = int(rng.integers(1000))
        return [replace(finding, seed=seed) for finding in found + frozen(case, seed, rng)]
    ways = entries(case)
    entry = ways[int(rng.integers(len(ways)))]
    seed = int(rng.integers(1000))
    found += _asked(case, entry, "", seed)
    for _ in range(2):
        changed = drawn_change(case, rng)
        if entry == "check_jvp":
            found += _asked_spoiled_jvp(case, seed, rng)
        else:
            found += _asked(case, entry, changed, seed)
    if rng.integers(3) == 0:
        found += frozen(case, seed, rng)
    return [replace(finding, seed=seed) for finding in found]


def repeated(program: Program, finding: Finding) -> bool:
    """Whether a program gives a finding of the same kind, asked in the same way."""
    case = case_of(program, np.random.default_rng(finding.seed))
    if case is None:
        return finding.outcome is Outcome.UNCONFIRMED
    if finding.entry in ("certify", "run_values"):
        found = enclosed(case)
    elif finding.entry == "frozen":
        found = frozen(case, finding.seed, np.random.default_rng(finding.seed))
    elif finding.entry == "check_jvp" and finding.changed:
        found = _asked_spoiled_jvp(case, finding.seed, np.random.default_rng(finding.seed))
    else:
        found = _asked(case, finding.entry, finding.changed, finding.seed)
    return any((one.outcome, one.entry) == (finding.outcome, finding.entry) for one in found)


def enclosed(case: Case) -> list[Finding]:
    """The enclosure of the derivative against the tangents, and of the value against the floats."""
    f, x = case.namespace["f"], case.namespace["x"]
    try:
        if case.cotangent is None:
            certified = certified_gradient(f, x)[1].certified
        else:
            certified = certify(f, x, cotangent=case.cotangent)
        if case.program.numeric:
            return _apart(case, certified, np.concatenate([part.mid.ravel() for part in certified.gradient]))
        results, choices = run_values(case.namespace["grad"], x, RunSettings(192), *_more(case))
        mids = np.concatenate([part.mid.ravel() for part in certified.gradient])
        return [*_apart(case, certified, mids), *([] if choices.ties else _other_formula(certified, results))]
    except CannotFollow as error:
        return [Finding(Outcome.FALLBACK, "certify", "", f"{error.reason.code}: {error.reason.message}")]
    except Exception:
        return [Finding(Outcome.CRASH, "certify", "", traceback.format_exc())]


def _more(case: Case) -> tuple[Any, ...]:
    return () if case.cotangent is None else (case.cotangent,)


def _apart(case: Case, certified: Certified, mids: Any) -> list[Finding]:
    room = (NEAR if case.program.numeric else AGREE) * max(1.0, float(np.max(np.abs(case.jacobian))))
    if not certified.smooth:
        return [Finding(Outcome.FALLBACK, "certify", "", f"a kink: {[str(tie) for tie in certified.ties[:2]]}")]
    if np.max(np.abs(mids - case.right)) > room:
        return [Finding(Outcome.CONTRADICTION, "certify", "", f"balls {mids}, tangents {case.right}")]
    value = case.namespace["f"](case.namespace["x"])
    number = float(np.reshape(value, ())) if case.cotangent is None else float(flat(case.cotangent) @ flat(value))
    if abs(float(certified.value.mid[0]) - number) > AGREE * max(1.0, abs(number), float(np.max(np.abs(flat(value))))):
        return [Finding(Outcome.CONTRADICTION, "certify", "", f"balls give the value {certified.value.mid}, floats {number}")]
    return []


def _other_formula(certified: Certified, results: Any) -> list[Finding]:
    """The tangents on balls are the same formula: as near as the constants of the code allow."""
    balls = [cell.ball for part in results for cell in part.ravel()]
    largest = max([1.0, *(abs(float(ball.mid())) for ball in certified.balls)])
    off = [abs(float((a - b).mid())) for a, b in zip(balls, certified.balls, strict=True)]
    if len(balls) != len(certified.balls) or max(off) > 1e-13 * largest:
        return [Finding(Outcome.CONTRADICTION, "run_values", "", f"on balls the tangents are {max(off):.1e} off")]
    return []


def _asked(case: Case, entry: str, changed: str, seed: int) -> list[Finding]:
    """The verdict on the gradient as it is, or spoiled by a line of code."""
    try:
        space = case.program.run(changed) if changed else case.namespace
        result = ask(entry, space, seed)
    except Exception as error:
        if changed and isinstance(error, IndexError | ValueError) and error.__traceback__ and _in_the_program(error):
            return []  # the change does not fit the shape of this gradient
        return [Finding(Outcome.CRASH, entry, changed, traceback.format_exc())]
    error = _error(case, result, entry) if changed else 1.0
    return _judged(result, entry, changed, error) if error > _threshold(entry) else []


def _in_the_program(error: BaseException) -> bool:
    """Whether the program itself raised."""
    return any(frame.filename == "<program>" for frame in traceback.extract_tb(error.__traceback__)[-2:])


def _judged(result: GradientCheck, entry: str, changed: str, error: float = 1.0) -> list[Finding]:
    """What a verdict is worth; ``error`` is that of a spoiled gradient, beside its largest entry."""
    verdict, said = result.verdict, str(result)
    if changed:
        if verdict.ok:
            unseen = result.detectable is not None and error <= result.detectable
            return [Finding(Outcome.UNSEEN if unseen else Outcome.MISSED, entry, changed, said)]
        return [Finding(Outcome.UNDECIDED_WRONG, entry, changed, said)] if verdict is Verdict.INCONCLUSIVE else []
    if verdict in (Verdict.MISMATCH, Verdict.ERROR):
        return [Finding(Outcome.FALSE_ALARM, entry, changed, said)]
    if verdict is Verdict.INCONCLUSIVE:
        if entry in ("numeric", "directional"):
            return [Finding(Outcome.ABSTAINED, entry, changed, said)]
        return [Finding(Outcome.UNDECIDED, entry, changed, said)]
    if verdict is Verdict.INACCURATE:
        return [Finding(Outcome.INACCURATE, entry, changed, said)]
    if entry not in ("numeric", "directional") and not result.witness.startswith("certified"):
        return [Finding(Outcome.FALLBACK, entry, changed, said)]
    return []


def _error(case: Case, result: GradientCheck, entry: str) -> float:
    """How far a spoiled gradient is off beside its largest entry, for the cotangent that was drawn."""
    question, x = result.asked, case.namespace["x"]
    if question is None:
        return 1.0
    right = case.namespace["jacobian" if entry == "jacobian" else "grad"]
    wrong, known = flat(question.grad(x, *question.more)), flat(right(x, *question.more))
    return float(np.max(np.abs(wrong - known))) / max(float(np.max(np.abs(known))), 1.0)


def _threshold(entry: str) -> float:
    """What an entry point can see at least: differences do not see the last digits."""
    return {"directional": 1e-4, "numeric": 1e-4}.get(entry, SEEN)


def _asked_spoiled_jvp(case: Case, seed: int, rng: np.random.Generator) -> list[Finding]:
    """A jvp that is off by a factor in one output."""
    factor = float(rng.choice([1 + 1e-3, 1 - 1e-6, 1 + 1e-9, -1.0, 2.0, 0.0]))
    jvp = case.namespace["jvp"]

    def spoiled(x: Any, dx: Any) -> Any:
        return jvp(x, dx) * factor

    space = case.namespace | {"jvp": spoiled}
    if np.max(np.abs(case.jacobian)) < 1e-6:
        return []
    try:
        result = check_jvp(space["f"], spoiled, space["x"], rng=seed)
    except Exception:
        return [Finding(Outcome.CRASH, "check_jvp", f"jvp * {factor}", traceback.format_exc())]
    if all(abs(check.worst.expected) < 1e-9 for check in result.quantities):
        return []
    return _judged(result, "check_jvp", f"jvp * {factor}", abs(factor - 1))


def frozen(case: Case, seed: int, rng: np.random.Generator) -> list[Finding]:
    """The gradient as an array of numbers: the nearest floats of the truth are right, others are not."""
    if case.cotangent is not None or not isinstance(case.program.x, np.ndarray):
        return []
    f, x = case.namespace["f"], case.namespace["x"]
    try:
        truth = certify(f, x)
    except CannotFollow:
        return []
    right = truth.gradient[0].mid
    found = []
    if truth.smooth:
        found += _judged(check_grad(f, lambda _: right.copy(), x, rng=seed), "frozen", "")
        wrong = right.copy()
        place = int(np.argmax(np.abs(right)))
        error = float(rng.choice([1e-3, 1e-6, 1e-9]))
        wrong.flat[place] *= 1 + error
        if abs(right.flat[place]) > 1e-3:
            found += _judged(check_grad(f, lambda _: wrong.copy(), x, rng=seed), "frozen", "one entry of the numbers", error)
    return found
