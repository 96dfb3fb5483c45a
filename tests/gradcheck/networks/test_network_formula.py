"""Formulas on balls in `check_network`: what constants explain is no mistake, a small mistake beside them is."""

import math

import numpy as np
import pytest

from gradcheck import check_network
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks import at_point
from gradcheck.networks import formula as network_formula
from reference_nets.network import backward as reference
from reference_nets.points import Point, init_params, random_batch
from reference_nets.spec import NetworkSpec

F4 = np.float32


def tanh_code(*, share=lambda a: 1 / len(a), factor=1.0, slope=lambda a: 1 - a**2):
    """Two layers, tanh and identity, quadratic; ``share`` is the 1/m."""

    def backward(params, x, y):
        (W1, b1), (W2, b2) = params
        a = np.tanh(x @ W1.T + b1)
        delta2 = (a @ W2.T + b2 - y) * share(x)
        delta1 = delta2 @ W2 * slope(a) * factor
        return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a, delta2.sum(axis=0))]

    return backward


def kept_arrays(factor=1.0):
    kept = np.array([1 / 3, 2 / 7, 0.1, math.e])
    return tanh_code(slope=lambda a: (1 - a * a) * kept / (kept * factor))


def guarded(factor=1.0):
    return tanh_code(factor=factor, slope=lambda a: (1 - a * a) ** 2 / (1 - a * a + 1e-17))


def gelu_code(scale):
    def make(factor=1.0):
        def backward(params, x, y):
            (W1, b1), (W2, b2) = params
            z = x @ W1.T + b1
            t = np.tanh(scale * (z + 0.044715 * z**3))
            a = 0.5 * z * (1 + t)
            delta2 = (a @ W2.T + b2 - y) / len(x)
            slope = 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * scale * (1 + 3 * 0.044715 * z * z)
            delta1 = delta2 @ W2 * slope * factor
            return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a, delta2.sum(axis=0))]

        return backward

    return make


TANH, GELU = "3-4:tanh-2:identity/quadratic", "3-4:gelu-2:identity/quadratic"
STYLES = {
    "1/m in floats": (TANH, lambda factor=1.0: tanh_code(factor=factor)),
    "a column of 1/m": (TANH, lambda factor=1.0: tanh_code(share=lambda x: np.full((len(x), 1), 1 / len(x)), factor=factor)),
    "a float32 1/m": (TANH, lambda factor=1.0: tanh_code(share=lambda x: F4(1) / F4(len(x)), factor=F4(factor))),
    "arrays that the code keeps": (TANH, kept_arrays),
    "a guard": (TANH, guarded),
    "sqrt(2/pi)": (GELU, gelu_code(np.sqrt(2 / np.pi))),
    "sqrt(2/pi) of the math module": (GELU, gelu_code(math.sqrt(2.0 / math.pi))),
    "ten digits of sqrt(2/pi)": (GELU, gelu_code(0.7978845608)),
}


def point_of(spec, scale, m, dtype):
    rng = np.random.default_rng([m, 3])
    x, y = random_batch(spec, rng, m, dtype=dtype)
    return Point(init_params(spec, rng, scale=scale, dtype=dtype), x, y)


@pytest.mark.parametrize("scale", [0.02, 1.0, 4.0])
@pytest.mark.parametrize("style", STYLES)
def test_what_constants_explain_is_no_mistake_and_a_mistake_beside_them_is_one(style, scale):
    notation, make = STYLES[style]
    spec, dtype = NetworkSpec.parse(notation), F4 if "float32" in style else np.float64
    point = point_of(spec, scale, 7, dtype)
    right, wrong = (check_network(spec, make(factor), point=point, dtype=dtype, rng=0) for factor in (1.0, 1.001))
    assert right.verdict is Verdict.MATCH, str(right)
    assert wrong.verdict is Verdict.MISMATCH, str(wrong)


