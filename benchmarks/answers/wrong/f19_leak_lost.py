import numpy as np

def leaky(z):
    return np.where(z > 0, z, 0.01 * z)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[0]
    z1 = x @ W1.T + b1
    a1 = leaky(z1)
    a2 = sigmoid(a1 @ W2.T + b2)
    dz2 = (a2 - y) * a2 * (1 - a2) / m
    dz1 = dz2 @ W2
    dz1[z1 <= 0] = 0
    return [(dz1.T @ x, dz1.sum(axis=0)), (dz2.T @ a1, dz2.sum(axis=0))]
