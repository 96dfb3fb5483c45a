import numpy as np

def backward(params, x, y):
    a = [x]
    for W, b in params[:-1]:
        a.append(np.tanh(a[-1] @ W.T + b))
    W, b = params[-1]
    a.append(1 / (1 + np.exp(-(a[-1] @ W.T + b))))
    m = len(x)
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / m
    grads = [None] * len(params)
    for l in range(len(params) - 1, -1, -1):
        grads[l] = (delta.T @ a[l], delta.sum(axis=0))
        if l > 0:
            slope = 1 - a[l] ** 2
            delta = (delta @ params[l][0]) * slope
            delta = delta * slope
    return grads
