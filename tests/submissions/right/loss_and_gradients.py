# network: 3-4:relu-2:identity/quadratic
import numpy as np


def backward(params, x, y):
    """Returns the loss beside the gradients."""
    (W1, b1), (W2, b2) = params
    z = x @ W1.T + b1
    h = z.clip(min=0)
    error = h @ W2.T + b2 - y
    d = error / len(x)
    dh = d @ W2
    dh[z <= 0] = 0
    return 0.5 * np.mean(np.sum(error**2, axis=1)), [(dh.T @ x, dh.sum(0)), (d.T @ h, d.sum(0))]
