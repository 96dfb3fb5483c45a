import numpy as np
import pytest
from mpmath import mp, mpc, mpf

from reference_nets.activations import ACTIVATIONS, sigmoid, softmax
from reference_nets.spec import ACTIVATIONS as NAMES

ELEMENTWISE = [name for name in NAMES if name != "softmax"]
STEP = 1e-20
ORDINARY = np.array([-12.0, -3.7, -1.0, -0.3, -1e-8, 1e-8, 0.25, 1.0, 2.5, 9.0])
LARGE = np.array([1e4, 800.0, 709.0, 40.0])


def test_the_table_has_every_activation_of_the_notation():
    assert tuple(ACTIVATIONS) == NAMES


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_first_derivative_agrees_with_a_complex_step(name):
    row = ACTIVATIONS[name]
    step = row.phi(ORDINARY + 1j * STEP).imag / STEP
    np.testing.assert_allclose(row.dphi(ORDINARY), step, rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_second_derivative_agrees_with_a_complex_step_of_the_first(name):
    row = ACTIVATIONS[name]
    step = row.dphi(ORDINARY + 1j * STEP).imag / STEP
    np.testing.assert_allclose(row.d2phi(ORDINARY), step, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("sign", [-1, 1])
def test_large_arguments_give_finite_values_and_exact_derivatives(name, sign, exact):
    row, z = ACTIVATIONS[name], sign * LARGE
    expected = [complex_step(exact.ACTIVATIONS[name], value) for value in z]
    np.testing.assert_allclose(row.phi(z), [value for value, _ in expected], rtol=1e-14, atol=1e-300)
    np.testing.assert_allclose(row.dphi(z), [slope for _, slope in expected], rtol=1e-13, atol=1e-300)
    assert np.isfinite(row.d2phi(z)).all()


def complex_step(phi, z):
    """Value and slope at 800 digits, which hold 1 - exp(-1600) as well."""
    with mp.workdps(800):
        step = mpf(10) ** -400
        value = mpc(phi(mpc(mpf(float(z)), step)))
        return float(value.real), float(value.imag / step)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_derivative_does_not_cancel_where_the_value_is_saturated(name, exact):
    z = np.array([20.0, 40.0, 300.0])
    expected = [complex_step(exact.ACTIVATIONS[name], value)[1] for value in z]
    assert all(slope > 0 for slope in expected)
    np.testing.assert_allclose(ACTIVATIONS[name].dphi(z), expected, rtol=1e-14)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if ACTIVATIONS[name].kinked])
def test_a_kink_takes_the_left_derivative(name):
    left = {"relu": 0.0, "leaky_relu": 0.01}[name]
    assert ACTIVATIONS[name].dphi(np.zeros(1)).tolist() == [left]
    assert ACTIVATIONS[name].dphi(np.full(1, -0.0)).tolist() == [left]


def test_only_relu_and_leaky_relu_are_kinked():
    assert [name for name in NAMES if ACTIVATIONS[name].kinked] == ["relu", "leaky_relu"]


def test_values_are_those_of_the_book():
    z = np.array([-1.0, 0.0, 2.0])
    assert ACTIVATIONS["relu"].phi(z).tolist() == [0, 0, 2]
    assert ACTIVATIONS["leaky_relu"].phi(z).tolist() == [-0.01, 0, 2]
    np.testing.assert_allclose(ACTIVATIONS["elu"].phi(z), [np.exp(-1) - 1, 0, 2], rtol=1e-15)
    np.testing.assert_allclose(sigmoid(z), [0.2689414213699951, 0.5, 0.8807970779778824], rtol=1e-15)
    softplus, gelu = ACTIVATIONS["softplus"].phi(z), ACTIVATIONS["gelu"].phi(z)
    np.testing.assert_allclose(softplus, [0.3132616875182228, np.log(2), 2.1269280110429727], rtol=1e-15)
    np.testing.assert_allclose(gelu, [-0.15880800939172324, 0, 1.954597694087775], rtol=1e-15)


def test_softmax_rows_sum_to_one_and_shifting_a_row_changes_nothing():
    z = np.array([[1.0, 2.0, 3.0], [1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]])
    np.testing.assert_allclose(softmax(z).sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(softmax(z), [[0.09003057, 0.24472847, 0.66524096], [1, 0, 0], [1 / 3] * 3], rtol=1e-7)
    assert softmax(z + 5).tolist() == softmax(z).tolist()


@pytest.mark.parametrize("name", ["dphi", "d2phi"])
def test_softmax_refuses_an_elementwise_derivative(name):
    with pytest.raises(TypeError, match="softmax has a Jacobian, not an elementwise derivative"):
        getattr(ACTIVATIONS["softmax"], name)(np.zeros((1, 2)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_dtype_of_z_is_kept(name, dtype):
    z = np.array([[-1.5, 0.0, 2.0]], dtype=dtype)
    formulas = ["phi"] if name == "softmax" else ["phi", "dphi", "d2phi"]
    assert {getattr(ACTIVATIONS[name], formula)(z).dtype for formula in formulas} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", NAMES)
def test_the_argument_is_left_unchanged(name):
    z = np.array([[-1.5, 0.0, 2.0]])
    ACTIVATIONS[name].phi(z)
    assert z.tolist() == [[-1.5, 0.0, 2.0]]
