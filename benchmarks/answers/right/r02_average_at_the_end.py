import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    z1 = x @ W1.T + b1
    h1 = z1 * (z1 > 0)
    h2 = np.tanh(h1 @ W2.T + b2)
    o = 1 / (1 + np.exp(-(h2 @ W3.T + b3)))
    d3 = -(y - o) * o * (1 - o)          # minus times minus
    d2 = d3 @ W3 * (1 - h2) * (1 + h2)
    d1 = d2 @ W2
    d1[h1 == 0] = 0
    grads = [(d1.T @ x, d1.sum(0)), (d2.T @ h1, d2.sum(0)), (d3.T @ h2, d3.sum(0))]
    return [(w / len(x), b / len(x)) for w, b in grads]
