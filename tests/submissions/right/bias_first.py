# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward(params, x, y, verbose=False):
    a = [x]
    for W, b in params:
        a.append(sigmoid(a[-1] @ W.T + b))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    grads = [None] * len(params)
    for l in reversed(range(len(params))):
        grads[l] = (delta.sum(axis=0), delta.T @ a[l])
        delta = delta @ params[l][0] * a[l] * (1 - a[l])
    if verbose:
        raise RuntimeError("nobody asked for it")
    return grads
