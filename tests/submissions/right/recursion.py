# network: 3-4-3-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _descend(params, a, y, m):
    """The gradients of the layers from here on, and dC/da of what came in."""
    if not params:
        return [], (a - y) / m
    (W, b), *rest = params
    out = sigmoid(a @ W.T + b)
    grads, dout = _descend(rest, out, y, m)
    dz = dout * out * (1 - out)
    return [(dz.T @ a, dz.sum(0)), *grads], dz @ W


def backward(params, x, y):
    return _descend(params, x, y, len(x))[0]
