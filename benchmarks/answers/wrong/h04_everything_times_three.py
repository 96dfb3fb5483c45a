import numpy as np

SCALE = 3.0

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = (d2 @ W2) * (1 - a1 ** 2)
    grads = [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
    return [(SCALE * dW, SCALE * db) for dW, db in grads]
