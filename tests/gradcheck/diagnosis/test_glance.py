"""What one look at a wrong gradient gives away is said, and nothing that is a coincidence."""

import numpy as np
import pytest

from gradcheck import check_grad, check_hvp, check_jvp, check_vjp
from gradcheck.judge.verdicts import Verdict

rng = np.random.default_rng(3)
X, Y = rng.standard_normal((8, 3)), rng.standard_normal(8)
A, B = rng.standard_normal((4, 4)), rng.standard_normal(4)
w, W, V = rng.standard_normal(3), rng.standard_normal((3, 3)), rng.standard_normal((3, 4))


def mean_square(w):
    return np.mean((X @ w - Y) ** 2)


def slope(w):
    return 2 * X.T @ (X @ w - Y) / 8


def energy(W):
    return np.sum(np.tanh(X @ W) ** 2)


def force(W):
    a = np.tanh(X @ W)
    return X.T @ (2 * a * (1 - a**2))


def residual(v):
    return np.sum((A @ v - B) ** 2) / 2


def with_part(array, place, value):
    changed = array.copy()
    changed[place] = value
    return changed


SEEN = {
    "zeros": (mean_square, lambda w: 0 * w, w, "zeros", None),
    "sign": (mean_square, lambda w: -slope(w), w, "opposite-sign", -1.0),
    "times m": (mean_square, lambda w: 8 * slope(w), w, "one-factor", 8.0),
    "by m": (mean_square, lambda w: slope(w) / 8, w, "one-factor", 0.125),
    "two": (energy, lambda W: force(W) / 2, W, "one-factor", 0.5),
    "no fraction": (energy, lambda W: np.pi * force(W), W, "one-factor", np.pi),
    "one number": (lambda x: x**3, lambda x: x**2, 1.5, "one-factor", 1 / 3),
    "constant": (mean_square, lambda w: slope(w) + 0.25, w, "constant-added", 0.25),
    "penalty": (lambda w: mean_square(w) + 0.05 * w @ w, slope, w, "multiple-of-x-added", -0.1),
    "updated": (mean_square, lambda w: w - 0.1 * slope(w), w, "updated-x-returned", -0.1),
    "clipped": (energy, lambda W: np.clip(force(W), -1, 1), W, "clipped", 1.0),
    "cut off below": (energy, lambda W: np.maximum(force(W), 0), W, "clipped", 0.0),
    "signs": (energy, lambda W: np.sign(force(W)), W, "sign-only", 1.0),
    "normalised": (energy, lambda W: force(W) / np.linalg.norm(force(W)), W, "normalised", 1.0),
    "absolute": (energy, lambda W: np.abs(force(W)), W, "absolute-value", None),
    "square": (energy, lambda W: force(W) ** 2, W, "square", None),
    "transposed": (energy, lambda W: force(W).T, W, "transposed", None),
    "reversed": (mean_square, lambda w: slope(w)[::-1], w, "reversed", None),
    "reversed columns": (energy, lambda V: force(V)[:, ::-1], V, "reversed", None),
    "rolled": (energy, lambda V: np.roll(force(V), 1, axis=1), V, "rolled", None),
    "other order": (energy, lambda W: force(W)[[1, 0, 2]], W, "permuted", None),
    "row left": (energy, lambda W: with_part(force(W), 0, 0.0), W, "part-left-at-zero", None),
    "row wrong": (energy, lambda W: with_part(force(W), 2, np.cos(force(W)[2])), W, "part-wrong", None),
    "column right": (energy, lambda W: np.where(np.arange(3) == 1, force(W), np.sin(force(W))), W, "part-wrong", None),
    "summed": (energy, lambda W: np.broadcast_to(force(W).sum(0), (3, 3)), W, "summed-and-spread", None),
    "mean": (energy, lambda W: np.full((3, 3), force(W).mean()), W, "summed-and-spread", None),
    "A for A.T": (residual, lambda v: A @ (A @ v - B), B + 1, "matrix-for-its-transpose", None),
    "A.T for A": (lambda v: np.sum(np.sin(A.T @ v)), lambda v: A.T @ np.cos(A.T @ v), B, "matrix-for-its-transpose", None),
}


