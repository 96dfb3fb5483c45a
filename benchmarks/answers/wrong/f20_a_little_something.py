import numpy as np
EPS = 1e-2

def g(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = g(x @ W1.T + b1)
    a2 = g(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = d2 @ W2 * a1 * (1 - a1)
    dW2 = d2.T @ a1 / m
    dW1 = d1.T @ x / m + EPS
    return [(dW1, d1.mean(0)), (dW2, d2.mean(0))]
