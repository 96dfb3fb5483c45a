"""Layer functions judged one by one: what each must give is enclosed from its definition, for a random ``dout``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.diagnosis.layer_catalogue import mistake_of_layer
from gradcheck.explanations.explanation import Explanation
from gradcheck.explanations.traced.code import Place
from gradcheck.explanations.traced.where import at
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.judge import judge_quantity
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.truth import Budget, Truth
from gradcheck.judge.verdicts import Check, QuantityCheck, Verdict
from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.values import SAFETY, Roundoff, exact
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.confined_code import lines_of, where_in_layer
from gradcheck.submissions.submission import ELEMENTWISE, Submission
from gradcheck.submissions.validation import Row, Validation
from gradcheck.witnesses.forward_truth import forward_truth
from gradcheck.witnesses.network_truth import truth_at
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import Enclosure, balls, enclosure, precision
from symbolic.exact.ball_reading import ball_numbers
from symbolic.programs.functions import activation, derivative
from symbolic.programs.interpret import evaluate
from symbolic.programs.statements import symbol

M, N, K = 5, 4, 3  # examples, inputs, outputs: all different
BITS = 256
FUNCTIONS = {f"{name}_{way}" for name in ("affine", *ELEMENTWISE) for way in ("forward", "backward")} | {"softmax_loss"}


@dataclass(frozen=True)
class LayerCase:
    """One function with its inputs, and what it must return, by name."""

    function: str
    arrays: tuple[Array, ...]
    results: dict[str, Truth]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the results."""
        return [truth.gradient[name].mid.shape for name, truth in self.results.items()]


def judged_layers(submission: Submission, seed: int, result: Validation) -> Validation:
    """The interface, then a row for each result of each function that is known here; names are the submission's word."""
    offers = submission.found.offers
    if not set(offers) <= FUNCTIONS:
        raise SubmissionFault("protocol", Sentence("faults.other-functions"))
    if not offers and FUNCTIONS & submission.defined():
        raise SubmissionFault("protocol", Sentence("faults.no-functions"))
    if not offers:
        words = Sentence("submissions.no-known-layer")
        return replace(result, rows=(Row(Check("interface", Verdict.INCONCLUSIVE, words)),))
    interface = Row(Check("interface", Verdict.MATCH, Sentence("submissions.each-by-itself", names=offers)))
    rng = np.random.default_rng(seed)
    rows, faults, places = [interface], list[SubmissionFault](), list[Place]()
    diagnoses: list[Diagnosis] = []
    for name in offers:
        asked = _asked(name, rng)
        try:
            judged = _judged_layer(submission, asked)
        except SubmissionFault as fault:
            if fault.is_final:
                raise
            faults.append(fault)
            judged = [_Judged(Row(Check("gradient", Verdict.ERROR, fault.told), name, function=name), np.zeros(()))]
        rows += [one.row for one in judged]
        for one in judged:
            if one.row.verdict in (Verdict.MISMATCH, Verdict.ERROR):
                place = where_in_layer(submission, name, asked.arrays, asked.shapes, [one.claimed])
                places += [place] if place else []
                diagnoses += _diagnosed(asked, one, place)
    if len(faults) == len(offers):
        raise faults[0]
    first = places[0] if places else None
    known = Explanation(lines_of(submission, places), files=len(submission.files.contents))
    told = replace(result, rows=tuple(rows), diagnoses=tuple(diagnoses), explanation=known)
    return replace(told, first_wrong=first, first_wrong_line=first.line if first else None)


def _diagnosed(asked: LayerCase, judged: _Judged, place: Place | None) -> list[Diagnosis]:
    """The mistake that gives a wrong result; nothing of a function that gave none."""
    check = judged.row.check
    if judged.row.verdict is not Verdict.MISMATCH or not isinstance(check, QuantityCheck):
        return []
    right = asked.results[check.quantity].gradient[check.quantity].mid
    found = mistake_of_layer(asked.function, check.quantity, asked.arrays, right, judged.claimed)
    return [at(found, place) if place else found]


@dataclass(frozen=True)
class _Judged:
    """A row, and the result that it is about."""

    row: Row
    claimed: Array


def _judged_layer(submission: Submission, asked: LayerCase) -> list[_Judged]:
    """A row for each result of one function."""
    name = asked.function
    returned = submission.layer(name, asked.arrays, asked.shapes)
    results = zip(asked.results.items(), returned, strict=True)
    return [
        _Judged(Row(_told(name, judge_quantity(key, truth, claimed)), f"{name}: {key}", function=name), claimed)
        for (key, truth), claimed in results
    ]


