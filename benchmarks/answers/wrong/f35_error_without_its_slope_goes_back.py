import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    z1 = x @ W1.T + b1
    a1 = np.maximum(0, z1)
    out = sigmoid(a1 @ W2.T + b2)

    err = (out - y) / m
    dW2 = (err * out * (1 - out)).T @ a1
    db2 = (err * out * (1 - out)).sum(axis=0)

    back = err @ W2
    back[z1 <= 0] = 0
    dW1 = back.T @ x
    db1 = back.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
