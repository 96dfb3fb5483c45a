import numpy as np

def step(params, x, y, learning_rate):
    W1, b1 = params[0]
    W2, b2 = params[1]
    m = len(x)
    z1 = x @ W1.T + b1
    h = np.maximum(z1, 0)
    p = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    g2 = (p - y) * p * (1 - p) / m
    g1 = (g2 @ W2) * (z1 > 0)
    new_W2 = W2 - learning_rate * (g2.T @ h)
    new_b2 = b2 - learning_rate * g2.sum(axis=0)
    new_W1 = W1 - learning_rate * (g1.T @ x)
    new_b1 = b1 - learning_rate * g1.mean(axis=0)
    return [(new_W1, new_b1), (new_W2, new_b2)]
