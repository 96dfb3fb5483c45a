"""A function along a tangent at a point, as a function of one variable: what `check_jvp` differentiates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradcheck.arrays.pytree import leaves, rebuilt
from gradcheck.certified.runs.evaluate import handed


@dataclass(frozen=True)
class Along:
    """``s -> f(x + s t)``."""

    f: Callable[..., Any]
    x: Any
    tangent: Any

    def __call__(self, s: Any) -> Any:
        """The value after a step s."""
        return self.f(moved(self.x, s, self.tangent))


def moved(x: Any, s: Any, tangent: Any) -> Any:
    """``x + s t``, in the structure of x."""
    parts = [leaf + s[0] * t for (_, leaf), (_, t) in zip(leaves(handed(x)), leaves(handed(tangent)), strict=True)]
    return rebuilt(x, parts)
