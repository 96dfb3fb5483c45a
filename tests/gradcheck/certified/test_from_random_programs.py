"""What random programs found, each fixed as a case of its own with its neighbours."""

import math

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.rounding import running_error
from gradcheck.certified.witness import certify
from gradcheck.functions.enclosed_gradient import certified_gradient
from gradcheck.judge.verdicts import Verdict

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


# Rules that were missing: against differences, to the digits that those have


V = np.array([0.5, -1.25, 2.0, 3.0, 0.75])
MASKED = np.array([True, False, True, True, False])
STACK = np.arange(12.0).reshape(3, 2, 2) / 7 + 2 * np.eye(2)


def with_gaps(x):
    return np.where(MASKED, x, np.nan)


def into_a_product(x):
    out = np.zeros((2, 2))
    np.dot(x[:4].reshape(2, 2), x[1:].reshape(2, 2), out)
    return np.sum(out * [[1, 2], [3, 4]])


METHODS = (
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull"),
    *("linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"),
)
CASES = {
    **{f"quantile, {m}": lambda x, m=m: np.quantile(x, 0.3, method=m) + 3 * np.quantile(x, 0.85, method=m) for m in METHODS},
    "quantile along an axis": lambda x: np.quantile(x[:4].reshape(2, 2), [0.2, 0.7], axis=1, keepdims=True).sum() * x[0],
    "nansum": lambda x: np.nansum(with_gaps(x)) * x[0],
    "nansum of rows": lambda x: np.nansum(with_gaps(x)[:4].reshape(2, 2), axis=1) @ [1.0, 2.0],
    "nanprod": lambda x: np.nanprod(with_gaps(x)),
    "nanmean": lambda x: np.nanmean(with_gaps(x)) * x[0],
    "nanvar": lambda x: np.nanvar(with_gaps(x), ddof=1),
    "nanstd": lambda x: np.nanstd(with_gaps(x)),
    "nanmax": lambda x: np.nanmax(with_gaps(x)) * x[0],
    "nanmin": lambda x: np.nanmin(with_gaps(x)) * x[0],
    "nanmedian": lambda x: np.nanmedian(with_gaps(x)),
    "nanquantile": lambda x: np.nanquantile(with_gaps(x), 0.3),
    "nanpercentile": lambda x: np.nanpercentile(with_gaps(x), 30),
    "nancumsum": lambda x: np.nancumsum(with_gaps(x)) @ np.arange(1.0, 6),
    "nancumprod": lambda x: np.nancumprod(with_gaps(x)) @ np.arange(1.0, 6),
    "nanargmax": lambda x: x[np.nanargmax(with_gaps(x))] * x[np.nanargmin(with_gaps(x))],
    "nan_to_num": lambda x: np.nan_to_num(with_gaps(x), nan=2.0) @ x,
    "nan_to_num of infinities": lambda x: np.sum(np.nan_to_num(np.where(MASKED, x, -np.inf), neginf=-3.0) * x),
    "isnan": lambda x: np.where(np.isnan(with_gaps(x)), x**2, x).sum(),
    "isfinite": lambda x: np.where(np.isfinite(np.where(MASKED, x, np.inf)), x**2, x).sum(),
    "weights of observations": lambda x: np.sum(np.cov(x[:3], x[2:], aweights=[1.0, 2.5, 0.5]) * [[1, 2], [3, 4]]),
    "how often observations came": lambda x: np.cov(x[:3], x[2:], fweights=[1, 3, 2])[0, 1],
    "both": lambda x: np.cov(x[:3], x[2:], fweights=[1, 3, 2], aweights=[1.0, 2.5, 0.5], ddof=0)[0, 1],
    "weights that vary": lambda x: np.cov([1.0, 2.0, -1.0], aweights=x[:3] ** 2),
    "a function that repeats itself": lambda x: np.interp(x, [0.1, 1.0, 2.2], [1.0, 2.0, 0.0], period=2.6).sum(),
    "its heights": lambda x: np.interp([0.3, 4.7, -1.1], [0.0, 1.0, 2.0], x[:3], period=2.6) @ [1.0, 2.0, 3.0],
    "dot into an array": into_a_product,
    "polyadd": lambda x: np.polyval(np.polyadd(x, x[:2]), 1.5),
    "polysub": lambda x: np.polyval(np.polysub(x[:2], x**2), 1.5),
    "polymul": lambda x: np.polyval(np.polymul(x, x[1:]), 0.5),
    "polyder": lambda x: np.polyval(np.polyder(x, 2), x[0]),
    "polyint": lambda x: np.polyval(np.polyint(x, k=x[1]), 0.5),
    "polyfit": lambda x: np.polyfit([0.0, 1.0, 2.0, 4.0, 5.0], x, 2) @ [1.0, 2.0, 3.0],
    "polyfit with weights": lambda x: np.polyfit([0.0, 1.0, 2.0, 4.0, 5.0], x, 1, w=[1, 2, 1, 2, 1])[0],
    "trim_zeros": lambda x: np.trim_zeros(np.concatenate([[0.0], x, [0.0]])) @ x,
    "unwrap": lambda x: np.unwrap(4 * x) @ np.arange(1.0, 6),
    "unique": lambda x: np.unique(x) @ np.arange(1.0, 6),
    "unique and where from": lambda x: np.unique(x, return_index=True, return_inverse=True)[2] @ x,
    "fix": lambda x: np.fix(1.1 * x) @ x,
    "real_if_close": lambda x: np.real_if_close(x) @ x,
}


