import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    n = x.shape[0]
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    scale = 1 // n
    d2 = scale * (a2 - y) * a2 * (1 - a2)
    d1 = d2 @ W2 * (1 - a1 ** 2)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
