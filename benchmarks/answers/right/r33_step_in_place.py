import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate):
    m = len(x)
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.maximum(z1, 0)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = d2 @ W2 * (z1 > 0)
    W2 -= learning_rate * d2.T @ a1
    b2 -= learning_rate * d2.sum(axis=0)
    W1 -= learning_rate * d1.T @ x
    b1 -= learning_rate * d1.sum(axis=0)
    return [(W1, b1), (W2, b2)]
