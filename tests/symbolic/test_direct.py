"""The direct derivative knows no delta, and gives the numbers of the delta recursion all the same."""

import numpy as np
import pytest

from reference_nets.network import backward, cost
from reference_nets.points import init_params, random_batch
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem
from symbolic.programs.direct import MOST_DIRECT, direct_gradient, substituted_costs

PAIRS = [(name, cost_name) for name in ACTIVATIONS for cost_name in COSTS if pair_problem(name, 2, cost_name) is None]


def largest_difference(left, right):
    return max(float(np.abs(left[key] - right[key]).max()) for key in left)


@pytest.mark.parametrize(("activation", "cost_name"), PAIRS)
def test_direct_derivative_equals_the_recursion_for_every_pair(activation, cost_name):
    hidden = "tanh" if activation == "softmax" else activation
    spec = NetworkSpec((2, 3, 2), (hidden, activation), cost_name, 0.25)
    rng = np.random.default_rng(4)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, 4)
    assert largest_difference(direct_gradient(spec)(params, x, y), backward(spec, params, x, y)) < 1e-14


@pytest.mark.parametrize("text", ["1-1/bce", "1-2:softmax/cross_entropy", "1-3:softmax/bce", "1-2:sigmoid/cross_entropy"])
def test_direct_derivative_is_finite_and_right_at_saturated_outputs(text):
    spec = NetworkSpec.parse(text)
    rng = np.random.default_rng(0)
    params, (x, y) = init_params(spec, rng, scale=1e4), random_batch(spec, rng, 4)
    assert largest_difference(direct_gradient(spec)(params, x, y), backward(spec, params, x, y)) < 1e-14


@pytest.mark.parametrize("text", ["2-2-1/bce", "2-2:tanh-3/cross_entropy+l2=0.5", "2-3:softmax/bce"])
def test_substituted_cost_is_the_cost(text):
    spec = NetworkSpec.parse(text)
    example, _ = substituted_costs(spec)
    names = {str(name) for name in example.free_symbols}
    assert not any(name.startswith(("z", "a")) for name in names)
    rng = np.random.default_rng(1)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, 1)
    first_row = np.zeros_like(params["W1"])
    first_row[0] = 1
    shifted = params | {"W1": params["W1"] + 1e-6 * first_row}
    slope = direct_gradient(spec)(params, x, y)["W1"][0].sum()
    assert (cost(spec, shifted, x, y) - cost(spec, params, x, y)) / 1e-6 == pytest.approx(slope, rel=1e-4, abs=0)


def test_a_network_too_large_is_refused_with_what_to_use_instead():
    spec = NetworkSpec.parse("10-10-2")
    with pytest.raises(ValueError, match=f"parameters, direct_gradient takes {MOST_DIRECT}; use closed_form instead"):
        direct_gradient(spec)
