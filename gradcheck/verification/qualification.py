"""Self-qualification: every mistake of the catalogue planted in one network at one point; who catches how many.

The judge and the rules of peers look at the same wrong gradients (one mistake at a time, then pairs of two) and at the
same correct ones: other orders of summation, phi' written from the activation instead of from z, and float32.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gradcheck.judge.judge import judge
from gradcheck.judge.truth import Truth
from gradcheck.judge.verdicts import Verdict
from gradcheck.verification.peer_rules import RULES, RuleCase
from gradcheck.witnesses.network_truth import truth_at
from reference_nets.activations import Array
from reference_nets.network import FLOATS, backward, cost, output_delta, weighted_inputs
from reference_nets.points import Point, init_params, random_batch
from reference_nets.spec import NetworkSpec
from reports.document import Document, Section, Table, prose
from symbolic.balls import disjoint
from symbolic.exact.ball_reading import enclose
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.mistakes.visibility import is_equivalent
from symbolic.programs.compiled import compile_gradient

OURS, ON_BALLS = "gradcheck, numbers alone", "gradcheck, formula on balls"
SINGLE = "float32"
Gradient = dict[str, Array]
ALL_PAIRS = 3000  # up to so many pairs of mistakes are all planted
SAMPLE = 1000  # of more, so many drawn at random

# Families on which rules with a fixed tolerance fail in different ways.
FAMILIES: dict[str, tuple[str, float, float]] = {  # network, scale of the parameters, factor on the targets
    "tanh": ("2-3:tanh-3:tanh-2:sigmoid/quadratic", 1.0, 1.0),
    "deep sigmoid, vanishing gradients": ("2-3-3-3-3-3-2/quadratic", 0.3, 1.0),
    "tiny weights": ("2-3:tanh-3:tanh-2:identity/mse", 1e-3, 1.0),
    "a cost near 1e8": ("2-3:tanh-3:tanh-2:identity/quadratic", 1.0, 2.0**13),
    "relu": ("2-3:relu-3:relu-2/cross_entropy+l2=0.125", 1.0, 1.0),
    "square layers": ("3-3:tanh-3:sigmoid-3/cross_entropy", 1.0, 1.0),
    "no biases": ("2-3:tanh-3:sigmoid-2/cross_entropy+nobias+l2=0.125", 1.0, 1.0),
}


@dataclass(frozen=True)
class Score:
    """One rule: how many wrong gradients it rejected, how many correct ones it rejected, too."""

    rule: str
    killed: int
    wrong: int
    alarms: int
    correct: int
    survivors: tuple[str, ...]

    @property
    def kill_rate(self) -> float:
        """The share of wrong gradients that it rejected."""
        return self.killed / self.wrong if self.wrong else float("nan")


@dataclass(frozen=True)
class Qualification:
    """What every rule did on one network and point; ``singles`` mistakes were planted alone, ``pairs`` of ``of_pairs``."""

    network: str
    scores: tuple[Score, ...]
    singles: int
    pairs: int
    of_pairs: int

    def report(self) -> Document:
        """The table, ours first, and what was planted."""
        missed = [
            f"{s.rule} missed: {', '.join(s.survivors[:6])}" for s in self.scores if s.rule in (OURS, ON_BALLS) and s.survivors
        ]
        return Document(
            f"Qualification on {self.network}",
            [score_table(self.scores), prose(self.planted), *map(prose, missed)],
            data={"schema": "gradcheck.qualification/1", **self.to_dict()},
        )

    @property
    def planted(self) -> str:
        """How many mistakes were planted, one and two at a time."""
        which = "all" if self.pairs == self.of_pairs else f"a random {self.pairs} of the"
        wrong = self.scores[0].wrong - self.singles
        return (
            f"Planted: {self.singles} mistakes that change the gradient here, one at a time, and {which} {self.of_pairs} pairs "
            f"of them, of which {self.pairs - wrong} undo each other and do not count."
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        counts = {"singles": self.singles, "pairs": self.pairs, "of_pairs": self.of_pairs}
        return {"network": self.network, **counts, "scores": [vars(s) for s in self.scores]}

    @property
    def holds(self) -> bool:
        """Whether ours let no wrong gradient through and rejected no correct one."""
        ours = {score.rule: score for score in self.scores if score.rule in (OURS, ON_BALLS)}
        return ours[ON_BALLS].killed == ours[ON_BALLS].wrong and not any(score.alarms for score in ours.values())


def score_table(scores: Iterable[Score]) -> Table:
    """One row a rule."""
    rows: list[list[Any]] = [[s.rule, _percent(s.kill_rate), s.killed, s.wrong, s.alarms, s.correct] for s in scores]
    return Table(["rule", "kill", "rejected", "wrong gradients", "false alarms", "correct gradients"], rows)


def _percent(share: float) -> str:
    """Rounded down: 100 % is all of them."""
    return f"{math.floor(1000 * share) / 10:.1f} %"


def scoreboard(found: Mapping[str, Qualification]) -> Document:
    """All families: the sum of what every rule did, then family by family."""
    rules = next(iter(found.values())).scores
    sums = [_sum_of([q.scores[place] for q in found.values()]) for place in range(len(rules))]
    sections = [Section(name, q.report().blocks) for name, q in found.items()]
    data = {"schema": "gradcheck.scoreboard/1", "families": {name: q.to_dict() for name, q in found.items()}}
    return Document(f"Qualification on {len(found)} families of networks", [score_table(sums), *sections], data=data)


def _sum_of(scores: list[Score]) -> Score:
    killed, wrong, alarms, correct = (
        sum(getattr(s, part) for s in scores) for part in ("killed", "wrong", "alarms", "correct")
    )
    return Score(scores[0].rule, killed, wrong, alarms, correct, tuple(label for s in scores for label in s.survivors))


def family_point(name: str, rng: np.random.Generator) -> tuple[NetworkSpec, Point]:
    """The network of a family, and a point of it."""
    notation, scale, factor = FAMILIES[name]
    spec = NetworkSpec.parse(notation)
    x, y = random_batch(spec, rng, 5)
    return spec, Point(init_params(spec, rng, scale=scale), x, y * factor)


def qualify(
    spec: NetworkSpec,
    point: Point,
    rng: np.random.Generator,
    *,
    pairs: int | None = None,
    progress: Callable[[Any], Any] = iter,
) -> Qualification:
    """Plant every mistake that changes something here, one and two at a time; ask every rule.

    ``pairs`` is how many random pairs; by default all up to ALL_PAIRS, else SAMPLE. What leaves this gradient as it is, on
    balls, is equivalent and not counted.
    """
    truth = truth_at(spec, point)
    shown = [v for v in all_variants(spec) if not is_equivalent(spec, v, [(point.params, point.x, point.y)])]
    every = list(combinations(shown, 2))
    drawn = _drawn(every, pairs, rng)
    planted = [(v,) for v in shown] + [pair for pair in progress(drawn) if _differs(spec, point, truth, pair)]
    wrong = {" and ".join(v.label for v in variants): _planted(spec, point, *variants) for variants in progress(planted)}
    correct = dict(_correct(spec, point))
    single = _single_is_rejected(spec, point, correct[SINGLE])

    def rejects(gradient: Gradient) -> bool:
        return single if gradient is correct[SINGLE] else _rejects(truth, gradient)

    # On balls a gradient is wrong where they are disjoint from the true ones: that is how what is wrong was chosen.
    differing = {id(gradient) for gradient in wrong.values()}
    ours = [
        _score(ON_BALLS, lambda g: id(g) in differing or rejects(g), wrong, correct),
        _score(OURS, rejects, wrong, correct),
    ]
    peers = [_score(name, rule, wrong, correct) for name, rule in _peers(spec, point, rng, progress)]
    return Qualification(str(spec), (*ours, *peers), len(shown), len(drawn), len(every))


def _peers(
    spec: NetworkSpec, point: Point, rng: np.random.Generator, progress: Callable[[Any], Any]
) -> Iterator[tuple[str, Callable[[Gradient], bool]]]:
    """Each rule by name, as a function of the gradient; it draws the same directions for every one."""
    sizes = tuple(int(np.prod(shape)) for shape in spec.shapes.values())
    flat, value = _flat(spec, point.params), _remembered_cost(spec, point)
    for name, rule in progress(list(RULES.items())):
        seed = int(rng.integers(2**32))

        def rejects(gradient: Gradient, rule: Any = rule, seed: int = seed) -> bool:
            return bool(rule(RuleCase(value, flat, _flat(spec, gradient), sizes), np.random.default_rng(seed)))

        yield name, rejects


def _remembered_cost(spec: NetworkSpec, point: Point) -> Callable[[Array], float]:
    """The cost at a flat vector of parameters: every rule asks for the same few differences of each gradient."""
    values: dict[bytes, float] = {}

    def value(vector: Array) -> float:
        key = vector.tobytes()
        if key not in values:
            values[key] = float(cost(spec, _arrays(spec, vector), point.x, point.y))
        return values[key]

    return value


def _drawn(every: list[Any], pairs: int | None, rng: np.random.Generator) -> list[Any]:
    """The pairs that are planted: all, or so many at random."""
    if pairs is None:
        pairs = len(every) if len(every) <= ALL_PAIRS else SAMPLE
    return every if pairs >= len(every) else [every[int(place)] for place in rng.permutation(len(every))[:pairs]]


def _score(
    name: str, rejects: Callable[[Gradient], bool], wrong: Mapping[str, Gradient], correct: Mapping[str, Gradient]
) -> Score:
    survivors = tuple(label for label, gradient in wrong.items() if not rejects(gradient))
    alarms = sum(rejects(gradient) for gradient in correct.values())
    return Score(name, len(wrong) - len(survivors), len(wrong), alarms, len(correct), survivors)


def _rejects(truth: Truth, gradient: Gradient) -> bool:
    return any(check.verdict is Verdict.MISMATCH for check in judge(truth, gradient).values())


def _differs(spec: NetworkSpec, point: Point, truth: Truth, variants: Any) -> bool:
    """Whether the wrong program itself, run on balls, gives another gradient: however small the difference."""
    found, _ = enclose(plant(spec, *variants), point.params, point.x, point.y)
    return any(disjoint(found[key], truth.gradient[key]).any() for key in found)


def _planted(spec: NetworkSpec, point: Point, *variants: Any) -> Gradient:
    with np.errstate(all="ignore"):
        found: Gradient = compile_gradient(plant(spec, *variants))(point.params, point.x, point.y)
    return found


def _correct(spec: NetworkSpec, point: Point) -> Any:
    """Correct gradients that differ in rounding alone: orders of summation, phi' from z or from a, and float32."""
    params, x, y = point.params, point.x, point.y
    yield "reference, phi' from z", backward(spec, params, x, y)
    yield "phi' from a", _from_activations(spec, point)
    yield "compiled from symbols", _planted(spec, point)
    yield "examples in reverse order", backward(spec, params, x[::-1], y[::-1])
    parts = [backward(spec, params, x[k : k + 1], y[k : k + 1]) for k in range(len(x))]
    yield "one example at a time", {key: sum(part[key] for part in parts) / len(parts) for key in spec.keys}
    yield "units in reverse order", _units_reversed(spec, point)
    yield SINGLE, _single(spec, params, x, y)


