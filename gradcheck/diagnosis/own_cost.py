"""The scale of a submission's own cost: sum or mean, a half more or less, what lambda multiplies.

A scale is a convention only where the file defines its cost and the gradient goes with it. Without a cost of its own the
notation decides, and a missing 1/m is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

import numpy as np

from gradcheck.sentences.sentence import Sentence
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
    """``data`` times the cost of the data plus ``l2`` times lambda/2 sum W^2; the names are those of the tables below.

    ``on_biases`` is whether the sum goes over the biases, too, where that is not as the network has it.
    """

    data: Factor = Factor()
    l2: Factor = Factor()
    data_name: str = ""
    l2_name: str = ""
    on_biases: bool | None = None

    @property
    def words(self) -> Sentence:
        """The scale in words."""
        biases = {None: "", True: "l2-with-biases", False: "l2-without-biases"}[self.on_biases]
        parts = [Sentence(f"submissions.scale-{name}") for name in (self.data_name, self.l2_name, biases) if name]
        together = lambda data, l2: Sentence("submissions.scale-of-both", data=data, l2=l2)
        return reduce(together, parts) if parts else Sentence("submissions.as-notation")

    @property
    def is_notation(self) -> bool:
        """Whether it is the cost that was asked for."""
        return self.data == Factor() and self.l2 == Factor() and self.on_biases is None

    def regularised_as_here(self, spec: NetworkSpec) -> NetworkSpec:
        """The network with the L2 term over those parameters over which this cost has it."""
        return spec if self.on_biases is None else replace(spec, l2_on_biases=self.on_biases)

    def undone(self, grads: dict[str, Array], point: Point, spec: NetworkSpec) -> dict[str, Array]:
        """The gradient of the cost that was asked for, from that of the submission's own."""
        if self.is_notation:
            return grads
        data, l2 = self.data.at(len(point.x)), self.l2.at(len(point.x))
        own, asked = self.regularised_as_here(spec).decay, spec.decay
        theta = point.params
        return {key: (g - l2 * own(key) * theta[key]) / data + asked(key) * theta[key] for key, g in grads.items()}

    def undone_exactly(self, grads: dict[str, Enclosure], point: Point, spec: NetworkSpec, bits: int) -> dict[str, Enclosure]:
        """The same for a gradient on balls."""
        if self.is_notation:
            return grads
        with precision(bits):
            data, l2 = (_ball(factor.exactly(len(point.x))) for factor in (self.data, self.l2))
            own, asked = self.regularised_as_here(spec).regularised, spec.regularised
            decays = {key: balls(point.params[key]) * Ball(spec.l2) for key in {*own, *asked}}
            theirs, ours = ({key: decays[key] for key in keys} for keys in (own, asked))
            return {key: enclosure((_whole(g) - l2 * theirs.get(key, 0)) / data + ours.get(key, 0)) for key, g in grads.items()}


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
    for on_biases in (None, not spec.l2_on_biases) if spec.l2 and spec.has_biases else (None,):
        for name, data in (_DATA | more).items():
            for l2_name, l2 in _L2.items() if spec.l2 else [("", Factor())]:
                yield Scale(data, l2, name, l2_name, on_biases)


def find_scale(spec: NetworkSpec, m: int, truths: Sequence[ForwardTruth], losses: Sequence[float]) -> Scale | None:
    """The scale with which the submission's own cost is the network's at every point, None where there is none."""
    for scale in scales(spec):
        other = scale.on_biases is not None
        values = [truth.scaled(scale.data.at(m), scale.l2.at(m), other_l2=other) for truth in truths]
        if all(value.is_met(_array(loss)) for value, loss in zip(values, losses, strict=True)):
            return scale
    return None


def _array(number: float) -> Array:
    return np.array([number])
