"""Self-qualification: every mistake of the catalogue planted in one network at one point; who catches how many.

The judge and the rules of peers look at the same wrong gradients (one mistake at a time, then pairs of two) and at the
same correct ones: other orders of summation, phi' written from the activation instead of from z, and float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gradcheck.judge import Truth, judge
from gradcheck.peer_rules import RULES, Asked
from gradcheck.truth import truth_at
from gradcheck.verdicts import Verdict
from reference_nets.activations import Array
from reference_nets.network import FLOATS, backward, cost, output_delta, weighted_inputs
from reference_nets.points import Point, init_params, random_batch
from reference_nets.spec import NetworkSpec
from reports.document import Document, Table, prose
from symbolic.ball_reading import enclose
from symbolic.balls import disjoint
from symbolic.compiled import compile_gradient
from symbolic.mistakes import all_variants, plant
from symbolic.visibility import is_equivalent

OURS, ON_BALLS = "gradcheck, numbers alone", "gradcheck, formula on balls"
SINGLE = "float32"
Gradient = dict[str, Array]

# Families on which rules with a fixed tolerance fail in different ways.
FAMILIES: dict[str, tuple[str, float, float]] = {  # network, scale of the parameters, factor on the targets
    "tanh": ("2-3:tanh-3:tanh-2:sigmoid/quadratic", 1.0, 1.0),
    "deep sigmoid, vanishing gradients": ("2-3-3-3-3-3-2/quadratic", 0.3, 1.0),
    "tiny weights": ("2-3:tanh-3:tanh-2:identity/mse", 1e-3, 1.0),
    "a cost near 1e8": ("2-3:tanh-3:tanh-2:identity/quadratic", 1.0, 2.0**13),
    "relu": ("2-3:relu-3:relu-2/cross_entropy+l2=0.125", 1.0, 1.0),
    "square layers": ("3-3:tanh-3:sigmoid-3/cross_entropy", 1.0, 1.0),
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
    """What every rule did on one network and point."""

    network: str
    scores: tuple[Score, ...]

    def report(self) -> Document:
        """The table, ours first."""
        rows: list[list[Any]] = [
            [s.rule, f"{100 * s.kill_rate:.0f} %", s.killed, s.wrong, s.alarms, s.correct] for s in self.scores
        ]
        table = Table(["rule", "kill", "rejected", "wrong gradients", "false alarms", "correct gradients"], rows)
        missed = [f"{s.rule} missed: {', '.join(s.survivors[:6])}" for s in self.scores if s.rule == ON_BALLS and s.survivors]
        data = {"schema": "gradcheck.qualification/1", "network": self.network, "scores": [vars(s) for s in self.scores]}
        return Document(f"Qualification on {self.network}", [table, *map(prose, missed)], data=data)


def family_point(name: str, rng: np.random.Generator) -> tuple[NetworkSpec, Point]:
    """The network of a family, and a point of it."""
    notation, scale, factor = FAMILIES[name]
    spec = NetworkSpec.parse(notation)
    x, y = random_batch(spec, rng, 5)
    return spec, Point(init_params(spec, rng, scale=scale), x, y * factor)


def qualify(
    spec: NetworkSpec, point: Point, rng: np.random.Generator, *, pairs: int = 20, progress: Callable[[Any], Any] = iter
) -> Qualification:
    """Plant every mistake that changes something here, and ``pairs`` random pairs of them; ask every rule.

    A planted mistake that leaves this gradient as it is, to the last bit that rounding allows, is not counted.
    """
    truth = truth_at(spec, point)
    planted = dict(progress(list(_wrong(spec, point, truth, rng, pairs))))
    wrong = {label: gradient for label, (gradient, _) in planted.items()}
    correct = dict(_correct(spec, point))
    single = _single_is_rejected(spec, point, correct[SINGLE])

    def rejects(gradient: Gradient) -> bool:
        return single if gradient is correct[SINGLE] else _rejects(truth, gradient)

    scores = [_score(OURS, rejects, wrong, correct)]
    differing = {id(wrong[label]) for label, (_, variants) in planted.items() if _differs(spec, point, truth, variants)}
    scores.insert(0, _score(ON_BALLS, lambda g: id(g) in differing or rejects(g), wrong, correct))
    sizes = tuple(int(np.prod(shape)) for shape in spec.shapes.values())
    flat = _flat(spec, point.params)

    def value(vector: Array) -> float:
        return float(cost(spec, _arrays(spec, vector), point.x, point.y))

    for name, rule in RULES.items():
        seed = int(rng.integers(2**32))
        scores.append(
            _score(
                name,
                lambda g, rule=rule, seed=seed: rule(  # type: ignore[misc]
                    Asked(value, flat, _flat(spec, g), sizes), np.random.default_rng(seed)
                ),
                wrong,
                correct,
            )
        )
    return Qualification(str(spec), tuple(scores))


def _score(
    name: str, rejects: Callable[[Gradient], bool], wrong: Mapping[str, Gradient], correct: Mapping[str, Gradient]
) -> Score:
    survivors = tuple(label for label, gradient in wrong.items() if not rejects(gradient))
    alarms = sum(rejects(gradient) for gradient in correct.values())
    return Score(name, len(wrong) - len(survivors), len(wrong), alarms, len(correct), survivors)


def _rejects(truth: Truth, gradient: Gradient) -> bool:
    return any(check.verdict is Verdict.MISMATCH for check in judge(truth, gradient).values())


def _wrong(spec: NetworkSpec, point: Point, truth: Truth, rng: np.random.Generator, pairs: int) -> Any:
    batch = (point.params, point.x, point.y)
    shown = [variant for variant in all_variants(spec) if not is_equivalent(spec, variant, [batch])]
    for variant in shown:
        yield variant.label, (_planted(spec, point, variant), (variant,))
    every = list(combinations(shown, 2))
    for place in rng.permutation(len(every))[:pairs]:
        first, second = every[int(place)]
        gradient = _planted(spec, point, first, second)
        if _shows(truth, gradient):
            yield f"{first.label} and {second.label}", (gradient, (first, second))


def _shows(truth: Truth, gradient: Gradient) -> bool:
    """Whether two mistakes did not undo each other."""
    known = truth.gradient
    return any((known[key].distance(gradient[key]) > 1e-9 * np.abs(known[key].mid).max()).any() for key in gradient)


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
    delta, found = output_delta(spec, z[spec.L], a[spec.L], point.y), {}
    for layer in reversed(spec.layers):
        W = point.params[f"W{layer}"]
        found[f"b{layer}"], found[f"W{layer}"] = delta.sum(axis=0), delta.T @ a[layer - 1] + spec.l2 * W
        if layer > 1:
            name = spec.activations[layer - 2]
            slope = _FROM_A[name](a[layer - 1]) if name in _FROM_A else FLOATS.activations[name].dphi(z[layer - 1])
            delta = (delta @ W) * slope
    return {key: found[key] for key in spec.keys}


def _units_reversed(spec: NetworkSpec, point: Point) -> Gradient:
    """Every hidden layer numbered from the other end, and back: each sum over units in the other order."""

    def turned(arrays: Mapping[str, Array]) -> Gradient:
        result = {key: np.asarray(value) for key, value in arrays.items()}
        for layer in range(1, len(spec.sizes) - 1):
            result[f"W{layer}"] = result[f"W{layer}"][::-1]
            result[f"b{layer}"] = result[f"b{layer}"][::-1]
            result[f"W{layer + 1}"] = result[f"W{layer + 1}"][:, ::-1]
        return result

    return turned(backward(spec, turned(point.params), point.x, point.y))


def _flat(spec: NetworkSpec, arrays: Mapping[str, Array]) -> Array:
    return np.concatenate([np.asarray(arrays[key], dtype=np.float64).ravel() for key in spec.keys])


def _arrays(spec: NetworkSpec, vector: Array) -> dict[str, Array]:
    ends = np.cumsum([int(np.prod(shape)) for shape in spec.shapes.values()])
    parts = np.split(vector, ends[:-1])
    return {key: part.reshape(shape) for part, (key, shape) in zip(parts, spec.shapes.items(), strict=True)}
