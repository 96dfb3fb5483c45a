"""Random piecewise linear functions with all kinks at 0, against the gradients that random neighbours of 0 really have.

A mixture of gradients seen is right; what lies beyond all of them in some direction is wrong; what a backward pass gives
that answers each comparison by itself is never called wrong unless two comparisons are the same up to a factor.
"""

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.judge.verdicts import Verdict

FULL = pytest.mark.extra("resource")  # run by make test-all
RIGHT = {Verdict.KINK, Verdict.MATCH}


def piece(rng, size):
    """A term of a function, its slope at 0 by a convention, and the rows that it compares with 0."""
    a, b, c = rng.integers(-2, 3, size=(3, size)).astype(float)
    weight, at_zero = float(rng.choice([-2, -1, 1, 2])), float(rng.choice([0.0, 0.5, 1.0]))
    return [
        (lambda x: weight * np.maximum(a @ x, 0), weight * at_zero * a, [a]),
        (lambda x: weight * np.abs(a @ x), weight * (2 * at_zero - 1) * a, [a]),
        (lambda x: weight * np.minimum(a @ x, b @ x), weight * (at_zero * a + (1 - at_zero) * b), [a - b]),
        (lambda x: weight * np.max(np.stack([a @ x, b @ x, c @ x])), weight * b, [a - b, b - c, a - c]),
        (lambda x: weight * (a @ x if b @ x > a @ x else b @ x), weight * (at_zero * a + (1 - at_zero) * b), [a - b]),
        (lambda x: weight * np.where(a @ x > 0, a @ x, 0.1 * (a @ x)), weight * (0.1 + 0.9 * at_zero) * a, [a]),
    ][int(rng.integers(6))]


def seen_around(f, rng, size):
    """The different gradients at random neighbours: exact, the function is linear there."""
    slopes = lambda v: [round((f(v + 1e-6 * e) - f(v - 1e-6 * e)) / 2e-6, 6) for e in np.eye(size)]
    found = np.array([slopes(v) for v in rng.normal(size=(300, size))])
    rows, counts = np.unique(found, axis=0, return_counts=True)
    return rows[counts > 1]  # one seen but once may lie across a kink


def is_linked(rows):
    rows = [row for row in rows if row.any()]
    return any(np.linalg.matrix_rank([one, other]) < 2 for k, one in enumerate(rows) for other in rows[:k])


@pytest.mark.parametrize("block", [0, 1, pytest.param(2, marks=FULL), pytest.param(3, marks=FULL)])
def test_verdicts_at_random_kinks_are_those_of_what_is_seen_around(block):
    rng = np.random.default_rng([2026, block])
    conventions = kinks = 0
    for _ in range(5):
        size = int(rng.integers(1, 4))
        pieces = [piece(rng, size) for _ in range(int(rng.integers(1, 6)))]
        f = lambda x, pieces=pieces: sum(term(x) for term, _, _ in pieces)
        judged = lambda claim, f=f, size=size: check_grad(f, lambda x: np.array(claim, dtype=float), np.zeros(size)).verdict
        rows = seen_around(f, rng, size)
        assert judged(rng.dirichlet(np.ones(len(rows))) @ rows) in RIGHT
        assert judged(rows[int(rng.integers(len(rows)))]) in RIGHT
        kinks += len(rows) > 1
        d = rng.normal(size=size)
        d /= np.linalg.norm(d)
        beyond = rows[np.argmax(rows @ d)] + 0.05 * d
        wrong = {Verdict.MISMATCH} if len(rows) == 1 else {Verdict.MISMATCH, Verdict.INCONCLUSIVE}
        assert judged(beyond) in wrong
        assert judged(beyond + 40 * d) is Verdict.MISMATCH
        if len(rows) > 1 and not is_linked([row for _, _, asked in pieces for row in asked]):
            conventions += 1
            assert judged(sum(slope for _, slope, _ in pieces)) is not Verdict.MISMATCH
    assert kinks >= 5 and conventions >= 1
