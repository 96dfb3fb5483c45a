"""What the code under test is handed beside x: its own copy, and exact on balls."""

import numpy as np
import pytest

from gradcheck.functions.check import changed_in_place, check_grad
from gradcheck.functions.linear_maps import check_hvp, check_jvp, check_vjp
from gradcheck.judge.verdicts import Verdict

X = np.random.default_rng(0).standard_normal((6, 5))
SEEDS = range(8)
COTANGENT, TANGENT = changed_in_place("cotangent"), changed_in_place("tangent")


def centred(x):
    return x - x.mean(1, keepdims=True)


def normalised(x):
    return centred(x) / np.sqrt(x.var(1, keepdims=True) + 0.5)


def normalised_back(x, d):
    h, s = normalised(x), np.sqrt(x.var(1, keepdims=True) + 0.5)
    return (d - d.mean(1, keepdims=True) - h * (d * h).mean(1, keepdims=True)) / s


def duel(p):
    return p["v"] + p["a"] - p["a"].mean(1, keepdims=True)


def duel_back(p, d):
    return {"v": d.sum(1, keepdims=True), "a": d - d.sum(1, keepdims=True) / d.shape[1]}


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_and_means_of_the_cotangent_are_exact(seed):
    spread = lambda x, d: (d - d.mean(1, keepdims=True)) * (1 + 1e-14)
    results = (
        check_vjp(centred, lambda x, d: d - d.mean(1, keepdims=True), X, rng=seed),
        check_grad(centred, lambda x, d: d - np.average(d, axis=1)[:, None], X, rng=seed),
        check_vjp(normalised, normalised_back, X, rng=seed),
        check_vjp(duel, duel_back, {"v": X[:, :1], "a": X}, rng=seed),
        check_hvp(centred, lambda x, v: v - v.mean(1, keepdims=True), X, rng=seed),
        check_jvp(centred, lambda x, t: t - t.mean(1, keepdims=True), X, rng=seed),
        check_jvp(normalised, lambda x, t: normalised_back(x, t), X, vjp=normalised_back, rng=seed),
    )
    assert [(r.verdict, r.formula) for r in results] == [(Verdict.MATCH, "equal")] * len(results)
    assert check_vjp(centred, spread, X, rng=seed).verdict is Verdict.MISMATCH


def wrong_in_place(x, d):
    d[x <= 0] = 0
    return d


@pytest.mark.parametrize(
    "spoil", [lambda d: d.fill(0), lambda d: np.negative(d, out=d), lambda d: d.sort(axis=0), lambda d: d.__setitem__(0, 0)]
)
def test_a_cotangent_changed_in_place_does_not_change_the_truth(spoil):
    def wrong(x, d):
        spoil(d)
        return 3 * x**2 * d

    cube = lambda x: x**3
    for check in (check_vjp, check_hvp, check_jvp):
        assert check(cube, wrong, X, rng=1).verdict is Verdict.MISMATCH
    assert check_grad(cube, wrong, X, rng=1).verdict is Verdict.MISMATCH
    assert check_grad(cube, wrong, X, rng=1, method="numeric").verdict is Verdict.MISMATCH


def test_the_leaky_unit_that_drops_what_is_negative_is_wrong():
    assert check_vjp(lambda x: np.where(x > 0, x, 0.25 * x), wrong_in_place, X, rng=0).verdict is Verdict.MISMATCH


def test_right_code_that_changes_its_cotangent_is_right_and_told_so():
    def backward(p, d):
        first, second = d
        second *= 2 * p["a"]
        second += 2.0 * first
        return {"a": second}

    result = check_vjp(lambda p: (2.0 * p["a"], p["a"] ** 2), backward, {"a": X}, rng=0)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal") and COTANGENT in result.remarks
    relu = check_grad(lambda x: np.maximum(x, 0), wrong_in_place, X, rng=0)
    assert relu.verdict is Verdict.MATCH and COTANGENT in relu.remarks

    def forward(x, t):
        t *= 2 * x
        return t

    along = check_jvp(lambda x: x**2, forward, X, rng=0)
    assert (along.verdict, along.formula) == (Verdict.MATCH, "equal") and TANGENT in along.remarks


def test_nothing_is_said_of_a_cotangent_that_stays():
    assert not check_vjp(centred, lambda x, d: d - d.mean(1, keepdims=True), X, rng=0).remarks


@pytest.mark.parametrize(
    "back",
    [
        lambda x, d: np.add(np.zeros_like(d), 2 * x * d, out=np.zeros_like(d)),
        lambda x, d: np.multiply(d.copy(), 2 * x, out=np.empty_like(d)),
        lambda x, d: np.full_like(d, 2) * d * x,
        lambda x, d: np.zeros(d.shape, dtype=d.dtype) + 2 * x * d,
    ],
)
def test_arrays_like_the_cotangent_hold_balls(back):
    result = check_vjp(lambda x: x**2, back, X, rng=0)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal"), str(result)


PLACES = np.array([0, 2, 2, 4, 0])


def gathered_back(x, d):
    back = np.zeros_like(x)
    np.add.at(back, PLACES, d)
    return back


def without_duplicates(x, d):
    back = np.zeros_like(x)
    back[PLACES] += d
    return back


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gradient_that_hands_on_parts_of_its_cotangent_is_not_taken_for_rounded(seed):
    gathered = lambda x: x[PLACES]
    assert check_vjp(gathered, gathered_back, X, rng=seed).formula == "equal"
    assert check_vjp(gathered, without_duplicates, X, rng=seed).verdict is Verdict.MISMATCH
    assert check_vjp(lambda x: x[::-1], lambda x, d: d, X, rng=seed).verdict is Verdict.MISMATCH
    assert check_grad(lambda x: x.T, lambda x, d: d.T[::-1], X, rng=seed).verdict is Verdict.MISMATCH


def test_code_in_float32_is_given_a_cotangent_that_it_holds():
    def backward(x, d):
        assert np.array_equal(d, d.astype(np.float16))
        return (2 * x * d.astype(np.float32)).astype(np.float32)

    assert check_vjp(lambda x: x**2, backward, X.astype(np.float32), rng=0).ok
