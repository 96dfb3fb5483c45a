"""The scale of a submission's own cost: sum or mean, a half more or less, what lambda multiplies.

A scale is a convention only where the file defines its cost and the gradient goes with it. Without a cost of its own the
notation decides, and a missing 1/m is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.forward_truth import ForwardTruth
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


@dataclass(frozen=True)
class Scale:
    """``data`` times the cost of the data plus ``l2`` times lambda/2 sum W^2, in words."""

    data: float = 1.0
    l2: float = 1.0
    words: str = "as the notation"

    @property
    def is_notation(self) -> bool:
        """Whether it is the cost that was asked for."""
        return self.data == 1.0 and self.l2 == 1.0

    def undone(self, grads: dict[str, Array], point: Point, lam: float) -> dict[str, Array]:
        """The gradient of the cost that was asked for, from that of the submission's own."""
        if self.is_notation:
            return grads
        regularised = {key: value if key[0] == "W" else 0.0 for key, value in point.params.items()}
        return {
            key: (value - self.l2 * lam * regularised[key]) / self.data + lam * regularised[key] for key, value in grads.items()
        }


def scales(spec: NetworkSpec, m: int) -> Iterator[Scale]:
    """The scales that are met in the wild, the notation's first."""
    K = spec.sizes[-1]
    factors = {"": 1.0, "times 2": 2.0, "times 1/2": 0.5, "times m (a sum over the examples)": float(m)}
    factors |= {"times m/2": m / 2, "times 2 m": 2.0 * m, "times K": float(K), "times 1/K (a mean over the outputs)": 1 / K}
    factors |= {"times 2/K": 2 / K, "times m K": float(m * K)}
    regularised = {"": 1.0, "lambda sum W^2": 2.0, "lambda/(2m) sum W^2": 1 / m, "lambda/m sum W^2": 2 / m}
    regularised |= {"m lambda/2 sum W^2": float(m)}
    for words, data in factors.items():
        for l2_words, l2 in regularised.items() if spec.l2 else [("", 1.0)]:
            told = [f"the cost {words}" if words else "", f"the L2 term is {l2_words}" if l2_words else ""]
            yield Scale(data, l2, ", ".join(filter(None, told)) or "as the notation")


def find_scale(spec: NetworkSpec, m: int, truths: Sequence[ForwardTruth], losses: Sequence[float]) -> Scale | None:
    """The scale with which the submission's own cost is the network's at every point, None where there is none."""
    for scale in scales(spec, m):
        values = [truth.scaled(scale.data, scale.l2) for truth in truths]
        if all(value.is_met(_array(loss)) for value, loss in zip(values, losses, strict=True)):
            return scale
    return None


def _array(number: float) -> Array:
    return np.array([number])