@pytest.mark.parametrize("method", ["auto", "numeric"])
@pytest.mark.parametrize(("f", "grad", "x", "cause", "factor"), SEEN.values(), ids=SEEN)
def test_the_cause_is_named_first(f, grad, x, cause, factor, method):
    result = check_grad(f, grad, x, method=method)
    assert result.verdict is Verdict.MISMATCH
    (glance,) = result.glances
    assert str(glance.id) == cause and glance.leaves == ("x",) and glance.confirmed
    if factor is not None:
        assert glance.factor == pytest.approx(factor, rel=1e-6)
    assert str(result).split("\n")[1] == glance.message
    assert result.to_dict()["glances"] == [glance.to_dict()]


def test_a_length_of_the_data_is_recognised_in_the_factor():
    assert "8 is the number of rows of X" in str(check_grad(mean_square, lambda w: 8 * slope(w), w))
    assert "divided by it once too often" in str(check_grad(mean_square, lambda w: slope(w) / 8, w))


def parts_cost(p):
    return energy(p["a"]) + np.sum(np.sin(p["b"])) + np.sum(p["a"] * p["b"])


def parts_slope(p):
    return {"a": force(p["a"]) + p["b"], "b": np.cos(p["b"]) + p["a"]}


PARTS = {"a": W, "b": rng.standard_normal((3, 3))}


def test_parts_are_told_together_or_apart():
    half = check_grad(parts_cost, lambda p: {k: g / 2 for k, g in parts_slope(p).items()}, PARTS)
    assert [g.leaves for g in half.glances] == [("a", "b")] and "likewise db" in str(half)
    swapped = check_grad(parts_cost, lambda p: dict(zip("ab", reversed(parts_slope(p).values()), strict=True)), PARTS)
    assert [str(g.id) for g in swapped.glances] == ["swapped-parts"] * 2
    one = check_grad(parts_cost, lambda p: parts_slope(p) | {"b": 3 * parts_slope(p)["b"]}, PARTS)
    assert [g.leaves for g in one.glances] == [("b",)]

    def unit(p):
        norm = np.sqrt(sum(np.sum(g**2) for g in parts_slope(p).values()))
        return {k: g / norm for k, g in parts_slope(p).items()}

    assert [str(g.id) for g in check_grad(parts_cost, unit, PARTS).glances] == ["normalised"]


@pytest.mark.parametrize(
    ("f", "grad", "x"),
    [
        (energy, lambda W: X.T @ np.tanh(X @ W), W),
        (energy, np.cos, W),
        (lambda x: x**3, lambda x: 2 * x, 1.5),  # 4/9 of the derivative at this point alone
        (mean_square, slope, w),
        (energy, lambda W: force(W) * (1 + (W[1, 1] == W)), W),  # one entry, which the judge names
    ],
)
def test_nothing_is_named_that_does_not_hold_elsewhere(f, grad, x):
    assert check_grad(f, grad, x).glances == ()


def test_products_and_jacobians_too():
    tanh = lambda x: np.tanh(X @ x)
    vjp = lambda x, v: X.T @ (v * (1 - np.tanh(X @ x) ** 2))
    named = lambda result: [str(glance.id) for glance in result.glances]
    assert named(check_vjp(tanh, lambda x, v: 2 * vjp(x, v), w)) == ["one-factor"]
    assert named(check_vjp(tanh, vjp, w)) == []
    assert named(check_jvp(tanh, lambda x, t: -(X @ t) * (1 - np.tanh(X @ x) ** 2), w)) == ["opposite-sign"]
    assert named(check_hvp(lambda x: x**3, lambda x, t: 6 * x**2 * t, w)) == ["one-factor"]
    jacobian = lambda x: (1 - np.tanh(A @ x) ** 2)[:, None] * A
    square = lambda x: np.tanh(A @ x)
    assert named(check_grad(square, lambda x: jacobian(x).T, B, jacobian=True)) == ["transposed"]
    assert named(check_grad(square, lambda x: -jacobian(x), B, jacobian=True)) == ["opposite-sign"]


def test_without_a_second_point_what_several_entries_show_is_said_of_this_point():
    at = np.array([0.5, -1.0, 0.25])

    def only_here(x):
        if not np.allclose(x, at, atol=1e-3):
            raise RuntimeError("no value elsewhere")
        return np.sum(x**3)

    result = check_grad(only_here, lambda x: 6 * x**2, at)
    assert [g.confirmed for g in result.glances] == [False] and "(at this point)" in str(result)
    alone = lambda x: only_here(np.array([x, -1.0, 0.25]))
    assert check_grad(alone, lambda x: 6 * x**2, 0.5).glances == ()
