"""The scale of a submission's own cost: sum or mean, a half more or less, what lambda multiplies.

A scale is a convention only where the file defines its cost and the gradient goes with it. Without a cost of its own the
notation decides, and a missing 1/m is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gradcheck.witnesses.forward_truth import ForwardTruth
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import Ball, Enclosure, balls, enclosure, precision, widened


@dataclass(frozen=True)
class Factor:
    """``number * m^power``: a sum over the examples is m times a mean, whatever m is."""

    number: Fraction = Fraction(1)
    power: int = 0

    def exactly(self, m: int) -> Fraction:
        """The factor for a batch of m."""
        return self.number * Fraction(m) ** self.power

    def at(self, m: int) -> float:
        """The same as a float."""
        return float(self.exactly(m))


@dataclass(frozen=True)
class Scale:
    """``data`` times the cost of the data plus ``l2`` times lambda/2 sum W^2, in words."""

    data: Factor = Factor()
    l2: Factor = Factor()
    words: str = "as the notation"

    @property
    def is_notation(self) -> bool:
        """Whether it is the cost that was asked for."""
        return self.data == Factor() and self.l2 == Factor()

    def undone(self, grads: dict[str, Array], point: Point, lam: float) -> dict[str, Array]:
        """The gradient of the cost that was asked for, from that of the submission's own."""
        if self.is_notation:
            return grads
        data, l2 = self.data.at(len(point.x)), self.l2.at(len(point.x))
        decay = {key: lam * value if key[0] == "W" else 0.0 for key, value in point.params.items()}
        return {key: (value - l2 * decay[key]) / data + decay[key] for key, value in grads.items()}

    def undone_exactly(self, grads: dict[str, Enclosure], point: Point, lam: float, bits: int) -> dict[str, Enclosure]:
        """The same for a gradient on balls."""
        if self.is_notation:
            return grads
        with precision(bits):
            data, l2 = (_ball(factor.exactly(len(point.x))) for factor in (self.data, self.l2))
            decay = {key: balls(value) * Ball(lam) for key, value in point.params.items() if key[0] == "W"}
            return {key: enclosure((_whole(g) - l2 * decay.get(key, 0)) / data + decay.get(key, 0)) for key, g in grads.items()}


def _ball(number: Fraction) -> Ball:
    return Ball(number.numerator) / number.denominator


def _whole(value: Enclosure) -> Array:
    """Balls again, from their three floats."""
    return np.asarray(np.frompyfunc(widened, 2, 1)(balls(value.mid) + balls(value.low), value.rad.astype(object)))


_HALF = Fraction(1, 2)
_DATA = {
    "": Factor(),
    "times 2": Factor(Fraction(2)),
    "times 1/2": Factor(_HALF),
    "times m (a sum over the examples)": Factor(power=1),
    "times m/2": Factor(_HALF, 1),
    "times 2 m": Factor(Fraction(2), 1),
    "times 1/m": Factor(power=-1),
}
_L2 = {
    "": Factor(),
    "lambda sum W^2": Factor(Fraction(2)),
    "lambda/4 sum W^2": Factor(_HALF),
    "lambda/(2m) sum W^2": Factor(power=-1),
    "lambda/m sum W^2": Factor(Fraction(2), -1),
    "m lambda/2 sum W^2": Factor(power=1),
}


def scales(spec: NetworkSpec) -> Iterator[Scale]:
    """The scales that are met in the wild, the notation's first."""
    K = Fraction(spec.sizes[-1])
    more = {"times K": Factor(K), "times 1/K (a mean over the outputs)": Factor(1 / K), "times 2/K": Factor(2 / K)}
    more |= {"times K/2": Factor(K / 2), "times m K": Factor(K, 1), "times m K/2": Factor(K / 2, 1)}
    for words, data in (_DATA | more).items():
        for l2_words, l2 in _L2.items() if spec.l2 else [("", Factor())]:
            told = [f"the cost {words}" if words else "", f"the L2 term is {l2_words}" if l2_words else ""]
            yield Scale(data, l2, ", ".join(filter(None, told)) or "as the notation")


def find_scale(spec: NetworkSpec, m: int, truths: Sequence[ForwardTruth], losses: Sequence[float]) -> Scale | None:
    """The scale with which the submission's own cost is the network's at every point, None where there is none."""
    for scale in scales(spec):
        values = [truth.scaled(scale.data.at(m), scale.l2.at(m)) for truth in truths]
        if all(value.is_met(_array(loss)) for value, loss in zip(values, losses, strict=True)):
            return scale
    return None


def _array(number: float) -> Array:
    return np.array([number])
