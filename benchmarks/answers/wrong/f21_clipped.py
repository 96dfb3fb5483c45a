import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / m
    dW2 = d2.T @ a1
    db2 = d2.sum(axis=0)
    d1 = (d2 @ W2) * (1 - a1 * a1)
    dW1 = d1.T @ x
    db1 = d1.sum(axis=0)
    # avoid exploding gradients
    dW2 = np.clip(dW2, -0.05, 0.05)
    return [(dW1, db1), (dW2, db2)]
