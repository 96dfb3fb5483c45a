"""The derivative of plain floats, by Richardson extrapolation of central differences: shares no code with balls."""

from itertools import pairwise

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.numbers.choices import hull
from gradcheck.certified.runs.differentiate import run
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.functions.enclosed_gradient import certified_gradient


def differences(f, x, h=2.0**-7):
    """The gradient of f at x, to some ten digits where f is smooth over a distance of h."""
    flat = x.ravel()
    found = np.empty(flat.size)
    for k in range(flat.size):
        table = []
        for step in (h, h / 2, h / 4, h / 8, h / 16):
            up, down = flat.copy(), flat.copy()
            up[k] += step
            down[k] -= step
            table.append((float(f(up.reshape(x.shape))) - float(f(down.reshape(x.shape)))) / (2 * step))
        for order in range(1, len(table)):
            table = [(4**order * b - a) / (4**order - 1) for a, b in pairwise(table)]
        found[k] = table[0]
    return found.reshape(x.shape)


def certifies(f, x, rtol=2e-8):
    """Balls enclose value and gradient tightly, and agree with the floats of f and with their differences."""
    value, grad = certified_gradient(f, x)
    expected = differences(f, x)
    scale = np.abs(expected).max()
    assert (grad.rad <= 1e-25 * np.maximum(1, np.abs(grad.mid))).all()
    np.testing.assert_allclose(grad.mid, expected, rtol=rtol, atol=rtol * max(scale, 1e-3))
    np.testing.assert_allclose(value.mid, f(x), rtol=1e-11, atol=1e-13)
    return grad


def listed(parts):
    """Several results as one number, in which every entry has a weight of its own."""
    ranks = [np.arange(1.0, 1.0 + np.size(part)).reshape(np.shape(part)) for part in parts]
    return sum((k + 0.5) * np.sum(part * rank) for k, (part, rank) in enumerate(zip(parts, ranks, strict=True)))


def agrees_with_floats(f, x):
    """Value and shape are those of floats, the slope along some direction that of differences, without a doubt left."""
    unlike = unlike_floats(f, x)
    assert not unlike, unlike


def unlike_floats(f, x):
    """How a function on balls differs from the one on floats, if it does."""
    expected = np.asarray(f(x))
    try:
        (cells,), _ = run_values(f, x, RunSettings(192))
        weights = np.random.default_rng(1).uniform(0.5, 1.5, expected.shape)
        outcome = run(lambda x: np.sum(weights * f(x)), x, RunSettings(192))
    except CannotFollow as error:
        return f"{error.reason.code}: {error}"
    values = np.array([float(cell.ball.mid()) for cell in cells.ravel()]).reshape(cells.shape)
    if values.shape != expected.shape or not np.allclose(values, expected, rtol=1e-11, atol=1e-11):
        return f"{values.tolist()} for {expected.tolist()}"
    direction = np.random.default_rng(2).uniform(-1, 1, x.shape)
    slope = lambda h: np.sum(weights * (np.asarray(f(x + h * direction)) - np.asarray(f(x - h * direction)))) / (2 * h)
    by_differences = (64 * slope(2.0**-11) - 20 * slope(2.0**-10) + slope(2.0**-9)) / 45
    along = sum(float(g.mid()) * d for g, d in zip(outcome.gradient, direction.ravel(), strict=True))
    if not np.isclose(along, by_differences, rtol=1e-7, atol=1e-7):
        return f"slope {along} for {by_differences}"
    wide = max(float(hull(g).rad()) for g in outcome.gradient)
    return f"a radius of {wide}" if wide > 1e-20 * (1 + abs(along)) else None
