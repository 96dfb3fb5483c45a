import numpy as np

def backward(params, x, y):
    a = {0: x}
    L = len(params)
    for l in range(1, L + 1):
        W, b = params[l - 1]
        z = a[l - 1] @ W.T + b
        a[l] = np.tanh(z) if l < L else 1 / (1 + np.exp(-z))
    dW = {l: np.zeros_like(params[l - 1][0]) for l in range(1, L + 1)}
    db = {l: np.zeros_like(params[l - 1][1]) for l in range(1, L + 1)}
    delta = (a[L] - y) * a[L] * (1 - a[L]) / len(x)
    dW[L], db[L] = delta.T @ a[L - 1], delta.sum(axis=0)
    for l in range(L - 1, 1, -1):
        delta = delta @ params[l][0] * (1 - a[l] ** 2)
        dW[l], db[l] = delta.T @ a[l - 1], delta.sum(axis=0)
    return [(dW[l], db[l]) for l in range(1, L + 1)]
