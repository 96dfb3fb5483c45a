"""What random programs found, each fixed as a case of its own with its neighbours."""

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp
from gradcheck.certified.api import certified_gradient
from gradcheck.verdicts import Verdict

A = np.array([[0.5, -1.25, 2.0], [3.0, 0.75, -0.5]])


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("name", ["mean", "median", "std", "max", "sum"])
def test_a_function_of_numpy_along_an_axis_is_given_our_arrays(name, axis):
    function = getattr(np, name)
    along = certified_gradient(lambda x: np.sum(np.apply_along_axis(function, axis, x) ** 2), A)[1]
    directly = certified_gradient(lambda x: np.sum(function(x, axis=axis) ** 2), A)[1]
    assert along.mid == pytest.approx(directly.mid, rel=1e-15, abs=1e-15)


def test_more_arguments_reach_a_function_along_an_axis():
    f = lambda x: np.sum(np.apply_along_axis(np.quantile, 1, x, 0.5) * np.array([1.0, 2.0]))
    assert certified_gradient(f, A)[1].mid.tolist() == [[1, 0, 0], [0, 2, 0]]
    assert certified_gradient(lambda x: np.sum(np.apply_over_axes(np.mean, x, [0, 1])), A)[1].mid == pytest.approx(1 / 6)


@pytest.mark.parametrize("options", [{}, {"include_initial": True}])
def test_cumulative_sum_and_product_take_an_initial_value(options):
    if not hasattr(np, "cumulative_sum"):
        return
    weights = np.arange(1.0, 4.0 + bool(options))
    row = A[0]
    total = certified_gradient(lambda x: np.sum(np.cumulative_sum(x, **options) * weights), row)[1].mid
    assert total.tolist() == ([9, 7, 4] if options else [6, 5, 3])
    product = certified_gradient(lambda x: np.cumulative_prod(x, **options)[-1], row)[1].mid
    assert product.tolist() == [-2.5, 1.0, -0.625]


def test_numbers_in_lists_are_interpolated_between():
    value, grad = certified_gradient(lambda x: np.interp(0.25, [-1.0, 1.0], [x[0], 2 * x[1]]), np.array([3.0, 5.0]))
    assert float(value.mid[()] if np.ndim(value.mid) == 0 else value.mid) == 3 * 0.375 + 10 * 0.625
    assert grad.mid.tolist() == [0.375, 1.25]


def test_an_array_of_one_number_is_that_number_where_one_entry_is_set():
    def f(x):
        y = np.zeros(3)
        y[1] = np.sum(x, keepdims=True)
        return y @ y

    try:
        f(A[0])
    except ValueError:  # newer releases of NumPy refuse it, for floats
        return
    assert check_grad(f, lambda x: 2 * np.sum(x) * np.ones(3), A[0]).verdict is Verdict.MATCH


def test_a_gradient_that_sets_an_entry_to_an_array_is_told_so():
    def f(x):
        y = np.zeros(2)
        with np.errstate(all="ignore"):
            y[0] = x[:2]
        return y[0]

    with pytest.raises(ValueError, match="sequence"):
        check_grad(f, lambda x: x, A[0])


def test_the_adjoint_identity_of_a_derivative_that_is_zero_is_judged_by_rounding():
    correlation = lambda x: np.corrcoef(x, np.array([-1.25, 1.25]))[0, 1]  # of two points: always 1 or -1
    jvp = lambda x, t: correlation(x) * (np.sum(t * (x - x.mean())) * 0.0) + 3e-17 * t[0]
    for seed in range(5):
        result = check_jvp(correlation, jvp, np.array([0.3, -1.7]), vjp=lambda x, v: v * np.array([2e-17, -1e-17]), rng=seed)
        (adjoint,) = [check for check in result.checks if check.name == "adjoint-identity"]
        assert adjoint.verdict is Verdict.MATCH


def test_a_vjp_that_is_another_map_still_breaks_the_adjoint_identity():
    result = check_jvp(lambda x: x**2, lambda x, t: 2 * x * t, A[0], vjp=lambda x, v: 2.000001 * x * v)
    (adjoint,) = [check for check in result.checks if check.name == "adjoint-identity"]
    assert adjoint.verdict is Verdict.MISMATCH


@pytest.mark.parametrize("power", [-2, -1, 0, 1, 3])
def test_powers_of_stacked_matrices(power):
    stack = np.arange(12.0).reshape(3, 2, 2) / 8 + 2 * np.eye(2)
    weights = np.arange(1.0, 13.0).reshape(3, 2, 2)
    together = certified_gradient(lambda x: np.sum(np.linalg.matrix_power(x, power) * weights), stack)[1].mid
    for k in range(3):
        alone = certified_gradient(lambda x, k=k: np.sum(np.linalg.matrix_power(x, power) * weights[k]), stack[k])[1].mid
        assert together[k].tolist() == alone.tolist()
