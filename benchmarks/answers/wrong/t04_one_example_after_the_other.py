import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step(params, x, y, learning_rate):
    (W1, b1), (W2, b2) = [(W.copy(), b.copy()) for W, b in params]
    m = len(x)
    gW1, gb1, gW2, gb2 = 0, 0, 0, 0
    for xi, yi in zip(x, y):
        h = sigmoid(W1 @ xi + b1)
        o = sigmoid(W2 @ h + b2)
        eo = (o - yi) * o * (1 - o) / m
        eh = W2.T @ eo * h * (1 - h)
        W2 = W2 - learning_rate * np.outer(eo, h)
        b2 = b2 - learning_rate * eo
        W1 = W1 - learning_rate * np.outer(eh, xi)
        b1 = b1 - learning_rate * eh
    return [(W1 - learning_rate * gW1, b1 - learning_rate * gb1), (W2 - learning_rate * gW2, b2 - learning_rate * gb2)]
