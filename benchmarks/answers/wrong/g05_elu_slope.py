import numpy as np

def elu(z):
    return np.where(z > 0, z, np.exp(z) - 1)

def elu_derivative(z):
    return np.where(z > 0, 1, np.exp(z) - 1)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = elu(z1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2 * elu_derivative(z1)
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]
