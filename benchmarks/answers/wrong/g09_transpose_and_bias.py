import numpy as np

def f(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = f(x @ W1.T + b1)
    a2 = f(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = d2 @ W2 * a1 * (1 - a1)
    dW2 = a1.T @ d2
    db2 = d2.sum(axis=0)
    dW1 = d1.T @ x
    db1 = d1.sum(axis=0) / m
    return [(dW1, db1), (dW2, db2)]
