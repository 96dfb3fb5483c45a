# network: 3-4:relu-2:identity/mse
import numpy as np


def forward(params, x):
    for i, (W, b) in enumerate(params):
        x = x @ W + b
        if i < len(params) - 1:
            x = np.maximum(x, 0)
    return x


def backward(params, x, y):
    """Weights are (n_in, n_out)."""
    hs = [x]
    for i, (W, b) in enumerate(params):
        z = hs[-1] @ W + b
        hs.append(np.maximum(z, 0) if i < len(params) - 1 else z)
    d = 2 * (hs[-1] - y) / y.size
    grads = []
    for i in range(len(params) - 1, -1, -1):
        if i < len(params) - 1:
            d = d * (hs[i + 1] > 0)
        grads.append((hs[i].T @ d, d.sum(axis=0)))
        d = d @ params[i][0].T
    grads.reverse()
    return grads
