import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = (d2 @ W2) * (1 - a1 ** 2)
    gW1, gW2 = d1.T @ x, d2.T @ a1
    gb1 = (d1 * x).sum(axis=0)
    gb2 = d2.sum(axis=0)
    return [(gW1, gb1), (gW2, gb2)]
