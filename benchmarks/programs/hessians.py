"""Products with a Hessian: random costs whose gradient is a program of its own, and whose second derivatives are known."""

from __future__ import annotations

import traceback
from typing import Any

import numpy as np

from benchmarks.programs.judging import Finding, Outcome
from gradcheck.functions.linear_maps import check_hvp
from gradcheck.judge.verdicts import Verdict

# phi -> phi', phi''
SECOND = {
    "np.sin(z)": ("np.cos(z)", "-np.sin(z)"),
    "np.exp(z / 2)": ("np.exp(z / 2) / 2", "np.exp(z / 2) / 4"),
    "np.tanh(z)": ("1 - np.tanh(z) ** 2", "-2 * np.tanh(z) * (1 - np.tanh(z) ** 2)"),
    "z ** 3": ("3 * z ** 2", "6 * z"),
    "z ** 2 / 2": ("z", "np.ones_like(z)"),
    "np.log(1 + z * z)": ("2 * z / (1 + z * z)", "(2 - 2 * z * z) / (1 + z * z) ** 2"),
    "np.arctan(z)": ("1 / (1 + z * z)", "-2 * z / (1 + z * z) ** 2"),
    "np.sqrt(1 + z * z)": ("z / np.sqrt(1 + z * z)", "(1 + z * z) ** -1.5"),
    "1 / (2 + np.cos(z))": (
        "np.sin(z) / (2 + np.cos(z)) ** 2",
        "np.cos(z) / (2 + np.cos(z)) ** 2 + 2 * np.sin(z) ** 2 / (2 + np.cos(z)) ** 3",
    ),
}
SPOILED = ("h * (1 + 1e-9)", "h + 0.01", "-h", "h - C.T @ v", "h[::-1].copy()", "0 * h")
TEXT = """import numpy as np
A, b, w, C = (np.array(part) for part in {constants!r})

def grad(x):  # of w @ phi(A @ x + b) + x @ C @ x
    z = A @ x + b
    return A.T @ (w * ({first})) + (C + C.T) @ x

def hvp(x, v):
    z = A @ x + b
    h = A.T @ (w * ({second}) * (A @ v)) + (C + C.T) @ v
    return {returned}

x = np.array({x!r})
"""


def hessian_program(rng: np.random.Generator, returned: str) -> str:
    """The text of a random cost's gradient and product with its Hessian."""
    n, m = int(rng.integers(2, 5)), int(rng.integers(1, 5))
    parts = [rng.uniform(-1, 1, shape).round(3).tolist() for shape in ((m, n), m, m, (n, n))]
    first, second = list(SECOND.values())[int(rng.integers(len(SECOND)))]
    return TEXT.format(constants=parts, first=first, second=second, returned=returned, x=rng.uniform(-1, 1, n).tolist())


def hessian_findings(rng: np.random.Generator) -> list[tuple[Finding, str]]:
    """What `check_hvp` says of a right product and of a spoiled one, where that is not as it should be, with the program."""
    seed, found = int(rng.integers(1000)), []
    state = rng.bit_generator.state
    for changed in ("h", SPOILED[int(np.random.default_rng(seed).integers(len(SPOILED)))]):
        rng.bit_generator.state = state
        text = hessian_program(rng, changed)
        space: dict[str, Any] = {"__name__": "program"}
        exec(compile(text, "<program>", "exec"), space)
        try:
            result = check_hvp(space["grad"], space["hvp"], space["x"], rng=seed)
        except Exception:
            found.append((Finding(Outcome.CRASH, "check_hvp", changed, traceback.format_exc(), seed), text))
            continue
        if (outcome := _outcome(result.verdict, right=changed == "h")) is not None:
            found.append((Finding(outcome, "check_hvp", changed, str(result), seed), text))
    return found


def _outcome(verdict: Verdict, *, right: bool) -> Outcome | None:
    if verdict is Verdict.INCONCLUSIVE:
        return Outcome.UNDECIDED if right else Outcome.UNDECIDED_WRONG
    if right:
        return None if verdict is Verdict.MATCH else Outcome.INACCURATE if verdict.ok else Outcome.FALSE_ALARM
    return Outcome.MISSED if verdict.ok else None
