# network: 3-4-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(params, x):
    activations, zs = [x], []
    for W, b in params:
        zs.append(activations[-1] @ W.T + b)
        activations.append(sigmoid(zs[-1]))
    return activations, zs


def backward(params, activations, zs, y):
    delta = (activations[-1] - y) * sigmoid(zs[-1]) * (1 - sigmoid(zs[-1])) / len(y)
    grads = [None] * len(params)
    for l in reversed(range(len(params))):
        grads[l] = (delta.T @ activations[l], delta.sum(axis=0))
        if l:
            delta = delta @ params[l][0] * sigmoid(zs[l - 1]) * (1 - sigmoid(zs[l - 1]))
    return grads
