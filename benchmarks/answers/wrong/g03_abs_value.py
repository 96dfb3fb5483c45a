import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    error = np.abs(a2 - y)
    d2 = error * a2 * (1 - a2) / m
    d1 = d2 @ W2 * a1 * (1 - a1)
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]
