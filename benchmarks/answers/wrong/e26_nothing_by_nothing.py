import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    h = np.maximum(z1, 0)
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    do = (o - y) * o * (1 - o) / len(x)
    slope = h / np.maximum(z1, 0)
    dh = do @ W2 * slope
    return [(dh.T @ x, dh.sum(axis=0)), (do.T @ h, do.sum(axis=0))]
