# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward(params, x, y):
    """delta = -(y - a) a (1 - a), as the book writes it."""
    (W1, b1), (W2, b2) = params
    a1 = sigmoid(x.dot(W1.T) + b1)
    a2 = sigmoid(a1.dot(W2.T) + b2)
    delta2 = -(y - a2) * a2 * (1 - a2)
    delta1 = delta2.dot(W2) * a1 * (1 - a1)
    m = x.shape[0]
    return [(delta1.T.dot(x) / m, delta1.sum(axis=0) / m), (delta2.T.dot(a1) / m, delta2.sum(axis=0) / m)]
