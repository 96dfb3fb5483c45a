import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    m = x.shape[0]
    h1 = np.maximum(0, x @ W1.T + b1)
    h2 = np.tanh(h1 @ W2.T + b2)
    out = 1 / (1 + np.exp(-(h2 @ W3.T + b3)))
    d3 = (out - y) * out * (1 - out) / m
    d2 = d3 @ W3 * h2 * (1 - h2)
    d1 = d2 @ W2
    return [(d1.T @ x, d1.sum(0)), (d2.T @ h1, d2.sum(0)), (d3.T @ h2, d3.sum(0))]
