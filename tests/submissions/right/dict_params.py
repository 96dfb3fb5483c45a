# network: 3-4:tanh-2
import numpy as np


def backward(params, x, y):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / x.shape[0]
    d1 = d2 @ W2 * (1 - a1**2)
    return {"dW2": d2.T @ a1, "db2": d2.sum(0), "dW1": d1.T @ x, "db1": d1.sum(0)}
