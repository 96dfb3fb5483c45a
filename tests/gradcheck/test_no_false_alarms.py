"""Correct gradients, however they are usually written, are never called wrong.

GRADCHECK_FALSE_ALARMS sets how many random ones are tried; ``python -m benchmarks.false_alarms`` counts 2,400.
"""

import os
from collections import Counter

import numpy as np
import pytest

from benchmarks.false_alarms import DPHI, PHI, check, trials
from reference_nets.activations import ACTIVATIONS
from reference_nets.activations import softmax as reference_softmax
from reference_nets.spec import COSTS

COUNT = int(os.environ.get("GRADCHECK_FALSE_ALARMS", "200"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_a_correct_gradient_is_never_called_wrong(part):
    for trial in trials(np.random.default_rng([7, part]), COUNT // PARTS):
        result = check(trial)
        assert result.verdict in ("match", "kink"), f"m {len(trial.point.x)}, {np.dtype(trial.dtype)}: {result}"


def test_the_trials_cover_every_activation_cost_depth_size_and_format():
    seen = Counter()
    for trial in trials(np.random.default_rng([7, 0]), 400):
        seen.update({*trial.spec.activations, trial.spec.cost, f"depth {trial.spec.L - 1}", np.dtype(trial.dtype).name})
        seen.update([f"m {min(len(trial.point.x), 33)}"])
        seen.update(["l2" if trial.spec.l2 else "no l2"])
    assert {*PHI, *COSTS, *(f"depth {n}" for n in range(7)), "float32", "float64", "m 2", "m 33", "l2"} <= set(seen)


def test_each_form_is_a_form_of_its_function():
    """Otherwise a trial would not be a correct gradient."""
    z = np.random.default_rng(0).uniform(-4, 4, (50, 3))
    for name, forms in PHI.items():
        true = reference_softmax(z) if name == "softmax" else ACTIVATIONS[name].phi(z)
        for form in forms:
            assert np.allclose(form(z), true, rtol=1e-11, atol=1e-14)
    for name, forms in DPHI.items():
        for form in forms:
            assert np.allclose(form(z, ACTIVATIONS[name].phi(z)), ACTIVATIONS[name].dphi(z), rtol=1e-10, atol=1e-14)
