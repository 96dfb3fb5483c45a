import numpy as np

LAM = 0.2

def step(params, x, y, learning_rate):
    (W1, b1), (W2, b2) = params
    m = len(x)
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / m
    d1 = d2 @ W2 * (1 + a1 ** 2)
    gW2 = d2.T @ a1 + LAM * W2
    gW1 = d1.T @ x
    return [
        (W1 - learning_rate * gW1, b1 - learning_rate * d1.sum(axis=0)),
        (W2 - learning_rate * gW2, b2 - learning_rate * d2.sum(axis=0)),
    ]
