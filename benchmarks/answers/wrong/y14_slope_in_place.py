import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    h = sigmoid(x @ W1.T + b1)
    o = sigmoid(h @ W2.T + b2)
    e = (o - y) * o * (1 - o) / m
    slope = h
    slope *= 1 - h
    eh = e @ W2 * slope
    return [(eh.T @ x, eh.sum(axis=0)), (e.T @ h, e.sum(axis=0))]
