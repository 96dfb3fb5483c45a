import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def backward(params, x, y):
    A = [x]
    for k, (W, b) in enumerate(params):
        z = A[-1] @ W.T + b
        A.append(softmax(z) if k == len(params) - 1 else np.maximum(z, 0))
    d = (A[-1] - y) / len(x)
    grads = []
    for k in reversed(range(len(params))):
        W, b = params[k]
        grads.insert(0, (d.T @ A[k], d.sum(axis=0)))
        if k:
            d = d @ W
            d = d * (A[min(k + 1, 2)] > 0)
    return grads
