# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward(params, x, y):
    """x and y are vectors: one example."""
    (W1, b1), (W2, b2) = params
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    delta_o = (o - y) * o * (1 - o)
    delta_h = W2.T @ delta_o * h * (1 - h)
    return [(np.outer(delta_h, x), delta_h), (np.outer(delta_o, h), delta_o)]
