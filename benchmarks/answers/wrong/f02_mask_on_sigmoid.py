import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def backward(params, x, y):
    W1, b1 = params[0]
    W2, b2 = params[1]
    m = x.shape[0]

    # forward
    z1 = np.dot(x, W1.T) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2.T) + b2
    a2 = sigmoid(z2)

    # backward
    dz2 = (a2 - y) * a2 * (1 - a2)
    dW2 = np.dot(dz2.T, a1) / m
    db2 = np.sum(dz2, axis=0) / m
    da1 = np.dot(dz2, W2)
    dz1 = da1 * (z1 > 0)
    dW1 = np.dot(dz1.T, x) / m
    db1 = np.sum(dz1, axis=0) / m
    return [(dW1, db1), (dW2, db2)]
