# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(params, x):
    for W, b in params:
        x = sigmoid(x @ W.T + b)
    return x


def loss(params, x, y):
    """The sum over the examples, as the lecture had it."""
    return 0.5 * np.sum((forward(params, x) - y) ** 2)


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = d2 @ W2 * a1 * (1 - a1)
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]
