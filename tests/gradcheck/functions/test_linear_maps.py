"""Products with Jacobians and Hessians, and order evidence."""

import numpy as np
import pytest

from gradcheck.functions.linear_maps import check_hvp, check_jvp, check_vjp
from gradcheck.functions.order_evidence import convergence
from gradcheck.judge.verdicts import Verdict

X = np.array([0.4, -1.1, 0.7])
A = np.random.default_rng(2).normal(size=(4, 3))


def f(x):
    return np.tanh(A @ x)


def jvp(x, t):
    return (1 - np.tanh(A @ x) ** 2) * (A @ t)


def vjp(x, v):
    return A.T @ (v * (1 - np.tanh(A @ x) ** 2))


def cost(x):
    return np.sum(np.log(np.cosh(A @ x)))


def grad(x):
    return A.T @ np.tanh(A @ x)


def hvp(x, v):
    return A.T @ ((1 - np.tanh(A @ x) ** 2) * (A @ v))


def test_right_products_match_by_the_certified_formula():
    for result in (
        check_vjp(f, vjp, X, rng=1),
        check_jvp(f, jvp, X, vjp=vjp, rng=1),
        check_hvp(grad, hvp, X, rng=1),
    ):
        assert result.verdict is Verdict.MATCH, str(result)
        assert result.witness == "certified formula"


@pytest.mark.parametrize("size", [1e-3, 1e-12])
def test_wrong_products_are_a_mismatch(size):
    bump = np.array([0, 0, size])
    assert check_vjp(f, lambda x, v: vjp(x, v) + bump, X).verdict is Verdict.MISMATCH
    assert check_jvp(f, lambda x, t: jvp(x, t) + size * np.array([0, 1, 0, 0]), X).verdict is Verdict.MISMATCH
    assert check_hvp(grad, lambda x, v: hvp(x, v) + bump, X).verdict is Verdict.MISMATCH


def test_a_transposed_jacobian_is_seen():
    square = A[:3]
    assert check_vjp(lambda x: square @ x, lambda x, v: square @ v, X).verdict is Verdict.MISMATCH
    assert check_jvp(lambda x: square @ x, lambda x, t: square.T @ t, X).verdict is Verdict.MISMATCH


def test_the_adjoint_identity_names_the_pair_that_does_not_fit():
    result = check_jvp(f, jvp, X, vjp=lambda x, v: 2 * vjp(x, v))
    failed = [check.name for check in result.checks if check.verdict is Verdict.MISMATCH]
    assert failed == ["adjoint-identity"]


def test_jvp_of_a_function_of_a_dict_with_one_number():
    x = {"a": X, "b": np.array([2.0])}
    value = lambda p: np.sum(p["a"] ** 2) * p["b"][0]
    along = lambda p, t: np.sum(2 * p["a"] * t["a"]) * p["b"][0] + np.sum(p["a"] ** 2) * t["b"][0]
    assert check_jvp(value, along, x).verdict is Verdict.MATCH


def test_the_remainder_of_a_right_gradient_has_order_2_of_a_wrong_one_order_1():
    right, wrong = convergence(cost, grad, X, rng=0), convergence(cost, lambda x: grad(x) * 1.01, X, rng=0)
    assert right.verdict is Verdict.MATCH and right.order == pytest.approx(2, abs=0.1)
    assert wrong.verdict is Verdict.MISMATCH and wrong.order == pytest.approx(1, abs=0.1)


def test_linear_and_quadratic_functions_are_recognised_not_failed():
    linear = convergence(lambda x: 3 * x.sum() + 1, lambda x: np.full(3, 3.0), X, rng=0)
    assert linear.verdict is Verdict.MATCH and linear.exact
    constant = convergence(lambda x: 5.0, lambda x: np.zeros(3), X, rng=0)
    assert constant.verdict is Verdict.MATCH and constant.exact
    cubic = convergence(lambda x: np.sum(x**3), lambda x: 3 * x**2, np.zeros(3), rng=0)
    assert cubic.verdict is Verdict.MATCH and cubic.order == pytest.approx(3, abs=0.1)
    assert convergence(lambda x: x.sum(), lambda x: np.full(3, 1.001), X, rng=0).verdict is Verdict.MISMATCH


def test_the_v_curve_falls_and_rises_again():
    errors = [row.central for row in convergence(cost, grad, X, rng=0).rows]
    best = int(np.argmin(errors))
    assert 5 < best < 24
    assert errors[0] > 1e6 * errors[best] and errors[-1] > 10 * errors[best]


def test_the_table_is_a_document():
    result = convergence(cost, grad, X, rng=0)
    assert result.report().title == "Convergence"
    assert result.to_dict()["verdict"] == "match" and len(result.to_dict()["rows"]) == 26
    assert "<table" in result._repr_html_()


def test_one_number_is_paired_too():
    x = np.array([1.5])
    assert check_hvp(lambda x: x**3, lambda x, v: 3 * x**2 * v, x).verdict is Verdict.MATCH
    assert check_hvp(lambda x: x**3, lambda x, v: 3 * x**2, x, rng=0).verdict is Verdict.MISMATCH
    assert check_vjp(lambda x: np.sum(x**2), lambda x, v: 2 * x * v, X).verdict is Verdict.MATCH
