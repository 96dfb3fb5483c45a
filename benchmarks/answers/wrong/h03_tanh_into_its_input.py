import numpy as np

def dtanh(z):
    return 1 - np.tanh(z) ** 2

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    z1 = x @ W1.T + b1
    a1 = np.tanh(z1, out=z1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = (d2 @ W2) * dtanh(z1)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
