import numpy as np

L2 = 0.5

def h(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    m = len(x)
    (W1, b1), (W2, b2) = params
    a1 = h(x @ W1.T + b1)
    a2 = h(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = (d2 @ W2) * a1 * (1 - a1)
    dW2 = (d2.T @ a1 + L2 * W2) / m
    dW1 = (d1.T @ x + L2 * W1) / m
    return [(dW1, d1.sum(0) / m), (dW2, d2.sum(0) / m)]
