"""Large problems: few directions, the smallest error that they see, and wrong entries found by bisection."""

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.functions.numbers.directional import directional
from gradcheck.judge.verdicts import Verdict

SIZE = 100_000
RNG = np.random.default_rng(8)
X = RNG.normal(size=SIZE)
C = RNG.normal(size=SIZE)
CALLS = [0]


def f(x):
    CALLS[0] += 1
    return np.sum(np.sin(x) * C) / 300 + np.sum(x[:-1] * x[1:]) / 1000


def grad(x):
    g = np.cos(x) * C / 300
    g[:-1] += x[1:] / 1000
    g[1:] += x[:-1] / 1000
    return g


def wrong_at(places):
    def wrong(x):
        g = grad(x)
        g[places] += 0.01 * np.sign(g[places])
        return g

    return wrong


def test_a_right_gradient_passes_and_states_what_it_would_have_seen():
    result = check_grad(f, grad, X, method="directional", rng=1)
    assert result.verdict is Verdict.MATCH
    assert result.detectable < 1e-3
    assert "would have been seen with probability 1 - 1e-06" in str(result)


def test_one_wrong_entry_of_100_000_is_named_with_some_100_evaluations():
    CALLS[0] = 0
    found, _ = directional(f, X, wrong_at([31_337])(X), np.random.default_rng(0))
    assert found.wrong == (31_337,) and found.complete
    assert found.calls == CALLS[0] < 110


def test_ten_wrong_entries_of_100_000_are_named_with_under_1000_evaluations():
    places = sorted(RNG.choice(SIZE, size=10, replace=False).tolist())
    found, _ = directional(f, X, wrong_at(places)(X), np.random.default_rng(0))
    assert list(found.wrong) == places and found.complete
    assert found.calls < 1000


def test_what_was_found_is_judged_exactly():
    small = {"W": X[:600].reshape(20, 30), "b": X[600:700]}
    value = lambda p: np.sum(np.tanh(p["W"])) * np.mean(p["b"] ** 2)

    def wrong(p):
        g = {"W": (1 - np.tanh(p["W"]) ** 2) * np.mean(p["b"] ** 2), "b": 2 * p["b"] * np.sum(np.tanh(p["W"])) / 100}
        g["W"][7, 3] *= 1.001
        return g

    result = check_grad(value, wrong, small, method="directional", rng=0)
    assert result.verdict is Verdict.MISMATCH
    assert result.witness == "directions, wrong entries by certified"
    assert [(q.quantity, str(q.verdict), q.wrong) for q in result.quantities] == [("W", "mismatch", 1), ("b", "match", 0)]
    assert "dW[7, 3] is wrong" in str(result)


def test_the_stated_error_is_seen():
    """Errors of the stated norm, in random directions, are seen every time."""
    x, c = X[:300], C[:300]
    small, slope = lambda x: np.sum(np.exp(np.sin(x)) * c), np.cos(x) * np.exp(np.sin(x)) * c
    rng = np.random.default_rng(5)
    for _ in range(40):
        passed, _ = directional(small, x, slope, rng)
        assert passed.verdict is Verdict.MATCH
        error = rng.normal(size=300)
        bent, _ = directional(small, x, slope + error * passed.detectable / np.linalg.norm(error), rng)
        assert bent.verdict is Verdict.MISMATCH


def test_misuse_is_told():
    with pytest.raises(ValueError, match="expected at least 3"):
        directional(f, X, grad(X), np.random.default_rng(0), directions=2)
