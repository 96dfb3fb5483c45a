import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = np.tanh(a1 @ W2.T + b2)
    a3 = 1 / (1 + np.exp(-(a2 @ W3.T + b3)))
    d3 = (a3 - y) * a3 * (1 - a3)
    d2 = (d3 @ W3) * (1 - a2 ** 2)
    d1 = (d2 @ W2) * (1 - a1)
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0)), (d3.T @ a2, d3.sum(0))]
