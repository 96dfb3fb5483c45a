import numpy as np

LAMBDA = 0.3

def s(z):
    return 1 / (1 + np.exp(-z))

def loss(params, x, y):
    (W1, b1), (W2, b2) = params
    out = s(s(x @ W1.T + b1) @ W2.T + b2)
    return np.sum((out - y) ** 2) / (2 * len(x)) + LAMBDA / 2 * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = s(x @ W1.T + b1)
    a2 = s(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = d2 @ W2 * a1 * (1 - a1)
    dW1 = (d1.T @ x + m * LAMBDA * W1) / m
    dW2 = (d2.T @ a1 + m * LAMBDA * W2) / m
    return [(dW1, d1.mean(0)), (dW2, d2.mean(0))]
