"""Verifying one network: all witnesses at a few points, what vouches for each claim, properties and published figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from gradcheck.judge.judge import judge
from gradcheck.judge.verdicts import QuantityCheck, Verdict, worst
from gradcheck.properties.check import PropertyResult, check_reference
from gradcheck.sentences.sentence import Sentence
from gradcheck.verification.comparisons import Comparison, Witness, as_verdict, compared, gradients_of
from gradcheck.verification.published_figures import FigureCheck, Standing, check_example
from gradcheck.witnesses.network_truth import (
    direct_derivative_agrees,
    program_identity,
    reference_encloses,
    reference_identity,
    truth_at,
)
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.examples.presets import Preset, resolve
from reference_nets.network import backward, cost
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

MOST_PARAMETERS = 200_000  # each takes a forward pass and a ball: 16,660 of them took 15 s of processor time

class _HasVerdict(Protocol):
    """Whatever carries a verdict."""

    @property
    def verdict(self) -> Verdict: ...


@dataclass(frozen=True)
class WitnessClaim:
    """Something that holds of a network, with the means by which it was established."""

    statement: Sentence
    verdict: Verdict
    means: Sentence

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON data."""
        return {"claim": self.statement, "verdict": str(self.verdict), "means": self.means}

    @property
    def words(self) -> Sentence:
        """What is claimed, as the subject of a sentence."""
        return Sentence("verification.the-claim", statement=self.statement)