def _single(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> Gradient:
    """The same formulas in float32: right, with some 7 digits."""
    single = {key: value.astype(np.float32) for key, value in params.items()}
    return backward(spec, single, x.astype(np.float32), y.astype(np.float32))


def _single_is_rejected(spec: NetworkSpec, point: Point, gradient: Gradient) -> bool:
    """The judge, told as an engineer tells it that the code computes in float32: at the point that float32 holds."""

    def rounded(array: Array) -> Array:
        return array.astype(np.float32).astype(np.float64)

    held = Point({key: rounded(value) for key, value in point.params.items()}, rounded(point.x), rounded(point.y))
    return _rejects(truth_at(spec, held, dtype=np.float32), gradient)


# phi' as code writes it that keeps the activations alone.
_FROM_A: dict[str, Callable[[Array], Array]] = {
    "identity": np.ones_like,
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: (a > 0).astype(float),
    "leaky_relu": lambda a: np.where(a > 0, 1.0, 0.01),
    "elu": lambda a: np.where(a > 0, 1.0, a + 1),
    "softplus": lambda a: 1 - np.exp(-a),
}


def _from_activations(spec: NetworkSpec, point: Point) -> Gradient:
    """The delta recursion with phi' of hidden units from a; from z for activations that are not monotone (silu, gelu)."""
    z, a = weighted_inputs(spec, point.params, point.x)
    delta, found = output_delta(spec, z[spec.L], a[spec.L], point.y), Gradient()
    for layer in reversed(spec.layers):
        W = point.params[f"W{layer}"]
        found |= {f"b{layer}": delta.sum(axis=0), f"W{layer}": delta.T @ a[layer - 1]}
        if layer > 1:
            name = spec.activations[layer - 2]
            slope = _FROM_A[name](a[layer - 1]) if name in _FROM_A else FLOATS.activations[name].dphi(z[layer - 1])
            delta = (delta @ W) * slope
    return {key: found[key] + spec.decay(key) * point.params[key] for key in spec.keys}


def _units_reversed(spec: NetworkSpec, point: Point) -> Gradient:
    """Every hidden layer numbered from the other end, and back: each sum over units in the other order."""

    def turned(arrays: Mapping[str, Array]) -> Gradient:
        result = {key: np.asarray(value) for key, value in arrays.items()}
        for layer in range(1, len(spec.sizes) - 1):
            result |= {key: result[key][::-1] for key in spec.of_layer(layer)}
            result[f"W{layer + 1}"] = result[f"W{layer + 1}"][:, ::-1]
        return result

    return turned(backward(spec, turned(point.params), point.x, point.y))


def _flat(spec: NetworkSpec, arrays: Mapping[str, Array]) -> Array:
    return np.concatenate([np.asarray(arrays[key], dtype=np.float64).ravel() for key in spec.keys])


def _arrays(spec: NetworkSpec, vector: Array) -> dict[str, Array]:
    ends = np.cumsum([int(np.prod(shape)) for shape in spec.shapes.values()])
    parts = np.split(vector, ends[:-1])
    return {key: part.reshape(shape) for part, (key, shape) in zip(parts, spec.shapes.items(), strict=True)}
