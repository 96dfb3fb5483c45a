import numpy as np

def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=0)

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    h = np.tanh(x @ W1.T + b1)
    p = softmax(h @ W2.T + b2)
    d2 = (p - y) / len(x)
    d1 = d2 @ W2 * (1 - h ** 2)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ h, d2.sum(axis=0))]
