import numpy as np


def backward(params, x, y):
    caches, a = [], x
    for number, (W, b) in enumerate(params):
        z = a @ W.T + b
        out = np.tanh(z) if number + 1 < len(params) else 1 / (1 + np.exp(-z))
        caches.append({"a_in": a, "a_out": out, "W": W})
        a = out
    grads = [None] * len(params)
    da = (a - y) / len(x)
    for number in range(len(params) - 1, -1, -1):
        cache = caches[number]
        if number == len(params) - 1:
            dz = da * cache["a_out"] * (1 - cache["a_out"])
        else:
            dz = da * (1 - cache["a_out"])
        grads[number] = (dz.T @ cache["a_in"], dz.sum(axis=0))
        da = dz @ cache["W"]
    return grads
