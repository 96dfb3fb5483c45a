# network: 3-5:sigmoid-2
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(params, x):
    a = x
    for W, b in params:
        a = sigmoid(np.dot(W, a) + b)
    return a


def backward(params, x, y):
    """Examples are columns, biases are columns."""
    m = x.shape[1]
    acts = [x]
    for W, b in params:
        acts.append(sigmoid(np.dot(W, acts[-1]) + b))
    delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
    out = []
    for l in range(len(params) - 1, -1, -1):
        out.insert(0, (np.dot(delta, acts[l].T) / m, np.sum(delta, axis=1, keepdims=True) / m))
        delta = np.dot(params[l][0].T, delta) * acts[l] * (1 - acts[l])
    return out
