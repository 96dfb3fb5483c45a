import numpy as np
import pytest

from reference_nets.activations import ACTIVATIONS, softmax
from reference_nets.costs import COSTS, PAIRS
from reference_nets.spec import COSTS as NAMES
from reference_nets.spec import LOG_COST_OUTPUTS

STEP = 1e-20
OUTPUTS = np.array([[0.1, 0.7, 0.2], [0.6, 0.05, 0.9]])
ONE_HOT = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
SOFT = np.array([[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]])  # rows sum to one


def complex_step(f, a):
    """df/da, entry by entry."""
    slopes = np.empty(a.shape)
    for index in np.ndindex(a.shape):
        moved = a.astype(complex)
        moved[index] += 1j * STEP
        slopes[index] = f(moved).imag / STEP
    return slopes


def test_the_table_has_every_cost_of_the_notation():
    assert tuple(COSTS) == NAMES


def test_every_pair_with_a_logarithm_has_its_form_in_z():
    assert set(PAIRS) == {(output, cost) for cost, outputs in LOG_COST_OUTPUTS.items() for output in outputs}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("y", [ONE_HOT, SOFT], ids=["one-hot", "soft"])
def test_gradient_agrees_with_a_complex_step_of_the_value(name, y):
    cost = COSTS[name]
    expected = complex_step(lambda a: cost.value(a, y), OUTPUTS)
    np.testing.assert_allclose(cost.gradient(OUTPUTS, y), expected, rtol=1e-14, atol=1e-16)


def test_huber_is_quadratic_up_to_one_and_linear_beyond():
    a, y = np.array([[0.5], [3.0], [-3.0], [1.0]]), np.zeros((4, 1))
    assert COSTS["huber"].value(a, y) == (0.125 + 2.5 + 2.5 + 0.5) / 4
    assert COSTS["huber"].gradient(a, y).tolist() == [[0.125], [0.25], [-0.25], [0.25]]


# By hand: the squares of a - y add up to 0.14 and 0.9725; the logarithms come from a table.
VALUES = [
    ("quadratic", 1.1125 / 4),
    ("mse", 1.1125 / 6),
    ("huber", 1.1125 / 4),
    ("bce", 1.7749415110),
    ("cross_entropy", 0.4337502838),
]


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_the_mean_is_over_rows_and_for_mse_over_columns_too(name, value):
    assert COSTS[name].value(OUTPUTS, ONE_HOT) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize("y", [ONE_HOT, SOFT], ids=["one-hot", "soft"])
def test_the_form_in_z_has_the_value_of_the_form_in_a(pair, y):
    z = np.array([[0.3, -1.2, 0.8], [2.0, 0.1, -0.7]])
    a = ACTIVATIONS[pair[0]].phi(z)
    np.testing.assert_allclose(PAIRS[pair].value(z, y), COSTS[pair[1]].value(a, y), rtol=1e-14)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize("y", [ONE_HOT, SOFT], ids=["one-hot", "soft"])
def test_delta_is_the_derivative_of_the_form_in_z(pair, y):
    z = np.array([[0.3, -1.2, 0.8], [2.0, 0.1, -0.7]])
    expected = complex_step(lambda z: PAIRS[pair].value(z, y), z)
    np.testing.assert_allclose(PAIRS[pair].delta(z, ACTIVATIONS[pair[0]].phi(z), y), expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_saturated_outputs_have_finite_cost_and_delta(pair, exact):
    z = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [1e4, 1e4 - 1, -1e4], [40.0, -1.0, 20.0]])
    y = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    rows = zip(exact.lifted(z.tolist()), y.tolist(), strict=True)
    value = sum(exact.COSTS[pair[1]](*exact.outputs(pair[0], row), target) for row, target in rows)
    assert PAIRS[pair].value(z, y) == pytest.approx(float(value) / 4, rel=1e-14)
    delta = PAIRS[pair].delta(z, ACTIVATIONS[pair[0]].phi(z), y)
    atol = 1e-16 if pair in (("sigmoid", "bce"), ("softmax", "cross_entropy")) else 1e-300  # a - y is rounded at one
    np.testing.assert_allclose(delta, exact_delta(exact, pair, z, y), rtol=1e-13, atol=atol)


def exact_delta(exact, pair, z, y):
    def slope(row, target, k):
        lifted = exact.lifted(row)
        lifted[k] = exact.mpc(lifted[k], exact.STEP)
        return float(exact.COSTS[pair[1]](*exact.outputs(pair[0], lifted), target).imag / exact.STEP) / len(z)

    rows = zip(z.tolist(), y.tolist(), strict=True)
    return [[slope(row, target, k) for k in range(len(row))] for row, target in rows]


def test_a_right_answer_costs_nothing_and_a_wrong_one_its_distance():
    z, y = np.array([[1e4, -1e4]]), np.array([[1.0, 0.0]])
    assert PAIRS["sigmoid", "bce"].value(z, y) == 0
    assert PAIRS["sigmoid", "bce"].value(z, 1 - y) == 2e4
    assert PAIRS["softmax", "cross_entropy"].value(z, y) == 0
    assert PAIRS["softmax", "cross_entropy"].value(z, 1 - y) == 2e4


@pytest.mark.parametrize("name", NAMES)
def test_gradients_keep_float32(name):
    a, y = OUTPUTS.astype(np.float32), ONE_HOT.astype(np.float32)
    assert COSTS[name].gradient(a, y).dtype == np.float32


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_deltas_keep_float32(pair):
    z, y = OUTPUTS.astype(np.float32), ONE_HOT.astype(np.float32)
    assert PAIRS[pair].delta(z, softmax(z), y).dtype == np.float32
