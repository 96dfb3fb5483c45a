"""A right gradient in a short format is inaccurate, with the digits left; a wrong one stays wrong as far as they reach."""

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp, check_vjp
from gradcheck.judge.float_formats import BY_NAME, declared, named, of_dtype
from gradcheck.judge.verdicts import Verdict

rng = np.random.default_rng(5)
X, Y, Z = rng.standard_normal((16, 6)), rng.standard_normal(16), rng.standard_normal((16, 4))
w, W = rng.standard_normal(6), rng.standard_normal((6, 4))
INACCURATE, MISMATCH = Verdict.INACCURATE, Verdict.MISMATCH


def rounded(values, digits):
    """To so many binary digits, through the bits of the numbers: balls cannot follow that."""
    bits = np.asarray(values, dtype=np.float64).view(np.uint64)
    drop = np.uint64(53 - digits)
    half = np.uint64(1) << (drop - np.uint64(1))
    return ((bits + half) >> drop << drop).view(np.float64)


def energy(W):
    return np.sum((np.tanh(X @ W) - Z) ** 2) / 16


def force(W, to=lambda a: a, last=lambda a: a):
    """The backward pass with each intermediate result rounded by ``to``, the sum of the last product by ``last``."""
    z = to(to(X) @ to(W))
    a = to(np.tanh(z))
    return last(to(X).T @ to((a - to(Z)) * (1 - a * a) * 2 / 16))


def to_half(values):
    return np.asarray(values).astype(np.float16)


def to_bfloat16(values):
    return rounded(values, 8)


ROUNDED = {
    "float16 in float64": ("float16", lambda W: force(W, lambda a: rounded(a, 11), lambda a: rounded(a, 11))),
    "bfloat16": ("bfloat16", lambda W: force(W, to_bfloat16, to_bfloat16)),
    "float8_e4m3": ("float8_e4m3", lambda W: force(W, lambda a: rounded(a, 4), lambda a: rounded(a, 4))),
    "float8_e5m2": ("float8_e5m2", lambda W: force(W, lambda a: rounded(a, 3), lambda a: rounded(a, 3))),
    "tf32 products": ("tf32", lambda W: force(W, lambda a: rounded(a, 11), lambda a: a.astype(np.float32))),
    "bfloat16 products": ("bfloat16", lambda W: force(W, to_bfloat16, lambda a: a.astype(np.float32))),
    "float16 itself": ("float16", lambda W: force(W, to_half, to_half)),
}


@pytest.mark.parametrize(("form", "grad"), ROUNDED.values(), ids=ROUNDED)
def test_a_right_gradient_is_inaccurate_and_one_of_the_other_sign_is_wrong(form, grad):
    for asked in ({}, {"dtype": form}):
        result = check_grad(energy, grad, W, **asked)
        assert result.verdict is INACCURATE and result.quantities[0].id == "short-format", str(result)
        assert check_grad(energy, lambda W: -grad(W), W, **asked).verdict is MISMATCH
    shown = check_grad(energy, grad, W, dtype=form)
    assert f"as many as {form} holds" in str(shown) and shown.detectable is not None


@pytest.mark.parametrize("factor", [1.0003, 1.001, 1.01, 1.3])
def test_wrong_numbers_that_are_no_short_ones_stay_wrong(factor):
    assert check_grad(energy, lambda W: factor * force(W), W).verdict is MISMATCH
    assert check_grad(energy, lambda W: (factor * force(W)).astype(np.float32), W).verdict is MISMATCH


@pytest.mark.parametrize(("factor", "digits"), [(1.01, 11), (16 / 15, 8)])
def test_a_wrong_formula_that_is_rounded_at_the_end_stays_wrong(factor, digits):
    assert check_grad(energy, lambda W: rounded(factor * force(W), digits), W).verdict is not INACCURATE
    assert check_grad(energy, lambda W: (1.01 * force(W)).astype(np.float16), W).verdict is MISMATCH


def test_a_small_term_that_is_wrong_is_no_rounding_of_products():
    assert check_grad(energy, lambda W: (force(W) + 1e-4 * W).astype(np.float32), W).verdict is MISMATCH


def test_a_point_in_a_short_format_is_judged_in_it():
    half = W.astype(np.float16)
    assert check_grad(lambda W: energy(W.astype(np.float64)), lambda W: force(W, to_half, to_half), half).verdict is INACCURATE
    assert check_grad(lambda W: energy(W.astype(np.float64)), lambda W: -force(W, to_half, to_half), half).verdict is MISMATCH


def test_products_and_jacobians_too():
    slope = lambda x: to_half(1 - np.tanh(to_half(X @ x)) ** 2)
    tanh = lambda x: np.tanh(X @ x)
    assert check_vjp(tanh, lambda x, v: to_half(X).T @ (to_half(v) * slope(x)), w).verdict is INACCURATE
    assert check_jvp(tanh, lambda x, t: (to_half(X) @ to_half(t)) * slope(x), w).verdict is INACCURATE
    assert check_grad(tanh, lambda x: slope(x)[:, None] * to_half(X), w, jacobian=True).verdict is INACCURATE
    assert check_grad(tanh, lambda x: slope(x)[:, None] * to_half(-X), w, jacobian=True).verdict is MISMATCH


def test_declared_float64_takes_short_numbers_for_lost_digits():
    assert check_grad(energy, ROUNDED["bfloat16"][1], W, dtype="float64").verdict is MISMATCH


def test_differences_of_a_function_in_a_short_format_do_not_exclude_its_gradient():
    cost = lambda w: rounded(np.sum(rounded(np.sin(w), 8)), 8)
    for asked in ({}, {"dtype": "bfloat16"}):
        assert check_grad(cost, np.cos, w, **asked).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("method", ["numeric", "directional"])
def test_where_differences_decide_a_short_format_is_not_called_wrong_either(method):
    half = lambda W: force(W, to_half, to_half)
    assert check_grad(energy, half, W, method=method).verdict in (INACCURATE, Verdict.INCONCLUSIVE)
    assert check_grad(energy, lambda W: -half(W), W, method=method).verdict is MISMATCH
    assert check_grad(energy, lambda W: 1.001 * force(W), W, method=method).verdict is MISMATCH


def test_the_table_of_formats():
    assert named("half") is BY_NAME["float16"] and of_dtype(np.dtype(np.float16)) is BY_NAME["float16"]
    assert of_dtype(np.dtype(np.float64)) is None and declared("float64").form is None and declared(None) is None
    assert declared(np.float16).form is BY_NAME["float16"]
    with pytest.raises(ValueError, match="dtype is 'int8', expected 'float64' or one of"):
        check_grad(energy, force, W, dtype="int8")
    for name, dtype in (("float16", np.float16), ("float32", np.float32)):
        form, numbers = BY_NAME[name], np.random.default_rng(0).standard_normal(200) * 10.0 ** np.arange(-100, 100) ** 1.0
        with np.errstate(over="ignore", under="ignore"):
            short = numbers.astype(dtype)
        held = np.isfinite(short)
        assert form.holds(short[held].astype(np.float64))
        assert not any(form.holds(number) for number in numbers[held & (np.abs(numbers) > form.tiny)])
        assert form.u == np.finfo(dtype).eps / 2 and form.tiny == np.finfo(dtype).smallest_subnormal
