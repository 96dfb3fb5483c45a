import numpy as np

reg = 0.2

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = d2 @ W2 * a1 * (1 - a1)
    dW2 = d2.T @ a1 / m + reg * W2 / 2
    db2 = d2.sum(axis=0)
    dW1 = d1.T @ x / m + reg * W1 / 2
    db1 = d1.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
