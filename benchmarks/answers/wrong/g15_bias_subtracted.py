import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def forward(params, x):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(np.dot(x, W1.T) + b1)
    return a1, sigmoid(np.dot(a1, W2.T) - b2)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1, a2 = forward(params, x)
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2 * (1 - a1 ** 2)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
