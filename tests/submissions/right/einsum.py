# network: 2-3:tanh-3:tanh-2:identity/mse
import numpy as np


def backward(params, x, y):
    zs, acts = [], [x]
    for i, (W, b) in enumerate(params):
        zs.append(np.einsum("mi,oi->mo", acts[-1], W) + b)
        acts.append(np.tanh(zs[-1]) if i < len(params) - 1 else zs[-1])
    m, k = y.shape
    g = 2 * (acts[-1] - y) / (m * k)
    out = []
    for i in range(len(params) - 1, -1, -1):
        if i < len(params) - 1:
            g = g / np.cosh(zs[i]) ** 2
        out.append((np.einsum("mo,mi->oi", g, acts[i]), np.einsum("mo->o", g)))
        g = np.einsum("mo,oi->mi", g, params[i][0])
    return out[::-1]
