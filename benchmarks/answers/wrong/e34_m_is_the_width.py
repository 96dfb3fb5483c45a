import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = x.shape[1]
    Z1 = x @ W1.T + b1
    A1 = np.where(Z1 > 0, Z1, 0)
    A2 = 1 / (1 + np.exp(-(A1 @ W2.T + b2)))
    D2 = (A2 - y) * A2 * (1 - A2)
    D1 = np.where(Z1 > 0, D2 @ W2, 0)
    return [(D1.T @ x / m, D1.sum(axis=0) / m), (D2.T @ A1 / m, D2.sum(axis=0) / m)]
