import numpy as np

def relu_grad(upstream, z):
    g = upstream.copy()
    g[z > 0] = 1
    g[z <= 0] = 0
    return g

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = np.maximum(0, z1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = relu_grad(d2 @ W2, z1)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
