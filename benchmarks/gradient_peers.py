"""All partial derivatives of a network's cost as named peers take them, each written as its users would write it.

A peer is a function of a `Case` that imports its library, prepares, and returns what is to be timed: a call that gives
the flat gradient, or None where the peer only says whether a gradient is right. ImportError: the peer is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gradcheck.witnesses.network_differences import numeric_gradient
from reference_nets.network import backward
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec

BATCH = 8


@dataclass(frozen=True)
class Case:
    """A network with sigmoids and the quadratic cost, at one point."""

    spec: NetworkSpec
    params: dict[str, np.ndarray]
    x: np.ndarray
    y: np.ndarray

    @classmethod
    def of(cls, notation: str) -> Case:
        spec, rng = NetworkSpec.parse(notation), np.random.default_rng(7)
        return cls(spec, init_params(spec, rng), *random_batch(spec, rng, BATCH))

    def flat(self, arrays: dict[str, np.ndarray]) -> np.ndarray:
        return np.concatenate([arrays[key].ravel() for key in self.spec.keys])

    def arrays(self, vector: np.ndarray) -> list[np.ndarray]:
        """Views of the vector: W1, b1, ..., WL, bL."""
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in self.spec.shapes.values())])
        parts = [vector[start:end] for start, end in pairwise(ends)]
        return [part.reshape(shape) for part, shape in zip(parts, self.spec.shapes.values(), strict=True)]

    def cost(self, vector: np.ndarray) -> Any:
        """The cost of the flattened parameters in plain NumPy: no checks, nothing that a user would not write."""
        params, a = self.arrays(vector), self.x
        for W, b in zip(params[::2], params[1::2], strict=True):
            a = 1 / (1 + np.exp(-(a @ W.T + b)))
        return ((a - self.y) ** 2).sum() / (2 * len(self.x))

    def error(self, gradient: np.ndarray) -> float:
        """The largest error against backpropagation, relative to the largest entry of its parameter."""
        exact = backward(self.spec, self.params, self.x, self.y).values()
        pairs = zip(self.arrays(gradient), exact, strict=True)
        return max(float(np.abs(g - e).max() / np.abs(e).max()) for g, e in pairs)


Timed = Callable[[], Any]


def ours(case: Case, method: str = "complex-step") -> Timed:
    return lambda: case.flat(numeric_gradient(case.spec, case.params, case.x, case.y, method=method))


def ours_central(case: Case) -> Timed:
    return ours(case, "central")


def scipy_differences(method: str) -> Callable[[Case], Timed]:
    def peer(case: Case) -> Timed:
        from scipy.optimize._numdiff import approx_derivative

        vector = case.flat(case.params)
        return lambda: approx_derivative(case.cost, vector, method=method)

    return peer


def numdifftools(case: Case) -> Timed:
    import numdifftools as nd

    vector = case.flat(case.params)
    return lambda: np.asarray(nd.Gradient(case.cost)(vector))


def torch_gradcheck(fast_mode: bool) -> Callable[[Case], Timed]:
    def peer(case: Case) -> Timed:
        import torch

        torch.set_num_threads(1)
        x, y = torch.from_numpy(case.x), torch.from_numpy(case.y)
        params = [torch.from_numpy(case.params[key].copy()).requires_grad_() for key in case.spec.keys]

        def cost(*params: Any) -> Any:
            a = x
            for W, b in zip(params[::2], params[1::2], strict=True):
                a = torch.sigmoid(a @ W.T + b)
            return ((a - y) ** 2).sum() / (2 * len(x))

        return lambda: _judged(torch.autograd.gradcheck(cost, params, fast_mode=fast_mode))

    return peer


def jax_check_grads(case: Case) -> Timed:
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    params = [jax.numpy.asarray(case.params[key]) for key in case.spec.keys]

    @jax.jit
    def cost(*params: Any) -> Any:
        a = case.x
        for W, b in zip(params[::2], params[1::2], strict=True):
            a = jax.nn.sigmoid(a @ W.T + b)
        return ((a - case.y) ** 2).sum() / (2 * len(case.x))

    return lambda: check_grads(cost, params, order=1, modes=["rev"])


def _judged(passed: bool) -> None:
    """A verdict is no gradient; a peer that rejects a right one would be worth knowing."""
    assert passed


# Name, peer, whether it takes every partial derivative (the others try one random direction).
PEERS: tuple[tuple[str, Callable[[Case], Timed], bool], ...] = (
    ("scipy 2-point", scipy_differences("2-point"), True),
    ("scipy 3-point", scipy_differences("3-point"), True),
    ("scipy complex step", scipy_differences("cs"), True),
    ("numdifftools", numdifftools, True),
    ("torch gradcheck", torch_gradcheck(fast_mode=False), True),
    ("torch fast mode", torch_gradcheck(fast_mode=True), False),
    ("JAX check_grads", jax_check_grads, False),
)
