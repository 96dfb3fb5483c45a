"""The scale of a submission's own cost: sum or mean, a half more or less, what lambda multiplies.

A scale is a convention only where the file defines its cost and the gradient goes with it. Without a cost of its own the
notation decides, and a missing 1/m is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.forward_truth import ForwardTruth
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of
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
    """``data`` times the cost of the data plus ``l2`` times lambda/2 sum W^2; the names are those of the tables below."""

    data: Factor = Factor()
    l2: Factor = Factor()
    data_name: str = ""
    l2_name: str = ""

    @property
    def words(self) -> Sentence:
        """The scale in words."""
        data, l2 = (Sentence(f"submissions.scale-{name}") if name else None for name in (self.data_name, self.l2_name))
        if data and l2:
            return Sentence("submissions.scale-of-both", data=data, l2=l2)
        return data or l2 or Sentence("submissions.as-notation")

    @property
    def is_notation(self) -> bool:
        """Whether it is the cost that was asked for."""
        return self.data == Factor() and self.l2 == Factor()

    def undone(self, grads: dict[str, Array], point: Point, lam: float) -> dict[str, Array]:
        """The gradient of the cost that was asked for, from that of the submission's own."""
        if self.is_notation:
            return grads
        data, l2 = self.data.at(len(point.x)), self.l2.at(len(point.x))
        decay = {key: lam * value if quantity_of(key).kind == "W" else 0.0 for key, value in point.params.items()}
        return {key: (value - l2 * decay[key]) / data + decay[key] for key, value in grads.items()}

    def undone_exactly(self, grads: dict[str, Enclosure], point: Point, lam: float, bits: int) -> dict[str, Enclosure]:
        """The same for a gradient on balls."""
        if self.is_notation:
            return grads
        with precision(bits):
            data, l2 = (_ball(factor.exactly(len(point.x))) for factor in (self.data, self.l2))
            decay = {key: balls(value) * Ball(lam) for key, value in point.params.items() if quantity_of(key).kind == "W"}
            return {key: enclosure((_whole(g) - l2 * decay.get(key, 0)) / data + decay.get(key, 0)) for key, g in grads.items()}


def _ball(number: Fraction) -> Ball:
    return Ball(number.numerator) / number.denominator


def _whole(value: Enclosure) -> Array:
    """Balls again, from their three floats."""
    return np.asarray(np.frompyfunc(widened, 2, 1)(balls(value.mid) + balls(value.low), value.rad.astype(object)))


_HALF = Fraction(1, 2)
# By the names of their sentences.
_DATA = {
    "": Factor(),
    "2": Factor(Fraction(2)),
    "1/2": Factor(_HALF),
    "m": Factor(power=1),
    "m/2": Factor(_HALF, 1),
    "2m": Factor(Fraction(2), 1),
    "1/m": Factor(power=-1),
}
_L2 = {
    "": Factor(),
    "l2-1": Factor(Fraction(2)),
    "l2-1/4": Factor(_HALF),
    "l2-1/2m": Factor(power=-1),
    "l2-1/m": Factor(Fraction(2), -1),
    "l2-m/2": Factor(power=1),
}


def scales(spec: NetworkSpec) -> Iterator[Scale]:
    """The scales that are met in the wild, the notation's first."""
    K = Fraction(spec.sizes[-1])
    more = {"K": Factor(K), "1/K": Factor(1 / K), "2/K": Factor(2 / K), "K/2": Factor(K / 2)}
    more |= {"mK": Factor(K, 1), "mK/2": Factor(K / 2, 1)}
    for name, data in (_DATA | more).items():
        for l2_name, l2 in _L2.items() if spec.l2 else [("", Factor())]:
            yield Scale(data, l2, name, l2_name)


def find_scale(spec: NetworkSpec, m: int, truths: Sequence[ForwardTruth], losses: Sequence[float]) -> Scale | None:
    """The scale with which the submission's own cost is the network's at every point, None where there is none."""
    for scale in scales(spec):
        values = [truth.scaled(scale.data.at(m), scale.l2.at(m)) for truth in truths]
        if all(value.is_met(_array(loss)) for value, loss in zip(values, losses, strict=True)):
            return scale
    return None


def _array(number: float) -> Array:
    return np.array([number])
