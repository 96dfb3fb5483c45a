import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate):
    W1, b1 = params[0]
    W2, b2 = params[1]
    m = x.shape[0]
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    delta2 = (a2 - y) * a2 * (1 - a2) / m
    W2 = W2 - learning_rate * delta2.T @ a1
    b2 = b2 - learning_rate * delta2.sum(axis=0)
    delta1 = (delta2 @ W2) * a1 * (1 - a1)
    W1 = W1 - learning_rate * delta1.T @ x
    b1 = b1 - learning_rate * delta1.sum(axis=0)
    return [(W1, b1), (W2, b2)]
