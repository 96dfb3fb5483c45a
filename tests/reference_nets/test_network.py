import re
from itertools import cycle, product

import numpy as np
import pytest

from reference_nets.network import backward, cost, forward
from reference_nets.points import init_params, random_batch
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem

HEADS = [(output, name) for output, name in product(ACTIVATIONS, COSTS) if not pair_problem(output, 2, name)]
HIDDEN = cycle(product(ACTIVATIONS[:-1], ACTIVATIONS[:-1][::-1]))
NETWORKS = [f"2-3:{next(HIDDEN)[0]}-2:{output}/{name}" for output, name in HEADS]
DEEP = [
    "2-3/mse",
    "3-1/bce",
    "2-3-3-2+l2=0.25",
    "2-3:relu-3:tanh-2/cross_entropy+l2=0.1",
    "1-2:gelu-2:silu-2:elu-1/huber",
]


def point(spec, m=3, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    return (init_params(spec, rng, scale=scale), *random_batch(spec, rng, m))


def assert_gradient(spec, params, x, y, exact, *, digits):
    grads, expected = backward(spec, params, x, y), exact.gradient(spec, params, x, y)
    assert list(grads) == list(spec.keys)
    for key in spec.keys:
        assert grads[key].shape == spec.shapes[key]
        atol = np.abs(expected[key]).max() * 10.0**-digits + 1e-300  # below that floats lose digits
        np.testing.assert_allclose(grads[key], expected[key], rtol=0, atol=atol, err_msg=key)


@pytest.mark.parametrize("notation", NETWORKS + DEEP)
def test_backward_agrees_with_exact_arithmetic(notation, exact):
    spec = NetworkSpec.parse(notation)
    assert_gradient(spec, *point(spec), exact, digits=13)


@pytest.mark.parametrize("notation", NETWORKS + DEEP)
def test_cost_agrees_with_exact_arithmetic(notation, exact):
    spec = NetworkSpec.parse(notation)
    params, x, y = point(spec)
    lifted = {key: exact.lifted(value.tolist()) for key, value in params.items()}
    assert cost(spec, params, x, y) == pytest.approx(float(exact.cost(spec, lifted, x, y)), rel=1e-14)


@pytest.mark.parametrize("notation", NETWORKS)
def test_weighted_inputs_of_1e4_leave_cost_finite_and_gradient_right(notation, exact):
    """Inputs of 1e4 and, where the hidden layer squashes them, output weights of 1e4; z itself is rounded at 1e-12."""
    spec = NetworkSpec.parse(notation)
    params, x, y = point(spec, seed=1)
    x = 1e4 * np.sign(x)
    if spec.activations[0] in ("sigmoid", "tanh"):
        params["W2"] = 1e4 * params["W2"]
    assert np.isfinite(cost(spec, params, x, y))
    assert_gradient(spec, params, x, y, exact, digits=9)


@pytest.mark.parametrize("notation", NETWORKS + DEEP)
def test_the_gradient_for_the_input_agrees_with_a_complex_step(notation):
    spec = NetworkSpec.parse(notation)
    params, x, y = point(spec)
    grads = backward(spec, params, x, y, with_dx=True)
    step = np.empty_like(x)
    for index in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[index] += 1e-20j
        step[index] = cost(spec, params, moved, y).imag / 1e-20
    assert list(grads) == [*spec.keys, "x"]
    np.testing.assert_allclose(grads["x"], step, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("notation", NETWORKS + DEEP)
def test_float32_is_kept_and_close_to_float64(notation):
    spec = NetworkSpec.parse(notation)
    params, x, y = point(spec)
    single = {key: value.astype(np.float32) for key, value in params.items()}
    x32, y32 = x.astype(np.float32), y.astype(np.float32)
    grads, reference = backward(spec, single, x32, y32), backward(spec, params, x, y)
    assert {value.dtype for value in grads.values()} == {forward(spec, single, x32).dtype} == {np.dtype(np.float32)}
    for key in spec.keys:
        np.testing.assert_allclose(grads[key], reference[key], rtol=0, atol=2e-5 * np.abs(reference[key]).max())


def test_cost_is_a_plain_float():
    spec = NetworkSpec.parse("2-3-1+l2=0.1")
    assert type(cost(spec, *point(spec))) is float


def test_l2_is_half_lambda_times_squared_weights_without_biases_or_batch():
    plain, spec = NetworkSpec.parse("2-3-2"), NetworkSpec.parse("2-3-2+l2=0.5")
    params, x, y = point(spec)
    squares = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    assert cost(spec, params, x, y) - cost(plain, params, x, y) == pytest.approx(0.25 * squares, rel=1e-13)
    with_l2, without = backward(spec, params, x, y), backward(plain, params, x, y)
    np.testing.assert_allclose(with_l2["W2"] - without["W2"], 0.5 * params["W2"], rtol=1e-13)
    assert with_l2["b1"].tolist() == without["b1"].tolist()


def test_inputs_are_left_unchanged():
    spec = NetworkSpec.parse("2-3:relu-3:elu-2/cross_entropy+l2=0.1")
    params, x, y = point(spec)
    before = {key: value.copy() for key, value in {**params, "x": x, "y": y}.items()}
    backward(spec, params, x, y, with_dx=True)
    assert all(np.array_equal(before[key], value) for key, value in {**params, "x": x, "y": y}.items())


SHAPES = [
    ("W1", (2, 3), "W1 has shape (2, 3), expected (3, 2) = (n_out, n_in); did you store the transpose?"),
    ("W2", (3, 3), "W2 has shape (3, 3), expected (1, 3) = (n_out, n_in)"),
    ("b1", (3, 1), "b1 has shape (3, 1), expected (3,) = (n_out,)"),
    (
        "x",
        (4, 3),
        "x has shape (4, 3), expected (m, 2): one row an example, as 2-3:sigmoid-1:sigmoid/quadratic has it",
    ),
    ("x", (2,), "x has shape (2,), expected (m, 2): one row an example, as 2-3:sigmoid-1:sigmoid/quadratic has it"),
    ("x", (0, 2), "x has shape (0, 2): a batch needs at least one example"),
    ("y", (4,), "y has shape (4,), expected (4, 1): one row an example, one column an output"),
    ("y", (3, 1), "y has shape (3, 1), expected (4, 1): one row an example, one column an output"),
]


@pytest.mark.parametrize("function", [cost, backward])
@pytest.mark.parametrize(("name", "shape", "message"), SHAPES)
def test_a_wrong_shape_is_named_with_what_was_expected(function, name, shape, message):
    spec = NetworkSpec.parse("2-3-1")
    params, x, y = point(spec, m=4)
    arrays = {**params, "x": x, "y": y, name: np.zeros(shape)}
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        function(spec, {key: arrays[key] for key in spec.keys}, arrays["x"], arrays["y"])


def test_a_missing_parameter_is_named():
    spec = NetworkSpec.parse("2-3-1")
    params, x, _ = point(spec)
    del params["b2"]
    with pytest.raises(ValueError, match="parameter b2 is missing; 2-3:sigmoid-1:sigmoid/quadratic has W1, b1, W2, b2"):
        forward(spec, params, x)
