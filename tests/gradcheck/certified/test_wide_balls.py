"""Recurrences in which arrays as wide as their rounding leave balls that tell nothing: mistakes are told all the same."""

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp, check_vjp
from gradcheck.judge.verdicts import Verdict

SIZE, STEPS = 12, 14
FIRST, SECOND = np.random.default_rng(5).standard_normal((2, SIZE, SIZE)) / 3
BOTH = FIRST @ SECOND
X = np.random.default_rng(6).standard_normal(SIZE)


def states(x, step):
    found = [x]
    for _ in range(STEPS):
        found.append(np.tanh(step(found[-1])))
    return found


def last(x):
    return states(x, lambda h: FIRST @ (SECOND @ h))[-1]


def cost(x):
    return np.sum(last(x) ** 2)


def backwards(x, v=None, *, matrix=BOTH):
    found = states(x, lambda h: matrix @ h)
    d = 2 * found[-1] if v is None else v
    for h in found[:0:-1]:
        d = matrix.T @ (d * (1 - h**2))
    return d


def forwards(x, t):
    for h in states(x, lambda h: BOTH @ h)[1:]:
        t = (1 - h**2) * (BOTH @ t)
    return t


def spoilt(right, factor):
    def wrong(*args):
        entries = right(*args)
        entries[3] = entries[3] * factor
        return entries

    return wrong


def test_a_product_taken_before_is_no_mistake():
    assert check_grad(cost, backwards, X, rng=0).verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE)
    assert check_vjp(last, backwards, X, rng=0).verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE)
    assert check_jvp(last, forwards, X, rng=0).verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE)


@pytest.mark.parametrize("factor", [1 + 2.0**-20, -1])
def test_a_mistake_is_one(factor):
    assert check_grad(cost, spoilt(backwards, factor), X, rng=0).verdict is Verdict.MISMATCH
    assert check_vjp(last, spoilt(backwards, factor), X, rng=0).verdict is Verdict.MISMATCH
    assert check_jvp(last, spoilt(forwards, factor), X, rng=0).verdict is Verdict.MISMATCH


def test_a_matrix_that_is_another_one_is_a_mistake():
    for matrix in (BOTH.T, BOTH * (1 + 2.0**-20), SECOND @ FIRST):
        assert check_grad(cost, lambda x: backwards(x, matrix=matrix), X, rng=0).verdict is Verdict.MISMATCH  # noqa: B023
