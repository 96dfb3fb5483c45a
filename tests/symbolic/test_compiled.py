import numpy as np
import pytest

from reference_nets.network import backward
from reference_nets.points import init_params, random_batch
from reference_nets.spec import ACTIVATIONS, NetworkSpec
from symbolic.programs.compiled import closed_form


def close(left, right, ulps=1e-13):
    return all(np.abs(left[key] - right[key]).max() <= ulps * np.abs(right[key]).max() for key in right)


def test_the_closed_form_is_what_the_matrices_give(spec):
    rng = np.random.default_rng(0)
    for scale in (0.3, 3.0):
        params, (x, y) = init_params(spec, rng, scale=scale), random_batch(spec, rng, 5)
        ours, theirs = closed_form(spec)(params, x, y), backward(spec, params, x, y)
        assert list(ours) == list(theirs) and close(ours, theirs)
        assert {key: value.shape for key, value in ours.items()} == spec.shapes


@pytest.mark.parametrize("name", ACTIVATIONS[:-1])
@pytest.mark.parametrize("hidden", range(4))
def test_any_activation_and_depth(name, hidden):
    spec = NetworkSpec((*(3, 2, 4, 3)[: hidden + 1], 2), (*[name] * hidden, "identity"), "mse", 0.1)
    rng = np.random.default_rng(1)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, 4)
    assert close(closed_form(spec)(params, x, y), backward(spec, params, x, y))


def test_a_thousand_networks_at_once():
    spec, rng = NetworkSpec.parse("2-3:tanh-2:softmax/cross_entropy+l2=0.5"), np.random.default_rng(2)
    params = {key: rng.standard_normal((1000, *shape)) for key, shape in spec.shapes.items()}
    x, y = rng.standard_normal((1000, 4, 2)), np.eye(2)[rng.integers(2, size=(1000, 4))]
    all_at_once = closed_form(spec)(params, x, y)
    for key, shape in spec.shapes.items():
        assert all_at_once[key].shape == (1000, *shape)
    for n in (0, 17, 999):
        alone = backward(spec, {key: value[n] for key, value in params.items()}, x[n], y[n])
        assert close({key: value[n] for key, value in all_at_once.items()}, alone)


def test_float32_stays_float32(spec):
    rng = np.random.default_rng(3)
    params, (x, y) = init_params(spec, rng, dtype=np.float32), random_batch(spec, rng, 5, dtype=np.float32)
    ours = closed_form(spec)(params, x, y)
    assert {value.dtype for value in ours.values()} == {np.dtype(np.float32)}
    wide = {key: value.astype(np.float64) for key, value in params.items()}
    assert close(ours, backward(spec, wide, x.astype(np.float64), y.astype(np.float64)), 1e-4)


def test_saturated_outputs_raise_no_warning_and_stay_right():
    spec = NetworkSpec.parse("1-2/bce")
    params = {"W1": np.array([[800.0], [-800.0]]), "b1": np.zeros(2)}
    ours = closed_form(spec)(params, np.array([[1.0], [-1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert ours["b1"].tolist() == [-0.5, 0.5]
