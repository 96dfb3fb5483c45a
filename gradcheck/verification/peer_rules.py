"""How peers decide whether a gradient is right: each rule from its published defaults, on the same function and numbers.

Each looks at a cost of one flat vector and a claimed gradient and says whether it rejects it. Steps and tolerances are
those of the source named beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Cost = Callable[[Array], float]


@dataclass(frozen=True)
class RuleCase:
    """A cost, a point, a claimed gradient, and the sizes of the arrays that the flat vector is made of."""

    f: Cost
    x: Array
    claimed: Array
    sizes: tuple[int, ...]

    def central(self, h: float) -> Array:
        """Central differences, entry by entry."""
        return np.array([self._along(i, h, -h) for i in range(self.x.size)])

    def forward(self, h: float) -> Array:
        """Forward differences."""
        return np.array([self._along(i, h, 0.0) for i in range(self.x.size)])

    def _along(self, i: int, up: float, down: float) -> float:
        ahead, behind = self.x.copy(), self.x.copy()
        ahead[i] += up
        behind[i] += down
        return (self.f(ahead) - self.f(behind)) / (up - down)

    def along(self, d: Array, h: float) -> float:
        """A central difference along a direction."""
        return (self.f(self.x + h * d) - self.f(self.x - h * d)) / (2 * h)

    def parts(self) -> list[slice]:
        """Where each array stands in the vector."""
        ends = np.cumsum((0, *self.sizes))
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]


PeerRule = Callable[[RuleCase, np.random.Generator], bool]


def _apart(a: Any, b: Any, atol: float, rtol: float) -> bool:
    return not np.allclose(a, b, rtol=rtol, atol=atol)


def torch_slow(asked: RuleCase, rng: np.random.Generator) -> bool:
    """torch.autograd.gradcheck: eps 1e-6, atol 1e-5, rtol 1e-3."""
    return _apart(asked.claimed, asked.central(1e-6), 1e-5, 1e-3)


def torch_fast(asked: RuleCase, rng: np.random.Generator) -> bool:
    """The same with fast_mode: one random direction an input, the tolerance times the direction's sum."""
    for part in asked.parts():
        u = np.zeros(asked.x.size)
        drawn = rng.random(part.stop - part.start)
        u[part] = drawn / np.linalg.norm(drawn)
        if _apart(asked.claimed @ u, asked.along(u, 1e-6), 1e-5 * float(u.sum()), 1e-3):
            return True
    return False


def jax_check_grads(asked: RuleCase, rng: np.random.Generator) -> bool:
    """jax.test_util.check_grads, rev, float64: one random tangent, eps 1e-4, atol and rtol 1e-5."""
    u, v = rng.standard_normal(asked.x.size), float(rng.standard_normal())
    return _apart(v * (asked.claimed @ u), v * asked.along(u, 1e-4), 1e-5, 1e-5)


def autograd_check_grads(asked: RuleCase, rng: np.random.Generator) -> bool:
    """HIPS autograd test_util: eps 1e-6, absolute below 1e-6 or |a - b| / |a + b| below 1e-6."""
    u, v = rng.standard_normal(asked.x.size), float(rng.standard_normal())
    a, b = v * float(asked.claimed @ u), v * asked.along(u, 0.5e-6)
    return not (abs(a - b) < 1e-6 or abs(a - b) < 1e-6 * abs(a + b))


def chainer_check_backward(asked: RuleCase, rng: np.random.Generator) -> bool:
    """chainer.gradient_check.check_backward: one unit direction, eps 1e-3, atol 1e-5, rtol 1e-4."""
    u = rng.standard_normal(asked.x.size)
    u /= np.linalg.norm(u)
    return _apart(asked.claimed @ u, asked.along(u, 1e-3), 1e-5, 1e-4)


def pytensor_verify_grad(asked: RuleCase, rng: np.random.Generator) -> bool:
    """pytensor.gradient.verify_grad, float64: forward differences, eps 1e-7, fails if both errors exceed 1e-4."""
    measured = asked.forward(1e-7)
    off = np.abs(asked.claimed - measured)
    relative = off / np.maximum(np.abs(asked.claimed) + np.abs(measured), 1e-8)
    return bool(((off > 1e-4) & (relative > 1e-4)).any())


def scipy_check_derivative(asked: RuleCase, rng: np.random.Generator) -> bool:
    """Scipy's check_derivative: max |J - D| / max(1, |D|) of 3-point differences, "1e-6 or less" is right."""
    h = np.finfo(float).eps ** (1 / 3)
    measured = np.array([asked._along(i, h * max(1, abs(v)), -h * max(1, abs(v))) for i, v in enumerate(asked.x)])
    return bool((np.abs(asked.claimed - measured) / np.maximum(1, np.abs(measured))).max() > 1e-6)


def minitorch_derivative_check(asked: RuleCase, rng: np.random.Generator) -> bool:
    """minitorch: central differences, eps 1e-6, atol and rtol 1e-2."""
    return _apart(asked.claimed, asked.central(1e-6), 1e-2, 1e-2)


def cs231n(asked: RuleCase, rng: np.random.Generator) -> bool:
    """CS231n: central differences, h 1e-5, largest |a - n| / max(|a|, |n|) above 1e-7."""
    measured = asked.central(1e-5)
    size = np.maximum(np.maximum(np.abs(asked.claimed), np.abs(measured)), 1e-300)
    return bool((np.abs(asked.claimed - measured) / size).max() > 1e-7)


def deeplearning_ai(asked: RuleCase, rng: np.random.Generator) -> bool:
    """deeplearning.ai: central differences, eps 1e-7, |g - n| / (|g| + |n|) above 2e-7, norms of the whole vector."""
    measured = asked.central(1e-7)
    size = float(np.linalg.norm(asked.claimed) + np.linalg.norm(measured))
    return bool(np.linalg.norm(asked.claimed - measured) > 2e-7 * size)


def coursera(asked: RuleCase, rng: np.random.Generator) -> bool:
    """Coursera Machine Learning: central differences, eps 1e-4, |n - g| / |n + g| above 1e-9."""
    measured = asked.central(1e-4)
    return bool(np.linalg.norm(measured - asked.claimed) > 1e-9 * np.linalg.norm(measured + asked.claimed))


RULES: dict[str, PeerRule] = {
    "torch gradcheck": torch_slow,
    "torch fast_mode": torch_fast,
    "JAX check_grads": jax_check_grads,
    "HIPS autograd": autograd_check_grads,
    "chainer": chainer_check_backward,
    "pytensor": pytensor_verify_grad,
    "scipy": scipy_check_derivative,
    "minitorch": minitorch_derivative_check,
    "CS231n": cs231n,
    "deeplearning.ai": deeplearning_ai,
    "Coursera": coursera,
}