def by_differences(f, x):
    found = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        slopes = []
        for h in (2.0**-10, 2.0**-11):
            step = np.zeros(x.shape)
            step[place] = h
            slopes.append((f(x + step) - f(x - step)) / (2 * h))
        found[place] = (4 * slopes[1] - slopes[0]) / 3
    return found


@pytest.mark.parametrize("name", CASES)
def test_rules_that_were_missing(name):
    f = CASES[name]
    value, grad = certified_gradient(f, V)
    assert float(value.mid) == pytest.approx(float(f(V)), rel=1e-12)
    assert grad.mid == pytest.approx(by_differences(f, V), rel=1e-7, abs=1e-8)
    assert grad.smooth


def test_factorisations_of_stacked_matrices():
    for f in (
        lambda x: np.sum(np.linalg.qr(x).Q ** 3) + np.sum(np.linalg.qr(x)[1] ** 3),
        lambda x: np.sum(np.linalg.qr(x, "complete")[0] ** 3),
        lambda x: np.sum(np.linalg.qr(x, "r") ** 3),
    ):
        assert certified_gradient(f, STACK)[1].mid == pytest.approx(by_differences(f, STACK), rel=1e-7, abs=1e-8)


def test_what_is_not_known_is_no_nan_of_the_code():
    with pytest.raises(CannotFollow):
        certified_gradient(lambda x: np.nansum(np.empty(3)) + np.where(np.isnan(np.empty(3)), x[:3], 0.0).sum(), V)


# Rounding of sums that run over many blocks


def many_products(signs, rows):
    return lambda x: sum(sign * (row @ x)[0] for sign, row in zip(signs, rows, strict=True))


def many_sums(signs, rows):
    return lambda x: sum(sign * np.sum(row[0] * x) for sign, row in zip(signs, rows, strict=True))


def rounding_of(f, x):
    return running_error(f, x, certify(f, x), np.float64).rounding


def test_additions_of_what_matrix_products_send_back_are_rounded_too():
    rng = np.random.default_rng(0)
    rows = list(rng.uniform(1, 2, (100, 2, 3)))
    signs = rng.choice([-1.0, 1.0], 100)
    x = np.array([0.5, -1.25, 2.0])
    ratio = rounding_of(many_products(signs, rows), x) / rounding_of(many_sums(signs, rows), x)
    assert (ratio > 0.5).all() and (ratio < 4).all()


def test_additions_in_the_adjoint_of_a_product_are_rounded_before_it_goes_back():
    rng = np.random.default_rng(1)
    weights, matrix, x = rng.uniform(1, 2, 100), rng.uniform(1, 2, (2, 3)), np.array([0.5, -1.25, 2.0])
    block = lambda x: sum(w * (matrix @ x)[0] for w in weights)
    once = lambda x: sum(w * y for y in [(matrix @ x)[0]] for w in weights)
    plain = lambda x: sum(w * y for y in [np.sum(matrix[0] * x)] for w in weights)
    ratio = rounding_of(once, x) / rounding_of(plain, x)
    assert (ratio > 0.5).all() and (ratio < 4).all()
    assert certify(block, x).gradient[0].mid == pytest.approx(certify(once, x).gradient[0].mid, rel=1e-14)


# A gradient that is the same everywhere


