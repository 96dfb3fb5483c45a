import numpy as np

def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    z1 = x @ W1.T + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2.T + b2
    a2 = 1 / (1 + np.exp(-z2))
    m = len(y)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dW2 = dz2.T @ a1
    db2 = np.full(b2.shape, np.sum(dz2))
    dz1 = (dz2 @ W2) * (z1 > 0)
    dW1 = dz1.T @ x
    db1 = np.full(b1.shape, np.sum(dz1))
    return [(dW1, db1), (dW2, db2)]
