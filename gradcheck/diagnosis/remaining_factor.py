"""A factor that stands in front of a whole gradient beside another mistake: a 2 of the cost, a batch size, a number of outputs.

Two slips in one delta, such as a missing phi' and a missing 1/m, are no single mistake of the catalogue. Divided by the right
factor the claimed numbers are those of the other slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from gradcheck.diagnosis.mistake_words import right_words, wrong_words
from gradcheck.diagnosis.own_cost import Factor, Scale
from gradcheck.judge.mistake import Diagnosis
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

Claims = Sequence[tuple[Point, Mapping[str, Array]]]
RATIO_SCATTER = 1e-9  # relative: what a ratio of rounded entries may scatter
MOST_PARTS = 1000  # the largest denominator of a factor that someone wrote


def factors(spec: NetworkSpec, claims: Claims, readings: Iterable[Sequence[Array]]) -> list[Factor]:
    """The factors to try: those often seen; then what the output layer's last gradient is multiplied by, if that is a factor.

    ``readings`` are this quantity at every point, as the right program has it and as each single mistake has it.
    """
    K = Fraction(spec.sizes[-1])
    half = Fraction(1, 2)
    seen = [
        *(Factor(Fraction(2)), Factor(half), Factor(power=1), Factor(power=-1), Factor(Fraction(2), 1), Factor(half, 1)),
        *(Factor(K), Factor(1 / K), Factor(2 / K), Factor(K / 2), Factor(K, 1), Factor(1 / K, 1), Factor(Fraction(-1))),
        *(Factor(Fraction(-1), 1), Factor(Fraction(-2))),
    ]
    key = spec.of_layer(spec.L)[-1]
    batches = [len(point.x) for point, _ in claims]
    decays = [spec.decay(key) * point.params[key] for point, _ in claims]
    got = [claimed[key] - decay for (_, claimed), decay in zip(claims, decays, strict=True)]
    data = ([value - decay for value, decay in zip(reading, decays, strict=True)] for reading in readings)
    own = [_ratio(got, reading, batches) for reading in data]
    return [factor for factor in dict.fromkeys([*seen, *own]) if factor is not None and factor != Factor()]


def _ratio(claimed: Sequence[Array], reading: Sequence[Array], batches: Sequence[int]) -> Factor | None:
    """The one factor, a fraction and a power of the batch size, that leads from a reading to the claim at every point."""
    if any((true == 0).any() for true in reading):
        return None
    ratios = [(got / true).ravel() for got, true in zip(claimed, reading, strict=True)]
    for power in (0, 1, -1):
        numbers = np.concatenate([ratio * float(m) ** -power for ratio, m in zip(ratios, batches, strict=True)])
        if np.isfinite(numbers).all() and np.ptp(numbers) <= RATIO_SCATTER * np.abs(numbers).max():
            found = Fraction(float(numbers[0])).limit_denominator(MOST_PARTS)
            close = found and abs(float(found) - numbers[0]) <= RATIO_SCATTER * abs(float(found))
            return Factor(found, power) if close else None
    return None


def without_factor(spec: NetworkSpec, claims: Claims, factor: Factor | None) -> Claims:
    """The claimed numbers with the data term divided by a factor; the L2 term has none."""
    if factor is None:
        return claims
    scale = Scale(data=factor)
    return [(point, scale.undone(dict(claimed), point, spec)) for point, claimed in claims]


def of_factor(spec: NetworkSpec, factor: Factor, value: float, rest: tuple[str, ...]) -> Diagnosis:
    """The factor as a mistake of its own; beside it no factor is left."""
    mistake = "constant-factor"
    if factor.power == 1 and factor.number.numerator == 1 < factor.number.denominator:
        mistake = "batch-averaged-by-wrong-count"  # divided by another number than m
    elif factor.power:
        mistake = {1: "missing-batch-average", -1: "batch-average-twice"}[factor.power]
    elif factor.number in {Fraction(2), Fraction(1, 2), Fraction(spec.sizes[-1]), Fraction(1, spec.sizes[-1])}:
        mistake = "cost-derivative-factor"
    power = {0: "", 1: "m", -1: "1/m"}[factor.power]
    words = " ".join(part for part in (str(factor.number) if factor.number != 1 or not power else "", power) if part)
    told = Sentence("diagnosis.factor-here" if power else "diagnosis.factor", factor=words, value=value)
    wrong, right = wrong_words(mistake), right_words(mistake)
    return Diagnosis(mistake, spec.L, f"W{spec.L}", told, wrong, right, 16.0, alone=False, unexplained=rest)
