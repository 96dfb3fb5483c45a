# network: 4-3/cross_entropy+l2=0.25
import numpy as np


def backward(params, x, y):
    W, b = params[0]
    z = x @ W.T + b
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return [((p - y).T @ x / len(x) + 0.25 * W, (p - y).mean(axis=0))]
