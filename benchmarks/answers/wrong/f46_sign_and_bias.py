import numpy as np

def sig(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = sig(x @ W1.T + b1)
    a2 = sig(a1 @ W2.T + b2)
    dz2 = (y - a2) * a2 * (1 - a2) / m
    dz1 = (dz2 @ W2) * a1 * (1 - a1)
    dW2 = dz2.T @ a1
    db2 = dz2.sum(axis=0)
    dW1 = dz1.T @ x
    db1 = dz1.sum() * np.ones(len(b1))
    return [(dW1, db1), (dW2, db2)]
