"""The rounding budget of a wide network in matrices is that of its statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.rounding import budget
from gradcheck.rounding.values import SAFETY, Approximate, Roundoff
from gradcheck.witnesses.forward_truth import _by_statements, _in_matrices
from gradcheck.witnesses.network_differences import numeric_gradient, numeric_unit_slopes
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

NETWORKS = [
    "4-2/bce",
    "1-1:tanh-1-1",
    "5-6:relu-6:gelu-3:softmax/bce",
    "4-3:relu-3:softmax/cross_entropy+l2=0.1",
    "4-6:silu-5:identity-3:sigmoid/cross_entropy",
    "3-5:elu-2/huber+l2=0.25",
    "3-4:leaky_relu-3:softmax/mse",
    "5-8:relu-8:relu-8:relu-8:relu-8:relu-8:relu-4:relu/mse",
]
NEAR = 4.0  # the means of 16 samples in two readings; of some hundred entries none is a factor of 4 apart


def _read(spec: NetworkSpec, point: Point, dtype: type, *, dx: bool) -> tuple[budget.Reading, budget.Reading]:
    at = (spec, point.params, point.x, point.y)
    return (
        budget._by_statements(*at, Roundoff.of(dtype), dx),
        budget._by_layers(*at, Roundoff.of(dtype), dx),
    )


def _on_a_kink(point: Point) -> Point:
    """The point with the first unit of the first layer at exactly 0 for the first example."""
    W, b, x = point.params["W1"].copy(), point.params["b1"].copy(), np.round(point.x * 8) / 8
    W[0] = np.round(W[0] * 4) / 4
    b[0] = -(x @ W.T)[0, 0]
    return Point({**point.params, "W1": W, "b1": b}, x, point.y)


def _assert_alike(one: dict[str, Approximate], other: dict[str, Approximate], u: float) -> None:
    assert one.keys() == other.keys()
    for key, left in one.items():
        right = other[key]
        shape = left.value.shape
        assert shape == right.value.shape == right.error.shape
        assert np.allclose(left.value, right.value, rtol=1e-9, atol=1e-12)
        assert ((right.error <= NEAR * left.error) & (left.error <= NEAR * right.error)).all()
        for end in ("low", "high"):
            ends = [np.broadcast_to(getattr(each, end), shape) for each in (left, right)]
            assert np.allclose(*ends, rtol=1e-6, atol=1e6 * u)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kinked", [False, True])
def test_budgets_and_kinks_are_those_of_the_statements(network: str, dtype: type, kinked: bool) -> None:
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(5), dtype=dtype)
    (left, kinks_of), (right, others_of) = _read(spec, _on_a_kink(point) if kinked else point, dtype, dx=True)
    kinks, others = kinks_of(), others_of()
    _assert_alike(left, right, float(np.finfo(dtype).eps))
    assert (kinks is None) == (others is None)
    if kinks and others:
        assert kinks.places == others.places
        for one, other in zip(kinks.parts, others.parts, strict=True):
            assert all(np.allclose(one[key], other[key], rtol=1e-9, atol=1e-12) for key in one)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("read", [budget._by_statements, budget._by_layers])
def test_right_code_is_within_the_budget_where_a_network_has_saturated(dtype: type, read: Callable[..., Any]) -> None:
    spec = NetworkSpec.parse("7-6:elu-5:relu-5:identity-8:tanh-6:elu-3:identity/huber")
    for seed in range(6):
        drawn = safe_point(spec, np.random.default_rng(seed), dtype=dtype)
        point = Point({key: value * dtype(20) for key, value in drawn.params.items()}, drawn.x, drawn.y)
        true = truth_at(spec, point, dtype=dtype).gradient
        errors, _ = read(spec, point.params, point.x, point.y, Roundoff.of(dtype), False)
        with np.errstate(all="ignore"):
            claimed = backward(spec, point.params, point.x, point.y)
        for key, enclosed in true.items():
            allowed = SAFETY * errors[key].error + enclosed.rad
            assert (enclosed.distance(claimed[key].astype(np.float64)) <= allowed).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_each_example_alone(network: str) -> None:
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(6))
    ones = Point(point.params, point.x[:, np.newaxis], point.y[:, np.newaxis])
    (left, _), (right, _) = _read(spec, ones, np.float64, dx=False)
    _assert_alike(left, right, 2.0**-52)


def test_the_same_on_the_average() -> None:
    """Samples are drawn anew in each reading: their logarithms have the same mean, and the same spread as two draws have."""
    spec, ratios = NetworkSpec.parse("20-30:relu-30:tanh-10:softmax/cross_entropy"), []
    for seed in range(3):
        point = safe_point(spec, np.random.default_rng(seed))
        (left, _), (right, _) = _read(spec, point, np.float64, dx=False)
        ratios += [np.log2(right[key].error / left[key].error).ravel() for key in left]
    assert abs(float(np.concatenate(ratios).mean())) < 0.1
    assert float(np.concatenate(ratios).std()) < 0.3


@pytest.mark.parametrize("network", NETWORKS)
def test_output_and_cost_are_those_of_the_statements(network: str) -> None:
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(7))
    read = (_by_statements(spec, point, Roundoff.of(np.float64)), _in_matrices(spec, point, Roundoff.of(np.float64)))
    for one, other, budget_of_one, of_other in zip(read[0][0], read[1][0], read[0][1], read[1][1], strict=True):
        assert one.mid.shape == other.mid.shape == np.shape(of_other)
        assert (np.abs((one.mid - other.mid) + (one.low - other.low)) <= one.rad + other.rad).all()
        assert (of_other <= NEAR * budget_of_one + 1e-300).all()
        assert (budget_of_one <= NEAR * of_other + 2.0**-60).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_slopes_of_units_are_those_of_their_entries(network: str) -> None:
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(8)
    point = safe_point(spec, rng)
    v = {key: rng.standard_normal(shape) for key, shape in spec.shapes.items() if key[0] == "W"}
    entries = numeric_gradient(spec, point.params, point.x, point.y)
    for key, value in numeric_unit_slopes(spec, point.params, point.x, point.y, v).items():
        assert np.allclose(value, (entries[key] * v[key]).sum(axis=1) if key in v else entries[key], rtol=1e-11, atol=1e-14)
