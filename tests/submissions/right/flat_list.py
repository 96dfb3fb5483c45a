# network: 3-4:softplus-2:identity/quadratic
import numpy as np


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.log1p(np.exp(-np.abs(z1))) + np.maximum(z1, 0)
    d2 = (a1 @ W2.T + b2 - y) / len(x)
    d1 = d2 @ W2 / (1 + np.exp(-z1))
    return [d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0)]
