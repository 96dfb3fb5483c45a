import numpy as np

def backward(params, x, y, lam):
    (W1, b1), (W2, b2) = params
    m = len(x)
    z1 = x @ W1.T + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2.T + b2
    a2 = 1 / (1 + np.exp(-z2))
    delta = (a2 - y) * a2 * (1 - a2) / m
    dW2 = delta.T @ z1 + lam * W2
    db2 = delta.sum(axis=0) + lam * b2
    delta = (delta @ W2) * (1 - a1 ** 2)
    dW1 = delta.T @ x + lam * W1
    db1 = delta.sum(axis=0) + lam * b1
    return [(dW1, db1), (dW2, db2)]