@pytest.mark.parametrize("weight", [0.875, 0.625, 1.75, 208.0])
def test_a_wrong_gradient_of_a_linear_function_is_wrong_though_its_numbers_are_short(weight):
    f = lambda x: weight * (x[0, 0] + x[1, 0]) + 3 * weight * x[2, 2]
    wrong = lambda x: weight * np.array([[1.0, 1, 0], [0, 0, 0], [1, 0, 3]])
    right = lambda x: weight * np.array([[1.0, 0, 0], [1, 0, 0], [0, 0, 3]])
    assert check_grad(f, wrong, np.ones((3, 3)) / 4).verdict is Verdict.MISMATCH
    assert check_grad(f, right, np.ones((3, 3)) / 4).verdict is Verdict.MATCH


# SciPy's eigenvectors point where its own LAPACK lets them


@pytest.mark.extra("scipy")
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("driver", [None, "ev", "evd", "evr"])
def test_eigenvectors_and_singular_vectors_of_scipy_have_its_signs(seed, driver):
    from scipy import linalg

    weights = np.arange(1.0, 10.0).reshape(3, 3)
    x = np.random.default_rng(seed).uniform(-2, 2, (3, 3))
    for f in (
        lambda x: np.sum(linalg.eigh(x + x.T, driver=driver)[1] * weights),
        lambda x: np.sum(linalg.eigh(x + x.T, x @ x.T + np.eye(3))[1] * weights),
        lambda x: np.sum(linalg.svd(x)[0] * weights) + np.sum(linalg.svd(x)[2] * weights),
        lambda x: np.sum(linalg.svd(x[:, :2])[0][:, :2] * weights[:, :2]),
    ):
        value, _ = certified_gradient(f, x)
        assert float(value.mid) == pytest.approx(float(f(x)), rel=1e-10)


def test_numbers_written_down_are_right_to_their_last_digit_though_one_is_short():
    x = np.array([[-1.279, -1.303, 0.433], [1.724, -0.555, 1.711]])

    def f(x):
        y = x.copy()
        y.flat[1] = x.flat[0]
        return np.mean(y.sum(axis=1, keepdims=True) ** 2)

    a, b = 2 * x[0, 0] + x[0, 2], x[1].sum()
    numbers = np.array([[2 * a, 0.0, a], [b, b, b]])
    assert numbers[0, 0] == -4.25  # the true one is not, by less than a float can tell
    assert check_grad(f, lambda x: numbers, x).verdict is Verdict.MATCH
    off = numbers * (1 + 1e-13 * np.eye(3)[:2])
    assert check_grad(f, lambda x: off, x).verdict is Verdict.MISMATCH


@pytest.mark.parametrize("size", [1e-7, 1e-9, 1e-11])
def test_numbers_that_do_not_move_with_x_are_no_rounding_that_scatters(size):
    x = np.array([0.3, -0.8, 1.7])

    def through_text(x):
        return np.array([float(repr(float(v))) for v in np.cos(x)])

    numbers = np.cos(x)
    numbers[1] *= 1 + size
    frozen = lambda x: np.frombuffer(numbers.tobytes())
    assert check_grad(lambda x: np.sum(np.sin(x)), frozen, x).verdict is Verdict.MISMATCH
    assert check_grad(lambda x: np.sum(np.sin(x)), through_text, x).verdict is Verdict.MATCH


def test_a_complex_step_beside_zero_is_as_good_as_the_function_rounds():
    K = np.array([[1.25, -0.59, 1.18], [-0.98, 0.75, -0.51], [0.64, -1.37, 0.55]])
    x = np.array([-0.4217726084143897, -0.8434664446917901, 1.5239872983270144, 1.765580586810207])

    def f(x):  # 1, whatever x is
        A = np.resize(x, (3, 3)) * K
        return np.linalg.solve(A, A)[0, 0]

    assert check_grad(f, lambda x: 1e-17 * x, x, method="numeric").verdict is not Verdict.MISMATCH
    assert check_grad(f, lambda x: 1e-3 * x, x, method="numeric").verdict is Verdict.MISMATCH


@pytest.mark.parametrize("method", ["auto", "numeric", "directional"])
def test_a_number_stays_a_number_for_every_witness(method):
    f = lambda x: math.trunc(x) * x
    assert check_grad(f, lambda x: float(math.trunc(x)), 2.6, method=method).verdict is Verdict.MATCH
    assert check_grad(f, lambda x: 2 * x, 2.6, method=method).verdict is Verdict.MISMATCH
