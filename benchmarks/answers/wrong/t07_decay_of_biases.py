import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate, lam=0.2):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = d2 @ W2 * (1 - a1 ** 2)
    W2 = (1 - learning_rate * lam) * W2 - learning_rate * d2.T @ a1
    b2 = (1 - learning_rate * lam) * b2 - learning_rate * d2.sum(0)
    W1 = (1 - learning_rate * lam) * W1 - learning_rate * d1.T @ x
    b1 = (1 - learning_rate * lam) * b1 - learning_rate * d1.sum(0)
    return [(W1, b1), (W2, b2)]
