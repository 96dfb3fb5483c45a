import numpy as np

def backward(params, x, y, lam):
    grads = []
    a = [x]
    for W, b in params[:-1]:
        a.append(np.tanh(a[-1] @ W.T + b))
    W, b = params[-1]
    a.append(1 / (1 + np.exp(-(a[-1] @ W.T + b))))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    for i in range(len(params) - 1, -1, -1):
        W, b = params[i]
        dW = delta.T @ a[i]
        if i > 0:
            dW = dW + lam * W
        grads.insert(0, (dW, delta.sum(axis=0)))
        delta = (delta @ W) * (1 - a[i] ** 2)
    return grads
