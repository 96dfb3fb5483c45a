import numpy as np

from cost import derivative


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    h = np.tanh(x @ W1.T + b1)
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    e2 = derivative(o, y) * o * (1 - o)
    e1 = (e2 @ W2) * (1 - h * h)
    g1 = (e1.T @ x, 0 * b1)
    g2 = (e2.T @ h, e2.sum(axis=0))
    return [g1, g2]
