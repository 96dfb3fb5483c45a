import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    m = len(x)
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    d2 = (a2 - y) * (sigmoid(z2) * (1 - sigmoid(z2))) / m
    d1 = (d2 @ W2) * sigmoid(z1)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
