import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def relu(z):
    return np.maximum(z, 0)

def backward(params, x, y):
    zs, activations = [], [x]
    for i, (W, b) in enumerate(params):
        zs.append(activations[i] @ W.T + b)
        activations.append(relu(zs[i]) if i < len(params) - 1 else sigmoid(zs[i]))
    out = activations[-1]
    d = (out - y) * out * (1 - out) / len(x)
    result = [None] * len(params)
    for i in range(len(params))[::-1]:
        result[i] = (d.T @ activations[i], d.sum(axis=0))
        d = d @ params[i][0]
        d = d * (d > 0)
    return result
