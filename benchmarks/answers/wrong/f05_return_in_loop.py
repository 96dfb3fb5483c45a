import numpy as np

def f(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    gW1 = np.zeros_like(W1)
    gb1 = np.zeros_like(b1)
    gW2 = np.zeros_like(W2)
    gb2 = np.zeros_like(b2)
    m = len(x)
    for xi, yi in zip(x, y):
        h = f(W1 @ xi + b1)
        o = f(W2 @ h + b2)
        e2 = (o - yi) * o * (1 - o)
        e1 = (W2.T @ e2) * h * (1 - h)
        gW2 += np.outer(e2, h) / m
        gb2 += e2 / m
        gW1 += np.outer(e1, xi) / m
        gb1 += e1 / m
        return [(gW1, gb1), (gW2, gb2)]
