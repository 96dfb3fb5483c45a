import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dz1 = dz2 @ W2 * (1 - a1 ** 2)
    grads = [(dz1.T @ x, dz1.sum(0)), (dz2.T @ a1, dz2.sum(0))]
    return [(W + learning_rate * dW, b + learning_rate * db) for (W, b), (dW, db) in zip(params, grads)]