def test_a_constant_is_told_apart_at_bits_that_suffice():
    """The gradient vanishes: with the first bits the balls of a float 1/m are wider than the gradient itself."""
    spec = NetworkSpec.parse("1-2:tanh-2:sigmoid-4:softmax/quadratic")
    point = point_of(spec, 1.0, 56, F4)
    point.params["b3"][:] = [90, -30, -60, 0]

    def by_floats(params, x, y):
        by_key = {f"{n}{k}": a for k, pair in enumerate(params, 1) for n, a in zip("Wb", pair, strict=True)}
        grads = reference(spec, by_key, x, y)
        share = 1 / len(x)
        return {key: value * len(x) * share for key, value in grads.items()}

    result = check_network(spec, by_floats, point=point, dtype=F4)
    assert result.verdict is Verdict.MATCH and result.formula.status == "equal within constants", str(result)


def test_arrays_of_zeros_may_have_been_there_and_single_constants_leave_no_slack():
    spec = NetworkSpec.parse(TANH)
    point = point_of(spec, 1.0, 7, np.float64)
    enclosed = lambda *numbers: network_formula._enclosed("b1", np.array(numbers), (len(numbers),))
    assert enclosed(0.0, 0.0).mid.tolist() == [0, 0]
    for numbers in ((1.0, 0.0), (1.0, 1.0), (0.0, 2.0)):
        with pytest.raises(CannotFollow, match="were there before"):
            enclosed(*numbers)
    with pytest.raises(CannotFollow, match="has shape"):
        network_formula._enclosed("b1", np.zeros((2, 2)), (4,))
    assert [network_formula._enclosed("b1", np.zeros(shape), (2,)).mid.shape for shape in ((2,), (1, 2), (2, 1))] == [(2,)] * 3
    readings = [(meant.slack, meant.part_of_formula) for meant in network_formula._readings(spec, guarded(), point, False)]
    assert readings == [(True, True), (True, True), (False, True), (False, False)]
    assert len(list(network_formula._readings(spec, tanh_code(), point, False))) == 3


def test_only_networks_of_some_size_are_looked_at(monkeypatch):
    spec = NetworkSpec.parse(TANH)
    point = point_of(spec, 1.0, 7, np.float64)
    monkeypatch.setattr(network_formula, "compared", lambda *_: "compared")
    at = lambda **how: network_formula.formula_at(spec, tanh_code(), point, None, {}, **how)
    monkeypatch.setattr(network_formula, "MOST_ON_BALLS", spec.n_params)
    assert at() == "compared" == at(hidden=True)
    monkeypatch.setattr(network_formula, "MOST_ON_BALLS", spec.n_params - 1)
    assert at().status == "unknown" and at(hidden=True) == "compared"
    monkeypatch.setattr(network_formula, "LARGEST_WHERE_HIDDEN", spec.n_params - 1)
    assert at(hidden=True).status == "unknown"


def test_numbers_that_were_there_before_are_no_formula():
    spec = NetworkSpec.parse(TANH)
    point = point_of(spec, 1.0, 7, np.float64)
    grads = reference(spec, point.params, point.x, point.y)
    result = check_network(spec, lambda params, x, y: grads, point=point)
    assert result.verdict is Verdict.MATCH
    assert result.formula.status == "unknown" and "its numbers were there before" in result.formula.why


def test_one_quantity_that_is_wrong_does_not_blame_the_others():
    code = tanh_code()
    spoilt = lambda params, x, y: [(2 * code(params, x, y)[0][0], code(params, x, y)[0][1]), code(params, x, y)[1]]
    verdicts = {q.quantity: q.verdict for q in check_network(TANH, spoilt, m=7, rng=0).quantities}
    assert verdicts == {"W1": Verdict.MISMATCH, "b1": Verdict.MATCH, "W2": Verdict.MATCH, "b2": Verdict.MATCH}


def test_a_mismatch_that_one_point_has_shown_is_not_looked_for_around_the_others(monkeypatch):
    asked = []
    real = at_point.gradient_near
    monkeypatch.setattr(at_point, "gradient_near", lambda *args, **how: asked.append(1) or real(*args, **how))
    assert check_network(TANH, tanh_code(factor=1.001), rng=0).verdict is Verdict.MISMATCH
    assert len(asked) == 3
