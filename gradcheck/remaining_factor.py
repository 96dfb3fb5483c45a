"""A factor that stands in front of a whole gradient beside another mistake: a 2 of the cost, a batch size, a number of outputs.

Two slips in one delta, such as a missing phi' and a missing 1/m, are no single mistake of the catalogue. Divided by the right
factor the claimed numbers are those of the other slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from gradcheck.diagnosis_result import Diagnosis
from gradcheck.own_cost import Factor, Scale
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

Claims = Sequence[tuple[Point, Mapping[str, Array]]]
NEAR = 1e-9  # relative: what a ratio of rounded entries may scatter
MOST_PARTS = 1000  # the largest denominator of a factor that someone wrote


def factors(spec: NetworkSpec, claims: Claims, right: Sequence[Mapping[str, Array]]) -> list[Factor]:
    """The factors to try: what the output layer's biases are multiplied by, if that is one number; then those often seen."""
    K = Fraction(spec.sizes[-1])
    half = Fraction(1, 2)
    seen = [
        *(Factor(Fraction(2)), Factor(half), Factor(power=1), Factor(power=-1), Factor(Fraction(2), 1), Factor(half, 1)),
        *(Factor(K), Factor(1 / K), Factor(2 / K), Factor(K / 2), Factor(K, 1), Factor(1 / K, 1), Factor(Fraction(-1))),
        *(Factor(Fraction(-1), 1), Factor(Fraction(-2))),
    ]
    ratio = _ratio(f"b{spec.L}", claims, right)
    own = [Factor(ratio)] if ratio is not None else []
    return [factor for factor in dict.fromkeys([*own, *seen]) if factor != Factor()]


def _ratio(key: str, claims: Claims, right: Sequence[Mapping[str, Array]]) -> Fraction | None:
    """The one number that a quantity is multiplied by at every point, as a fraction."""
    parts = [(claimed[key], true[key]) for (_, claimed), true in zip(claims, right, strict=True)]
    if any((true == 0).any() or not np.isfinite(got).all() for got, true in parts):
        return None
    ratios = np.concatenate([(got / true).ravel() for got, true in parts])
    found = Fraction(float(ratios[0])).limit_denominator(MOST_PARTS)
    return found if found and (np.abs(ratios - float(found)) <= NEAR * abs(float(found))).all() else None


def without_factor(spec: NetworkSpec, claims: Claims, factor: Factor | None) -> Claims:
    """The claimed numbers with the data term divided by a factor; the L2 term has none."""
    if factor is None:
        return claims
    scale = Scale(data=factor)
    return [(point, scale.undone(dict(claimed), point, spec.l2)) for point, claimed in claims]


def of_factor(spec: NetworkSpec, factor: Factor, value: float, rest: tuple[str, ...]) -> Diagnosis:
    """The factor as a mistake of its own."""
    mistake, wrong, right = "constant-factor", "k * gradient", "gradient"
    if factor.power:
        by_power = {1: ("missing-batch-average", "sum over the batch", "/ m"), -1: ("batch-average-twice", "/ m^2", "/ m")}
        mistake, wrong, right = by_power[factor.power]
    elif factor.number in {Fraction(2), Fraction(1, 2), Fraction(spec.sizes[-1]), Fraction(1, spec.sizes[-1])}:
        mistake, wrong, right = "cost-derivative-factor", "k * dC/da", "dC/da"
    power = {0: "", 1: "m", -1: "1/m"}[factor.power]
    words = " ".join(part for part in (str(factor.number) if factor.number != 1 or not power else "", power) if part)
    message = f"besides, every entry is multiplied by {words}{f', here {value:g}' if power else ''}"
    return Diagnosis(mistake, spec.L, f"W{spec.L}", message, wrong, right, 16.0, alone=False, factor=value, unexplained=rest)
