"""In deep networks, too, the budget follows how errors travel: nothing wrong hides in it, nothing right exceeds it."""

import numpy as np
import pytest

from benchmarks.depth import counted, network, ratio, right
from benchmarks.false_alarms import Trial, backward
from gradcheck.functions.check import check_grad
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.check import check_network
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward as reference
from reference_nets.points import Point
from reference_nets.spec import ACTIVATIONS, NetworkSpec

SHAPES = {"identity": (40, 5), "sigmoid": (25, 6), "tanh": (36, 5), "relu": (24, 16), "leaky_relu": (3, 60), "elu": (12, 12)}
SHAPES |= {"softplus": (16, 10), "silu": (30, 5), "gelu": (9, 20)}
FULL = pytest.mark.extra("resource")  # run by make test-all
DEEP = NetworkSpec.parse("4-" + "3:sigmoid-" * 8 + "2")


@pytest.mark.parametrize(("activation", "dtype"), [
    *((name, np.float64) for name in SHAPES),
    *(pytest.param(name, np.float32, marks=() if name in ("tanh", "relu") else FULL) for name in SHAPES),
])  # fmt: skip
def test_the_budget_alone_sees_what_is_done_to_the_first_layer_and_accuses_no_right_code(activation, dtype):
    """Doubled, zero, negated, one entry off by 1e-3 of the largest; right code in eight styles."""
    found = counted(network(*SHAPES[activation], activation), np.random.default_rng(3), dtype)
    assert found["mistakes"] == 8 and found["mistakes taken for right"] == found["mistakes undecided"] == 0
    assert found["right code called wrong"] == found["right code undecided"] == 0


def test_every_activation_has_a_deep_network_here():
    assert set(SHAPES) == set(ACTIVATIONS) - {"softmax"}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("depth", "width", "activation"), [(40, 6, "tanh"), (12, 32, "relu"), (2, 64, "gelu")])
def test_the_budget_is_within_a_factor_of_1000_of_the_errors_of_right_code(depth, width, activation, dtype):
    over, nearest = ratio(network(depth, width, activation), np.random.default_rng(4), dtype)
    assert nearest < 1 < over < 1000


@pytest.mark.parametrize("activation", SHAPES)
def test_the_gradient_of_a_deep_network_neither_vanishes_nor_explodes(activation):
    spec = network(*SHAPES[activation], activation)
    point = safe_point(spec, np.random.default_rng(5))
    grads = reference(spec, point.params, point.x, point.y)
    assert all(1e-6 < np.abs(grads[key]).max() < 1e3 for key in spec.keys)


def written(spec, *, followed=True, first=1.0):
    """The right gradient but for a factor in the first layer; through text, balls cannot follow it."""

    def claimed(params, x, y):
        if not followed:
            params = [tuple(np.array([float(str(v)) for v in part.ravel()]).reshape(part.shape) for part in p) for p in params]
        grads = backward(Trial(spec, None, np.float64, 1))(params, x, y, spec.l2)
        return [tuple(first * part for part in grads[0]), *grads[1:]]

    return claimed


def vanishing(scale):
    """A point of the user's: small weights through many sigmoids."""
    rng = np.random.default_rng(6)
    params = {key: scale * rng.standard_normal(shape) for key, shape in DEEP.shapes.items()}
    return Point(params, rng.standard_normal((5, 4)), rng.integers(0, 9, size=(5, 2)) / 8)


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize(("scale", "followed", "factor", "verdict"), [
    (1.0, True, 1.0, "match"), (1.0, True, 2.0, "mismatch"), (1.0, False, 1.0, "match"), (1.0, False, 2.0, "mismatch"),
    (1e-10, True, 1.0, "match"), (1e-10, True, -1.0, "mismatch"), pytest.param(1e-10, True, 2.0, "mismatch", marks=FULL),
    (1e-10, False, 1.0, "inconclusive"), (1e-10, False, 2.0, "inconclusive"), (1e-10, False, 0.0, "inconclusive"),
])
def test_a_gradient_that_vanishes_is_a_match_only_if_balls_compare_the_formula(scale, followed, factor, verdict):
    dtype = np.float64 if scale == 1 else np.float32  # where 1e-84 is no number
    result = check_network(DEEP, written(DEEP, followed=followed, first=factor), point=vanishing(scale), dtype=dtype, rng=1)
    assert result.verdict == verdict, str(result)
    if verdict == "match":
        assert result.detectable < (1e-25 if followed else 1e-9)
        assert f"an error of {result.detectable:.1e} of the largest entry would have been seen" in str(result)
    if verdict == "inconclusive":
        assert "an error of 1% would have passed unseen" in str(result)


def test_zeros_and_residues_beside_larger_entries_leave_a_match_a_match():
    """A dead unit's gradient is zero, and a column of x that is 1e-17 leaves entries as small."""
    spec = NetworkSpec.parse("3-4:relu-2")
    point = safe_point(spec, np.random.default_rng(7))
    point.x[:, 1] *= 1e-17
    point.params["b1"][2] = -50.0
    result = check_network(spec, written(spec, followed=False), point=point, rng=1)
    assert result.verdict is Verdict.MATCH and result.detectable < 1e-10


def test_a_function_whose_rounding_hides_its_gradient_is_no_match_without_balls():
    f = lambda x: 1e16 * x[0] ** 2 - 1e16 * x[0] * x[0] + x[0] * x[1]
    through_text = lambda x: np.array([float(str(x[1])) * 2, float(str(x[0]))])
    result = check_grad(f, through_text, np.array([0.7, 1.3]))
    assert result.verdict is not Verdict.MATCH


def test_the_styles_of_right_code_are_different_roundings():
    spec = network(3, 6, "tanh")
    point = safe_point(spec, np.random.default_rng(8))
    answers = [claimed["W1"] for claimed in right(spec, point, np.float64)]
    assert len({answer.tobytes() for answer in answers}) > 4


def in_float32(changed=lambda gradient: gradient):
    """2-3:tanh-2, written in float32."""

    def backward(params, x, y):
        (W1, b1), (W2, b2) = ((W.astype(np.float32), b.astype(np.float32)) for W, b in params)
        x, y = x.astype(np.float32), y.astype(np.float32)
        a = np.tanh(x @ W1.T + b1)
        delta2 = (a @ W2.T + b2 - y) / np.float32(len(x))
        delta1 = (delta2 @ W2) * (1 - a**2)
        first, second = (delta1.T @ x, delta1.sum(0)), (delta2.T @ a, delta2.sum(0))
        return [tuple(changed(part) for part in first), second]

    return backward


def saturated(shift, rng):
    """A point whose units are as far from zero as ``shift``: in float32, tanh is 1 from 9 on and its slope 0."""
    params = {"W1": rng.normal(size=(3, 2)), "b1": rng.choice([-1.0, 1.0], 3) * shift, "W2": rng.normal(size=(2, 3))}
    return Point(params | {"b2": rng.normal(size=2)}, 0.3 * rng.normal(size=(5, 2)), rng.normal(size=(5, 2)))


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize("shift", [3, 6, 9, 12, 15, 18])
def test_where_float32_saturates_the_formula_decides(shift):
    point, spec = saturated(shift, np.random.default_rng(shift)), "2-3:tanh-2:identity/quadratic"
    result = check_network(spec, in_float32(), point=point)
    assert result.verdict is Verdict.INACCURATE
    for changed in (lambda part: 2 * part, lambda part: 0 * part, lambda part: -part):
        result = check_network(spec, in_float32(changed), point=point)
        assert {q.quantity for q in result.quantities if q.verdict is Verdict.MISMATCH} == {"W1", "b1"}
