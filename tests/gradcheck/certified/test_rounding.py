"""Rounding budgets of arbitrary code bound what floats do, and are not generous."""

import numpy as np
import pytest

from gradcheck.certified.rounding import judged_truth, running_error
from gradcheck.certified.witness import certify
from reference_nets.network import backward, cost
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec

NETWORKS = ("3-4:tanh-2", "2-3:relu-3:sigmoid-2/cross_entropy", "2-4:gelu-3:softplus-1/bce", "4-3:elu-2:identity/huber+l2=0.1")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("notation", NETWORKS)
def test_the_budget_bounds_backpropagation_and_little_more(notation, dtype):
    spec, rng = NetworkSpec.parse(notation), np.random.default_rng(11)
    u, relative = float(np.finfo(dtype).eps) / 2, []
    for _ in range(5):
        params, (x, y) = init_params(spec, rng, dtype=dtype), random_batch(spec, rng, 6, dtype=dtype)
        f = lambda p, x=x, y=y: cost(spec, p, x, y)
        truth = certify(f, params)
        known = judged_truth(truth, running_error(f, params, truth, dtype), None)
        grads = backward(spec, params, x, y)
        for key in spec.keys:
            assert (known.gradient[key].distance(grads[key]) <= known.budget.rounding[key]).all()
            size = np.maximum(np.abs(grads[key]), 1e-3 * np.abs(grads[key]).max())
            relative += list((known.budget.rounding[key] / size).ravel())
    assert np.median(relative) < 20_000 * u
