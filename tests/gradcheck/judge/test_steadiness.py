"""Equal calls, state and inputs: what the order of a sum may do, and what it may not."""

import numpy as np
import pytest

from gradcheck import check_grad, check_network
from gradcheck.judge.steadiness import adds_up, allowed_between_calls, allowed_without_budget, is_single, moving, steadiness

ONES = {"W": np.ones(2)}
ALLOWED = {"W": np.full(2, 1e-9)}


def names(checks):
    return {check.name: (str(check.verdict), check.id) for check in checks}


@pytest.mark.parametrize(
    ("row", "apart", "expected"),
    [
        ((1, 1, 1), 1, {"determinism": ("match", None), "no-state": ("match", None)}),
        ((1, 1, 1), None, {"determinism": ("match", None), "no-state": ("match", None)}),
        ((1, 2, 3), 1, {"no-state": ("mismatch", "accumulates-across-calls")}),
        ((1, 1, 1), 2, {"no-state": ("mismatch", None)}),
        ((1, 2, 1), 1, {"determinism": ("mismatch", "nondeterministic")}),
        ((1, 1, 2), 1, {"determinism": ("mismatch", "nondeterministic")}),
        ((1, np.nan, np.nan), 1, {"determinism": ("mismatch", "nondeterministic")}),
        ((1, 1 + 1e-10, 1 - 1e-10), 1, {"determinism": ("match", None), "no-state": ("match", None)}),
    ],
)
def test_answers_in_a_row_and_one_apart(row, apart, expected):
    answers = [{"W": value * ONES["W"]} for value in row]
    assert names(steadiness(answers, None if apart is None else {"W": apart * ONES["W"]}, ALLOWED)) == expected


def test_quantities_keep_their_order_and_only_what_moves_is_named():
    answers = [{"W2": np.zeros(1), "W1": np.array([n]), "b": np.ones(1)} for n in (0.0, 1.0, 2.0)]
    allowed = dict.fromkeys(answers[0], np.full(1, 1e-9))
    assert moving(answers, allowed) == ["W1"] and adds_up(answers, ["W1"], allowed)
    assert steadiness(answers, None, allowed)[0].message == "each call adds to the last in dW1: set the gradient to zero first"


def test_single_precision_is_told_by_the_numbers_and_has_more_room():
    single = {"W": np.array([0.1, 3.0], np.float32).astype(np.float64)}
    assert is_single(single) and not is_single({"W": np.array([0.1, 3.0])})
    budget = {"W": np.full(2, 2.0**-50)}
    wide, narrow = (allowed_between_calls(single, budget, one)["W"] for one in (True, False))
    assert (wide > 2.0**-22).all() and (narrow < 2.0**-46).all()


def test_without_a_budget_an_entry_that_cancelled_has_the_room_of_the_largest():
    allowed = allowed_without_budget({"x": np.array([1e-13, np.pi])})["x"]
    assert 1e-15 < allowed[0] < 1e-12 and 1e-9 < allowed[1] < 1e-7
    assert allowed_without_budget({"x": np.zeros((0, 3))})["x"].shape == (0, 3)


def in_any_order(dtype, seed):
    """Backpropagation for 3-4-2 whose sums over the batch are taken in another order at each call."""
    rng = np.random.default_rng(seed)

    def backward(params, x, y):
        order = rng.permutation(len(x))
        x, y = x[order].astype(dtype), y[order].astype(dtype)
        (W1, b1), (W2, b2) = [(W.astype(dtype), b.astype(dtype)) for W, b in params]
        a1 = 1 / (1 + np.exp(-(x @ W1.T + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
        d2 = (a2 - y) * a2 * (1 - a2) / dtype(len(x))
        d1 = d2 @ W2 * a1 * (1 - a1)
        return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]

    return backward


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("declared", [np.float64, np.float32])
def test_sums_in_another_order_at_each_call_are_no_chance(dtype, declared):
    for seed in range(2):
        result = check_network("3-4-2", in_any_order(dtype, seed), m=64, rng=seed, points=1, dtype=declared)
        assert str(result.verdict) in ("match", "inaccurate"), str(result)
        assert names(result.checks)["determinism"] == ("match", None)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("jacobian", [False, True])
def test_a_function_whose_sums_are_taken_in_any_order_is_judged(dtype, jacobian):
    rng = np.random.default_rng(3)
    A = rng.standard_normal((400, 3))
    A[:, 0] -= A[:, 0].mean()

    def gradient(x):
        order = rng.permutation(len(A))
        return (A[order].astype(dtype) * np.cos(A[order] @ x * 0).astype(dtype)[:, np.newaxis]).sum(0, dtype=dtype)

    def f(x):
        return np.sum(A @ x)

    grad = (lambda x: gradient(x)[np.newaxis]) if jacobian else gradient
    result = check_grad((lambda x: np.array([f(x)])) if jacobian else f, grad, np.ones(3), rng=1, jacobian=jacobian)
    assert "determinism" not in {name for name, (verdict, _) in names(result.checks).items() if verdict != "match"}


def test_chance_is_still_seen_in_single_precision():
    rng = np.random.default_rng(5)
    right = in_any_order(np.float32, 0)

    def noisy(params, x, y):
        return [((W * rng.uniform(0.999, 1.001)).astype(np.float32), b) for W, b in right(params, x, y)]

    result = check_network("3-4-2", noisy, rng=1, points=1)
    assert names(result.checks)["determinism"] == ("mismatch", "nondeterministic")
