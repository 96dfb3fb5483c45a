import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    err = (a2 - y) * a2 * (1 - a2) / m
    err1 = err * (1 - a1 ** 2)
    return [(err1.T @ x, err1.sum(axis=0)), (err.T @ a1, err.sum(axis=0))]