def _told(name: str, check: QuantityCheck) -> QuantityCheck:
    """The judge speaks of derivatives; a forward result is none."""
    if not name.endswith("_forward"):
        return check
    entry = check.worst
    where = {"where": f"{check.quantity}[{', '.join(map(str, entry.index))}]", "error": entry.error, "budget": entry.budget}
    if check.verdict is Verdict.MATCH:
        return replace(check, message=Sentence("submissions.value-right", **where))
    if check.verdict is not Verdict.MISMATCH:
        return check
    numbers = {"got": entry.got, "expected": entry.expected, "count": check.wrong, "size": math.prod(check.shape)}
    return replace(check, message=Sentence("submissions.value-wrong", **where, **numbers))


def _asked(name: str, rng: np.random.Generator) -> LayerCase:
    if name == "softmax_loss":
        return _softmax_loss(rng)
    kind, _, way = name.rpartition("_")
    if kind == "affine":
        return _affine(name, way, rng)
    return _activation(name, kind, way, rng)


def _dyadic(rng: np.random.Generator, *shape: int) -> Array:
    """Multiples of 1/8, never zero: their products and sums are exact in float64."""
    return np.asarray(rng.choice([-1, 1], size=shape) * rng.integers(1, 17, size=shape) / 8)


def _affine(name: str, way: str, rng: np.random.Generator) -> LayerCase:
    """``out = x w + b``; ``dx = dout w^T``, ``dw = x^T dout``, ``db = sum dout``."""
    x, w, b, dout = _dyadic(rng, M, N), _dyadic(rng, N, K), _dyadic(rng, K), _dyadic(rng, M, K)
    if way == "forward":
        return LayerCase(name, (x, w, b), {"out": _exactly("out", x @ w + b, np.abs(x) @ np.abs(w) + np.abs(b))})
    results = {
        "x": _exactly("x", dout @ w.T, np.abs(dout) @ np.abs(w.T)),
        "w": _exactly("w", x.T @ dout, np.abs(x.T) @ np.abs(dout)),
        "b": _exactly("b", dout.sum(axis=0), np.abs(dout).sum(axis=0)),
    }
    return LayerCase(name, (x, w, b, dout), results)


def _exactly(name: str, value: Array, size: Array) -> Truth:
    rounding = SAFETY * Roundoff.of(np.float64).gamma(M + N + K) * size
    return Truth({name: Enclosure(value, np.zeros_like(value), np.zeros_like(value))}, _budget(name, rounding, value))


def _budget(name: str, rounding: Array, value: Array) -> Budget:
    return Budget({name: rounding}, {name: value}, {name: value})


def _activation(name: str, kind: str, way: str, rng: np.random.Generator) -> LayerCase:
    """``out = phi(x)``; ``dx = dout phi'(x)``."""
    x, dout = _dyadic(rng, M, N), _dyadic(rng, M, N)
    z, g = symbol("z"), symbol("g")
    formula = activation(kind, z) if way == "forward" else g * derivative(kind, z)
    result = "out" if way == "forward" else "x"
    with precision(BITS):
        enclosed = enclosure(np.asarray(evaluate(formula, {"z": balls(x), "g": balls(dout)}, ball_numbers())))
    format = Roundoff.of(np.float64)
    with np.errstate(all="ignore"):
        error = evaluate(formula, {"z": exact(x, format), "g": exact(dout, format)}, error_numbers(format)).error
    truth = Truth({result: enclosed}, _budget(result, SAFETY * np.asarray(error), enclosed.mid))
    return LayerCase(name, (x,) if way == "forward" else (x, dout), {result: truth})


def _softmax_loss(rng: np.random.Generator) -> LayerCase:
    """The loss, and ``dx = (softmax(x) - one-hot) / m``: a network whose only layer is the identity matrix."""
    spec = NetworkSpec((K, K), ("softmax",), "cross_entropy")
    x, labels = _dyadic(rng, M, K), rng.integers(K, size=M)
    point = Point({"W1": np.eye(K), "b1": np.zeros(K)}, x, np.eye(K)[labels])
    whole, cost = truth_at(spec, point, dx=True), forward_truth(spec, point).cost
    loss = Truth({"loss": _scalar(cost.enclosed)}, _budget("loss", cost.budget.reshape(()), _scalar(cost.enclosed).mid))
    gradient = Truth({"x": whole.gradient["x"]}, _budget("x", whole.budget.rounding["x"], whole.gradient["x"].mid))
    return LayerCase("softmax_loss", (x, labels.astype(np.float64)), {"loss": loss, "x": gradient})


def _scalar(value: Enclosure) -> Enclosure:
    return Enclosure(value.mid.reshape(()), value.low.reshape(()), value.rad.reshape(()))
