# network: 3-4-2
# contract: step
import numpy as np


def step(x, y, weights, biases, lr):
    h = 1 / (1 + np.exp(-x @ weights[0].T - biases[0]))
    o = 1 / (1 + np.exp(-h @ weights[1].T - biases[1]))
    d2 = (o - y) * o * (1 - o) / len(x)
    d1 = d2 @ weights[1] * h * (1 - h)
    return [weights[0] - lr * d1.T @ x, weights[1] - lr * d2.T @ h], [biases[0] - lr * d1.sum(0), biases[1] - lr * d2.sum(0)]
