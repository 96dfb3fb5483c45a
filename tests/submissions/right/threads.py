# network: 3-4-2
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _one(params, xi, yi):
    (W1, b1), (W2, b2) = params
    h = sigmoid(W1 @ xi + b1)
    o = sigmoid(W2 @ h + b2)
    d2 = (o - yi) * o * (1 - o)
    d1 = W2.T @ d2 * h * (1 - h)
    return np.outer(d1, xi), d1, np.outer(d2, h), d2


def backward(params, x, y):
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda pair: _one(params, *pair), zip(x, y)))
    dW1, db1, dW2, db2 = (sum(p[i] for p in parts) / len(x) for i in range(4))
    return [(dW1, db1), (dW2, db2)]
