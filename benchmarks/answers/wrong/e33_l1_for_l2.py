import numpy as np

LAMBDA = 0.1

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2 * (1 - a1 ** 2)
    g = {"W2": d2.T @ a1, "W1": d1.T @ x}
    g["W2"] = g["W2"] + LAMBDA * np.sign(W2)
    g["W1"] = g["W1"] + LAMBDA * np.sign(W1)
    return [(g["W1"], d1.sum(axis=0)), (g["W2"], d2.sum(axis=0))]
