import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    a1 = np.tanh(np.dot(x, W1.T) + b1)
    a2 = sigmoid(np.dot(a1, W2.T) + b2)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dz1 = np.dot(W2.T, dz2) * (1 - a1 ** 2)
    return [(np.dot(dz1.T, x), dz1.sum(axis=0)), (np.dot(dz2.T, a1), dz2.sum(axis=0))]
