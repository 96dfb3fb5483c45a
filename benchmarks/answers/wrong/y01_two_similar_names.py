import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    z1 = x @ W1.T + b1
    a1 = np.tanh(z1)
    a2 = sigmoid(a1 @ W2.T + b2)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dW2 = dz2.T @ a1
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2
    dz1 = da1 * (1 - a1 ** 2)
    dW1 = dz1.T @ x
    db1 = da1.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