@dataclass(frozen=True)
class Verification:
    """Everything that was found out about one network: the worst that any of its points showed."""

    name: str
    network: str
    n_params: int
    n_points: int
    claims: tuple[WitnessClaim, ...]
    quantities: tuple[QuantityCheck, ...]
    comparisons: tuple[Comparison, ...]
    properties: tuple[PropertyResult, ...]
    figures: tuple[FigureCheck, ...]
    seconds: float

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all parts; a published figure that is wrong is its author's, not the network's."""
        parts: list[tuple[_HasVerdict, ...]] = [self.claims, self.quantities, self.comparisons, self.properties]
        return worst(judged.verdict for part in parts for judged in part)

    @property
    def trouble(self) -> str:
        """The claim, pair, quantity or property that gave the verdict; empty where all is well."""
        if self.verdict in (Verdict.MATCH, Verdict.KINK):
            return ""
        named: list[tuple[Verdict, str]] = [(claim.verdict, claim.words) for claim in self.claims]
        pairs = sorted(self.comparisons, key=lambda pair: -pair.largest)
        named += [(pair.verdict, pair.words) for pair in pairs]
        named += [(check.verdict, check.message) for check in self.quantities]
        named += [(result.verdict, Sentence("verification.the-property", name=result.name)) for result in self.properties]
        return next(text for verdict, text in named if verdict is self.verdict)

    @property
    def detectable(self) -> float | None:
        """The smallest relative error that would have been caught in every entry of the reference's gradient."""
        seen = [q.detectable for q in self.quantities if q.detectable is not None]
        return max(seen, default=None)

    @property
    def blind(self) -> float:
        """The share of entries in which a relative error of 1e-6 might go unseen."""
        sizes = [int(np.prod(q.shape)) for q in self.quantities]
        return sum(q.blind * size for q, size in zip(self.quantities, sizes, strict=True)) / sum(sizes)

    def to_dict(self) -> dict[str, Any]:
        """The verification as JSON data."""
        return {
            "name": self.name,
            "network": self.network,
            "parameters": self.n_params,
            "points": self.n_points,
            "verdict": str(self.verdict),
            "detectable": self.detectable,
            "blind": self.blind,
            "claims": [claim.to_dict() for claim in self.claims],
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "gradient": [quantity.to_dict() for quantity in self.quantities],
            "properties": [result.to_dict() for result in self.properties],
            "figures": [figure.to_dict() for figure in self.figures],
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class _PointResult:
    """What one point showed."""

    claims: tuple[WitnessClaim, ...]
    quantities: tuple[QuantityCheck, ...]
    comparisons: tuple[Comparison, ...]


def verify_network(name: str, *, seed: int = 0, point: Point | None = None) -> Verification:
    """Verify a preset or a notation at the given point, else at a safe random one and at the preset's own.

    Raises ValueError for a bad name, a network too large, and a point at which float64 overflows.
    """
    start = perf_counter()
    preset = resolve(name)
    spec = preset.spec
    check_size(spec)
    rng = np.random.default_rng(seed)
    own = preset.point()
    points = [point] if point else [safe_point(spec, rng), *([own] if own else [])]
    looks = [_look(spec, each, rng) for each in points]
    return Verification(
        name,
        str(spec),
        spec.n_params,
        len(points),
        tuple(map(_worst_claim, zip(*(look.claims for look in looks), strict=True))),
        tuple(map(_worst_quantity, zip(*(look.quantities for look in looks), strict=True))),
        tuple(map(_worst_comparison, zip(*(look.comparisons for look in looks), strict=True))),
        check_reference(spec, seed=seed),
        _figures(preset),
        perf_counter() - start,
    )


def check_size(spec: NetworkSpec) -> None:
    """Raise ValueError where a network has more parameters than all witnesses can look at."""
    if spec.n_params > MOST_PARAMETERS:
        raise ValueError(
            Sentence("verification.too-large", network=str(spec), count=spec.n_params, most=MOST_PARAMETERS)
        )


def check_range(spec: NetworkSpec, point: Point) -> None:
    """Raise ValueError where the cost or an entry of its gradient is beyond float64 at this point."""
    at = (point.params, point.x, point.y)
    with np.errstate(all="ignore"):
        reached: dict[str, Array] = {Sentence("verification.cost"): np.asarray(cost(spec, *at))}
        reached |= {f"d{key}": part for key, part in backward(spec, *at).items()}
    for name, value in reached.items():
        if not np.isfinite(value).all():
            raise ValueError(Sentence("verification.overflows", name=name, network=str(spec)))


def _look(spec: NetworkSpec, point: Point, rng: np.random.Generator) -> _PointResult:
    """All witnesses at one point; where one of them overflows, the comparison says so, not a warning."""
    check_range(spec, point)
    with np.errstate(all="ignore"):
        truth = truth_at(spec, point, vouched=False)  # the claims say whether it is
        gradients = gradients_of(spec, point)
        comparisons = compared(spec, point, truth, gradients, rng)
        return _PointResult(_claims(spec, point, rng), tuple(judge(truth, gradients[Witness.BACKPROP]).values()), comparisons)


def _worst_claim(claims: tuple[WitnessClaim, ...]) -> WitnessClaim:
    return replace(claims[0], verdict=worst(claim.verdict for claim in claims))


def _worst_quantity(checks: tuple[QuantityCheck, ...]) -> QuantityCheck:
    verdict = worst(check.verdict for check in checks)
    return max((check for check in checks if check.verdict is verdict), key=lambda check: check.excess).over(checks)


def _worst_comparison(comparisons: tuple[Comparison, ...]) -> Comparison:
    verdict, largest = worst(c.verdict for c in comparisons), max(c.largest for c in comparisons)
    return replace(comparisons[0], verdict=verdict, largest=largest)


def _claims(spec: NetworkSpec, point: Point, rng: np.random.Generator) -> tuple[WitnessClaim, ...]:
    direct = direct_derivative_agrees(spec, point, rng)
    program_exact, reference_exact = program_identity(spec), reference_identity(spec)
    field = Sentence("verification.means-field", chance=program_exact.error_probability)
    return (
        WitnessClaim(Sentence("verification.claim-recursion"), as_verdict(program_exact.holds), field),
        WitnessClaim(Sentence("verification.claim-reference"), as_verdict(reference_exact.holds), field),
        WitnessClaim(
            Sentence("verification.claim-certified"),
            Verdict.INCONCLUSIVE if direct is None else as_verdict(direct),
            Sentence("verification.means-direct"),
        ),
        WitnessClaim(
            Sentence("verification.claim-encloses"),
            as_verdict(reference_encloses(spec, point)),
            Sentence("verification.means-encloses"),
        ),
    )


def _figures(preset: Preset) -> tuple[FigureCheck, ...]:
    return check_example(preset.example) if preset.example else ()


def wrong_figures(verifications: list[Verification]) -> list[FigureCheck]:
    """The published figures that are not simply right, over several networks."""
    return [figure for v in verifications for figure in v.figures if figure.standing is not Standing.MATCH]
