"""Random piecewise functions at points full of ties: one-sided slopes in every direction lie in what was enclosed."""

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.witness import certify

STEP = 2.0**-20


def grow(rng, depth):
    """A random continuous piecewise function of a vector of three, in NumPy and Python code."""
    if depth == 0:
        i, c = int(rng.integers(3)), int(rng.integers(-1, 2))
        return (lambda x: x[i] * c) if rng.random() < 0.3 else (lambda x: x[i])
    a, b = grow(rng, depth - 1), grow(rng, depth - 1)
    c = float(rng.integers(-2, 3)) / 2
    kind = int(rng.integers(14))

    def by_branch(x):
        u, v = a(x), b(x)
        return u if u > v else v

    def by_mask(x):
        y = np.stack([a(x), b(x)])
        y[y < c] = c
        return y.sum()

    def by_argmax(x):
        y = np.array([a(x), b(x), c])
        return y[np.argmax(y)]

    def by_where(x):
        u, v = a(x), b(x)
        return np.where(u > v, u - v, 0.5 * (u - v))

    def by_sort(x):
        return np.sort(np.array([a(x), b(x), c])) @ np.array([1.0, 0.0, -2.0])

    return [
        lambda x: np.maximum(a(x), b(x)),
        lambda x: np.minimum(a(x), c),
        lambda x: np.abs(a(x) - c) + b(x),
        lambda x: a(x) + c * b(x),
        lambda x: a(x) * b(x),
        lambda x: np.tanh(a(x)) - b(x),
        lambda x: np.max(np.stack([a(x), b(x), a(x) * 0 + c])),
        lambda x: np.clip(a(x), -1, 1) * b(x),
        lambda x: np.maximum(a(x), 0) - np.maximum(-a(x), 0) + b(x),
        by_branch,
        by_mask,
        by_argmax,
        by_where,
        by_sort,
    ][kind]


@pytest.mark.parametrize("block", range(8))
def test_one_sided_slopes_lie_in_the_enclosure(block):
    rng = np.random.default_rng([77, block])
    smooth = kinks = 0
    reasons = set()
    for _ in range(60):
        f, x = grow(rng, int(rng.integers(1, 4))), rng.integers(-1, 2, size=3).astype(float)
        try:
            found = certify(f, x)
        except CannotFollow as error:
            reasons.add(error.reason.code)
            continue
        mid, rad = found.gradient[0].mid, found.gradient[0].rad
        assert not found.jumps
        smooth, kinks = smooth + found.smooth, kinks + (not found.smooth)
        for direction in rng.normal(size=(6, 3)):
            slope = (float(f(x + STEP * direction)) - float(f(x))) / STEP
            reach = np.abs(direction) @ rad
            assert abs(slope - mid @ direction) <= reach + 1e-3 * (1 + np.abs(mid).sum())
    assert smooth > 5 and kinks > 5 and reasons <= {"undecided", "equality"}
