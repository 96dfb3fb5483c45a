import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def slope(z):
    s = z.copy()
    s[s <= 0] = 1e-300
    s[s > 0] = 1
    return s

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.where(z1 > 0, z1, 0)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2 * slope(z1)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
