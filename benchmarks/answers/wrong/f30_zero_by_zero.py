import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2.T + b2
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    dz2 = (p - y) / len(x)
    dz1 = (dz2 @ W2) * (a1 / a1)
    return [(dz1.T @ x, dz1.sum(axis=0)), (dz2.T @ a1, dz2.sum(axis=0))]
