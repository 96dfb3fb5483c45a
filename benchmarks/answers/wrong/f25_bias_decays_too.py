import numpy as np

LAMBDA = 0.3

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    m = x.shape[0]
    (W1, b1), (W2, b2) = params
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dz1 = (dz2 @ W2) * a1 * (1 - a1)
    dW1 = dz1.T @ x + LAMBDA * W1
    db1 = dz1.sum(axis=0) + LAMBDA * b1
    dW2 = dz2.T @ a1 + LAMBDA * W2
    db2 = dz2.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
