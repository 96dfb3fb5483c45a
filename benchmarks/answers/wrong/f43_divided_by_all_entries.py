import numpy as np

def act(z):
    return 1 / (1 + np.exp(-z))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = act(x @ W1.T + b1)
    a2 = act(a1 @ W2.T + b2)
    dC = (a2 - y) / y.size
    dz2 = dC * a2 * (1 - a2)
    dz1 = (dz2 @ W2) * (a1 * (1 - a1))
    return [(dz1.T @ x, dz1.sum(axis=0)), (dz2.T @ a1, dz2.sum(axis=0))]
