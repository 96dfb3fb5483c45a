import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    h = sigmoid(x @ W1.T + b1)
    pred = h @ W2.T + b2
    dpred = 2 * (pred - y) / m
    dh = dpred @ W2
    dz = dh * h * (1 - h)
    return [(dz.T @ x, dz.sum(axis=0)), (dpred.T @ h, dpred.sum(axis=0))]
