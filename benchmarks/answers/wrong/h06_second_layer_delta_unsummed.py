import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2), (W3, b3) = params
    h1 = np.tanh(x @ W1.T + b1)
    h2 = np.tanh(h1 @ W2.T + b2)
    out = 1 / (1 + np.exp(-(h2 @ W3.T + b3)))
    delta3 = (out - y) * out * (1 - out) / len(x)
    delta2 = delta3.sum(axis=1, keepdims=True) * (1 - h2 ** 2)
    delta1 = delta2 @ W2 * (1 - h1 ** 2)
    return [
        (delta1.T @ x, delta1.sum(axis=0)),
        (delta2.T @ h1, delta2.sum(axis=0)),
        (delta3.T @ h2, delta3.sum(axis=0)),
    ]
