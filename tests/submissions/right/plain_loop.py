# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(params, x):
    a = x
    for W, b in params:
        a = sigmoid(a @ W.T + b)
    return a


def loss(params, x, y):
    return ((forward(params, x) - y) ** 2).sum() / (2 * len(x))


def backward(params, x, y):
    activations = [x]
    for W, b in params:
        activations.append(sigmoid(activations[-1] @ W.T + b))
    a = activations[-1]
    delta = (a - y) * a * (1 - a) / len(x)
    grads = []
    for l in reversed(range(len(params))):
        grads.insert(0, (delta.T @ activations[l], delta.sum(axis=0)))
        a = activations[l]
        delta = delta @ params[l][0] * a * (1 - a)
    return grads
