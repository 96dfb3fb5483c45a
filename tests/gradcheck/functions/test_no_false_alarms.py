"""Correct gradients, however they are usually written, are never called wrong.

GRADCHECK_FALSE_ALARMS sets how many random ones are tried; ``python -m benchmarks.false_alarms`` counts 2,400 networks and
``python -m benchmarks.float_constants`` 1,000 functions.
"""

import os
from collections import Counter

import numpy as np
import pytest

from benchmarks import float_constants
from benchmarks.false_alarms import DPHI, PHI, check, trials
from reference_nets.activations import ACTIVATIONS
from reference_nets.activations import softmax as reference_softmax
from reference_nets.spec import COSTS

COUNT = int(os.environ.get("GRADCHECK_FALSE_ALARMS", "200"))
PARTS = 4
FULL = pytest.mark.extra("resource")  # run by make test-all
EACH_DAY = [0, *(pytest.param(part, marks=FULL) for part in range(1, PARTS))]


@pytest.mark.parametrize("part", EACH_DAY)
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


@pytest.mark.parametrize("part", [*range(2), *EACH_DAY[2:]])
def test_correct_code_with_float_constants_is_never_called_wrong(part):
    for trial in float_constants.trials(np.random.default_rng([31, part]), COUNT // PARTS):
        result = float_constants.check(trial)
        assert result.verdict == "match", f"{' + '.join(trial.parts)}: {result}"
        assert result.witness.startswith("certified formula")


def test_constants_that_leave_a_small_entry_open_do_not_make_the_others_wrong():
    """In float32 a tenth is 1.5e-8 off: more than 1e-4 of an entry that nearly cancels."""
    tenth, x = np.float32(0.1), np.array([0.7, -1.3])
    near = x[0] * (1 - 2.0**-20)
    f = lambda w: tenth * np.sum(w**2) / 2 - tenth * near * np.sum(w)
    right = lambda w: 0.1 * w - 0.1 * near
    result = float_constants.check_grad(f, right, x)
    assert result.verdict == "match" and result.detectable > 1e-4
    assert float_constants.check_grad(f, lambda w: 1.001 * right(w), x).verdict == "mismatch"


@pytest.mark.parametrize("part", [*range(2), *EACH_DAY[2:]])
def test_an_error_of_1e_13_in_one_entry_is_caught_where_there_are_no_float_constants(part):
    for trial in float_constants.planted_trials(np.random.default_rng([2, part]), COUNT // 10):
        assert float_constants.check(trial).verdict == "mismatch", " + ".join(trial.parts)
    for trial in float_constants.planted_trials(np.random.default_rng([2, part]), COUNT // 20, error=0.0):
        assert float_constants.check(trial).verdict == "match", " + ".join(trial.parts)


def test_the_trials_cover_every_part_and_every_constant_in_two_forms():
    rng, seen = np.random.default_rng(0), Counter()
    for trial in float_constants.trials(rng, 300):
        seen.update(trial.parts)
    assert set(seen) == {part.__name__ for part in float_constants.PARTS} | {"of a dict"}
    for forms in float_constants.CONSTANTS.values():
        values = [float(form()) for form in forms]
        assert len(forms) > 1 and np.ptp(values) <= 2e-8 * abs(values[0])
