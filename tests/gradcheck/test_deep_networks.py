"""In deep networks, too, the budget follows how errors travel: nothing wrong hides in it, nothing right exceeds it."""

import numpy as np
import pytest

from benchmarks.false_alarms import Trial, backward
from gradcheck.network_check import check_network
from gradcheck.points import safe_point
from gradcheck.truth import truth_at
from gradcheck.verdicts import Verdict
from reference_nets.spec import NetworkSpec

DEEP = ["6-" + "5:tanh-" * 30 + "2:identity/mse", "6-" + "12:relu-" * 16 + "3", "5-" + "4:identity-" * 24 + "2:identity/mse"]


def changed(spec, change):
    """The right gradient, with something done to that of the first layer."""

    def claimed(params, x, y):
        grads = backward(Trial(spec, None, np.float64, 0))(params, x, y, spec.l2)
        return [tuple(change(part) for part in grads[0]), *grads[1:]]

    return claimed


def one_entry(part):
    off = part.copy()
    off.flat[np.argmax(np.abs(part))] *= 1.001
    return off


CHANGES = {"doubled": lambda part: 2 * part, "zero": np.zeros_like, "negated": np.negative, "one entry": one_entry}


@pytest.mark.parametrize("notation", DEEP)
def test_what_is_done_to_the_first_layer_of_a_deep_network_is_seen(notation):
    spec = NetworkSpec.parse(notation)
    for name, change in CHANGES.items():
        assert check_network(spec, changed(spec, change), points=1, rng=1).verdict is Verdict.MISMATCH, name


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("notation", DEEP)
def test_the_budget_of_a_deep_network_is_near_to_the_errors_of_right_code_and_never_below(notation, dtype):
    spec = NetworkSpec.parse(notation)
    point = safe_point(spec, np.random.default_rng(2), dtype=dtype)
    truth = truth_at(spec, point, dtype=dtype)
    pairs = [(point.params[f"W{layer}"], point.params[f"b{layer}"]) for layer in spec.layers]
    errors = dict.fromkeys(spec.keys, 0.0)
    for style in range(12):
        found = backward(Trial(spec, point, dtype, style))(pairs, point.x, point.y, spec.l2)
        for key in spec.keys:
            error = truth.gradient[key].distance(np.asarray(found[int(key[1:]) - 1]["Wb".index(key[0])], np.float64))
            assert (error <= truth.budget.rounding[key]).all(), (key, style)
            errors[key] = max(errors[key], float(error.max()))
    ratios = [truth.budget.rounding[key].max() / errors[key] for key in spec.keys if errors[key]]
    assert max(ratios) < 1000
