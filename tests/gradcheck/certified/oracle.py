"""The derivative of plain floats, by Richardson extrapolation of central differences: shares no code with balls."""

from itertools import pairwise

import numpy as np

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
