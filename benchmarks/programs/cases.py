"""A program as a case: its functions, its right derivative, how it can be asked about, and how a gradient is spoiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.programs.oracle import confirmed, flat, rebuilt
from benchmarks.programs.program import Program
from gradcheck.functions.check import check_grad
from gradcheck.functions.linear_maps import check_jvp, check_vjp
from gradcheck.functions.result import GradientCheck

CHANGES = (
    "g{part}[{i}] = g{part}[{i}] * (1 + 1e-3)",
    "g{part}[{i}] = g{part}[{i}] * (1 - 1e-6)",
    "g{part}[{i}] = g{part}[{i}] * (1 + 1e-9)",
    "g{part}[{i}] = g{part}[{i}] + 0.01",
    "g{part} = 0 * g{part}",
    "g{part} = -g{part}",
    "g{part} = 2 * g{part}",
    "g{part} = g{part}[::-1].copy()",
    "g{part} = np.swapaxes(g{part}, -1, -2).copy()",
    "g{part}[{i}] = 0.0",
    "g{part} = np.roll(g{part}, 1)",
    "g{part}[{i}] = -g{part}[{i}]",
    "g{part} = np.abs(g{part})",
    "g{part} = g{part} + 0.25 * x{part}",
)


@dataclass(frozen=True)
class Case:
    """A program that runs: its functions, its Jacobian by the tangents, and a cotangent."""

    program: Program
    namespace: dict[str, Any]
    jacobian: Any
    cotangent: Any

    @property
    def right(self) -> Any:
        """The gradient of the weighted outputs, flat."""
        return flat(self.cotangent) @ self.jacobian if self.cotangent is not None else self.jacobian[0]


def case_of(program: Program, rng: np.random.Generator, confirm: bool = True) -> Case | None:
    """The program with its derivative; None where the oracles do not confirm that."""
    namespace = program.run()
    f, jvp, x = namespace["f"], namespace["jvp"], namespace["x"]
    value = f(x)
    numbers = flat(value)
    start = flat(x)
    columns = []
    for k in range(start.size):
        unit = np.zeros(start.size)
        unit[k] = 1.0
        columns.append(flat(jvp(x, rebuilt(x, unit))) + np.zeros(numbers.size))
    jacobian = np.array(columns).T
    if not np.isfinite(jacobian).all() or np.max(np.abs(jacobian)) > 1e6 or (confirm and not confirmed(f, x, jacobian)):
        return None
    return Case(program, namespace, jacobian, None if _is_number(value) else _weights(value, rng))


def _is_number(value: Any) -> bool:
    return not isinstance(value, dict | tuple) and np.size(value) == 1


def _weights(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, dict):
        return {key: _weights(part, rng) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_weights(part, rng) for part in value)
    return rng.integers(1, 9, size=np.shape(value)) * rng.choice([-1.0, 1.0], size=np.shape(value)) / 8


# Entry points


def entries(case: Case) -> list[str]:
    """The ways in which this program can be asked."""
    structured = isinstance(case.program.returned, dict | tuple)
    if case.cotangent is None:
        found = ["check_grad", "check_grad", "f_and_grad", "directional", "numeric", "check_jvp", "check_vjp", "check_grad"]
        return found if np.ndim(case.namespace["f"](case.namespace["x"])) == 0 else ["check_grad", "f_and_grad"]
    if structured:
        return ["check_vjp", "check_grad"]
    jacobian = [] if isinstance(case.program.x, dict | tuple) else ["jacobian"]
    return ["check_vjp", "check_grad", "check_jvp", *jacobian]


def ask(entry: str, space: dict[str, Any], seed: int) -> GradientCheck:
    """One entry point asked of a program's functions."""
    f, grad, x = space["f"], space["grad"], space["x"]
    if entry == "f_and_grad":
        return check_grad(lambda x: (f(x), grad(x)), None, x, rng=seed, f_and_grad=True)
    if entry in ("directional", "numeric"):
        return check_grad(f, grad, x, rng=seed, method=entry)
    if entry == "jacobian":
        return check_grad(f, space["jacobian"], x, rng=seed, jacobian=True)
    if entry == "check_vjp":
        return check_vjp(f, grad, x, rng=seed)
    if entry == "check_jvp":
        return check_jvp(f, space["jvp"], x, vjp=grad if seed % 2 else None, rng=seed)
    return check_grad(f, grad, x, rng=seed)


def drawn_change(case: Case, rng: np.random.Generator) -> str:
    x = case.program.x
    keys: list[Any] = list(x) if isinstance(x, dict) else list(range(len(x))) if isinstance(x, tuple) else [None]
    key = keys[int(rng.integers(len(keys)))]
    part = "" if key is None else f"[{key!r}]"
    shape = np.shape(x if key is None else x[key])
    index = ", ".join(str(int(rng.integers(n))) for n in shape) or "()"
    fitting = [change for change in CHANGES if len(shape) >= (2 if "swapaxes" in change else 1 if "::-1" in change else 0)]
    return fitting[int(rng.integers(len(fitting)))].format(part=part, i=f"..., {index}" if index != "()" else "...")
